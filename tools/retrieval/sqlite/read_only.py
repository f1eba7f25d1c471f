"""SQLite files on a disk that can't be written, or in a folder that may not be: what they hold is read all the same."""

from __future__ import annotations

import sqlite3
from pathlib import Path

_WRITING_FAILED = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL)
"""What SQLite says where it can't make its log or its locks."""


def error_code(error: sqlite3.Error) -> int:
    """Return SQLite's primary code of an error."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF


def writing_failed(error: sqlite3.Error) -> bool:
    """Check whether a file could not be opened because nothing can be written to it or beside it."""
    return error_code(error) in _WRITING_FAILED


def holds_something(path: Path) -> bool:
    """Check whether there is a file that is not empty."""
    return path.is_file() and path.stat().st_size > 0


def read_only(path: Path) -> str:
    """Return the address that opens a file for reading alone.

    Without a log that holds something the file is whole, and nobody changes it: no lock is needed, and no room for one.
    With one it is read as far as the log's own files allow.
    """
    log = path.with_name(f"{path.name}-wal")
    return f"{path.absolute().as_uri()}?mode=ro" + ("" if holds_something(log) else "&immutable=1")
