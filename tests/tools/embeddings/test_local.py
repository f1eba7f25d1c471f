"""The local embedding: unit vectors in which Korean and English meet, whatever the text."""

import pickle

import numpy as np

from stylegraph.agent.lru_cache import LRUCache
from stylegraph.tools.embeddings import LocalEmbedder, local


async def test_a_row_a_text_of_unit_length():
    embedder = LocalEmbedder()
    vectors = await embedder.embed(["울 스웨터 세탁", "washing a wool sweater", "기차 시간표"])
    assert vectors.shape == (3, embedder.dimension)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2


async def test_no_text_gives_no_row_and_blank_text_no_direction():
    assert (await LocalEmbedder().embed([])).shape == (0, 512)
    blank = await LocalEmbedder().embed(["", " \n\x00"])
    assert not blank.any()


async def test_odd_texts_are_embedded_too():
    vectors = await LocalEmbedder().embed(["\ud800 반쪽 글자", "x" * 100_000, "👗" * 50])
    assert np.isfinite(vectors).all()


async def test_what_was_encoded_lately_is_not_encoded_again(monkeypatch):
    texts = ["코듀로이 재킷 손질", "", "코듀로이 재킷 손질", "corduroy care"]
    first = await LocalEmbedder().embed(texts)
    monkeypatch.setattr(local, "_model", None)  # a call of it would fail
    assert np.array_equal(await LocalEmbedder().embed_queries(texts), first)
    assert np.array_equal(first[0], first[2])
    assert not first[1].any()


async def test_only_so_much_is_remembered(monkeypatch):
    monkeypatch.setattr(local, "_kept", LRUCache(3))
    alone = await LocalEmbedder().embed([f"{number}번 서랍" for number in range(5)])
    assert [*local._kept] == ["2번 서랍", "3번 서랍", "4번 서랍"]
    monkeypatch.setattr(local, "_FEW", 4)  # so that five are many
    many = await LocalEmbedder().embed([f"{number}번 서랍" for number in range(5)])
    assert np.allclose(many, alone, atol=1e-5)
    assert len(local._kept) == 3


async def test_what_is_asked_for_again_stays_longest(monkeypatch):
    monkeypatch.setattr(local, "_kept", LRUCache(2))
    for text in ("옷장", "서랍", "옷장", "선반"):
        await LocalEmbedder().embed([text])
    assert [*local._kept] == ["옷장", "선반"]


def test_it_travels_to_a_worker_process():
    copy = pickle.loads(pickle.dumps(LocalEmbedder()))
    assert np.array_equal(copy.encode(["셔츠"]), LocalEmbedder().encode(["셔츠"]))
