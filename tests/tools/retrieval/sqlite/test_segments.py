"""The inverted index ranks as BM25's formula says, however often it was added to, deleted from and merged."""

import math
import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stylegraph.agent.text.tokenizer import Tokens
from stylegraph.tools.retrieval.hybrid import bm25 as ranking
from stylegraph.tools.retrieval.sqlite import segments
from stylegraph.tools.retrieval.sqlite.columns import Columns
from stylegraph.tools.retrieval.sqlite.segments import IndexedChunk
from stylegraph.tools.retrieval.sqlite.store import Store

DIMENSION = 128
WORDS = list("abcdefghij")


def make_chunk(number, words, seed=0):
    vectors = np.random.default_rng([seed, number]).normal(size=(1 + number % 3, DIMENSION)).astype(np.float32)
    return IndexedChunk(number, Counter(words), [("price", float(number))], len(words), vectors)


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "one.sqlite", "random", DIMENSION)
    yield store
    store.close()


def bm25(query, texts):
    """Robertson and Zaragoza 2009, as a share of the bound, in plain Python."""
    average = sum(map(len, texts.values())) / len(texts)
    rarity = {
        word: math.log(1 + (len(texts) - df + 0.5) / (df + 0.5))
        for word in query
        for df in [sum(word in text for text in texts.values())]
    }
    found = {}
    for number, text in texts.items():
        norm = ranking.K1 * (1 - ranking.B + ranking.B * len(text) / average)
        score = sum(rarity[word] * text.count(word) / (text.count(word) + norm) for word in query)
        found[number] = score / sum(rarity.values())
    return {number: score for number, score in found.items() if score}


def scores(store, query, columns=None):
    with store.reading() as connection:
        view = ranking.snapshot(connection, columns or Columns(), {})
        found = ranking.by_words(view, Tokens(list(query), [])).scores
        rows = np.flatnonzero(found)
        return dict(zip(view.chunk_ids(rows).tolist(), found[rows].tolist(), strict=True))


TEXTS = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12), min_size=1, max_size=40)


@settings(max_examples=40)
@given(TEXTS, st.sets(st.sampled_from(WORDS), min_size=1), st.integers(1, 9))
def test_scores_are_bm25_over_every_term(tmp_path_factory, texts, query, batch):
    store = Store(tmp_path_factory.mktemp("index") / "one.sqlite", "random", DIMENSION)
    chunks = [make_chunk(number, words) for number, words in enumerate(texts, start=1)]
    for start in range(0, len(chunks), batch):
        with store.writing() as connection:
            segments.add(connection, chunks[start : start + batch])
    expected = bm25(query, dict(enumerate(texts, start=1)))
    assert scores(store, query) == pytest.approx(expected, rel=1e-4)
    store.close()


def test_additions_are_merged_so_that_segments_stay_few(store):
    for number in range(1, 201):
        with store.writing() as connection:
            segments.add(connection, [make_chunk(number, ["a"])])
    with store.reading() as connection:
        found = segments.load(connection)
        assert len(found) <= 3 * 7
        assert sum(segment.filled for segment in found) == 200
        assert connection.execute("SELECT count(DISTINCT segment) FROM postings").fetchone()[0] == len(found)
    assert len(scores(store, "a")) == 200


def test_the_dead_are_found_no_more_and_leave_with_the_next_merge(store):
    chance = random.Random(3)
    texts = {number: chance.choices(WORDS, k=8) for number in range(1, 121)}
    for start in range(1, 121, 10):
        with store.writing() as connection:
            segments.add(connection, [make_chunk(number, texts[number]) for number in range(start, start + 10)])
    dead = set(chance.sample(sorted(texts), 90))
    with store.writing() as connection:
        segments.bury(connection, dead)
    assert set(scores(store, WORDS)) == set(texts) - dead
    with store.reading() as connection:
        assert all(2 * len(segment.dead) <= segment.filled for segment in segments.load(connection))
    with store.writing() as connection:
        segments.bury(connection, set(texts) - dead)
    with store.reading() as connection:
        assert segments.load(connection) == []
        assert connection.execute("SELECT count(*) FROM postings").fetchone() == (0,)


def test_a_rewritten_segment_scores_as_if_it_had_been_so_from_the_start(store):
    texts = {number: [WORDS[number % 10], "x"] for number in range(1, 21)}
    with store.writing() as connection:
        segments.add(connection, [make_chunk(number, words) for number, words in texts.items()])
        segments.bury(connection, range(1, 16))
    left = {number: words for number, words in texts.items() if number > 15}
    assert scores(store, "xg") == pytest.approx(bm25("xg", left), rel=1e-4)


def test_the_nearest_vectors_are_those_of_an_exhaustive_look(store):
    chunks = [make_chunk(number, ["a"]) for number in range(1, 301)]
    for start in range(0, 300, 50):
        with store.writing() as connection:
            segments.add(connection, chunks[start : start + 50])
    query = np.random.default_rng(7).normal(size=DIMENSION).astype(np.float32)
    nearest = {chunk.id: min(int(((one > 0) != (query > 0)).sum()) for one in chunk.vectors) for chunk in chunks}
    with store.reading() as connection:
        view = ranking.snapshot(connection, Columns(), {})
        found = view.chunk_ids(ranking.near(view, query, 20)).tolist()
    cutoff = max(nearest[number] for number in found)
    assert len(found) >= 15
    assert {number for number, bits in nearest.items() if bits < cutoff} <= set(found)


def test_among_many_vectors_half_of_the_bits_tell_which_are_read_whole(store):
    chance = np.random.default_rng(3)
    query = chance.normal(size=DIMENSION).astype(np.float32)
    far, near = chance.normal(size=(3_000, DIMENSION)), query + chance.normal(scale=0.8, size=(30, DIMENSION))
    vectors = np.concatenate([far, near]).astype(np.float32)
    chunks = [segments.IndexedChunk(number, {"a": 1}, [], 1, one[None]) for number, one in enumerate(vectors, start=1)]
    with store.writing() as connection:
        segments.add(connection, chunks)
    bits = ((vectors > 0) != (query > 0)).sum(axis=1)
    with store.reading() as connection:
        view = ranking.snapshot(connection, Columns(), {})
        found = view.chunk_ids(ranking.near(view, query, 20)).tolist()
    assert found == (1 + np.flatnonzero(bits <= np.sort(bits)[19])).tolist()


def test_what_is_kept_between_searches_is_limited_and_never_stale(store):
    columns = Columns(limit=2_000)
    for number in range(1, 60):
        with store.writing() as connection:
            segments.add(connection, [make_chunk(number, ["a"])])
        assert len(scores(store, "a", columns)) == number
    assert columns._bytes <= 2_000


def test_one_long_posting_may_count_more_than_a_byte_holds(store):
    with store.writing() as connection:
        segments.add(connection, [make_chunk(1, ["a"] * 1000), make_chunk(2, ["a"])])
    assert scores(store, "a")[1] > scores(store, "a")[2]


def test_a_dimension_that_is_no_multiple_of_64_is_padded():
    vectors = np.random.default_rng(1).normal(size=(5, 70)).astype(np.float32)
    planes = segments.codes_of(vectors)
    assert planes.shape == (2, 5)
    assert np.array_equal(np.bitwise_count(planes).sum(axis=0), (vectors > 0).sum(axis=1))
