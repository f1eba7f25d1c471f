"""The costly part of indexing, apart from the index, so that worker processes can do it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Protocol

from stylegraph.agent.errors import EmbeddingError
from stylegraph.agent.evidence import Leg
from stylegraph.agent.protocols import Embedder, Vectors
from stylegraph.agent.text.language import sentence_spans
from stylegraph.agent.text.tokenizer import read_tokens
from stylegraph.tools.retrieval.hybrid.index import Chunk, Document, EncodedDocument

_ANY = "1"
"""What is embedded to see how long vectors are."""


class TextEncoder(Protocol):
    """An embedding that runs on this machine, such as `tools.embeddings.LocalEmbedder`."""

    @property
    def window(self) -> int:
        """Characters of a passage that one vector stands for well."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit-length row a text."""


def encode(documents: Sequence[Document], encoder: TextEncoder | None = None) -> list[EncodedDocument]:
    """Tokenise and embed documents: pure CPU work, picklable with its arguments and its result.

    Args:
        documents: Documents with their chunks.
        encoder: The embedding; None leaves `windows` and `vectors` out, for `complete` to add.
    """
    encoded = [
        EncodedDocument(
            title=tokens_of(document["title"]),
            chunks=[tokens_of(_read_as(chunk)) for chunk in document["chunks"]],
            windows=[],
            vectors=None,
        )
        for document in documents
    ]
    if encoder is not None:
        pieces = _all_windows(documents, encoder.window)
        attach(encoded, pieces, encoder.encode(texts_of(pieces)))
    return encoded


async def complete(encoded: Sequence[EncodedDocument], documents: Sequence[Document], embedder: Embedder) -> None:
    """Have the vectors made that `encode` left out, and add them.

    Raises:
        EmbeddingError: The embedding's server did not give them; nothing was added.
    """
    pieces = await asyncio.to_thread(_all_windows, documents, embedder.window)
    attach(encoded, pieces, await embedder.embed(texts_of(pieces)))


async def meanings(texts: Sequence[str], embedder: Embedder, leg: Leg) -> Vectors | None:
    """Return the vectors of a question's wordings; None where that leg is not asked for, or can't be for the moment.

    Raises:
        EmbeddingError: The embedding's server did not give them, and no other leg stands beside.
    """
    if leg == "lexical":
        return None
    try:
        return await embedder.embed_queries(texts)
    except EmbeddingError:
        if leg == "dense":
            raise
        return None


async def known_dimension(embedder: Embedder) -> int:
    """Return the length of an embedding's vectors; a server that has not told it is asked.

    Raises:
        EmbeddingError: It did not answer.
    """
    if not embedder.dimension:
        await embedder.embed([_ANY])
    return embedder.dimension


def windows(document: Document, size: int) -> list[tuple[int, str]]:
    """Return the texts that are embedded for a document, each with the chunk that it stands for.

    A sentence encoder blurs a long passage, so each chunk is embedded in windows of whole sentences, under its title.

    Args:
        document: The document.
        size: Characters of a window, at most, unless one sentence has more.
    """
    title = f"{document['title']}. " if document["title"] else ""
    return [
        (ordinal, title + window)
        for ordinal, chunk in enumerate(document["chunks"])
        for window in _windows(_read_as(chunk), size)
    ]


def _read_as(chunk: Chunk) -> str:
    """Return what is found by a chunk: a row says little without the header of its table."""
    lead = chunk["locator"].get("lead_in")
    return f"{lead}\n{chunk['text']}" if lead else chunk["text"]


def _all_windows(documents: Sequence[Document], size: int) -> list[list[tuple[int, str]]]:
    return [windows(document, size) for document in documents]


def texts_of(pieces: Sequence[Sequence[tuple[int, str]]]) -> list[str]:
    """Return the texts of several documents' windows, one after another."""
    return [text for windows_of_one in pieces for _, text in windows_of_one]


def attach(encoded: Sequence[EncodedDocument], pieces: Sequence[Sequence[tuple[int, str]]], vectors: Vectors) -> None:
    """Distribute vectors, one row a window in order, to the documents that they belong to."""
    start = 0
    for document, windows_of_one in zip(encoded, pieces, strict=True):
        end = start + len(windows_of_one)
        document["windows"] = [chunk for chunk, _ in windows_of_one]
        document["vectors"] = vectors[start:end]
        start = end


def tokens_of(text: str) -> str:
    """Return the tokens of a text, joined by spaces."""
    found = read_tokens(text)
    return " ".join([*found.words, *found.compounds])


def _windows(text: str, size: int) -> Iterator[str]:
    """Join neighbouring sentences up to the size of a window; a longer sentence is a window of its own."""
    start = end = 0
    for first, last in sentence_spans(text):
        if end and last - start > size:
            yield text[start:end]
            start = first
        start = start if end else first
        end = last
    if end:
        yield text[start:end]
