"""The search bench times what it says, on chunks that are as real as they claim."""

import math
from collections import Counter
from itertools import islice

from stylegraph.evals.bench.composed import compose, pool, queries
from stylegraph.evals.bench.search import measure


def test_composed_chunks_have_a_vocabulary_that_goes_on_growing():
    made_of = pool()
    counts, sizes = Counter(), []
    for number, (document, encoded) in enumerate(islice(compose(made_of, 400), 400)):
        counts.update(encoded["chunks"][0].split())
        assert len(document["chunks"][0]["text"]) >= 400
        assert len(encoded["windows"]) == len(encoded["vectors"])
        if number in {99, 199, 399}:
            sizes.append(len(counts))
    assert sizes[1] > sizes[0] * 1.15
    assert sizes[2] > sizes[1] * 1.15
    assert len(queries(made_of, 20)) == 20
    assert any("가" <= letter <= "힣" for query in queries(made_of, 20) for letter in query)
    assert any(query.isascii() for query in queries(made_of, 20))


async def test_it_times_this_index_beside_the_others():
    rows = await measure([200])
    names = {name for _, name, _ in rows}
    assert {"embedding the query", "fused", "lexical", "dense", "FTS5 bm25()", "bm25s"} <= names
    assert all(took.middle > 0 for _, _, took in rows)
    assert all(math.isnan(took.high) or took.high >= took.middle for _, _, took in rows)
    assert all(took.processor > 0 for _, name, took in rows if name in {"fused", "lexical", "dense"})


async def test_alone_a_new_process_opens_the_index_and_tells_its_memory():
    names = [name for _, name, _ in await measure([200], alone=True)]
    assert {"adding a chunk", "opening, to first results", "fused", "MB of memory by it"} <= {*names}
    assert "bm25s" not in names
