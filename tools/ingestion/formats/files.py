"""Files and folders, read document by document."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from stylegraph.agent.errors import MissingExtraError
from stylegraph.agent.extras import needed
from stylegraph.agent.regular_files import require_regular
from stylegraph.tools.image.sniff import ENDINGS
from stylegraph.tools.ingestion.formats.archives import read_zip
from stylegraph.tools.ingestion.formats.books import read_epub
from stylegraph.tools.ingestion.formats.code import LANGUAGES, reader_for
from stylegraph.tools.ingestion.formats.docx import read_docx
from stylegraph.tools.ingestion.formats.feed import read_feed
from stylegraph.tools.ingestion.formats.html import read_html
from stylegraph.tools.ingestion.formats.jsonl import read_jsonl
from stylegraph.tools.ingestion.formats.mail import read_mail, read_mailbox
from stylegraph.tools.ingestion.formats.markdown import read_markdown, read_text
from stylegraph.tools.ingestion.formats.markup import read_asciidoc, read_rst
from stylegraph.tools.ingestion.formats.notebook import read_notebook
from stylegraph.tools.ingestion.formats.office import read_hangul, read_odt, read_rtf, read_sheets, read_slides
from stylegraph.tools.ingestion.formats.parquet import read_parquet
from stylegraph.tools.ingestion.formats.pdf import read_pdf
from stylegraph.tools.ingestion.formats.record import Failure, Item, Origin, Record, Skipped, empty
from stylegraph.tools.ingestion.formats.subtitles import read_subtitles
from stylegraph.tools.ingestion.formats.table import read_csv
from stylegraph.tools.net.charsets import NotTextError, clean, decode, is_storable

Reader = Callable[[BinaryIO, Origin], Iterator[Item]]

logger = logging.getLogger(__name__)

_SNIFFED = 8192
NOT_INSTALLED = "needs packages that are not installed"
"""Why a file is not read whose format needs an extra."""


def read_whole(parse: Callable[[str, Origin], Record | Failure]) -> Reader:
    """Make a reader of a format in which a file is one document."""

    def read(stream: BinaryIO, origin: Origin) -> Iterator[Item]:
        content = stream.read(origin.max_bytes + 1)
        if len(content) > origin.max_bytes:
            yield empty(origin, f"is larger than {origin.max_bytes:,} bytes", "Raise STYLEGRAPH_DOCUMENT_MAX_BYTES.")
            return
        try:
            text = clean(decode(content, origin.charset))
        except NotTextError as error:
            yield empty(origin, str(error), "Save it as UTF-8.")
            return
        yield parse(text, origin)

    return read


PLAIN_TEXT: Reader = read_whole(read_text)
READERS: dict[str, Reader] = {
    **dict.fromkeys((".md", ".markdown"), read_whole(read_markdown)),
    **dict.fromkeys((".html", ".htm", ".xhtml"), read_whole(read_html)),
    **dict.fromkeys((".txt", ".text"), PLAIN_TEXT),
    **dict.fromkeys((".csv", ".tsv"), read_csv),
    **dict.fromkeys((".jsonl", ".ndjson"), read_jsonl),
    **dict.fromkeys((".srt", ".vtt"), read_whole(read_subtitles)),
    **dict.fromkeys((".rss", ".atom"), read_feed),
    ".ipynb": read_whole(read_notebook),
    ".pdf": read_pdf,
    ".docx": read_docx,
    ".parquet": read_parquet,
    **dict.fromkeys((".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"), read_sheets),
    ".pptx": read_slides,
    **dict.fromkeys((".odt", ".odp"), read_odt),
    ".rtf": read_rtf,
    **dict.fromkeys((".hwp", ".hwpx"), read_hangul),
    ".epub": read_epub,
    ".eml": read_mail,
    ".mbox": read_mailbox,
    ".zip": read_zip,
    ".rst": read_whole(read_rst),
    **dict.fromkeys((".adoc", ".asciidoc"), read_whole(read_asciidoc)),
    **{ending: read_whole(reader_for(language)) for ending, language in LANGUAGES.items()},
}
"""File name ending -> its reader. Any other file that is text is read as plain text."""
_RECORDS = (read_csv, read_jsonl, read_parquet, read_mail, read_mailbox, read_zip)
_SIGNS = {b"%PDF-": ".pdf", b"PAR1": ".parquet"}
"""How files begin whose name may not say what they are."""


class FileReading:
    """A file or a folder while it is read.

    Args:
        path: An absolute path.
        max_bytes: Largest document.
        css_class: HTML: read only the elements that have one of these classes.
        pictures: What reads pictures; None leaves them out.
        ocr: PDF: read scanned pages by Tesseract.
    """

    whole = True

    def __init__(
        self,
        path: Path,
        max_bytes: int,
        css_class: tuple[str, ...] = (),
        pictures: Reader | None = None,
        *,
        ocr: bool = False,
    ) -> None:
        self.path = path
        self.done = 0
        """Bytes read so far."""
        self.total = _size(path)
        """Bytes that there are; what a folder skips is not counted."""
        self._max_bytes = max_bytes
        self._css_class = css_class
        self._pictures = pictures
        self._ocr = ocr

    def __iter__(self) -> Iterator[Item]:
        if not self.path.is_dir():
            yield from self._file(self.path, str(self.path), named=True)
            return
        for found in _walk(self.path):
            if isinstance(found, Path):
                yield from self._file(found, found.relative_to(self.path).as_posix(), named=False)
            else:
                yield found

    def _file(self, path: Path, identity: str, *, named: bool) -> Iterator[Item]:
        """Read one file: `named` by the user, or found in a folder, where what is no text is passed over."""
        origin = Origin(identity, str(path), path.stem, self._max_bytes, self._css_class, ocr=self._ocr)
        start = self.done
        try:
            require_regular(path)
            with path.open("rb") as stream, needed("It"):
                reader = self._reader(stream, path.suffix.lower())
                items = [Skipped(origin.place, reader)] if isinstance(reader, str) else reader(stream, origin)
                for item in items:
                    self.done = start + stream.tell()
                    yield _told(item, origin) if named else item
            self.done = start + _bytes(path)
        except OSError as error:
            yield self._unread(path, identity, *_trouble(error))
        except MissingExtraError as error:
            yield self._unread(path, identity, NOT_INSTALLED, error.remedy)
        except Exception as error:  # whatever a broken file makes of its reader: the others are read
            logger.warning("%s can't be read", path, exc_info=error)
            yield self._unread(path, identity, f"can't be read: {type(error).__name__}", "Write it again.")

    def _unread(self, path: Path, identity: str, reason: str, remedy: str) -> Failure:
        return Failure(str(path), reason, remedy, id=identity, hides=READERS.get(path.suffix.lower()) in _RECORDS)

    def _reader(self, stream: BinaryIO, ending: str) -> Reader | str:
        if self._pictures is not None and ending in ENDINGS:
            return self._pictures
        return reader_of(stream, ending)


def _told(item: Item, origin: Origin) -> Item:
    """Return for a file that the user named why it is not read; in a folder it is passed over."""
    if isinstance(item, Skipped) and item.where == origin.place:
        return empty(origin, f"is {item.reason}")
    return item


def _walk(folder: Path) -> Iterator[Path | Failure | Skipped]:
    """Return the files below a folder in the order of their names, without recursion into links."""
    pending = [folder]
    while pending:
        path = pending.pop()
        try:
            entries = sorted(os.scandir(path), key=lambda entry: entry.name)
        except OSError as error:
            yield Failure(str(path), *_trouble(error), hides=True)
            continue
        folders = [entry for entry in entries if _is_folder(entry)]
        pending += [Path(entry.path) for entry in reversed(folders)]
        yield from (_seen(entry) for entry in entries if entry not in folders)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".") and is_storable(entry.path)


def _seen(entry: os.DirEntry[str]) -> Path | Failure | Skipped:
    if not is_storable(entry.path):
        return Failure(clean(entry.path), "has a name that is not valid UTF-8", "Rename it.")
    if entry.name.startswith((".", "~$")):  # ~$ is Word's note that it has the file open
        return Skipped(entry.path, "hidden")
    return Path(entry.path) if _is_file(entry) else Skipped(entry.path, "not a regular file")


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a link that leads back to itself
        return False


def _size(path: Path) -> int:
    if not path.is_dir():
        return _bytes(path)
    return sum(_bytes(found) for found in _walk(path) if isinstance(found, Path))


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def reader_of(stream: BinaryIO, suffix: str) -> Reader | str:
    """Return the reader of a file, by its ending and by how it begins, or say why it is not worth reading.

    A NUL means binary, except in a format that is known as text. The stream stays at its beginning.
    """
    head = stream.read(_SNIFFED)
    stream.seek(0)
    sign = next((ending for sign, ending in _SIGNS.items() if head.startswith(sign)), suffix.lower())
    reader = READERS.get(sign)
    if not head:
        return "empty"
    utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in head and reader is None and not utf16:
        return "binary"
    return reader or PLAIN_TEXT


def _trouble(error: OSError) -> tuple[str, str]:
    """Return what happened, and what to do about it."""
    if isinstance(error, FileNotFoundError):
        return "does not exist", "Check the path; `stylegraph index remove` takes it out of the index."
    if isinstance(error, PermissionError):
        return "can't be read: permission denied", "Change its permissions."
    return f"can't be read: {error.strerror or error}", "Check the file and its disk."
