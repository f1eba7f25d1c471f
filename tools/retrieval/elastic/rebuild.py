"""An index in Elasticsearch made again, while the old one goes on being searched and written to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stylegraph.agent.errors import InputError
from stylegraph.agent.protocols import Embedder
from stylegraph.tools.retrieval.elastic import queries, records, versions
from stylegraph.tools.retrieval.elastic.bulk import Writer
from stylegraph.tools.retrieval.elastic.cluster import Cluster
from stylegraph.tools.retrieval.elastic.lease import Lease
from stylegraph.tools.retrieval.elastic.mapping import SCHEMA
from stylegraph.tools.retrieval.hybrid.encoding import complete, encode, known_dimension
from stylegraph.tools.retrieval.hybrid.index import Document

Progress = Callable[[int, int], None]
"""Told how many documents are done, of how many."""

_PAGE = 2_000
_BATCH_CHUNKS = 64
_FEW = 50
"""Documents that may be left to copy while changes wait."""
_ROUNDS = 10
"""Rounds of copying what has changed meanwhile, before changes wait however many are left."""


async def rebuild(cluster: Cluster, name: str, embedder: Embedder, progress: Progress | None = None) -> int:
    """Make a new version of an index from the texts of the current one, then let the alias name it.

    Searches go on all the time. Changes go on too, and are copied in rounds, as long as there are many; for the last
    few they wait. The old version goes when the alias names the new one. A run that is killed leaves the old version in
    its place; the next run finishes what it began.

    Args:
        cluster: The cluster.
        name: The index's name.
        embedder: The embedding that it gets.
        progress: Told how far it is.

    Returns:
        How many documents it holds.

    Raises:
        InputError: There is no such index.
        EmbeddingError: The embedding's server did not answer; the old version stays in its place.
        IndexStoreError: It can't be read or written; the old version stays in its place.
    """
    await known_dimension(embedder)
    async with cluster.explained(name):
        old = await versions.current(cluster, name)
        if old is None:
            raise InputError(f"There is no index called {name!r}.", "See what there is: stylegraph index list.")
        new = await _prepared(cluster, old, embedder)
        async with Lease(cluster.client, new, name) as lease:
            rebuilding = _Rebuilding(cluster, old, new, embedder, lease, progress)
            await rebuilding.run()
        return rebuilding.total


async def _prepared(cluster: Cluster, old: versions.Version, embedder: Embedder) -> str:
    """Return the next version's own name: what an interrupted run left of it, if that can be used, or an empty one."""
    for left in await versions.others(cluster, old):
        made_with = left.schema, left.embedding, left.dimension
        if left.number < old.number or made_with != (SCHEMA, embedder.name, embedder.dimension):
            await cluster.client.options(ignore_status=404).indices.delete(index=left.index)
    return await versions.make(cluster, old.name, old.number + 1, embedder, alias=False)


@dataclass
class _Changes:
    """How two versions differ."""

    written: list[str] = field(default_factory=list)
    """Keys of documents that the new version lacks, or has as they were."""
    gone: list[str] = field(default_factory=list)
    total: int = 0
    """Documents in the old version."""


class _Rebuilding:
    """One rebuild on its way."""

    def __init__(
        self,
        cluster: Cluster,
        old: versions.Version,
        new: str,
        embedder: Embedder,
        lease: Lease,
        progress: Progress | None,
    ) -> None:
        self.total = 0
        self._cluster = cluster
        self._client = cluster.client.options(request_timeout=cluster.settings.elasticsearch_patience)
        self._old = old
        self._new = new
        self._embedder = embedder
        self._lease = lease
        self._progress = progress
        self._writer = Writer(cluster, old.name, new, is_alias=False)

    async def run(self) -> None:
        """Copy until little is left; hold changes; copy that too; swap; remove the old version."""
        for _ in range(_ROUNDS):
            if await self._copy_changes() <= _FEW:
                break
        await self._client.indices.add_block(index=self._old.index, block="write")
        try:
            await self._copy_changes()
            await self._client.indices.refresh(index=self._new)
            self._lease.check()
            await versions.swap(self._cluster, self._old.index, self._new, self._old.alias)
        except BaseException:
            await asyncio.shield(self._unblock())
            raise
        await self._client.options(ignore_status=404).indices.delete(index=self._old.index)

    async def _unblock(self) -> None:
        await self._client.options(ignore_status=404).indices.put_settings(
            index=self._old.index, settings={"index.blocks.write": None}
        )

    async def _copy_changes(self) -> int:
        """Bring the new version in line with the old one as it is now; give how many documents that took."""
        for index in (self._old.index, self._new):
            await self._client.indices.refresh(index=index)
        changes = await self._changes()
        self.total = changes.total
        done = changes.total - len(changes.written)
        self._tell(done)
        for keys in _batches(changes.gone, _PAGE):
            self._lease.check()
            await self._writer.remove(keys)
        async for batch in self._read(changes.written):
            self._lease.check()
            await self._copy(batch)
            done += len(batch)
            self._tell(done)
        return len(changes.written) + len(changes.gone)

    async def _changes(self) -> _Changes:
        """Compare the stamps of all documents; both lists come in the order of their keys."""
        changes = _Changes()
        copies = self._stamps(self._new)
        copy = await anext(copies, None)
        async for key, stamp in self._stamps(self._old.index):
            changes.total += 1
            while copy is not None and copy[0] < key:
                changes.gone.append(copy[0])
                copy = await anext(copies, None)
            if copy != (key, stamp):
                changes.written.append(key)
            if copy is not None and copy[0] == key:
                copy = await anext(copies, None)
        while copy is not None:
            changes.gone.append(copy[0])
            copy = await anext(copies, None)
        return changes

    async def _stamps(self, index: str) -> AsyncIterator[tuple[str, str]]:
        after = None
        while True:
            answer = await self._client.search(
                index=index, source_includes=["stored.stamp"], **queries.manifests(_PAGE, after)
            )
            hits = answer["hits"]["hits"]
            for hit in hits:
                yield hit["_id"], hit["_source"]["stored"]["stamp"]
            if len(hits) < _PAGE:
                return
            after = hits[-1]["sort"][0]

    async def _read(self, keys: Sequence[str]) -> AsyncIterator[list[tuple[Document, str]]]:
        """Return documents with their stamps, about a batch of chunks at a time; those that went are left out."""
        for some in _batches(keys, _BATCH_CHUNKS):
            batch: list[Mapping[str, Any]] = []
            for manifest in filter(None, await self._get(some)):
                batch.append(manifest)
                if sum(one["chunks"] for one in batch) >= _BATCH_CHUNKS:
                    yield await self._documents(batch)
                    batch = []
            if batch:
                yield await self._documents(batch)

    async def _documents(self, manifests: Sequence[Mapping[str, Any]]) -> list[tuple[Document, str]]:
        ids = [records.chunk_id(one["key"], ordinal) for one in manifests for ordinal in range(one["chunks"])]
        chunks: dict[str, list[Mapping[str, Any]]] = {}
        for some in _batches(ids, _PAGE):
            for chunk in filter(None, await self._get(some)):
                chunks.setdefault(chunk["key"], []).append(chunk)
        return [(records.document(one, chunks.get(one["key"], [])), one["stored"]["stamp"]) for one in manifests]

    async def _get(self, ids: Sequence[str]) -> list[Mapping[str, Any] | None]:
        answer = await self._client.mget(index=self._old.index, ids=list(ids))
        found = self._cluster.found(self._old.name, answer.body)
        return [one["_source"] if one["found"] else None for one in found]

    async def _copy(self, batch: Sequence[tuple[Document, str]]) -> None:
        documents = [document for document, _ in batch]
        encoded = await asyncio.to_thread(encode, documents)
        await complete(encoded, documents, self._embedder)
        stamps = {records.document_key(one["source"], one["id"]): stamp for one, stamp in batch}
        await self._writer.replace(list(zip(documents, encoded, strict=True)), stamps=stamps)

    def _tell(self, done: int) -> None:
        if self._progress is not None:
            self._progress(done, self.total)


def _batches(items: Sequence[Any], size: int) -> list[Sequence[Any]]:
    return [items[start : start + size] for start in range(0, len(items), size)]
