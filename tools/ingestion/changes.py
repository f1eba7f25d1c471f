"""What of a source is new, changed, as it was, or gone: content hashes decide."""

from __future__ import annotations

import hashlib
import json
import time
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from operator import itemgetter
from typing import Any, Protocol

from stylegraph.tools.ingestion.chunks import Chunking, cut
from stylegraph.tools.ingestion.formats.record import Failure, Item, Record, Skipped
from stylegraph.tools.ingestion.report import SourceReport
from stylegraph.tools.retrieval.hybrid.index import Chunk, Document

BATCH_CHUNKS = 64
_LOOKS = 500
"""Records compared at a time when nothing has changed, so that progress is seen."""
_CUTTING = 2
"""How texts are cut, counted up whenever that changes: what is indexed is cut again by the next run."""
_WHILE = 1.0
"""Seconds at a time, likewise: a page of a site may take as long as its server likes, and a run can be stopped."""


@dataclass(slots=True)
class Batch:
    """Documents to index together."""

    documents: list[Document] = field(default_factory=list)
    added: int = 0
    """How many of them are new; the others have changed."""
    read: int = 0
    """Bytes of the source that were read for it."""

    @property
    def chunks(self) -> int:
        """Chunks in all documents."""
        return sum(len(document["chunks"]) for document in self.documents)

    @property
    def characters(self) -> int:
        """Characters in all chunks."""
        return sum(len(chunk["text"]) for document in self.documents for chunk in document["chunks"])


class Reading(Protocol):
    """A source while it is read."""

    @property
    def done(self) -> int:
        """Bytes read so far."""

    @property
    def total(self) -> int:
        """Bytes that there are, as far as is known."""

    @property
    def whole(self) -> bool:
        """Whether it gives all that there is: what a feed does not list any more is not gone."""

    def __iter__(self) -> Iterator[Item]: ...


class Changes:
    """One source compared with what is indexed of it. Everything here is blocking: it runs in a thread.

    Args:
        reading: What is read of the source.
        known: Document id -> hash of what is indexed of it.
        chunking: How to cut.
        report: Where unchanged, failed and skipped ones are counted.
    """

    def __init__(self, reading: Reading, known: Mapping[str, str], chunking: Chunking, report: SourceReport) -> None:
        self._reading = reading
        self._items = iter(reading)
        self._known = dict(known)
        self._chunking = chunking
        self._report = report
        self._file = "", _digest("")
        self._owners: dict[bytes, bytes] = {}
        self._kept: set[str] = set()
        self._hidden = False

    def take(self) -> Batch | None:
        """Read on until there is about a batch of changes, or for a while; None when the source has ended."""
        batch, chunks, item, begun = Batch(), 0, None, self._reading.done
        until = time.monotonic() + _WHILE
        for item in islice(self._items, _LOOKS):
            document = self._compare(item, batch)
            if document is not None:
                batch.documents.append(document)
                chunks += len(document["chunks"])
            if chunks >= BATCH_CHUNKS or time.monotonic() > until:
                break
        batch.read = self._reading.done - begun
        return None if item is None else batch

    def vanished(self) -> list[str]:
        """Return the ids of indexed documents that the source no longer has.

        None of them counts as gone when nothing was read at all, when a failure may hide them, or when the source
        never gives all of it.
        """
        if self._hidden or not self._owners or not self._reading.whole:
            return []
        return [known for known in self._known if not {known, known.rpartition("#")[2]} & self._kept]

    @property
    def found_nothing(self) -> bool:
        """Whether the source has ended without a document and without a failure that says why."""
        return not self._owners and not self._report.failed

    def _compare(self, item: Item, batch: Batch) -> Document | None:
        if isinstance(item, Skipped):
            self._report.skipped[item.reason] = self._report.skipped.get(item.reason, 0) + 1
            return None
        if isinstance(item, Failure):
            self._note(item)
            return None
        identity = self._claim(item)
        if identity is None:
            self._report.fail(_repeated(item))
            return None
        return self._document(item, identity, batch)

    def _note(self, failure: Failure) -> None:
        self._report.fail(failure)
        self._hidden = self._hidden or failure.hides
        if failure.id is not None:
            self._kept.add(failure.id)

    def _claim(self, record: Record) -> str | None:
        """Return the id to index a record by, or None if its file has this id already: the first one counts.

        In a folder two files may use the same ids; those of the second get the file's name in front.
        """
        if record.file != self._file[0]:
            self._file = record.file, _digest(record.file)
        for identity in (record.id, f"{record.file or record.where}#{record.id}"):
            key = _digest(identity)
            if key not in self._owners:
                self._owners[key] = self._file[1]
                return identity
            if self._owners[key] == self._file[1]:
                return None
        return None

    def _document(self, record: Record, identity: str, batch: Batch) -> Document | None:
        known = self._known.pop(identity, None)
        content = _hash(record, self._chunking)
        if known == content:
            self._report.unchanged += 1
            return None
        batch.added += known is None
        return Document(
            source=self._report.source,
            id=identity,
            title=record.title,
            url=record.url,
            hash=content,
            metadata=record.metadata,
            chunks=chunks_of(record, self._chunking),
        )


def _repeated(record: Record) -> Failure:
    return Failure(record.where, f"repeats the id {record.id}, so it is not indexed", "Give every record its own id.")


def chunks_of(record: Record, chunking: Chunking) -> list[Chunk]:
    """Cut a record; each chunk says where in its source it stands."""
    return [_in_source(chunk, record) for chunk in cut(record.text, chunking, record.breaks)]


def _in_source(chunk: Chunk, record: Record) -> Chunk:
    """Place a chunk in the file it comes from: on its page, past the front matter, or in the record with its id."""
    locator = chunk["locator"]
    mark = bisect_right(record.marks, locator["start"], key=itemgetter(0))
    if mark:
        locator.update(record.marks[mark - 1][1])
    if record.offset:
        locator["start"] += record.offset
        locator["end"] += record.offset
    if record.file:
        locator.setdefault("pointer", record.id)
    return chunk


def _hash(record: Record, chunking: Chunking) -> str:
    parts: list[Any] = [
        _CUTTING,
        record.title,
        record.url,
        record.offset,
        record.metadata,
        chunking.size,
        chunking.overlap,
    ]
    if (chunking.by, chunking.unit) != ("recursive", "characters"):
        parts += [chunking.by, chunking.unit]
    if marks := [mark for mark in record.marks if "pointer" not in mark[1]]:
        parts += [marks, record.breaks]  # a record's place among others says nothing of the record
    digest = hashlib.blake2b(json.dumps(parts, sort_keys=True).encode(), digest_size=16)
    digest.update(record.text.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
