"""What indexing did, source by source, and how far it is while it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from stylegraph.tools.ingestion.formats.record import Failure

FAILURES_KEPT = 1000
"""Failures that a report names one by one; all are counted."""


@dataclass(slots=True)
class SourceReport:
    """What became of one source."""

    source: str
    """An absolute path or a URL: the name that the index knows it by."""
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    """Documents that are no longer in the source."""
    failed: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    """Reason -> number of files passed over: `hidden`, `binary`, `empty`, ..."""
    failures: list[Failure] = field(default_factory=list)
    """The first thousand of what failed."""
    chunks: int = 0
    """Chunks written."""
    seconds: float = 0.0

    @property
    def documents(self) -> int:
        """Documents of the source that the index holds now, as far as this run has seen them."""
        return self.added + self.changed + self.unchanged

    def fail(self, failure: Failure) -> None:
        """Count a failure, and keep it while there are few."""
        self.failed += 1
        if len(self.failures) < FAILURES_KEPT:
            self.failures.append(failure)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain, JSON-able data."""
        failures = [{"where": one.where, "reason": one.reason, "remedy": one.remedy} for one in self.failures]
        return {**asdict(self), "failures": failures, "seconds": round(self.seconds, 3)}


@dataclass(slots=True)
class Report:
    """What became of all sources."""

    sources: list[SourceReport] = field(default_factory=list)

    def total(self, count: str) -> int:
        """Add up `added`, `changed`, `unchanged`, `removed`, `failed` or `chunks` over the sources."""
        return sum(getattr(source, count) for source in self.sources)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain, JSON-able data: the totals, and each source."""
        counts = ("added", "changed", "unchanged", "removed", "failed", "chunks")
        return {count: self.total(count) for count in counts} | {"sources": [one.as_dict() for one in self.sources]}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far indexing is: enough for a bar with rate and time left."""

    source: str
    number: int
    """Of the source, from 1."""
    sources: int
    done: float
    """Bytes of this source that are indexed."""
    total: float
    """Bytes of this source."""
    documents: int
    """Documents of this source that are done, unchanged ones included."""
    chunks: int
    """Chunks of this source that were written."""
    seconds: float
    """Since this source was begun."""


ProgressListener = Callable[[Progress], None]
"""Called in the event loop, about ten times a second and at the end of each source."""
