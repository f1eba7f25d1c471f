"""The costly part of indexing, apart from the index, so that worker processes can do it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from stylegraph.agent.decisions import Vectors
from stylegraph.agent.language import sentence_spans
from stylegraph.agent.tokens import read_tokens
from stylegraph.tools.retrieval.index import Document, EncodedDocument

_WINDOW = 200
"""Characters that one vector stands for."""


class TextEncoder(Protocol):
    """An embedding that runs on this machine, such as `tools.embeddings.LocalEmbedder`."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Give one unit-length row a text."""


def encode(documents: Sequence[Document], encoder: TextEncoder | None = None) -> list[EncodedDocument]:
    """Tokenise and embed documents: pure CPU work, picklable with its arguments and its result.

    Args:
        documents: Documents with their chunks.
        encoder: The embedding; None leaves `vectors` out.
    """
    encoded = [
        EncodedDocument(
            title=tokens_of(document["title"]),
            chunks=[tokens_of(chunk["text"]) for chunk in document["chunks"]],
            windows=[chunk for chunk, _ in windows(document)],
            vectors=None,
        )
        for document in documents
    ]
    if encoder is not None:
        attach(encoded, encoder.encode([text for document in documents for _, text in windows(document)]))
    return encoded


def windows(document: Document) -> list[tuple[int, str]]:
    """Give the texts that are embedded for a document, each with the chunk that it stands for.

    A sentence encoder blurs a long passage, so each chunk is embedded in windows of whole sentences, under its title.
    """
    title = f"{document['title']}. " if document["title"] else ""
    return [
        (ordinal, title + window)
        for ordinal, chunk in enumerate(document["chunks"])
        for window in _windows(chunk["text"])
    ]


def attach(encoded: Sequence[EncodedDocument], vectors: Vectors) -> None:
    """Deal out vectors, one row a window in order, to the documents that they belong to."""
    start = 0
    for document in encoded:
        end = start + len(document["windows"])
        document["vectors"] = vectors[start:end]
        start = end


def tokens_of(text: str) -> str:
    """Give the tokens of a text, joined by spaces."""
    found = read_tokens(text)
    return " ".join([*found.words, *found.compounds])


def _windows(text: str) -> Iterator[str]:
    """Join neighbouring sentences up to the size of a window; a longer sentence is a window of its own."""
    start = end = 0
    for first, last in sentence_spans(text):
        if end and last - start > _WINDOW:
            yield text[start:end]
            start = first
        start = start if end else first
        end = last
    if end:
        yield text[start:end]
