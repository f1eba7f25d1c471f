"""What a LangChain user would take for hybrid search: an EnsembleRetriever over BM25 in memory and Chroma.

It needs the dependency group `compare` (`uv pip install --group compare`), which is large and used for nothing else.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping, Sequence

from langchain_core.documents import Document as Passage
from langchain_core.embeddings import Embeddings

from stylegraph.agent.protocols import Vectors
from stylegraph.agent.text.tokenizer import tokenize
from stylegraph.tools.retrieval.hybrid.index import Document, EncodedDocument

_BATCH = 5_000
"""Chroma takes hardly more at a time."""


def is_installed() -> bool:
    """Check whether what it is made of is there."""
    return all(importlib.util.find_spec(name) for name in ("langchain_chroma", "langchain_classic", "rank_bm25"))


class Known(Embeddings):
    """Embeddings that were made before, so that a search is timed without them."""

    def __init__(self, vectors: Mapping[str, Vectors]) -> None:
        self._vectors = vectors

    def embed_query(self, text: str) -> list[float]:
        """Look one up."""
        return [float(value) for value in self._vectors[text]]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Look some up."""
        return [self.embed_query(text) for text in texts]


def ensemble(
    corpus: Sequence[tuple[Document, EncodedDocument]], vectors: Mapping[str, Vectors], k: int
) -> Callable[[str], object]:
    """Index the chunks by the same tokens and their first vectors, and give the search.

    Args:
        corpus: Documents of one chunk with what encoding them gave.
        vectors: Of the queries.
        k: How many each leg gives.
    """
    from langchain_chroma import Chroma
    from langchain_classic.retrievers import EnsembleRetriever
    from langchain_community.retrievers import BM25Retriever
    from rank_bm25 import BM25Okapi

    passages = [Passage(page_content=document["chunks"][0]["text"]) for document, _ in corpus]
    words = BM25Okapi([encoded["chunks"][0].split() for _, encoded in corpus])
    lexical = BM25Retriever(vectorizer=words, docs=passages, k=k, preprocess_func=tokenize)
    store = Chroma(f"bench{len(corpus)}", Known(vectors), collection_metadata={"hnsw:space": "cosine"})
    for start in range(0, len(corpus), _BATCH):
        part = corpus[start : start + _BATCH]
        first = [encoded["vectors"][0].tolist() for _, encoded in part if encoded["vectors"] is not None]
        ids, texts = [one["id"] for one, _ in part], [one["chunks"][0]["text"] for one, _ in part]
        store._collection.add(ids=ids, documents=texts, embeddings=first)
    dense = store.as_retriever(search_kwargs={"k": k})
    return EnsembleRetriever(retrievers=[lexical, dense], weights=[0.9, 0.1]).invoke
