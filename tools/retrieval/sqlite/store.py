"""The file of an embedded index: its tables, its connections, and what its errors mean."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from stylegraph.agent.errors import EmbeddingMismatchError, IndexStoreError
from stylegraph.tools.retrieval.sqlite.read_only import error_code, holds_something, read_only, writing_failed

SCHEMA = 1
_BUSY_SECONDS = 60.0
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_MMAP_BYTES = 1 << 31

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, document TEXT NOT NULL, title TEXT NOT NULL, url TEXT,
    hash TEXT NOT NULL, metadata TEXT NOT NULL, UNIQUE (source, document));
CREATE TABLE chunks (
    id INTEGER PRIMARY KEY AUTOINCREMENT, document INTEGER NOT NULL, ordinal INTEGER NOT NULL, vectors BLOB NOT NULL,
    locator TEXT NOT NULL, text TEXT NOT NULL);
CREATE INDEX chunks_of_document ON chunks (document);
CREATE TABLE segments (
    id INTEGER PRIMARY KEY AUTOINCREMENT, level INTEGER NOT NULL, first INTEGER NOT NULL, rows INTEGER NOT NULL,
    filled INTEGER NOT NULL, tokens INTEGER NOT NULL, planes INTEGER NOT NULL, dead BLOB NOT NULL,
    lengths BLOB NOT NULL, owners BLOB NOT NULL, codes BLOB NOT NULL);
CREATE TABLE postings (
    segment INTEGER NOT NULL, term TEXT NOT NULL, count INTEGER NOT NULL, data BLOB NOT NULL,
    PRIMARY KEY (segment, term)) WITHOUT ROWID;
"""


class Store:
    """Connections to one index file, made as threads need them.

    Args:
        path: The file; made, with its folder, if it is not there.
        embedding: Name of the embedding that is set.
        dimension: Length of its vectors; 0 while that is not known, where the index is there already.

    Raises:
        EmbeddingMismatchError: The index was made with another embedding.
        IndexStoreError: It can't be opened, or is no index.
    """

    def __init__(self, path: Path, embedding: str, dimension: int) -> None:
        self.path = path
        self._address = path.absolute().as_uri()
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        with _explained(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._opened() as connection:
                if not _is_made(connection):
                    _make(connection, embedding, dimension)
                self.check(connection, embedding, dimension)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """Lend the first connection: one that can write, else, where the disk or the rights forbid that, one that reads."""
        try:
            with self._borrowed() as connection:
                _is_made(connection)
        except sqlite3.Error as error:
            if not (writing_failed(error) and holds_something(self.path)):
                raise
            self._address = read_only(self.path)
        with self._borrowed() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection with one unchanging view of the file."""
        with (
            _explained(self.path),
            _readable(self.path),
            self._borrowed() as connection,
            _transaction(connection, "BEGIN"),
        ):
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection in a transaction: all that is done in it is kept, or, after an error, nothing."""
        with _explained(self.path), self._borrowed() as connection, _transaction(connection, "BEGIN IMMEDIATE"):
            yield connection

    def close(self) -> None:
        """Close the connections that are idle; later calls open new ones."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    @contextmanager
    def _borrowed(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        connection = connection or self._connect()
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        with self._lock:
            self._idle.append(connection)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._address, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False, uri=True
        )
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA mmap_size = {_MMAP_BYTES}")
        return connection

    def check(self, connection: sqlite3.Connection, embedding: str, dimension: int) -> None:
        """See whether the index can be used with an embedding; it may have been rebuilt since it was opened.

        Args:
            connection: What `reading` or `writing` lent.
            embedding: The embedding's name.
            dimension: Length of its vectors; 0 if that is not known.

        Raises:
            EmbeddingMismatchError: The index was made with another embedding.
            IndexStoreError: It was made by another version of stylegraph.
        """
        with _readable(self.path):
            meta = dict(connection.execute("SELECT key, value FROM meta"))
            schema, made_with = int(meta["schema"]), json.loads(meta["embedding"])
            _name, _dimension = str(made_with[0]), int(made_with[1])
        if schema != SCHEMA:
            raise IndexStoreError(
                f"The index {self.path.stem} was made by another version of stylegraph.",
                f"Move {self.path} away and index again.",
            )
        if embedding != made_with[0] or dimension not in (0, made_with[1]):
            raise mismatch(self.path.stem, made_with, (embedding, dimension))


def mismatch(index: str, made_with: Sequence[object], now: tuple[str, int]) -> EmbeddingMismatchError:
    """Return the error for an index that was made with another embedding; each is a name and a dimension."""
    embedding, dimension = now
    told = f"{embedding} ({dimension})" if dimension else embedding
    return EmbeddingMismatchError(
        f"The index {index} was made with the embedding {made_with[0]} ({made_with[1]} numbers a vector), but {told} is "
        "set.",
        f"Run `stylegraph index rebuild {index}`, or set the embedding that it was made with.",
    )


def _is_made(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone() is not None


def _make(connection: sqlite3.Connection, embedding: str, dimension: int) -> None:
    """Make the tables, unless another process does so at the same moment."""
    _use_wal(connection)
    with _transaction(connection, "BEGIN IMMEDIATE"):
        if not _is_made(connection):
            for statement in filter(str.strip, _TABLES.split(";")):
                connection.execute(statement)
            meta = {"schema": str(SCHEMA), "embedding": json.dumps([embedding, dimension]), "updated": ""}
            connection.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to a write-ahead log. SQLite doesn't wait for its turn here, so this does; a full disk stays full."""
    patience = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error_code(error) not in _BUSY or time.monotonic() > patience:
                raise
            time.sleep(0.02)


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Turn what Python says of bytes that are not as they were written into the error of a damaged index."""
    try:
        yield
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise damaged(path) from error


def damaged(path: Path) -> IndexStoreError:
    """Return the error for an index whose file is damaged."""
    return IndexStoreError(
        f"{path} is not an index, or is damaged.",
        f"See what can be saved: stylegraph index repair {path.stem}. Or move it away and index again.",
    )


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn what SQLite and the disk say into an error that says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        raise _explanation(path, error) from error
    except OSError as error:
        raise IndexStoreError(
            f"{path} can't be opened: {error.strerror}.", "Check the folder and its rights."
        ) from error


def _explanation(path: Path, error: sqlite3.Error) -> IndexStoreError:
    code = error_code(error)
    if code == sqlite3.SQLITE_FULL:
        return IndexStoreError(f"The disk is full; nothing more was added to {path}.", "Free some space and go on.")
    if code in _BUSY:
        return IndexStoreError(f"{path} is being written by another process.", "Try again when it is done.")
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return damaged(path)
    if code == sqlite3.SQLITE_READONLY:
        return IndexStoreError(f"{path} can only be read.", "Make the folder and the file writable.")
    return IndexStoreError(f"{path} can't be read or written: {error}.", "Check the folder and its rights.")
