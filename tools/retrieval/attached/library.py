"""Our own indexes together with those that are attached: one library."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from stylegraph.agent.errors import StylegraphError
from stylegraph.agent.extras import needed
from stylegraph.agent.protocols import Embedder
from stylegraph.agent.settings import Settings
from stylegraph.tools.retrieval.attached.access import settings_for
from stylegraph.tools.retrieval.attached.registry import Attachment, Registry, read_only
from stylegraph.tools.retrieval.hybrid.index import SearchIndex

if TYPE_CHECKING:
    from stylegraph.tools.retrieval.attached.index import AttachedIndex
    from stylegraph.tools.retrieval.elastic.cluster import Cluster

Progress = Callable[[int, int], None]


class OwnLibrary(Protocol):
    """The indexes that stylegraph makes: in files, or on a cluster."""

    async def indexes(self) -> Mapping[str, SearchIndex]:
        """Return the indexes that can be searched now."""

    async def problems(self) -> Mapping[str, StylegraphError]:
        """Return the indexes that can't, with the reason."""

    async def index(self, name: str) -> SearchIndex:
        """Return one index to write to, made if it is not there yet."""

    async def rebuild(self, name: str, progress: Progress | None = None) -> int:
        """Make an index again with the embedding that is set."""

    async def close(self) -> None:
        """Release what is open."""


Own = TypeVar("Own", bound=OwnLibrary)


class WithAttached(Generic[Own]):
    """A `Library` of our own indexes and of those that are attached. What is attached or detached later is noticed.

    Args:
        own: Our own indexes.
        settings: Where the attachments are kept, and whose credentials reach them.
        embedder: The embedding that is set.
    """

    def __init__(self, own: Own, settings: Settings, embedder: Embedder) -> None:
        self.own = own
        self._settings = settings
        self._embedder = embedder
        self._registry = Registry(settings.home)
        self._open: dict[str, AttachedIndex] = {}
        self._clusters: dict[tuple[str, str], Cluster] = {}
        self._problems: dict[str, StylegraphError] = {}
        self._lock = asyncio.Lock()

    async def indexes(self) -> Mapping[str, SearchIndex]:
        """Return the indexes that can be searched now, attached ones included; of two of one name our own.

        Raises:
            IndexStoreError: Our own are on a cluster that does not answer, or says no.
        """
        own = await self.own.indexes()
        return {**await self.attached(), **own}

    async def problems(self) -> Mapping[str, StylegraphError]:
        """Return the indexes that are there but can't be searched, with the reason.

        Raises:
            IndexStoreError: Our own are on a cluster that does not answer, or says no.
        """
        own = await self.own.problems()
        await self.attached()
        return {**self._problems, **own}

    async def attached(self) -> Mapping[str, AttachedIndex]:
        """Return the attached indexes that can be asked."""
        async with self._lock:
            self._problems = {}
            try:
                there = await asyncio.to_thread(self._registry.all)
            except StylegraphError as error:
                self._problems = {"attached": error}
                there = {}
            self._open = {name: one for name, attachment in there.items() if (one := self._opened(attachment))}
            return dict(self._open)

    async def index(self, name: str) -> SearchIndex:
        """Return one of our own indexes to write to, made if it is not there yet.

        Raises:
            InputError: The name can't be an index's name, or is that of an attached one.
            IndexStoreError: It can't be opened, or was made with another embedding.
        """
        await self._require_own(name)
        return await self.own.index(name)

    async def rebuild(self, name: str, progress: Progress | None = None) -> int:
        """Make one of our own indexes again with the embedding that is set.

        Raises:
            InputError: There is no such index, or it is attached.
            IndexStoreError: It can't be read or written; it stays as it was.
        """
        await self._require_own(name)
        return await self.own.rebuild(name, progress)

    async def close(self) -> None:
        """Close all of them. Closing twice is fine."""
        await self.own.close()
        for cluster in self._clusters.values():
            await cluster.close()
        self._clusters.clear()
        self._open.clear()

    async def _require_own(self, name: str) -> None:
        if name in await asyncio.to_thread(self._registry.all):
            raise read_only(name)

    def _opened(self, attachment: Attachment) -> AttachedIndex | None:
        name = attachment["name"]
        there = self._open.get(name)
        if there is not None and there.attachment == attachment:
            return there
        try:
            with needed("An attached index"):
                from stylegraph.tools.retrieval.attached.index import AttachedIndex

            return AttachedIndex(attachment, self._cluster(attachment), self._embedder)
        except StylegraphError as error:
            self._problems[name] = error
            return None

    def _cluster(self, attachment: Attachment) -> Cluster:
        from stylegraph.tools.retrieval.elastic.cluster import Cluster

        key = attachment["url"], attachment["api_key_env"]
        if key not in self._clusters:
            self._clusters[key] = Cluster(settings_for(self._settings, *key))
        return self._clusters[key]
