"""Photos at web addresses, brought here while a catalogue is imported: with care, a few at once, and none twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import httpx

from stylegraph.agent.errors import FetchError, InputError
from stylegraph.agent.settings import Settings
from stylegraph.tools.fashion.catalogue.photos import Photo, digest_of
from stylegraph.tools.fashion.catalogue.preparing import Task
from stylegraph.tools.fashion.items.items import Problems
from stylegraph.tools.image.sniff import sniff
from stylegraph.tools.ingestion.remote.cache import Fetcher
from stylegraph.tools.net.fetch import NotThereError

_ACCEPTED = ("image/", "application/octet-stream", "binary/octet-stream")
_AT_ONCE = 8
_PATIENCE = 5
"""After so many failures of one server in a row, its other photos are left for the next run."""


class WebPhotos:
    """Fetches photos. What can't be fetched is told by line, and is tried again by the next run.

    Args:
        settings: The limits of fetching and of pictures apply.
        folder: Where a photo lies until it is kept.
        problems: Takes what can't be fetched.
    """

    def __init__(self, settings: Settings, folder: Path, problems: Problems) -> None:
        limit = min(settings.fetch_max_bytes, settings.picture_max_bytes)
        self._fetcher = Fetcher(settings.model_copy(update={"fetch_max_bytes": limit}))
        self._folder = folder
        self._problems = problems
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._failed: Counter[str] = Counter()

    async def fetched(self, tasks: Sequence[Task]) -> list[Task]:
        """Return tasks in their order, with their photos where they have an address; without where that failed."""
        return list(await asyncio.gather(*(self._one(task) if task.awaited else _as_it_is(task) for task in tasks)))

    async def _one(self, task: Task) -> Task:
        try:
            async with self._room:
                photo = await self._photo(task)
        except InputError as error:
            self._problems.add(task.line, "image", "left_out", str(error))
            return replace(task, awaited=False)
        return replace(task, awaited=False, photo=photo)

    async def _photo(self, task: Task) -> Photo:
        url = str(task.item["image"])
        content = await self._content(url)
        sniff(content)
        digest = digest_of(content)
        path = self._folder / f"{digest}-{task.line}"
        await asyncio.to_thread(_lay_down, path, content)
        return Photo(path, digest, passing=True)

    async def _content(self, url: str) -> bytes:
        host = _host(url)
        if self._failed[host] >= _PATIENCE:
            raise FetchError(f"{host} did not answer {_PATIENCE} times in a row.", "Import again later.")
        try:
            content = (await self._fetcher.get(url, _ACCEPTED, {})).content
        except NotThereError:
            self._failed[host] = 0
            raise
        except FetchError:
            self._failed[host] += 1
            raise
        self._failed[host] = 0
        return content


async def _as_it_is(task: Task) -> Task:
    return task


def _host(url: str) -> str:
    try:
        return httpx.URL(url).host
    except httpx.InvalidURL:
        return url[:80]


def _lay_down(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
