"""Indexing: sources in, an index that holds exactly what they hold, and a report of what was done.

Each source is read as a stream, compared by content hashes with what the index knows of it, and only what is new or
changed is cut, tokenised, embedded and written. Every write is a transaction of whole documents, and what has vanished
is deleted last: a run that is killed at any moment has lost and doubled nothing, and the next one finishes it.
"""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from stylegraph.agent.errors import InputError
from stylegraph.agent.settings import Settings
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.ingestion.changes import Batch, Changes, Reading
from stylegraph.tools.ingestion.chunks import Chunking
from stylegraph.tools.ingestion.encoders import Encoders
from stylegraph.tools.ingestion.encoding import clean, is_storable
from stylegraph.tools.ingestion.fetch import canonical, fetch, shown
from stylegraph.tools.ingestion.loaders.files import FileReading
from stylegraph.tools.ingestion.loaders.record import Failure
from stylegraph.tools.ingestion.loaders.web import PageReading
from stylegraph.tools.ingestion.pipeline import Pipeline
from stylegraph.tools.ingestion.report import Progress, ProgressListener, Report, SourceReport
from stylegraph.tools.retrieval.encoding import TextEncoder
from stylegraph.tools.retrieval.index import SearchIndex

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_DELETE_AT_A_TIME = 500
_PROGRESS_SECONDS = 0.1


async def ingest(
    index: SearchIndex,
    sources: Iterable[str | Path],
    *,
    settings: Settings,
    css_class: Sequence[str] = (),
    chunk_size: int | None = None,
    chunk_overlap: int | None = None,
    progress: ProgressListener | None = None,
) -> Report:
    """Bring an index up to date with files, folders and URLs.

    Running it again is safe at any time, also after it was killed, and beside other processes that write to the index.
    Of a source that can't be read, what is indexed stays.

    Args:
        index: Where to.
        sources: Paths of files or folders, or http(s) URLs.
        settings: Limits, and the default chunking.
        css_class: HTML: read only the elements that have one of these classes.
        chunk_size: Longest chunk, in characters.
        chunk_overlap: Characters that neighbouring chunks share; by default the setting, or half a smaller chunk.
        progress: Told how far it is.

    Raises:
        InputError: The chunking contradicts itself.
        IndexStoreError: The index can't be written; what was written before is kept.
    """
    chunking = _chunking(settings, chunk_size, chunk_overlap)
    classes = tuple(name.lstrip(".") for given in css_class for name in given.split())
    named = list(dict.fromkeys(map(str, sources)))
    report = Report()
    async with Encoders(await _encoder(index)) as encoders:
        for number, source in enumerate(named, start=1):
            try:
                name = await asyncio.to_thread(source_name, source)
                reading = await _open(name, settings, classes)
            except InputError as error:
                report.sources.append(_unopened(source, error))
                continue
            indexing = _Indexing(index, encoders, name, reading, progress)
            report.sources.append(await indexing.run(chunking, (number, len(named))))
    return report


def source_name(source: str | Path) -> str:
    """Give the name that an index knows a source by: an absolute path, or a URL in its one form.

    Raises:
        FetchError: It looks like a URL but is none that can be fetched.
    """
    given = str(source)
    return canonical(given) if _URL.match(given) else os.path.abspath(os.path.expanduser(given))  # noqa: PTH100,PTH111


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
        await self._pipeline.run(changes.take, self._reading.total)
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
        if time.monotonic() - self._told >= _PROGRESS_SECONDS:
            self._tell()

    def _written(self, batch: Batch) -> None:
        self._report.added += batch.added
        self._report.changed += len(batch.documents) - batch.added
        self._report.chunks += batch.chunks

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


async def _open(source: str, settings: Settings, css_class: tuple[str, ...]) -> Reading:
    if _URL.match(source):
        return PageReading(source, await fetch(source, settings), settings.document_max_bytes, css_class)
    if not is_storable(source):
        raise InputError(f"{clean(source)} has a name that is not valid UTF-8.", "Rename it.")
    return await asyncio.to_thread(FileReading, Path(source), settings.document_max_bytes, css_class)


async def _encoder(index: SearchIndex) -> TextEncoder | None:
    """Give the embedding of the index if it runs on this machine."""
    local = LocalEmbedder()
    return local if (await index.describe())["embedding"] == local.name else None


def _chunking(settings: Settings, size: int | None, overlap: int | None) -> Chunking:
    """Settle the chunking; an overlap that nobody asked for gives way to the size."""
    size = settings.chunk_size if size is None else size
    overlap = min(settings.chunk_overlap, size // 2) if overlap is None else overlap
    if size < 1 or not 0 <= overlap < size:
        raise InputError(
            f"Chunks of {size} characters that share {overlap} can't be made.",
            "The overlap must be smaller than the size.",
        )
    return Chunking(size, overlap)


def _unopened(source: str, error: InputError) -> SourceReport:
    name = shown(source) if _URL.match(source) else clean(source)
    report = SourceReport(name)
    report.fail(Failure(name, error.message, error.remedy))
    return report


def _nothing(source: str) -> Failure:
    return Failure(source, "has nothing to index", "To take what is indexed of it out, use `stylegraph index remove`.")
