"""RSS and Atom feeds: an entry is a document, as it stands in the feed."""

from __future__ import annotations

import calendar
import time
from collections.abc import Iterator
from typing import Any, BinaryIO

from stylegraph.tools.ingestion.formats.fields import as_record
from stylegraph.tools.ingestion.formats.html import html_text
from stylegraph.tools.ingestion.formats.record import Failure, Item, Origin, empty, too_big
from stylegraph.tools.net.charsets import clean


def read_feed(stream: BinaryIO, origin: Origin) -> Iterator[Item]:
    """Read the entries of a feed; what feedparser makes of broken XML is taken.

    Args:
        stream: The bytes, at their beginning.
        origin: Where they come from; `max_bytes` limits the feed.
    """
    if failure := too_big(stream, origin):
        yield failure
        return
    feed = parsed(stream.read())
    if not feed.entries:
        yield empty(origin, "has no entries", "See whether it is an RSS or Atom feed.")
    for number, entry in enumerate(feed.entries, start=1):
        yield _entry(entry, origin, f"{origin.place}, entry {number}")


def parsed(content: bytes) -> Any:  # noqa: ANN401 - the package ships no types
    """Return what feedparser reads in a feed."""
    import feedparser

    return feedparser.parse(content, response_headers={"content-type": "application/xml"})


def _entry(entry: Any, origin: Origin, where: str) -> Item:  # noqa: ANN401
    body = max((part.get("value", "") for part in entry.get("content", [])), key=len, default="")
    title = html_text(entry.get("title", ""))
    fields = {
        "id": clean(entry.get("id") or entry.get("link") or "").strip()[:500],
        "title": title,
        "text": html_text(body or entry.get("summary", "")) or title,
        "url": entry.get("link", ""),
        "published": _date(entry.get("published_parsed") or entry.get("updated_parsed")),
        "author": entry.get("author"),
        "tags": [tag.get("term") for tag in entry.get("tags", [])],
    }
    record = as_record({name: value for name, value in fields.items() if value}, origin, where)
    return record if not isinstance(record, Failure) else Failure(where, record.reason, record.remedy, record.id)


def _date(moment: time.struct_time | None) -> str | None:
    """Return the day of a moment in UTC, as 2026-05-31."""
    try:
        return time.strftime("%Y-%m-%d", time.gmtime(calendar.timegm(moment))) if moment else None
    except (ValueError, OverflowError):
        return None
