"""Where a catalogue's items stand: in an index on this machine, or on a cluster with this machine's behind it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import islice
from typing import Protocol, TypeVar

from stylegraph.agent.errors import IndexStoreError
from stylegraph.agent.protocols import Embedder
from stylegraph.tools.fashion.catalogue.preparing import SOURCE, batched, canonical, shelved
from stylegraph.tools.fashion.items.items import Item
from stylegraph.tools.retrieval.hybrid.index import Document, SearchIndex

T = TypeVar("T")
Opening = Callable[[], Awaitable[SearchIndex]]
"""Opens an index, or makes an empty one."""
Rows = Callable[[], Iterable[Item]]
"""Reads all items from their file, blocking."""

_COMPLETE = "complete"
"""What a document is indexed under that says that all of them are there."""
_BATCH = 256
_FEW = 2_000
"""Items that are indexed while somebody waits, in seconds."""


class Cluster(Protocol):
    """The indexes of a cluster."""

    @property
    def patience(self) -> float:
        """Seconds after which it is too slow."""

    async def index(self, name: str) -> SearchIndex:
        """Return one index, made if it is not there yet."""

    async def close(self) -> None:
        """Close the connections."""


class Stock:
    """One index that holds all items; opened and filled when it is first asked for.

    Args:
        opening: Opens it.
        rows: The items.
        embedder: For search by meaning.
    """

    def __init__(self, opening: Opening, rows: Rows, embedder: Embedder) -> None:
        self._opening = opening
        self._rows = rows
        self._embedder = embedder
        self._filling: asyncio.Task[SearchIndex] | None = None

    async def full(self) -> SearchIndex:
        """Return the index once it holds everything. Who stops waiting does not stop it; what failed is begun again.

        Raises:
            IndexStoreError: It can't be opened or written.
        """
        task = self._filling
        if task is None or (task.done() and (task.cancelled() or task.exception())):
            task = self._filling = asyncio.create_task(self._filled())
        return await asyncio.shield(task)

    async def holds_all(self) -> bool:
        """Check whether there is nothing left to be indexed, without indexing it."""
        if self._filling is not None:
            return self._filling.done()
        index = await self._opening()
        try:
            return await _is_full(index)
        finally:
            await index.close()

    async def close(self) -> None:
        """Release what is open."""
        if self._filling is None:
            return
        self._filling.cancel()
        (index,) = await asyncio.gather(self._filling, return_exceptions=True)
        if not isinstance(index, BaseException):
            await index.close()

    async def _filled(self) -> SearchIndex:
        index = await self._opening()
        try:
            if not await _is_full(index):
                await _fill(index, self._rows(), self._embedder)
        except BaseException:
            await index.close()
            raise
        return index


class Shelf:
    """The items of a catalogue, to be asked for.

    Args:
        here: The index on this machine.
        there: The index on a cluster, where one is set: it is asked first, and again as soon as it answers.
        count: How many items there are.
        patience: Seconds after which the cluster is too slow.
    """

    def __init__(self, here: Stock, there: Stock | None, count: int, patience: float) -> None:
        self.trouble: IndexStoreError | None = None
        """Why the cluster could not be asked the last time."""
        self._here = here
        self._there = there
        self._count = count
        self._patience = patience

    async def prepare(self) -> None:
        """Index the items where they are missing: on the cluster if it answers, else on this machine.

        Raises:
            IndexStoreError: They can't be written.
        """
        try:
            await (self._there or self._here).full()
        except IndexStoreError as error:
            if self._there is None:
                raise
            self.trouble = error
            await self._here.full()

    async def ask(self, call: Callable[[SearchIndex], Awaitable[T]]) -> T:
        """Ask the cluster; while it can't be asked, the index on this machine.

        Raises:
            IndexStoreError: Neither can be asked.
        """
        if self._there is None:
            return await call(await self._here.full())
        try:
            async with asyncio.timeout(self._patience):
                answer = await call(await self._there.full())
        except (IndexStoreError, TimeoutError) as error:
            self.trouble = _explained(error)
        else:
            self.trouble = None
            return answer
        if self._count > _FEW and not await self._here.holds_all():
            raise self.trouble
        return await call(await self._here.full())

    async def close(self) -> None:
        """Release what is open. Closing twice is fine."""
        for stock in (self._here, self._there):
            if stock is not None:
                await stock.close()


class Ready:
    """The items of a catalogue in one index that holds them already, asked like a `Shelf`."""

    trouble: IndexStoreError | None = None

    def __init__(self, index: SearchIndex) -> None:
        self._index = index

    async def ask(self, call: Callable[[SearchIndex], Awaitable[T]]) -> T:
        """Ask the index.

        Raises:
            IndexStoreError: It can't be read.
        """
        return await call(self._index)

    async def close(self) -> None:
        """Release what is open. Closing twice is fine."""
        await self._index.close()


def _explained(error: IndexStoreError | TimeoutError) -> IndexStoreError:
    if isinstance(error, IndexStoreError):
        return error
    return IndexStoreError(
        "The catalogue on Elasticsearch did not answer in time.",
        "See whether the cluster is overloaded, or allow more with STYLEGRAPH_ELASTICSEARCH_TIMEOUT.",
    )


async def _is_full(index: SearchIndex) -> bool:
    return bool(await index.known(_COMPLETE))


async def _fill(index: SearchIndex, rows: Iterable[Item], embedder: Embedder) -> None:
    """Index every item that is not there yet, and last of all what says that nothing is missing."""
    present, items = await index.known(SOURCE), iter(rows)
    while batch := await asyncio.to_thread(lambda: list(islice(items, _BATCH))):
        new = [item for item in batch if not present.get(item["id"])]
        if new:
            await _add(index, new, embedder)
    done = Document(source=_COMPLETE, id=_COMPLETE, title="", url=None, hash=_COMPLETE, metadata={}, chunks=[])
    await index.add([done])


async def _add(index: SearchIndex, items: Sequence[Item], embedder: Embedder) -> None:
    batch = await asyncio.to_thread(lambda: batched([shelved(item, _hash(item)) for item in items]))
    batch.attach(await embedder.embed(batch.names))
    await index.add([one.document for one in batch.prepared], [one.encoded for one in batch.prepared])


def _hash(item: Item) -> str:
    return hashlib.blake2b(canonical(item), digest_size=16).hexdigest()
