"""Only one process at a time may rebuild an index: the one whose heart is heard to beat."""

from __future__ import annotations

import asyncio
import secrets
from types import TracebackType

from elastic_transport import TransportError
from elasticsearch import ApiError, AsyncElasticsearch, ConflictError

from stylegraph.agent.errors import IndexStoreError

_ID = "lease"
_BEAT_SECONDS = 1.0
_SILENCE_SECONDS = 5.0
"""After so long without a beat its process is taken to be dead. No clocks are compared."""


class Lease:
    """A record in the version that is being made, written anew every second by the process that makes it.

    Args:
        client: A client of the cluster.
        index: The version that is being made.
        name: The index's name, as the user knows it.
    """

    def __init__(self, client: AsyncElasticsearch, index: str, name: str) -> None:
        self._client = client
        self._index = index
        self._name = name
        self._seen: tuple[int, int] | None = None
        self._beating: asyncio.Task[None] | None = None
        self._lost = False

    async def __aenter__(self) -> Lease:
        """Take it.

        Raises:
            IndexStoreError: Another process has it.
        """
        self._seen = await self._look()
        if self._seen is not None:
            await asyncio.sleep(_SILENCE_SECONDS)
            if await self._look() != self._seen:
                raise self._taken()
        try:
            await self._beat()
        except ConflictError:
            raise self._taken() from None
        self._beating = asyncio.create_task(self._go_on())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._beating is not None:
            self._beating.cancel()
            await asyncio.gather(self._beating, return_exceptions=True)
        if not self._lost:
            await self._client.options(ignore_status=404).delete(index=self._index, id=_ID)

    def check(self) -> None:
        """Go on only if it is still held.

        Raises:
            IndexStoreError: Another process has taken it, because this one was silent for too long.
        """
        if self._lost:
            raise self._taken()

    async def _look(self) -> tuple[int, int] | None:
        found = await self._client.options(ignore_status=404).get(index=self._index, id=_ID)
        return (found["_seq_no"], found["_primary_term"]) if found.body.get("found") else None

    async def _beat(self) -> None:
        """Write the record, if nobody else has since."""
        record = {"kind": "lease", "stored": {"beat": secrets.token_hex(4)}}
        if self._seen is None:
            answer = await self._client.create(index=self._index, id=_ID, document=record)
        else:
            sequence, term = self._seen
            answer = await self._client.index(
                index=self._index, id=_ID, document=record, if_seq_no=sequence, if_primary_term=term
            )
        self._seen = answer["_seq_no"], answer["_primary_term"]

    async def _go_on(self) -> None:
        while not self._lost:
            await asyncio.sleep(_BEAT_SECONDS)
            try:
                await self._beat()
            except ConflictError:
                self._lost = True
            except (ApiError, TransportError):
                continue

    def _taken(self) -> IndexStoreError:
        return IndexStoreError(
            f"The index {self._name} is being rebuilt by another process.", "Wait until that one is done."
        )
