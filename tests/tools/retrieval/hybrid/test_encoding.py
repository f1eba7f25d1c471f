"""Encoding a batch is pure work that a worker process can do, and gives what the index would have made itself."""

import multiprocessing
import pickle

import numpy as np

from stylegraph.tools.retrieval.hybrid.encoding import complete, encode, windows


def test_a_chunk_is_embedded_in_windows_of_whole_sentences_under_its_title(document):
    sentences = [f"{number}번째 문장은 스웨터를 세탁하는 방법을 아주 자세하게 설명합니다." for number in range(12)]
    made = document("a", " ".join(sentences), "세탁")
    found = windows(made, 200)
    assert len(found) > 2
    assert all(text.startswith("세탁. ") and len(text) <= len("세탁. ") + 200 for _, text in found)
    joined = " ".join(text.removeprefix("세탁. ") for _, text in found)
    assert joined == " ".join(sentences)
    assert [chunk for chunk, _ in found] == sorted(chunk for chunk, _ in found)


def test_a_sentence_longer_than_a_window_is_one(document):
    assert len(windows(document("a", "긴 " * 150 + "문장."), 200)) == 1


def test_a_window_is_as_long_as_an_embedding_reads_well(document):
    made = document("a", "울 스웨터는 손세탁합니다. " * 40)
    assert len(windows(made, 200)) > len(windows(made, 800)) == len(made["chunks"])


def test_vectors_are_dealt_out_to_the_documents_that_they_belong_to(document, embedder):
    documents = [document("a", "울 스웨터. " * 60, size=100), document("b", ""), document("c", "Linen shirts.")]
    together = encode(documents, embedder)
    assert [len(one["windows"]) for one in together] == [len(windows(one, 200)) for one in documents]
    for one, alone in zip(together, (encode([single], embedder)[0] for single in documents), strict=True):
        assert np.allclose(one["vectors"], alone["vectors"], atol=1e-5)
        assert one["chunks"] == alone["chunks"]


async def test_without_an_encoder_the_vectors_are_left_to_the_index(document, embedder):
    documents = [document("a", "스웨터.", "울"), document("b", "린넨 셔츠. " * 60, size=100)]
    tokenised = encode(documents)
    assert all(one["vectors"] is None and not one["windows"] for one in tokenised)
    await complete(tokenised, documents, embedder)
    for one, whole in zip(tokenised, encode(documents, embedder), strict=True):
        assert one["windows"] == whole["windows"]
        assert np.allclose(one["vectors"], whole["vectors"], atol=1e-5)


def test_a_worker_process_does_the_same(document, embedder):
    documents = [document("a", "울 스웨터는 손세탁합니다.", "울")]
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        (there,) = pool.apply(encode, (documents, embedder))
    (here,) = pickle.loads(pickle.dumps(encode(documents, embedder)))
    assert there["chunks"] == here["chunks"]
    assert np.allclose(there["vectors"], here["vectors"], atol=1e-5)
