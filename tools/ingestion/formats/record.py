"""What loaders give: documents as they were read, and what could not be read."""

from __future__ import annotations

import io
import math
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO

from stylegraph.agent.evidence import Locator
from stylegraph.agent.text.language import detect_language
from stylegraph.tools.ingestion.formats.room import Room
from stylegraph.tools.net.charsets import clean

_TITLE_CHARS = 200
_LANGUAGE_CHARS = 20_000
"""Enough to tell a language by."""
_EXACT_INTEGERS = 2**53


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a text comes from, and how it is to be read."""

    id: str
    """Of the document, when there is one in it: a relative path, or the source itself."""
    place: str
    """Its path or URL: what opens it, and what messages name."""
    name: str
    """File name without its ending: the title of last resort."""
    max_bytes: int
    """Largest document."""
    css_class: tuple[str, ...] = ()
    """HTML: read only the elements that have one of these classes."""
    charset: str | None = None
    """What a server says of it."""
    ocr: bool = False
    """PDF: read scanned pages by Tesseract."""
    room: Room | None = None
    """What is left for what is packed in the file that it stands in; None: it stands in none."""


@dataclass(frozen=True, slots=True)
class Record:
    """One document as it was read."""

    id: str
    title: str
    text: str
    url: str
    """A URL, or the path of its file."""
    where: str
    """What messages name: its place, and the line."""
    metadata: dict[str, Any] = field(default_factory=dict)
    offset: int = 0
    """Where `text` begins in the source's text."""
    file: str = ""
    """The file that it is a record of; empty when the document is the file."""
    marks: tuple[tuple[int, Locator], ...] = ()
    """Ascending: from this character of `text` on, the page, the second or the cell that it stands at."""
    breaks: tuple[int, ...] = ()
    """Characters of `text` at which a chunk begins, so that it can be cited exactly: pages, paragraphs of speech."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that could not be read, and what to do about it."""

    where: str
    reason: str
    remedy: str = ""
    id: str | None = None
    """The document that it was, when that can still be told: what is indexed of it stays."""
    hides: bool = False
    """Whether other documents may be behind it: then nothing counts as vanished."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something in a folder that is not meant to be read."""

    where: str
    reason: str


Item = Record | Failure | Skipped


class Blocks:
    """A text put together of pieces, each of which stands somewhere: on a page, at a second, in a cell."""

    def __init__(self, joint: str = "\n\n") -> None:
        self._joint = joint
        self._parts: list[str] = []
        self._marks: list[tuple[int, Locator]] = []
        self._length = 0

    def add(self, text: str, place: Locator | None = None) -> None:
        """Add a piece; blank ones are left out. Without a place it stands where the one before it does."""
        if not text.strip():
            return
        self._length += len(self._joint) if self._parts else 0
        if place is not None and (not self._marks or self._marks[-1][1] != place):
            self._marks.append((self._length, place))
        self._parts.append(text)
        self._length += len(text)

    @property
    def text(self) -> str:
        """All pieces as one text."""
        return self._joint.join(self._parts)

    @property
    def marks(self) -> tuple[tuple[int, Locator], ...]:
        """What `Record.marks` holds."""
        return tuple(self._marks)


def document(origin: Origin, text: str, title: str = "", metadata: Mapping[str, Any] | None = None) -> Record:
    """Make the record of a text that is one document; without a title, its first line or the file's name is one."""
    return Record(
        id=origin.id,
        title=as_title(title) or first_line(text) or as_title(origin.name),
        text=text,
        url=origin.place,
        where=origin.place,
        metadata=with_language(plain(metadata or {}), text),
    )


def empty(origin: Origin, reason: str = "has no text", remedy: str = "") -> Failure:
    """State that an origin gives no document; what was indexed of it stays."""
    return Failure(origin.place, reason, remedy, id=origin.id)


def too_big(stream: BinaryIO, origin: Origin) -> Failure | None:
    """State that a file is larger than a document may be, if it is; the stream stays at its beginning."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    if size <= origin.max_bytes:
        return None
    return empty(origin, f"is larger than {origin.max_bytes:,} bytes", "Raise STYLEGRAPH_DOCUMENT_MAX_BYTES.")


def as_title(text: str) -> str:
    """Return a title in one line of at most 200 characters."""
    line = " ".join(unicodedata.normalize("NFC", clean(text)).split())
    return line if len(line) <= _TITLE_CHARS else line[: _TITLE_CHARS - 1].rstrip() + "…"


def first_line(text: str) -> str:
    """Return the first line that is not blank, as a title."""
    start = len(text) - len(text.lstrip())
    return as_title(text[start : start + 4 * _TITLE_CHARS].split("\n", 1)[0].lstrip("#>-*| \t"))


def with_language(metadata: dict[str, Any], text: str) -> dict[str, Any]:
    """Add the language of the text, unless the metadata already names one."""
    return {"language": detect_language(text[:_LANGUAGE_CHARS]), **metadata}


def plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return metadata as an index filters it: strings, numbers and lists of strings; what is nested gets dotted names."""
    return dict(_flat(fields, ""))


def placed(record: Record, **changes: Any) -> Record:  # noqa: ANN401
    """Return the record with some of its fields set otherwise."""
    return replace(record, **changes)


def _flat(fields: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for key, value in fields.items():
        name = prefix + clean(str(key))
        if isinstance(value, Mapping):
            yield from _flat(value, f"{name}.")
        elif isinstance(value, list | tuple):
            yield name, [str(_scalar(single)) for single in value if single is not None]
        elif value is not None:
            yield name, _scalar(value)


def _scalar(value: Any) -> str | int | float:  # noqa: ANN401
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) <= _EXACT_INTEGERS:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    return clean(str(value))
