"""The indexes of an Elasticsearch cluster, as a library beside the folder of files."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

from stylegraph.agent.errors import IndexStoreError, StylegraphError
from stylegraph.agent.protocols import Embedder
from stylegraph.agent.settings import Settings
from stylegraph.tools.retrieval.elastic import rebuild as elastic_rebuild
from stylegraph.tools.retrieval.elastic import versions
from stylegraph.tools.retrieval.elastic.cluster import Cluster
from stylegraph.tools.retrieval.elastic.index import ElasticIndex
from stylegraph.tools.retrieval.library import check_name

_FRESH_SECONDS = 5.0
"""How long the list of indexes is used before it is asked for again."""
_USED_SECONDS = 120.0
"""How long it is used while it is asked for again: a question does not wait for what it told a moment ago."""


class ElasticLibrary:
    """A `Library` of indexes on a cluster: one alias each. Indexes that come or go later are noticed in seconds.

    Args:
        settings: Where the cluster is, and how to use it.
        embedder: The embedding that is set.

    Raises:
        SettingsError: The address, the credentials or the certificates can't be used. Whether the cluster is there
            shows when it is asked: everything here raises IndexStoreError where it is not, and works again once it is.
    """

    def __init__(self, settings: Settings, embedder: Embedder) -> None:
        self._cluster = Cluster(settings)
        self._embedder = embedder
        self._open: dict[str, ElasticIndex] = {}
        self._problems: dict[str, IndexStoreError] = {}
        self._listed = -_USED_SECONDS
        self._asking: asyncio.Task[None] | None = None
        self._lock = asyncio.Lock()

    @property
    def patience(self) -> float:
        """Seconds after which something else is asked in its place, which needs half of a source's time."""
        own = self._cluster.settings
        return min(own.elasticsearch_timeout, own.source_timeout / 2)

    async def indexes(self) -> Mapping[str, ElasticIndex]:
        """Return the indexes that can be searched now, new ones included.

        Raises:
            IndexStoreError: The cluster does not answer, or says no.
        """
        async with self._lock:
            await self._refresh()
            return dict(self._open)

    async def problems(self) -> Mapping[str, StylegraphError]:
        """Return the indexes that are there but can't be searched, with the reason.

        Raises:
            IndexStoreError: The cluster does not answer, or says no.
        """
        async with self._lock:
            await self._refresh()
            return dict(self._problems)

    async def index(self, name: str) -> ElasticIndex:
        """Return one index to write to, made if it is not there yet.

        Raises:
            InputError: The name can't be an index's name.
            IndexStoreError: It can't be opened, or was made with another embedding.
        """
        check_name(name)
        async with self._lock:
            opened = await ElasticIndex.open(self._cluster, name, self._embedder)
            self._problems.pop(name, None)
            return self._open.setdefault(name, opened)

    async def rebuild(self, name: str, progress: elastic_rebuild.Progress | None = None) -> int:
        """Make an index again with the embedding that is set; searches go on meanwhile. See `elastic_rebuild`.

        Returns:
            How many documents it holds.

        Raises:
            InputError: There is no such index.
            IndexStoreError: It can't be read or written; what was there stays in its place.
        """
        documents = await elastic_rebuild.rebuild(self._cluster, name, self._embedder, progress)
        self._listed = -_USED_SECONDS
        return documents

    async def close(self) -> None:
        """Close the connections. Closing twice is fine."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)
        await self._cluster.close()

    async def _refresh(self) -> None:
        """Have the list of indexes at hand: at once where it was asked for of late, and then it is asked for beside.

        Raises:
            IndexStoreError: The cluster does not answer, or says no.
        """
        age = time.monotonic() - self._listed
        if age > _USED_SECONDS or self._has_failed():
            await self._list()
        elif age > _FRESH_SECONDS and (self._asking is None or self._asking.done()):
            self._asking = asyncio.create_task(self._list())

    def _has_failed(self) -> bool:
        """Check whether the list was asked for beside a question, in vain."""
        asking = self._asking
        return asking is not None and asking.done() and not asking.cancelled() and asking.exception() is not None

    async def _list(self) -> None:
        found = await self._cluster.ask("*", lambda: versions.listed(self._cluster))
        usable = {name: self._usable(version) for name, version in found.items()}
        self._problems = {name: one for name, one in usable.items() if isinstance(one, IndexStoreError)}
        current = {name: one for name, one in usable.items() if not isinstance(one, IndexStoreError)}
        self._open = {
            name: self._open.get(name) or ElasticIndex(self._cluster, version, self._embedder)
            for name, version in sorted(current.items())
        }
        self._listed = time.monotonic()

    def _usable(self, version: versions.Version | IndexStoreError) -> versions.Version | IndexStoreError:
        try:
            return version if isinstance(version, IndexStoreError) else versions.check(version, self._embedder)
        except IndexStoreError as error:
            return error
