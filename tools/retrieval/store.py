"""The file of an embedded index: its tables, its connections, and what its errors mean."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import sqlite_vec

from stylegraph.agent.errors import EmbeddingMismatchError, IndexStoreError

SCHEMA = "1"
_BUSY_SECONDS = 60

_TABLES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, document TEXT NOT NULL, title TEXT NOT NULL, url TEXT,
    hash TEXT NOT NULL, metadata TEXT NOT NULL, UNIQUE (source, document));
CREATE TABLE IF NOT EXISTS chunks (
    id INTEGER PRIMARY KEY AUTOINCREMENT, document INTEGER NOT NULL, ordinal INTEGER NOT NULL,
    text TEXT NOT NULL, locator TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS chunks_of_document ON chunks (document);
CREATE TABLE IF NOT EXISTS facts (document INTEGER NOT NULL, field TEXT NOT NULL, text TEXT, number REAL);
CREATE INDEX IF NOT EXISTS facts_by_text ON facts (field, text, document);
CREATE INDEX IF NOT EXISTS facts_by_number ON facts (field, number, document) WHERE number IS NOT NULL;
CREATE INDEX IF NOT EXISTS facts_of_document ON facts (document);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (title, text, content='', contentless_delete=1, tokenize='ascii');
CREATE VIRTUAL TABLE IF NOT EXISTS terms USING fts5vocab (words, row);
CREATE TABLE IF NOT EXISTS windows (id INTEGER PRIMARY KEY AUTOINCREMENT, chunk INTEGER NOT NULL, vector BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS windows_of_chunk ON windows (chunk);
"""


class Store:
    """Connections to one file, made as threads need them.

    Raises:
        IndexStoreError: It can't be opened, or is no index.
        EmbeddingMismatchError: It was made with another embedding.
    """

    def __init__(self, path: Path, embedding: str, dimension: int) -> None:
        self.path = path
        self._idle: list[apsw.Connection] = []
        self._lock = threading.Lock()
        with _meaning(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with self.writing() as connection:
                self._prepare(connection, embedding, dimension)

    @contextmanager
    def reading(self) -> Iterator[apsw.Connection]:
        """Lend a connection with one consistent view of the file."""
        with _meaning(self.path), self._borrowed() as connection, connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[apsw.Connection]:
        """Lend a connection in a transaction: all that is done in it is kept, or, after an error, nothing."""
        with _meaning(self.path), self._borrowed() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close the connections that are idle."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    @contextmanager
    def _borrowed(self) -> Iterator[apsw.Connection]:
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        connection = connection or self._connect()
        try:
            yield connection
        finally:
            with self._lock:
                self._idle.append(connection)

    def _connect(self) -> apsw.Connection:
        connection = apsw.Connection(str(self.path))
        connection.set_busy_timeout(_BUSY_SECONDS * 1000)
        connection.enable_load_extension(True)
        connection.load_extension(sqlite_vec.loadable_path())
        connection.enable_load_extension(False)
        connection.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA mmap_size = 2147483648")
        return connection

    def _prepare(self, connection: apsw.Connection, embedding: str, dimension: int) -> None:
        connection.execute(_TABLES)
        connection.execute(
            f"CREATE VIRTUAL TABLE IF NOT EXISTS codes USING vec0 (code bit[{-dimension % 8 + dimension}])"
        )
        meant = {"schema": SCHEMA, "embedding": json.dumps([embedding, dimension])}
        connection.executemany("INSERT OR IGNORE INTO meta VALUES (?, ?)", meant.items())
        found = dict(connection.execute("SELECT key, value FROM meta").fetchall())
        if found["embedding"] != meant["embedding"]:
            self._refuse(*json.loads(found["embedding"]), embedding, dimension)
        if found["schema"] != SCHEMA:
            raise IndexStoreError(f"{self.path} was made by another version of stylegraph.", self._remedy())

    def _refuse(self, made_with: str, made_dimension: int, embedding: str, dimension: int) -> None:
        raise EmbeddingMismatchError(
            f"The index {self.path.stem} was made with the embedding {made_with} ({made_dimension} dimensions), "
            f"but {embedding} ({dimension}) is set.",
            self._remedy(),
        )

    def _remedy(self) -> str:
        return f"Rebuild it with `stylegraph index rebuild {self.path.stem}`."


@contextmanager
def _meaning(path: Path) -> Iterator[None]:
    """Turn what SQLite and the disk say into an error that says what to do."""
    try:
        yield
    except apsw.FullError:
        raise IndexStoreError(
            f"The disk is full: nothing was added to {path}.", "Free some space, then index again."
        ) from None
    except apsw.BusyError:
        raise IndexStoreError(f"{path} is being written by another process.", "Try again when it is done.") from None
    except (apsw.NotADBError, apsw.CorruptError):
        raise IndexStoreError(f"{path} is not an index, or is damaged.", "Move it away and index again.") from None
    except (apsw.CantOpenError, apsw.ReadOnlyError, apsw.IOError, apsw.PermissionsError, OSError) as error:
        raise IndexStoreError(
            f"{path} can't be read or written: {error}.", "Check the folder and its permissions."
        ) from None
