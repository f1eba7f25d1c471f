"""A page of the web as documents."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from stylegraph.tools.ingestion.fetch import Fetched
from stylegraph.tools.ingestion.loaders.files import PLAIN_TEXT, READERS, Reader
from stylegraph.tools.ingestion.loaders.record import Item, Origin

_READERS = {
    "text/html": READERS[".html"],
    "application/xhtml+xml": READERS[".html"],
    "text/markdown": READERS[".md"],
    "text/csv": READERS[".csv"],
    "text/tab-separated-values": READERS[".tsv"],
    "application/x-ndjson": READERS[".jsonl"],
    "application/jsonl": READERS[".jsonl"],
}


class PageReading:
    """What was fetched from a URL, while it is read.

    Args:
        url: The URL as it was named; redirects don't change what a document is known by.
        fetched: What stands there.
        max_bytes: Largest document.
        css_class: HTML: read only the elements that have one of these classes.
    """

    def __init__(self, url: str, fetched: Fetched, max_bytes: int, css_class: tuple[str, ...] = ()) -> None:
        self.done = 0
        """Bytes read so far."""
        self.total = len(fetched.content)
        self._content = fetched.content
        self._path = PurePosixPath(unquote(urlsplit(fetched.url).path))
        self._reader = _READERS.get(fetched.content_type) or self._by_name()
        name = self._path.stem or urlsplit(url).hostname or url
        self._origin = Origin(url, url, name, max_bytes, css_class, fetched.charset)

    def __iter__(self) -> Iterator[Item]:
        stream = io.BytesIO(self._content)
        for item in self._reader(stream, self._origin):
            self.done = stream.tell()
            yield item

    def _by_name(self) -> Reader:
        """Read what a server calls plain text by its name, as a file would be; HTML is told by how it begins."""
        if self._content[:1000].lstrip().lower().startswith((b"<!doctype html", b"<html")):
            return READERS[".html"]
        return READERS.get(self._path.suffix.lower(), PLAIN_TEXT)
