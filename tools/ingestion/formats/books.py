"""EPUB: the chapters of a book in their reading order."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import unquote

from stylegraph.agent.evidence import Locator
from stylegraph.tools.ingestion.formats.html import parse
from stylegraph.tools.ingestion.formats.office import Parsed, whole
from stylegraph.tools.ingestion.formats.packed import Element, Parts, opened
from stylegraph.tools.ingestion.formats.record import Blocks, Origin
from stylegraph.tools.ingestion.formats.rendering import render
from stylegraph.tools.net.charsets import clean, decode


def _book(stream: BinaryIO, origin: Origin) -> Parsed:
    with opened(stream, origin.max_bytes, "an e-book program") as parts:
        (package,) = parts.xml("META-INF/container.xml").xpath("(//*[local-name()='rootfile']/@full-path)[1]")
        book = parts.xml(package)
        blocks = Blocks()
        for chapter in _chapters(book, posixpath.dirname(package)):
            blocks.add(_chapter(parts, chapter), Locator(pointer=chapter))
        titles = book.xpath("//*[local-name()='metadata']/*[local-name()='title']/text()")
    return blocks, clean(str(titles[0])) if titles else ""


def _chapters(book: Element, folder: str) -> Iterator[str]:
    """Return the parts that are chapters, in their order."""
    places = {item.get("id"): item.get("href") for item in book.xpath("//*[local-name()='manifest']/*")}
    for reference in book.xpath("//*[local-name()='spine']/*/@idref"):
        if place := places.get(reference):
            yield posixpath.normpath(posixpath.join(folder, unquote(place)))


def _chapter(parts: Parts, name: str) -> str:
    page = parse(clean(decode(parts.read(name), None))) if name in parts.names else None
    return "" if page is None else render([page])


read_epub = whole(_book)
