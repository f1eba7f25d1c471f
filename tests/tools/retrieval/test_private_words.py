"""What others' documents hold tells itself by nothing: neither by what is found, nor by its order, its score or its time."""

from __future__ import annotations

import random
import statistics
import time

import pytest

from stylegraph.agent.evidence import AUDIENCE
from stylegraph.tools.retrieval.hybrid.conditions import seeing
from stylegraph.tools.retrieval.library import search
from stylegraph.tools.retrieval.source import DocumentsSource

LEE = {AUDIENCE: {"any": ["lee"], "lacking": True}}
OPEN = [
    ("wool", "The heliotrope jumper is washed cold.", "Wool"),
    ("linen", "The linen shirt is ironed damp. Linen dries fast.", "Linen"),
    ("both", "A heliotrope linen scarf is folded, not hung, in any wardrobe that is long enough for it.", "Scarves"),
    ("ko", "리넨 셔츠는 다려 입습니다.", "리넨"),
]
QUERIES = ["heliotrope linen", "heliotrope", "how is linen ironed", "리넨 다림질"]


class OneIndex:
    """A library of one index."""

    def __init__(self, index):
        self._index = index

    async def indexes(self):
        return {"notes": self._index}

    async def problems(self):
        return {}


@pytest.fixture
async def two(open_index, document):
    """Return an index of what everybody may see, and one in which somebody else has documents of their own beside it."""
    alone, shared = await open_index(), await open_index()
    for one in (alone, shared):
        await one.add([document(name, text, title) for name, text, title in OPEN])
    await shared.add(
        [
            document(f"kim{n}", f"The heliotrope door number {n} is opened by word {n}.", "Kim", audience=["kim"])
            for n in range(40)
        ]
    )
    return alone, shared


async def test_the_order_and_the_scores_are_those_of_an_index_without_them(two, request):
    """On a cluster nearly: the average length of a passage is Elasticsearch's own, over all of them, which differs little here."""
    alone, shared = two
    near = 0.06 if "elasticsearch" in request.node.name else 1e-6
    for query in QUERIES:
        for leg in ("fused", "lexical", "dense"):
            without, beside = [
                [(hit["document"], pytest.approx(hit["score"], rel=near)) for _, hit in found]
                for found in [await search(OneIndex(one), query, 10, LEE, leg) for one in (alone, shared)]
            ]
            assert [document for document, _ in beside] == [document for document, _ in without], (query, leg)
            assert [score.expected for _, score in beside] == [score for _, score in without], (query, leg)


async def test_how_rare_a_word_is_is_told_of_what_one_may_see(two):
    alone, shared = two
    words = ["heliotrope", "linen", "nowhere"]
    own = await DocumentsSource(OneIndex(shared), visible=lambda: LEE).term_weights(words)
    assert own == pytest.approx(await alone.term_weights(words))
    assert own != pytest.approx(await shared.term_weights(words))


async def test_whoever_may_see_them_has_them_counted(two):
    _, shared = two
    kim = {AUDIENCE: {"any": ["kim"], "lacking": True}}
    assert await shared.term_weights(["heliotrope"], kim) == await shared.term_weights(["heliotrope"])
    assert len(await search(OneIndex(shared), "heliotrope", 50, kim, "lexical")) == 42


def test_no_other_field_decides_what_is_counted():
    assert seeing({"language": {"any": ["ko"]}, **LEE}) == LEE
    assert seeing({"language": {"any": ["ko"]}}) == seeing(None) == {}


async def test_a_title_that_is_there_for_somebody_else_is_looked_for_as_long_as_one_that_is_not(two):
    """In pairs, one after the other in either order, so that a busy machine slows both alike."""
    _, shared = two
    library, dice, slower = OneIndex(shared), random.Random(18), []
    for number in range(60):
        asked = [f"Kim heliotrope {number}", f"Pat quixotry {number}"]
        spent = {}
        for query in dice.sample(asked, 2):
            begun = time.perf_counter()
            await search(library, query, 5, LEE)
            spent[query] = time.perf_counter() - begun
        slower.append(spent[asked[0]] / spent[asked[1]])
    assert 0.7 < statistics.median(slower) < 1.4
