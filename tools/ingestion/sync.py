"""An index brought in line with a sources file: what is due is read, what the file no longer names is taken out."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from typing_extensions import TypedDict

from stylegraph.agent.errors import InputError
from stylegraph.agent.settings import Settings
from stylegraph.tools.ingestion.ingest import chunking_of, compare, ingest
from stylegraph.tools.ingestion.manifest import Wanted
from stylegraph.tools.ingestion.report import ProgressListener, SourceReport
from stylegraph.tools.retrieval.hybrid.index import SearchIndex

_FILE = "sync.json"


class WritableLibrary(Protocol):
    """Indexes by name, made where they are not there yet."""

    async def indexes(self) -> Mapping[str, SearchIndex]:
        """Return the indexes that there are."""

    async def index(self, name: str) -> SearchIndex:
        """Return one index to write to."""


class _Done(TypedDict):
    """What is remembered of a source that was synced."""

    at: float
    """When, in seconds since 1970."""
    options: str
    """A digest of how: another way is due at once."""


@dataclass(slots=True)
class Synced:
    """What a sync did, or would do."""

    reports: list[tuple[str, SourceReport]] = field(default_factory=list)
    """Index and report of each source that was due."""
    waiting: list[tuple[str, str, float]] = field(default_factory=list)
    """Index and name of each source that was not, and the seconds until it is."""
    removed: list[tuple[str, str, int]] = field(default_factory=list)
    """Index, name and documents of each source that the file no longer names."""


class Ledger:
    """What was synced from one sources file, kept in the home folder. All methods block.

    Only what a sync has brought in is taken out by one: what was indexed by hand stays.

    Args:
        home: The home folder.
        path: The sources file.
    """

    def __init__(self, home: Path, path: Path) -> None:
        self._file = home / _FILE
        self._key = str(path.resolve())

    def read(self) -> dict[tuple[str, str], _Done]:
        """Return (index, source) -> when and how it was synced."""
        known = self._all().get(self._key, {})
        return {(index, name): done for index, sources in known.items() for name, done in sources.items()}

    def write(self, known: Mapping[tuple[str, str], _Done]) -> None:
        """Keep it; a crash leaves the old or the new one whole."""
        mine: dict[str, dict[str, _Done]] = {}
        for (index, name), done in known.items():
            mine.setdefault(index, {})[name] = done
        self._file.parent.mkdir(parents=True, exist_ok=True)
        aside = self._file.with_suffix(f".{os.getpid()}")
        aside.write_text(json.dumps({**self._all(), self._key: mine}, ensure_ascii=False, indent=1), encoding="utf-8")
        aside.replace(self._file)

    def _all(self) -> dict[str, Any]:
        try:
            read = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return read if isinstance(read, dict) else {}


class Sync:
    """A sources file and the indexes that it is for.

    Args:
        library: The indexes.
        wanted: What the file names.
        ledger: What was synced before.
        settings: Limits, and the default chunking.

    Raises:
        InputError: The chunking of an entry contradicts itself.
    """

    def __init__(self, library: WritableLibrary, wanted: Sequence[Wanted], ledger: Ledger, settings: Settings) -> None:
        self._library = library
        self._wanted = wanted
        self._ledger = ledger
        self._settings = settings
        for one in wanted:
            try:
                chunking_of(settings, **one.chunks)
            except InputError as error:
                raise InputError(f"The source in line {one.line}: {error.message}", error.remedy) from None

    async def run(self, *, now: bool = False, progress: ProgressListener | None = None) -> Synced:
        """Bring the indexes in line. Safe to run again at any time; what fails is due again.

        Args:
            now: Whether what is not due is read too.
            progress: Told how far it is.

        Raises:
            IndexStoreError: An index can't be written.
        """
        known = await asyncio.to_thread(self._ledger.read)
        synced, due = self._due(known, now)
        for group in _alike(due):
            index = await self._library.index(group[0].index)
            sources = [one.source for one in group]
            report = await ingest(index, sources, settings=self._settings, progress=progress, **group[0].chunks)
            for one, told in zip(group, report.sources, strict=True):
                synced.reports.append((one.index, told))
                known[one.index, one.name] = _Done(at=0.0 if told.failed else time.time(), options=_digest(one))
            await asyncio.to_thread(self._ledger.write, known)
        for index_name, name in self._dropped(known):
            index = await self._library.index(index_name)
            synced.removed.append((index_name, name, await index.delete(name)))
            del known[index_name, name]
        await asyncio.to_thread(self._ledger.write, known)
        return synced

    async def preview(self, *, now: bool = False) -> Synced:
        """Return what `run` would do. Sources are read and compared; nothing is written."""
        known = await asyncio.to_thread(self._ledger.read)
        synced, due = self._due(known, now)
        there = await self._library.indexes()
        for one in due:
            hashes = await there[one.index].known(one.name) if one.index in there else {}
            report = await compare(one.source, hashes, self._settings, **one.chunks)
            synced.reports.append((one.index, report))
        for index, name in self._dropped(known):
            documents = len(await there[index].known(name)) if index in there else 0
            synced.removed.append((index, name, documents))
        return synced

    def _due(self, known: Mapping[tuple[str, str], _Done], now: bool) -> tuple[Synced, list[Wanted]]:
        synced, due = Synced(), []
        for one in self._wanted:
            left = 0.0 if now else _seconds_left(one, known.get((one.index, one.name)))
            if left > 0:
                synced.waiting.append((one.index, one.name, left))
            else:
                due.append(one)
        return synced, due

    def _dropped(self, known: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        named = {(one.index, one.name) for one in self._wanted}
        return [key for key in known if key not in named]


def _seconds_left(one: Wanted, done: _Done | None) -> float:
    if done is None or done["options"] != _digest(one):
        return 0.0
    return done["at"] + one.seconds - time.time()


def _digest(one: Wanted) -> str:
    options = json.dumps([asdict(one.source), one.chunks], sort_keys=True, default=dict)
    return hashlib.blake2b(options.encode(), digest_size=8).hexdigest()


def _alike(due: Sequence[Wanted]) -> list[list[Wanted]]:
    """Place together what goes to one index and is cut in one way."""
    groups: dict[str, list[Wanted]] = {}
    for one in due:
        groups.setdefault(json.dumps([one.index, one.chunks], sort_keys=True), []).append(one)
    return list(groups.values())
