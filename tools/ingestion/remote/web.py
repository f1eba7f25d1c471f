"""A page of the web as documents."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from stylegraph.tools.ingestion.formats.feed import read_feed
from stylegraph.tools.ingestion.formats.files import READERS, Reader, reader_of
from stylegraph.tools.ingestion.formats.record import Item, Origin, empty
from stylegraph.tools.net.fetch import TEXT_TYPES, Fetched

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_READERS = {
    "text/html": READERS[".html"],
    "application/xhtml+xml": READERS[".html"],
    "text/markdown": READERS[".md"],
    "text/csv": READERS[".csv"],
    "text/tab-separated-values": READERS[".tsv"],
    "text/vtt": READERS[".vtt"],
    "application/x-subrip": READERS[".srt"],
    "application/x-ndjson": READERS[".jsonl"],
    "application/jsonl": READERS[".jsonl"],
    "application/x-ipynb+json": READERS[".ipynb"],
    "application/rss+xml": read_feed,
    "application/atom+xml": read_feed,
    "application/pdf": READERS[".pdf"],
    "application/vnd.apache.parquet": READERS[".parquet"],
    _WORD: READERS[".docx"],
}
READABLE = (*TEXT_TYPES, *(name for name in _READERS if not name.startswith("text/")), "application/xml")
"""Content types that are read, as prefixes."""
BYTES = ("application/octet-stream", "binary/octet-stream")
"""What servers call files that they know nothing of: read by their name."""


class PageReading:
    """What was fetched from a URL, while it is read.

    Args:
        url: The URL as it was named; redirects don't change what a document is known by.
        fetched: What stands there.
        max_bytes: Largest document.
        css_class: HTML: read only the elements that have one of these classes.
        ocr: PDF: read scanned pages by Tesseract.
    """

    def __init__(
        self, url: str, fetched: Fetched, max_bytes: int, css_class: tuple[str, ...] = (), *, ocr: bool = False
    ) -> None:
        self.done = 0
        """Bytes read so far."""
        self.total = len(fetched.content)
        self._content = fetched.content
        self._path = PurePosixPath(unquote(urlsplit(fetched.url).path))
        self._reader = _READERS.get(fetched.content_type) or self._by_name()
        self.whole = self._reader is not read_feed
        """A feed lists its newest entries only: older ones stay."""
        name = self._path.stem or urlsplit(url).hostname or url
        self._origin = Origin(url, url, name, max_bytes, css_class, fetched.charset, ocr)

    def __iter__(self) -> Iterator[Item]:
        if isinstance(self._reader, str):
            yield empty(self._origin, f"is {self._reader}")
            return
        stream = io.BytesIO(self._content)
        for item in self._reader(stream, self._origin):
            self.done = self.total if stream.closed else stream.tell()
            yield item
        self.done = self.total

    def _by_name(self) -> Reader | str:
        """Read what a server calls plain text by its name, as a file would be; HTML and XML are told by their root."""
        head = self._content[:1000].lstrip().lower()
        if head.startswith((b"<!doctype html", b"<html")):
            return READERS[".html"]
        if is_feed(self._content):
            return read_feed
        return reader_of(io.BytesIO(self._content), self._path.suffix)


def is_feed(content: bytes) -> bool:
    """Check whether XML is a feed, by its root element."""
    return xml_root(content) in ("rss", "feed", "RDF")


def xml_root(content: bytes) -> str:
    """Return the name of an XML document's root element without its namespace; an empty string for anything else."""
    from lxml import etree

    if not content[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return ""
    try:
        events = etree.iterparse(io.BytesIO(content), events=("start",), resolve_entities=False, no_network=True)
        return str(etree.QName(next(iter(events))[1]).localname)
    except (etree.LxmlError, StopIteration):
        return ""
