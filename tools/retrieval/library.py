"""The indexes that there are: a folder of files, looked at one by one or all at once."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from stylegraph.agent.errors import IndexStoreError, InputError, StylegraphError
from stylegraph.agent.evidence import Filters, Leg
from stylegraph.agent.protocols import Embedder
from stylegraph.tools.retrieval.hybrid.conditions import seeing
from stylegraph.tools.retrieval.hybrid.index import Hit, SearchIndex
from stylegraph.tools.retrieval.sqlite import rebuild as rebuilding
from stylegraph.tools.retrieval.sqlite import repair as repairing
from stylegraph.tools.retrieval.sqlite.index import EmbeddedIndex

_SUFFIX = ".sqlite"
_DEEPER = 3
"""How many times as deep the search goes where the same text is found more than once."""
_NAME = re.compile(r"[\w가-힣][\w가-힣.-]{0,63}")


class Library(Protocol):
    """Several indexes by name."""

    async def indexes(self) -> Mapping[str, SearchIndex]:
        """Return the indexes that can be searched now, new ones included."""

    async def problems(self) -> Mapping[str, StylegraphError]:
        """Return the indexes that are there but can't be searched, with the reason."""


class IndexFolder:
    """A `Library` of embedded indexes: one file each in one folder. Files that come or go later are noticed."""

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        self._folder = folder
        self._embedder = embedder
        self._open: dict[str, tuple[int, EmbeddedIndex]] = {}
        self._problems: dict[str, StylegraphError] = {}
        self._lock = asyncio.Lock()

    async def indexes(self) -> Mapping[str, SearchIndex]:
        """Return the indexes that can be searched now, new ones included."""
        async with self._lock:
            return await self._refresh()

    async def problems(self) -> Mapping[str, StylegraphError]:
        """Return the indexes that are there but can't be searched, with the reason."""
        async with self._lock:
            await self._refresh()
            return dict(self._problems)

    async def index(self, name: str) -> EmbeddedIndex:
        """Return one index to write to, made if it is not there yet.

        Raises:
            InputError: The name can't be a file's name.
            IndexStoreError: It can't be opened, or was made with another embedding.
        """
        check_name(name)
        async with self._lock:
            found = (await self._refresh()).get(name)
            if found is None:
                self._problems.pop(name, None)
                found = await EmbeddedIndex.open(self._path(name), self._embedder)
                self._open[name] = (await asyncio.to_thread(_identity, self._path(name)), found)
            return found

    async def rebuild(self, name: str, progress: rebuilding.Progress | None = None) -> int:
        """Make an index again with the embedding that is set, from the texts that it holds. See `rebuild`.

        Returns:
            How many documents it holds.

        Raises:
            InputError: There is no such index.
            IndexStoreError: It can't be read or written; it stays as it was.
        """
        await self._require(name)
        return await rebuilding.rebuild(self._path(name), self._embedder, progress)

    async def check(self, name: str | None = None) -> dict[str, list[str]]:
        """Look through the files of all indexes, or of one; return for each what is wrong with it.

        Raises:
            InputError: There is no such index.
        """
        names = [name] if name is not None else sorted(await asyncio.to_thread(_files, self._folder))
        for one in names:
            await self._require(one)
        checked = {one: await asyncio.to_thread(repairing.check, self._path(one)) for one in names}
        for one, problem in (await self.problems()).items():
            if one in checked and not checked[one]:
                checked[one] = [str(problem)]
        return checked

    async def repair(self, name: str) -> repairing.Repaired:
        """Make a damaged index again from what can be read of it. See `repair`.

        Raises:
            InputError: There is no such index.
            IndexStoreError: It can't be repaired; it stays as it was.
        """
        await self._require(name)
        async with self._lock:
            if name in self._open:
                await self._open.pop(name)[1].close()
            return await repairing.repair(self._path(name), self._embedder)

    async def _require(self, name: str) -> None:
        files = await asyncio.to_thread(_files, self._folder)
        if name not in files:
            raise InputError(f"There is no index called {name!r}.", f"There are: {', '.join(sorted(files)) or 'none'}.")

    async def close(self) -> None:
        """Close all of them. Closing twice is fine."""
        async with self._lock:
            for _, index in self._open.values():
                await index.close()
            self._open.clear()

    async def _refresh(self) -> dict[str, EmbeddedIndex]:
        files = await asyncio.to_thread(_files, self._folder)
        for name in [name for name, (identity, _) in self._open.items() if files.get(name) != identity]:
            await self._open.pop(name)[1].close()
        self._problems = {}
        for name in files.keys() - self._open.keys():
            try:
                self._open[name] = (files[name], await EmbeddedIndex.open(self._path(name), self._embedder))
            except StylegraphError as error:
                self._problems[name] = error
        return {name: self._open[name][1] for name in sorted(self._open)}

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}{_SUFFIX}"


def check_name(name: str) -> None:
    """Let a name pass that an index can have.

    Raises:
        InputError: It can't.
    """
    if not _NAME.fullmatch(name):
        raise InputError(f"An index can't be called {name[:80]!r}.", "Use up to 64 letters, digits, dots and hyphens.")


class Searched(NamedTuple):
    """What several indexes gave together."""

    hits: list[tuple[str, Hit]]
    """Index name and hit, best first."""
    problems: Mapping[str, StylegraphError]
    """The indexes that could not be searched, with the reason."""


async def search(
    library: Library,
    queries: str | Sequence[str],
    k: int,
    filters: Filters | None = None,
    leg: Leg = "fused",
    *,
    index: str | None = None,
    collapse: bool = True,
) -> list[tuple[str, Hit]]:
    """Search one index, or all of them at once.

    Returns:
        Index name and hit, best first; at most k.

    Raises:
        InputError: There is no index of that name.
        IndexStoreError: The index that is named can't be searched, or none of them can.
    """
    return (await search_each(library, queries, k, filters, leg, index=index, collapse=collapse)).hits


async def search_each(
    library: Library,
    queries: str | Sequence[str],
    k: int,
    filters: Filters | None = None,
    leg: Leg = "fused",
    *,
    index: str | None = None,
    collapse: bool = True,
) -> Searched:
    """Search like `search`, and return also which indexes could not be searched.

    Passages of the same text count once, whatever the paths they were indexed from.

    Raises:
        InputError: There is no index of that name.
        IndexStoreError: The index that is named can't be searched, or none of them can.
    """
    found = await _search(library, queries, k, filters, leg, index=index, collapse=collapse)
    distinct = _distinct(found.hits)
    if len(distinct) < len(found.hits):
        found = await _search(library, queries, _DEEPER * k, filters, leg, index=index, collapse=collapse)
        distinct = _distinct(found.hits)[:k]
    return Searched(distinct, found.problems)


def _distinct(hits: Sequence[tuple[str, Hit]]) -> list[tuple[str, Hit]]:
    """Leave out passages that say the very same; the one whose path is first stays, in the place of the best."""
    kept: dict[str, tuple[str, Hit]] = {}
    for named in hits:
        text = named[1]["text"]
        first = min(kept.get(text, named), named, key=lambda one: (one[0], one[1]["source"], one[1]["document"]))
        kept[text] = first
    return list(kept.values())


async def _search(
    library: Library,
    queries: str | Sequence[str],
    k: int,
    filters: Filters | None,
    leg: Leg,
    *,
    index: str | None,
    collapse: bool,
) -> Searched:
    """Search each index.

    Raises:
        InputError: There is no index of that name.
        IndexStoreError: The index that is named can't be searched, or none of them can.
    """
    chosen = await chosen_indexes(library, index)
    problems = {} if index else dict(await library.problems())
    searches = (
        one.search(queries, k, filters, leg, collapse=collapse, counted=seeing(filters)) for one in chosen.values()
    )
    hits: list[tuple[str, Hit]] = []
    for name, found in zip(chosen, await asyncio.gather(*searches, return_exceptions=True), strict=True):
        if isinstance(found, IndexStoreError):
            problems[name] = found
        elif isinstance(found, BaseException):
            raise found
        else:
            hits += [(name, hit) for hit in found]
    if problems and not chosen.keys() - problems.keys():
        raise _joined(problems)
    return Searched(sorted(hits, key=lambda named: -named[1]["score"])[:k], problems)


def _joined(problems: Mapping[str, StylegraphError]) -> StylegraphError:
    """Return several errors as one."""
    first, *others = {str(problem): problem for problem in problems.values()}.values()
    if not others:
        return first
    return IndexStoreError(" ".join(map(str, (first, *others[:-1]))) + f" {others[-1].message}", others[-1].remedy)


async def chosen_indexes(library: Library, index: str | None) -> Mapping[str, SearchIndex]:
    """Return the index of a name, or all of them.

    Raises:
        InputError: There is no index of that name.
        IndexStoreError: The index that is named can't be searched.
    """
    indexes = await library.indexes()
    if index is None:
        return indexes
    if index not in indexes:
        if problem := (await library.problems()).get(index):
            raise problem
        there = ", ".join(indexes) or "none yet"
        raise InputError(f"There is no index called {index[:80]!r}.", f"Those that can be searched: {there}.")
    return {index: indexes[index]}


def _files(folder: Path) -> dict[str, int]:
    return {path.stem: _identity(path) for path in folder.glob(f"*{_SUFFIX}")}


def _identity(path: Path) -> int:
    """Distinguish a file from another one that took its name later."""
    try:
        return path.stat().st_ino
    except OSError:
        return 0
