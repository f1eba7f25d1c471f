"""Indexing: sources in, an index that holds exactly what they hold, and a report of what was done.

Each source is read as a stream, compared by content hashes with what the index knows of it, and only what is new or
changed is cut, tokenised, embedded and written. Every write is a transaction of whole documents, and what has vanished
is deleted last: a run that is killed at any moment has lost and doubled nothing, and the next one finishes it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from typing_extensions import TypedDict, Unpack

from stylegraph.agent.errors import EmbeddingError, InputError
from stylegraph.agent.extras import needed
from stylegraph.agent.settings import Settings
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.ingestion.changes import Batch, Changes, Reading
from stylegraph.tools.ingestion.chunks import ChunkBy, Chunking, ChunkUnit
from stylegraph.tools.ingestion.formats.record import Failure
from stylegraph.tools.ingestion.pipeline import Pipeline
from stylegraph.tools.ingestion.remote.cache import Fetcher
from stylegraph.tools.ingestion.report import Progress, ProgressListener, Report, SourceReport
from stylegraph.tools.ingestion.sources import Source, end, is_url, open_source
from stylegraph.tools.net.charsets import clean
from stylegraph.tools.net.fetch import shown
from stylegraph.tools.retrieval.hybrid.encoder_pool import Encoders
from stylegraph.tools.retrieval.hybrid.encoding import TextEncoder
from stylegraph.tools.retrieval.hybrid.index import SearchIndex

_DELETE_AT_A_TIME = 500
_PROGRESS_SECONDS = 0.1
_GO_ON = "Then index again: what is there is kept, and the rest is added."


class ChunkOptions(TypedDict, total=False):
    """How to cut, where it should not be as the settings say."""

    chunk_size: int | None
    """Longest chunk."""
    chunk_overlap: int | None
    """What neighbouring chunks share; by default the setting, or half a smaller chunk."""
    chunk_by: ChunkBy
    """Where chunks may begin; `recursive` by default."""
    chunk_unit: ChunkUnit
    """What both are counted in; characters by default."""


class IngestOptions(ChunkOptions, total=False):
    """How to read and cut."""

    css_class: Sequence[str]
    """HTML: read only the elements that have one of these classes; for sources that don't say it."""


async def ingest(
    index: SearchIndex,
    sources: Iterable[str | Path | Source],
    *,
    settings: Settings,
    css_class: Sequence[str] = (),
    progress: ProgressListener | None = None,
    **chunks: Unpack[ChunkOptions],
) -> Report:
    """Bring an index up to date with files, folders, URLs and other sources.

    Running it again is safe at any time, also after it was killed, and beside other processes that write to the index.
    Of a source that can't be read, what is indexed stays. Where an embedding's server fails, the source says so in its
    report, has what was written before, and is finished by the next run.

    Args:
        index: Where to.
        sources: Paths of files or folders, http(s) URLs, or sources that say how they are to be read.
        settings: Limits, and the default chunking.
        css_class: HTML: read only the elements that have one of these classes; for sources that don't say it.
        progress: Told how far it is.
        chunks: How to cut; see `ChunkOptions`.

    Raises:
        InputError: The chunking contradicts itself.
        IndexStoreError: The index can't be written; what was written before is kept.
    """
    chunking = chunking_of(settings, **chunks)
    classes = tuple(css_class)
    wanted = [one if isinstance(one, Source) else Source(str(one), classes) for one in sources]
    named = list({(one.place, one.api and one.api.operation): one for one in wanted}.values())
    report, fetcher = Report(), Fetcher(settings)
    async with Encoders(await _encoder(index)) as encoders:
        for number, source in enumerate(named, start=1):
            try:
                name = await asyncio.to_thread(getattr, source, "name")
                with needed("Reading it"):
                    reading = await open_source(source, fetcher)
            except InputError as error:
                report.sources.append(_unopened(source.place, error))
                continue
            indexing = _Indexing(index, encoders, name, reading, progress)
            try:
                with needed("Reading it"):
                    report.sources.append(await indexing.run(chunking, (number, len(named))))
            finally:
                await asyncio.to_thread(end, reading)
    return report


async def compare(
    source: Source, known: Mapping[str, str], settings: Settings, **chunks: Unpack[ChunkOptions]
) -> SourceReport:
    """Return what indexing a source would do, without doing it.

    Args:
        source: The source.
        known: What is indexed of it: document id -> hash.
        settings: Limits, and the default chunking.
        chunks: How to cut; see `ChunkOptions`.

    Raises:
        InputError: The chunking contradicts itself.
    """
    chunking = chunking_of(settings, **chunks)
    try:
        report = SourceReport(await asyncio.to_thread(getattr, source, "name"))
        changes = Changes(await open_source(source, Fetcher(settings)), known, chunking, report)
    except InputError as error:
        return _unopened(source.place, error)
    while (batch := await asyncio.to_thread(changes.take)) is not None:
        report.added += batch.added
        report.changed += len(batch.documents) - batch.added
        report.chunks += batch.chunks
    if changes.found_nothing:
        report.fail(_nothing(report.source))
    report.removed = len(await asyncio.to_thread(changes.vanished))
    return report


def chunking_of(settings: Settings, **chunks: Unpack[ChunkOptions]) -> Chunking:
    """Settle the chunking; an overlap that nobody asked for gives way to the size.

    Raises:
        InputError: It contradicts itself.
    """
    size, overlap = chunks.get("chunk_size"), chunks.get("chunk_overlap")
    size = settings.chunk_size if size is None else size
    overlap = min(settings.chunk_overlap, size // 2) if overlap is None else overlap
    unit = chunks.get("chunk_unit", "characters")
    if size < 1 or not 0 <= overlap < size:
        raise InputError(
            f"Chunks of {size} {unit} that share {overlap} can't be made.",
            "The overlap must be smaller than the size.",
        )
    return Chunking(size, overlap, chunks.get("chunk_by", "recursive"), unit)


class _Indexing:
    """One source on its way into the index."""

    def __init__(
        self,
        index: SearchIndex,
        encoders: Encoders,
        source: str,
        reading: Reading,
        progress: ProgressListener | None,
    ) -> None:
        self._index = index
        self._reading = reading
        self._progress = progress
        self._report = SourceReport(source)
        self._pipeline = Pipeline(index, encoders, self._advanced, self._written)
        self._begun = self._told = time.monotonic()
        self._done = 0.0
        self._number = (1, 1)

    async def run(self, chunking: Chunking, number: tuple[int, int]) -> SourceReport:
        """Index the source, which is so many of so many. What is wrong with the index is raised."""
        self._number = number
        known = await self._index.known(self._report.source)
        changes = Changes(self._reading, known, chunking, self._report)
        try:
            await self._pipeline.run(changes.take, self._reading.total)
        except EmbeddingError as error:
            self._report.fail(Failure(self._report.source, error.message, f"{error.remedy} {_GO_ON}".strip()))
        else:
            if changes.found_nothing:
                self._report.fail(_nothing(self._report.source))
            await self._take_out(await asyncio.to_thread(changes.vanished))
        self._report.seconds = time.monotonic() - self._begun
        self._tell()
        return self._report

    async def _take_out(self, vanished: list[str]) -> None:
        for start in range(0, len(vanished), _DELETE_AT_A_TIME):
            gone = vanished[start : start + _DELETE_AT_A_TIME]
            self._report.removed += await self._index.delete(self._report.source, gone)

    def _advanced(self, read: float) -> None:
        self._done += read
        self._tell_in_time()

    def _written(self, batch: Batch) -> None:
        self._report.added += batch.added
        self._report.changed += len(batch.documents) - batch.added
        self._report.chunks += batch.chunks
        self._tell_in_time()

    def _tell_in_time(self) -> None:
        if time.monotonic() - self._told >= _PROGRESS_SECONDS:
            self._tell()

    def _tell(self) -> None:
        self._told = time.monotonic()
        if self._progress is not None:
            self._progress(
                Progress(
                    self._report.source,
                    *self._number,
                    done=self._done,
                    total=max(self._reading.total, self._done),
                    documents=self._report.documents,
                    chunks=self._report.chunks,
                    seconds=self._told - self._begun,
                )
            )


async def _encoder(index: SearchIndex) -> TextEncoder | None:
    """Return the embedding of the index if it runs on this machine."""
    local = LocalEmbedder()
    return local if (await index.describe())["embedding"] == local.name else None


def _unopened(source: str, error: InputError) -> SourceReport:
    name = shown(source) if is_url(source) else clean(source)
    report = SourceReport(name)
    report.fail(Failure(name, error.message, error.remedy))
    return report


def _nothing(source: str) -> Failure:
    return Failure(source, "has nothing to index", "To take what is indexed of it out, use `stylegraph index remove`.")
