"""Pages as they were fetched last: what a server says has not changed is not sent again."""

from __future__ import annotations

import asyncio
import sqlite3
import time
import zlib
from collections.abc import Collection, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from stylegraph.agent.settings import Settings
from stylegraph.tools.net.fetch import TEXT_TYPES, BusyError, Fetched, fetch

_SCHEMA = """
CREATE TABLE IF NOT EXISTS pages (
    address TEXT PRIMARY KEY, url TEXT, type TEXT, charset TEXT, etag TEXT, modified TEXT, body BLOB, used REAL
) WITHOUT ROWID
"""
_ROOM = 500_000_000
"""Bytes of packed pages that are kept; those that were not used for longest go first."""
_BUSY_SECONDS = 10.0
_TIMES = 2
"""How often a busy server is asked again."""
_SOON = 30.0
"""Longest wait for one, in seconds."""


class PageStore:
    """The last content of each address that came with a validator, in one SQLite file. All methods block.

    What can't be kept or read is as if it had never been seen: the page is fetched anew.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, address: str) -> Fetched | None:
        """Return what was fetched from an address, if it is kept."""
        if not self._path.exists():
            return None
        try:
            with closing(self._open()) as connection, connection:
                connection.execute("UPDATE pages SET used = ? WHERE address = ?", (time.time(), address))
                row = connection.execute(
                    "SELECT url, body, type, charset, etag, modified FROM pages WHERE address = ?", (address,)
                ).fetchone()
            return Fetched(row[0], zlib.decompress(row[1]), *row[2:]) if row else None
        except (sqlite3.Error, zlib.error):
            return None

    def put(self, address: str, page: Fetched) -> None:
        """Keep what was fetched, if its server can be asked later whether it has changed."""
        if not (page.etag or page.last_modified):
            return
        row = (page.url, page.content_type, page.charset, page.etag, page.last_modified, zlib.compress(page.content, 1))
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._open()) as connection, connection:
                connection.execute(
                    "INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (address, *row, time.time())
                )
                self._make_room(connection)
        except (sqlite3.Error, OSError):
            return

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=_BUSY_SECONDS)
        connection.execute(_SCHEMA)
        return connection

    def _make_room(self, connection: sqlite3.Connection) -> None:
        kept = connection.execute("SELECT address, length(body) FROM pages ORDER BY used DESC").fetchall()
        room = _ROOM
        for address, size in kept:
            room -= size
            if room < 0:
                connection.execute("DELETE FROM pages WHERE address = ?", (address,))


class Fetcher:
    """Fetches pages, and asks for those that are kept only whether they have changed.

    Made in an event loop; `get` is awaited there, and a call does the same from any thread.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._store = PageStore(settings.home / "pages.sqlite")
        self._loop = asyncio.get_running_loop()

    def __call__(
        self, url: str, accept: Collection[str] = TEXT_TYPES, headers: Mapping[str, str] | None = None
    ) -> Fetched:
        """Fetch from a thread that is not the event loop's.

        Raises:
            FetchError: As `fetch` does.
        """
        return asyncio.run_coroutine_threadsafe(self.get(url, accept, headers), self._loop).result()

    def pause(self, seconds: float) -> None:
        """Wait in a thread that is not the event loop's; the end of the event loop ends it too."""
        asyncio.run_coroutine_threadsafe(asyncio.sleep(seconds), self._loop).result()

    async def get(
        self, url: str, accept: Collection[str] = TEXT_TYPES, headers: Mapping[str, str] | None = None
    ) -> Fetched:
        """Fetch. What needs headers, such as credentials, is never kept.

        Raises:
            FetchError: As `fetch` does.
        """
        if headers is not None:
            return await self._patiently(url, accept, headers)
        kept = await asyncio.to_thread(self._store.get, url)
        fetched = await self._patiently(url, accept, _validators(kept))
        if fetched.unchanged and kept is not None:
            return replace(kept, unchanged=True)
        await asyncio.to_thread(self._store.put, url, fetched)
        return fetched

    async def _patiently(self, url: str, accept: Collection[str], headers: Mapping[str, str]) -> Fetched:
        """Ask a busy server again when it says so, if that is soon."""
        for _ in range(_TIMES):
            try:
                return await fetch(url, self.settings, accept=accept, headers=headers)
            except BusyError as error:
                if error.seconds > _SOON:
                    raise
                await asyncio.sleep(error.seconds)
        return await fetch(url, self.settings, accept=accept, headers=headers)


def _validators(kept: Fetched | None) -> dict[str, str]:
    if kept is None:
        return {}
    asked = {"if-none-match": kept.etag, "if-modified-since": kept.last_modified}
    return {name: value for name, value in asked.items() if value}
