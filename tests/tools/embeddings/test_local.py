"""The local embedding: unit vectors in which Korean and English meet, whatever the text."""

import pickle

import numpy as np

from stylegraph.tools.embeddings import LocalEmbedder


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


def test_it_travels_to_a_worker_process():
    copy = pickle.loads(pickle.dumps(LocalEmbedder()))
    assert np.array_equal(copy.encode(["셔츠"]), LocalEmbedder().encode(["셔츠"]))
