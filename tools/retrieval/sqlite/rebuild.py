"""An embedded index made again with the embedding that is set, from the texts that it holds."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from stylegraph.agent.errors import IndexStoreError
from stylegraph.agent.protocols import Embedder, Vectors
from stylegraph.tools.retrieval.hybrid.encoding import attach, encode, known_dimension, texts_of, windows
from stylegraph.tools.retrieval.hybrid.index import Chunk, Document
from stylegraph.tools.retrieval.sqlite import records, segments
from stylegraph.tools.retrieval.sqlite.store import Store

_BATCH = 32

Embed = Callable[[Sequence[str]], Vectors]
Progress = Callable[[int, int], None]
"""Told how many documents are done, of how many; called in another thread."""


async def rebuild(path: Path, embedder: Embedder, progress: Progress | None = None) -> int:
    """Make an index again, in one transaction: whatever stops it leaves the index as it was. Memory stays flat.

    Args:
        path: The index's file.
        embedder: The embedding that it gets.
        progress: Told how far it is.

    Returns:
        How many documents it holds.

    Raises:
        EmbeddingError: The embedding's server did not answer.
        IndexStoreError: It is no index, was made by another version, or can't be written.
    """
    await known_dimension(embedder)
    loop, stopped = asyncio.get_running_loop(), threading.Event()

    def embed(texts: Sequence[str]) -> Vectors:
        if stopped.is_set():
            raise asyncio.CancelledError
        return asyncio.run_coroutine_threadsafe(embedder.embed(texts), loop).result()

    try:
        return await asyncio.to_thread(_rebuild, path, embedder, embed, progress)
    finally:
        stopped.set()


def _rebuild(path: Path, embedder: Embedder, embed: Embed, progress: Progress | None) -> int:
    with closing(Store(path, *_made_with(path))) as store, store.writing() as connection:
        connection.execute("DELETE FROM segments")
        connection.execute("DELETE FROM postings")
        last, total = connection.execute("SELECT coalesce(max(id), 0), count(*) FROM documents").fetchone()
        done = 0
        for documents in _batches(connection, last):
            _replace(connection, documents, embedder.window, embed)
            done += len(documents)
            if progress is not None:
                progress(done, total)
        embedding = json.dumps([embedder.name, embedder.dimension])
        connection.execute("UPDATE meta SET value = ? WHERE key = 'embedding'", (embedding,))
        records.touch(connection)
        return done


def _made_with(path: Path) -> tuple[str, int]:
    """Return name and dimension of the embedding that an index was made with."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            (made_with,) = connection.execute("SELECT value FROM meta WHERE key = 'embedding'").fetchone()
    except (sqlite3.Error, TypeError) as error:
        raise IndexStoreError(f"{path} is not an index, or is damaged.", "Move it away and index again.") from error
    name, dimension = json.loads(made_with)
    return name, dimension


def _batches(connection: sqlite3.Connection, last: int) -> Iterator[list[Document]]:
    """Return the documents up to an id, a few at a time; those that are added meanwhile have higher ids."""
    after = 0
    while True:
        rows = connection.execute(
            """SELECT id, source, document, title, url, hash, metadata FROM documents
            WHERE id > ? AND id <= ? ORDER BY id LIMIT ?""",
            (after, last, _BATCH),
        ).fetchall()
        if not rows:
            return
        after = rows[-1][0]
        yield [_document(connection, *row) for row in rows]


def _document(
    connection: sqlite3.Connection, identity: int, source: str, document: str, title: str, url: str | None, *more: str
) -> Document:
    rows = connection.execute("SELECT text, locator FROM chunks WHERE document = ? ORDER BY ordinal", (identity,))
    chunks = [Chunk(text=text, locator=json.loads(locator)) for text, locator in rows]
    digest, metadata = more
    return Document(
        source=source, id=document, title=title, url=url, hash=digest, metadata=json.loads(metadata), chunks=chunks
    )


def _replace(connection: sqlite3.Connection, documents: Sequence[Document], window: int, embed: Embed) -> None:
    encoded = encode(documents)
    pieces = [windows(document, window) for document in documents]
    attach(encoded, pieces, embed(texts_of(pieces)))
    records.remove(connection, [(document["source"], document["id"]) for document in documents])
    chunks = [
        chunk
        for document, parts in zip(documents, encoded, strict=True)
        for chunk in records.insert(connection, document, parts)
    ]
    segments.add(connection, chunks)
