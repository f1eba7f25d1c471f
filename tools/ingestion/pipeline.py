"""Batches on their way into an index: encoded beside one another, written together, never many in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from stylegraph.tools.ingestion.changes import BATCH_CHUNKS, Batch
from stylegraph.tools.retrieval.hybrid.encoder_pool import Encoders
from stylegraph.tools.retrieval.hybrid.index import Document, EncodedDocument, SearchIndex

_ROOM = 2_000_000
"""What may be in memory at a time, in characters of text."""
_CHUNK_WEIGHT = 500
"""What a chunk's vectors and tokens count beside its text."""
_WRITE_CHUNKS = 1024
"""Chunks in one transaction, about; fewer when the index is faster than the encoding."""


class Pipeline:
    """Takes batches, encodes several at a time, and writes what is ready in one transaction.

    Args:
        index: Where to.
        encoders: What tokenises and embeds.
        advanced: Told the bytes of the source that have been worked through, as they are.
        written: Told every batch once it is in the index.
    """

    def __init__(
        self,
        index: SearchIndex,
        encoders: Encoders,
        advanced: Callable[[float], None],
        written: Callable[[Batch], None],
    ) -> None:
        self._index = index
        self._encoders = encoders
        self._advanced = advanced
        self._written = written
        self._room = _Room(_ROOM)
        self._ready: asyncio.Queue[tuple[Batch, list[EncodedDocument]] | None] = asyncio.Queue()

    async def run(self, take: Callable[[], Batch | None], total: int) -> None:
        """Bring in batches until there are no more.

        Args:
            take: Gives the next batch, or None at the end. It may block: it is called in a thread.
            total: Bytes that all batches together are read from.

        Raises:
            IndexStoreError: The index can't be written; what was written before is kept.
        """
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._write())
                await self._encode_all(take, total)
                await self._ready.put(None)
        except BaseExceptionGroup as errors:
            raise _first(errors) from None

    async def _encode_all(self, take: Callable[[], Batch | None], total: int) -> None:
        read = characters = 0
        async with asyncio.TaskGroup() as group:
            while (batch := await asyncio.to_thread(take)) is not None:
                read += batch.read
                characters += batch.characters
                ahead = batch.characters + characters * (total - read) // max(read, 1)
                if batch.documents:
                    self._encoders.expect(ahead)
                    await self._room.take(_weight(batch))
                    group.create_task(self._encode(batch))
                else:
                    self._advanced(batch.read)

    async def _encode(self, batch: Batch) -> None:
        pieces = list(_pieces(batch.documents))
        share = batch.read / len(pieces)
        encoded = await asyncio.gather(*(self._encode_piece(piece, share) for piece in pieces))
        await self._ready.put((batch, _joined(batch.documents, [one for piece in encoded for one in piece])))

    async def _encode_piece(self, piece: list[Document], share: float) -> list[EncodedDocument]:
        encoded = await self._encoders.encode(piece)
        self._advanced(share)
        return encoded

    async def _write(self) -> None:
        ended = False
        while not ended:
            ready = [await self._ready.get()]
            chunks = 0
            while not self._ready.empty() and chunks < _WRITE_CHUNKS:
                ready.append(self._ready.get_nowait())
                chunks += ready[-1][0].chunks if ready[-1] else 0
            ended = ready[-1] is None
            await self._add([one for one in ready if one is not None])

    async def _add(self, ready: list[tuple[Batch, list[EncodedDocument]]]) -> None:
        if not ready:
            return
        documents = [document for batch, _ in ready for document in batch.documents]
        await self._index.add(documents, [one for _, encoded in ready for one in encoded])
        for batch, _ in ready:
            self._written(batch)
            self._room.give_back(_weight(batch))


class _Room:
    """Room for so much at a time; what is larger than all of it goes alone."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._used = 0
        self._freed = asyncio.Event()

    async def take(self, weight: int) -> None:
        """Wait until there is room, and take it. For one taker at a time."""
        while self._used and self._used + weight > self._size:
            self._freed.clear()
            await self._freed.wait()
        self._used += weight

    def give_back(self, weight: int) -> None:
        """Free what was taken."""
        self._used -= weight
        self._freed.set()


def _weight(batch: Batch) -> int:
    return batch.characters + batch.chunks * _CHUNK_WEIGHT


def _pieces(documents: Sequence[Document]) -> Iterator[list[Document]]:
    """Cut documents into lists of about 64 chunks each: a long one gives several, so that all cores work on it."""
    piece: list[Document] = []
    room = BATCH_CHUNKS
    for document in documents:
        chunks = document["chunks"]
        start = 0
        while start < len(chunks):
            piece.append({**document, "chunks": chunks[start : start + room]})
            room, start = room - len(piece[-1]["chunks"]), start + room
            if not room:
                yield piece
                piece, room = [], BATCH_CHUNKS
    if piece:
        yield piece


def _joined(documents: Sequence[Document], parts: Sequence[EncodedDocument]) -> list[EncodedDocument]:
    """Assemble the parts of cut documents again, one encoded document for each document."""
    rest = iter(parts)
    return [_join(len(document["chunks"]), rest) for document in documents]


def _join(chunks: int, rest: Iterator[EncodedDocument]) -> EncodedDocument:
    parts: list[EncodedDocument] = []
    windows: list[int] = []
    done = 0
    while done < chunks:
        parts.append(next(rest))
        windows += [done + window for window in parts[-1]["windows"]]
        done += len(parts[-1]["chunks"])
    vectors = [part["vectors"] for part in parts if part["vectors"] is not None]
    return EncodedDocument(
        title=parts[0]["title"],
        chunks=[tokens for part in parts for tokens in part["chunks"]],
        windows=windows,
        vectors=np.concatenate(vectors) if vectors else None,
    )


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the one error that is to be told: the first, however deep."""
    error = errors.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error
