"""An index behind its alias, which names another version once it was rebuilt: asked, and followed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from stylegraph.agent.errors import IndexStoreError
from stylegraph.agent.protocols import Embedder
from stylegraph.tools.retrieval.elastic import queries, versions
from stylegraph.tools.retrieval.elastic.cluster import Cluster
from stylegraph.tools.retrieval.elastic.errors import IndexGoneError, IndexUnavailableError, refusal
from stylegraph.tools.retrieval.elastic.versions import Version

T = TypeVar("T")


class Alias:
    """What an alias names now, and how it is asked.

    Args:
        cluster: Where it is.
        version: What it named when it was opened.
        embedder: The embedding that a version must have been made with.
    """

    def __init__(self, cluster: Cluster, version: Version, embedder: Embedder) -> None:
        self.cluster = cluster
        self.version = version
        self.unseen = False
        """Whether something was written that searches may not see yet."""
        self._embedder = embedder
        self._refreshing = asyncio.Lock()

    @property
    def name(self) -> str:
        """The index's name."""
        return self.version.name

    def check(self) -> None:
        """Check that the version was made with the embedding.

        Raises:
            EmbeddingMismatchError: It was not.
        """
        versions.check(self.version, self._embedder)

    async def following(self, call: Callable[[], Awaitable[T]]) -> T:
        """Ask the cluster; once more if the alias names another version now, and the old one is gone."""
        try:
            return await self.cluster.ask(self.name, call)
        except (IndexGoneError, IndexUnavailableError):
            before = self.version
            await self.cluster.ask(self.name, self.look_again)
            if self.version == before:
                raise
        return await self.cluster.ask(self.name, call)

    async def verify(self, index: str) -> None:
        """Look which version this is, if it is another one than before.

        Raises:
            EmbeddingMismatchError: It was made with another embedding.
        """
        if index != self.version.index:
            await self.look_again()

    async def look_again(self) -> None:
        """Read anew which version the alias names.

        Raises:
            EmbeddingMismatchError: It was made with another embedding.
        """
        found = await versions.current(self.cluster, self.name)
        if found is not None:
            self.version = versions.check(found, self._embedder)

    async def show_own(self) -> None:
        """Make what was written by this object visible to its searches; those that come meanwhile wait for it.

        Where some of the index is not available, a refresh waits for it. A search says so at once, so it goes on.
        """
        async with self._refreshing:
            if self.unseen:
                with suppress(IndexStoreError, TimeoutError):
                    async with asyncio.timeout(self.cluster.settings.elasticsearch_timeout / 4):
                        await self.refresh()

    async def refresh(self) -> None:
        """Make all that was written visible to searches."""
        before, self.unseen = self.unseen, False
        try:
            await self.following(lambda: self.cluster.client.indices.refresh(index=self.version.alias))
        except BaseException:
            self.unseen = before
            raise

    async def search(self, body: queries.Body) -> Mapping[str, Any]:
        """Return what the cluster answers to one search."""
        answer = await self.following(
            lambda: self.cluster.client.search(index=self.version.alias, allow_partial_search_results=False, **body)
        )
        found: Mapping[str, Any] = answer.body
        return found

    async def searches(self, bodies: Iterable[queries.Body]) -> Sequence[Mapping[str, Any]]:
        """Return what the cluster answers to several searches, in one request; an answer may tell of a fault."""
        header = {"index": self.version.alias, "allow_partial_search_results": False}
        exact = {**header, "search_type": "dfs_query_then_fetch"}
        asked = [part for body in bodies for part in (exact if body["size"] else header, body)]
        answer = await self.cluster.client.msearch(searches=asked)
        responses: Sequence[Mapping[str, Any]] = answer["responses"]
        return responses

    def refused(self, answer: Mapping[str, Any]) -> IndexStoreError:
        """Return the fault that one of several answers tells of."""
        return refusal(self.name, self.cluster.where, answer["status"], answer["error"])

    async def get(self, ids: Iterable[str]) -> list[Mapping[str, Any] | None]:
        """Return records by their ids, as they are at this moment, None for those that are not there."""
        wanted = list(ids)
        answer = await self.following(lambda: self.cluster.client.mget(index=self.version.alias, ids=wanted))
        found: list[Mapping[str, Any]] = self.cluster.found(self.name, answer.body)
        return [one["_source"] if one["found"] else None for one in found]
