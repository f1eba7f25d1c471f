"""Documents into an index in Elasticsearch and out of it, though it has no transactions.

Each document has a record of its own, the manifest, which says how many chunks it may have and, once all of them are
there, its hash. A write goes in three steps: mark the manifests as unfinished; write the chunks, and delete those that
are left over; put the hashes into the manifests. A run that is killed in between leaves unfinished documents, which
`known` gives an empty hash, so the next run writes them again.

Two writers of one document can't mix their chunks. Each marks the manifest only as it has read it (`if_seq_no`), and
the mark's sequence number, which rises with every write, is the version of its chunks: Elasticsearch keeps the highest.
The writer that marked last wins, whoever ends last.
"""

from __future__ import annotations

import asyncio
import math
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeVar

from elasticsearch.helpers import async_streaming_bulk

from stylegraph.agent.errors import IndexStoreError
from stylegraph.agent.retries import Passing, Retries
from stylegraph.tools.retrieval.elastic import records
from stylegraph.tools.retrieval.elastic.cluster import Cluster, busy
from stylegraph.tools.retrieval.elastic.errors import IndexBlockedError, refusal, type_and_reason
from stylegraph.tools.retrieval.elastic.versions import number_of
from stylegraph.tools.retrieval.hybrid.index import Document, EncodedDocument

T = TypeVar("T")
Action = dict[str, Any]
Ready = Mapping[str, tuple[Document, EncodedDocument]]
Verify = Callable[[str], Awaitable[object]]

_BULK_RECORDS = 500
_BULK_BYTES = 4 << 20
"""Of one request: more would hold up the event loop, fewer would wait for the disk more often."""
_LANES = 2
"""Requests with chunks that are under way at a time."""
_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 8.0
_VERSIONS = 1 << 40
"""More writes than one version of an index ever sees: so the chunks' versions go on rising when it is rebuilt."""
_TOLD = 5
"""Documents that an error names."""


class MovedError(IndexStoreError):
    """The alias names another version of the index than a moment ago."""


@dataclass(frozen=True)
class Claim:
    """A document that this writer has marked."""

    index: str
    chunks: int
    """How many chunks it may have by now."""
    sequence: int
    term: int

    @property
    def version(self) -> int:
        """The version of the chunks that are written under this claim."""
        return number_of(self.index) * _VERSIONS + self.sequence + 1


class Writer:
    """Writes to one index, by its alias or by a version's own name.

    Args:
        cluster: The cluster.
        name: The index's name, as the user knows it.
        target: Where to write.
        is_alias: Whether that is an alias; then it must be there, and nothing is made in its place.
    """

    def __init__(self, cluster: Cluster, name: str, target: str, *, is_alias: bool) -> None:
        self._cluster = cluster
        self._name = name
        self._target = target
        self._is_alias = is_alias
        self._patience = cluster.settings.elasticsearch_patience
        self._client = cluster.client.options(request_timeout=self._patience)

    async def replace(
        self,
        documents: Sequence[tuple[Document, EncodedDocument]],
        *,
        stamps: Mapping[str, str] | None = None,
        verify: Verify | None = None,
    ) -> None:
        """Write documents in place of those with the same source and id.

        Args:
            documents: Documents, and their tokens and vectors.
            stamps: Key -> stamp to give a document; new ones where there is none.
            verify: Told the version that the alias names, before anything is written that depends on its embedding.

        Raises:
            IndexStoreError: Some or all can't be written; it names them, and they stay unfinished. All others are
                there.
        """
        ready = {records.document_key(one["source"], one["id"]): (one, parts) for one, parts in documents}
        manifests = {
            key: records.manifest(document, (stamps or {}).get(key) or secrets.token_hex(8))
            for key, (document, _) in ready.items()
        }
        await self._patiently(lambda: self._replace(ready, manifests, verify))

    async def remove(self, keys: Collection[str]) -> int:
        """Delete documents by their keys; give how many there were.

        Raises:
            IndexStoreError: Some can't be deleted; they stay unfinished.
        """
        return await self._patiently(lambda: self._remove(keys)) if keys else 0

    async def _replace(self, ready: Ready, manifests: Mapping[str, records.Record], verify: Verify | None) -> None:
        claims = await self._claim(manifests, verify)
        failed = await self._write_side_by_side(claims, _chunks(ready, claims))
        ends = (_conditional(key, claims[key], manifests[key]) for key in claims if key not in failed)
        failed |= await self._write(claims, chain(ends, [_changed()]))
        if failed:
            raise self._failure([manifests[key] for key in failed], failed)

    async def _remove(self, keys: Collection[str]) -> int:
        _, there = await self._read(keys)
        if not there:
            return 0
        manifests = {key: one["_source"] for key, one in there.items()}
        claims = await self._claim(manifests, only_there=True)
        chunks = (action for key, claim in claims.items() for action in _leftover(key, 0, claim))
        failed = await self._write_side_by_side(claims, chunks)
        ends = (_conditional(key, claims[key], None) for key in claims if key not in failed)
        failed |= await self._write(claims, chain(ends, [_changed()]))
        if failed:
            raise self._failure([manifests[key] for key in failed], failed)
        return len(claims)

    async def _claim(
        self, manifests: Mapping[str, records.Record], verify: Verify | None = None, *, only_there: bool = False
    ) -> dict[str, Claim]:
        """Mark documents as unfinished, each from the state that it was read in; other writers make it read again."""
        claims: dict[str, Claim] = {}
        waiting = dict(manifests)
        while waiting:
            index, before = await self._read(waiting)
            if verify is not None:
                await verify(index)
            if only_there:
                waiting = {key: manifest for key, manifest in waiting.items() if key in before}
            marks = {key: _unfinished(manifest, before.get(key)) for key, manifest in waiting.items()}
            actions = (_mark(key, mark, before.get(key)) for key, mark in marks.items())
            async for item in self._bulk(actions, retries=0):
                if item["status"] >= 300 and item["status"] != 409:
                    raise self._refused(item)
                if item["_index"] != index:
                    raise self._moved()
                if item["status"] != 409:
                    chunks = marks[item["_id"]]["chunks"]
                    claims[item["_id"]] = Claim(index, chunks, item["_seq_no"], item["_primary_term"])
                    del waiting[item["_id"]]
        return claims

    async def _read(self, keys: Collection[str]) -> tuple[str, dict[str, Mapping[str, Any]]]:
        """Return the version that answers, and the manifests that there are, as they are at this moment."""
        answer = await self._client.mget(index=self._target, ids=list(keys))
        found = self._cluster.found(self._name, answer.body)
        return found[0]["_index"], {one["_id"]: one for one in found if one["found"]}

    async def _write_side_by_side(self, claims: Mapping[str, Claim], actions: Iterator[Action]) -> dict[str, str]:
        """Send actions in several requests at a time, so that the cluster has work while the next is made."""
        lanes = (self._write(claims, actions) for _ in range(_LANES))
        failed: dict[str, str] = {}
        for result in await asyncio.gather(*lanes, return_exceptions=True):
            if isinstance(result, BaseException):
                raise result
            failed |= result
        return failed

    async def _write(self, claims: Mapping[str, Claim], actions: Iterable[Action]) -> dict[str, str]:
        """Send actions; give key -> reason for the documents that were refused.

        A conflict means that another writer has marked the document since, and will finish it: that is no failure.
        """
        failed: dict[str, str] = {}
        async for item in self._bulk(actions, retries=_retries(self._patience)):
            key = records.key_of(item["_id"])
            if item["status"] in (400, 413):
                failed.setdefault(key, ": ".join(type_and_reason(item.get("error"))))
            elif item["status"] >= 300 and item["status"] != 409 and "error" in item:
                raise self._refused(item)
            elif key in claims and claims[key].index != item["_index"]:
                raise self._moved()
        return failed

    async def _bulk(self, actions: Iterable[Action], retries: int) -> AsyncIterator[dict[str, Any]]:
        """Send actions in requests of a bounded size; those that a busy cluster turns down (429) are sent again."""
        results = async_streaming_bulk(
            self._client,
            actions,
            chunk_size=_BULK_RECORDS,
            max_chunk_bytes=_BULK_BYTES,
            raise_on_error=False,
            max_retries=retries,
            initial_backoff=_FIRST_PAUSE,
            max_backoff=_LONGEST_PAUSE,
            index=self._target,
            require_alias=self._is_alias,
        )
        async for _, result in results:
            (item,) = result.values()
            yield item

    async def _patiently(self, call: Callable[[], Awaitable[T]]) -> T:
        """Do it again while the index is being rebuilt or the cluster is busy, as long as patience lasts."""

        async def once() -> T:
            async with self._cluster.explained(self._name):
                return await call()

        retries = Retries(math.inf, self._patience, _FIRST_PAUSE, _LONGEST_PAUSE, cuts=False)
        return await retries.call(once, _waits)

    def _moved(self) -> MovedError:
        return MovedError(f"The index {self._name} was rebuilt meanwhile.", "Try again.")

    def _refused(self, item: Mapping[str, Any]) -> IndexStoreError:
        return refusal(self._name, self._cluster.where, item["status"], item.get("error"))

    def _failure(self, manifests: Sequence[records.Record], failed: Mapping[str, str]) -> IndexStoreError:
        told = [
            f"{manifest['stored']['document'][:100]} of {manifest['stored']['source'][:200]} "
            f"({failed[manifest['key']][:200]})"
            for manifest in manifests[:_TOLD]
        ]
        more = f", and {len(failed) - _TOLD:,} more" if len(failed) > _TOLD else ""
        return IndexStoreError(
            f"Elasticsearch refuses {', '.join(told)}{more}.",
            "What else was given is indexed; if others have changed the index's mapping, "
            f"run `stylegraph index rebuild {self._name}`.",
        )


def _waits(error: BaseException) -> Passing | None:
    return Passing() if isinstance(error, IndexBlockedError | MovedError) else busy(error)


def _retries(seconds: float) -> int:
    """Return how many pauses fit, each twice as long as the one before up to the longest."""
    retries, pause = 0, _FIRST_PAUSE
    while seconds > pause:
        seconds -= pause
        retries, pause = retries + 1, min(2 * pause, _LONGEST_PAUSE)
    return max(retries, 1)


def _unfinished(manifest: records.Record, before: Mapping[str, Any] | None) -> records.Record:
    """Return a manifest without its hash, and with as many chunks as there may be of it."""
    chunks = max(manifest["chunks"], before["_source"]["chunks"] if before else 0)
    stored = {**manifest["stored"], "hash": "", "stamp": secrets.token_hex(8)}
    return {**manifest, "chunks": chunks, "stored": stored}


def _mark(key: str, manifest: records.Record, before: Mapping[str, Any] | None) -> Action:
    if before is None:
        return {"_op_type": "create", "_id": key, "_source": manifest}
    return _conditional(key, Claim(before["_index"], 0, before["_seq_no"], before["_primary_term"]), manifest)


def _conditional(key: str, claim: Claim, manifest: records.Record | None) -> Action:
    """Write a manifest, or with None delete it, if it is as it was claimed."""
    action = {"_id": key, "if_seq_no": claim.sequence, "if_primary_term": claim.term}
    if manifest is None:
        return {**action, "_op_type": "delete"}
    return {**action, "_op_type": "index", "_source": manifest}


def _chunks(ready: Ready, claims: Mapping[str, Claim]) -> Iterator[Action]:
    for key, claim in claims.items():
        document, encoded = ready[key]
        for record_id, record in records.chunks(document, encoded):
            yield {**_versioned(record_id, claim), "_op_type": "index", "_source": record}
        yield from _leftover(key, len(document["chunks"]), claim)


def _leftover(key: str, first: int, claim: Claim) -> Iterator[Action]:
    for ordinal in range(first, claim.chunks):
        yield {**_versioned(records.chunk_id(key, ordinal), claim), "_op_type": "delete"}


def _versioned(record_id: str, claim: Claim) -> Action:
    return {"_id": record_id, "version": claim.version, "version_type": "external_gte"}


def _changed() -> Action:
    return {"_op_type": "index", "_id": records.CHANGES, "_source": records.changed_now()}
