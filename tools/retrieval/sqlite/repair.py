"""The file of an index, looked through for damage, and made again from what can still be read of it."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from stylegraph.agent.errors import IndexStoreError
from stylegraph.agent.protocols import Embedder
from stylegraph.tools.retrieval.hybrid.index import Chunk, Document
from stylegraph.tools.retrieval.hybrid.vectors import size
from stylegraph.tools.retrieval.sqlite.index import EmbeddedIndex
from stylegraph.tools.retrieval.sqlite.read_only import read_only
from stylegraph.tools.retrieval.sqlite.store import SCHEMA

_BATCH = 64
_BROKEN = (sqlite3.Error, ArithmeticError, LookupError, TypeError, ValueError)
"""What is raised by bytes that are not as they were written."""
_MOST_TOLD = 5


@dataclass(frozen=True)
class Repaired:
    """What became of a damaged index."""

    saved: int
    """Documents that the new index holds."""
    lost: int
    """Documents that are known to have been there and can't be read."""
    damaged: Path
    """Where the damaged file is now."""


def check(path: Path) -> list[str]:
    """Return what is wrong with the file of an index, in words; nothing if it is sound. Blocking: it reads all of it."""
    try:
        connection = sqlite3.connect(read_only(path), uri=True)
    except sqlite3.Error as error:
        return [f"it can't be opened: {error}"]
    with closing(connection):
        return [problem for look in (_pages, _meta, _documents, _segments) for problem in _told(look, connection)]


async def repair(path: Path, embedder: Embedder) -> Repaired:
    """Make an index again from the documents that can still be read; the damaged file is kept beside it.

    The new index takes its place at once and whole. What is lost comes back when its source is indexed again.

    Raises:
        EmbeddingError: The embedding's server did not answer; nothing was changed.
        IndexStoreError: It was made by another version, or the new one can't be written; nothing was changed.
    """
    salvage = await asyncio.to_thread(_Salvage, path)
    aside = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    try:
        saved = await _copied(salvage, aside, embedder)
        damaged = await asyncio.to_thread(_take_place, aside, path)
    finally:
        for left in path.parent.glob(f"{aside.name}*"):
            left.unlink()
        await asyncio.to_thread(salvage.close)
    return Repaired(saved, salvage.lost, damaged)


async def _copied(salvage: _Salvage, aside: Path, embedder: Embedder) -> int:
    index, saved = await EmbeddedIndex.open(aside, embedder), 0
    documents = iter(salvage)
    try:
        while batch := await asyncio.to_thread(lambda: list(islice(documents, _BATCH))):
            await index.add(batch)
            saved += len(batch)
    finally:
        await index.close()
    return saved


def _take_place(aside: Path, path: Path) -> Path:
    """Move the damaged file away and the new one into its place; return where the damaged one is."""
    damaged = next(
        place for number in range(1, 1_000) if not (place := path.with_name(f"{path.name}.damaged-{number}")).exists()
    )
    path.rename(damaged)
    for beside in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            path.with_name(path.name + beside).rename(damaged.with_name(damaged.name + beside))
    return _moved(aside, path, damaged)


def _moved(aside: Path, path: Path, damaged: Path) -> Path:
    try:
        aside.rename(path)
    except OSError:
        damaged.rename(path)
        raise
    return damaged


class _Salvage:
    """The documents of a damaged index that can be read, one after another."""

    def __init__(self, path: Path) -> None:
        self.lost = 0
        self._connection = sqlite3.connect(read_only(path), uri=True, check_same_thread=False)
        schema = _schema(self._connection)
        if schema not in (None, SCHEMA):
            self.close()
            raise IndexStoreError(
                f"The index {path.stem} was made by another version of stylegraph.", "It can't be repaired by this one."
            )

    def __iter__(self) -> Iterator[Document]:
        for identity in _identities(self._connection):
            try:
                yield _document(self._connection, identity)
            except _BROKEN:
                self.lost += 1

    def close(self) -> None:
        self._connection.close()


def _identities(connection: sqlite3.Connection) -> list[int]:
    """Return the ids of the documents that can be reached, from the front and from the back of a damaged table."""
    found: set[int] = set()
    for order in ("ASC", "DESC"):
        try:
            for (identity,) in connection.execute(f"SELECT id FROM documents ORDER BY id {order}"):  # noqa: S608
                found.add(identity)
        except sqlite3.Error:
            continue
    return sorted(found)


def _document(connection: sqlite3.Connection, identity: int) -> Document:
    """Return a document with all its chunks.

    Raises:
        Exception: One of `_BROKEN`: it can't be read, or not wholly.
    """
    source, document, title, url, digest, metadata = connection.execute(
        "SELECT source, document, title, url, hash, metadata FROM documents WHERE id = ?", (identity,)
    ).fetchone()
    rows = connection.execute(
        "SELECT ordinal, text, locator FROM chunks WHERE document = ? ORDER BY ordinal", (identity,)
    ).fetchall()
    if [ordinal for ordinal, _, _ in rows] != list(range(len(rows))):
        raise ValueError("a chunk is missing")
    chunks = [Chunk(text=_text(text), locator=json.loads(locator)) for _, text, locator in rows]
    return Document(
        source=_text(source),
        id=_text(document),
        title=_text(title),
        url=url,
        hash=_text(digest),
        metadata=dict(json.loads(metadata)),
        chunks=chunks,
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("text is something else")
    return value


def _schema(connection: sqlite3.Connection) -> int | None:
    """Return the version of an index's tables; None where that can't be read."""
    try:
        return int(connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()[0])
    except _BROKEN:
        return None


def _told(look: Callable[[sqlite3.Connection], Iterator[str]], connection: sqlite3.Connection) -> Iterator[str]:
    try:
        yield from look(connection)
    except _BROKEN as error:
        yield f"{look.__name__.strip('_')}: {error}"


def _pages(connection: sqlite3.Connection) -> Iterator[str]:
    for (said,) in connection.execute(f"PRAGMA integrity_check({_MOST_TOLD})"):
        if said != "ok":
            yield f"pages: {said}"


def _meta(connection: sqlite3.Connection) -> Iterator[str]:
    if _schema(connection) != SCHEMA:
        yield "meta: the version of its tables is missing or another one"
    _dimension(connection)


def _dimension(connection: sqlite3.Connection) -> int:
    made_with = connection.execute("SELECT value FROM meta WHERE key = 'embedding'").fetchone()[0]
    return int(json.loads(made_with)[1])


def _documents(connection: sqlite3.Connection) -> Iterator[str]:
    broken = 0
    for (identity,) in connection.execute("SELECT id FROM documents"):
        try:
            _document(connection, identity)
        except _BROKEN:
            broken += 1
    if broken:
        yield f"documents: {broken:,} can't be read"
    (odd,) = connection.execute(
        "SELECT count(*) FROM chunks WHERE length(vectors) % ?", (size(_dimension(connection)),)
    ).fetchone()
    if odd:
        yield f"chunks: the vectors of {odd:,} are damaged"


def _segments(connection: sqlite3.Connection) -> Iterator[str]:
    (odd,) = connection.execute(
        """SELECT count(*) FROM segments WHERE length(lengths) != 4 * rows OR length(owners) % 4 OR length(dead) % 4
        OR length(codes) != 2 * planes * length(owners)"""
    ).fetchone()
    if odd:
        yield f"segments: {odd:,} are damaged"
    (odd,) = connection.execute(
        "SELECT count(*) FROM postings WHERE length(data) NOT IN (5 * count, 12 * count)"
    ).fetchone()
    if odd:
        yield f"words: those of {odd:,} are damaged"
    (chunks,) = connection.execute("SELECT count(*) FROM chunks").fetchone()
    (searched,) = connection.execute("SELECT coalesce(sum(filled - length(dead) / 4), 0) FROM segments").fetchone()
    if chunks != searched:
        yield f"segments: {searched:,} chunks can be found, and there are {chunks:,}"
