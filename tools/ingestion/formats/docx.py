"""DOCX: paragraphs, headings, lists and tables of a Word document as Markdown writes them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from stylegraph.tools.ingestion.formats.bombs import zip_unpacks_beyond
from stylegraph.tools.ingestion.formats.record import Blocks, Item, Origin, document, empty, too_big
from stylegraph.tools.ingestion.formats.tables import table_text
from stylegraph.tools.net.charsets import clean

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table
    from docx.text.paragraph import Paragraph

_LEVEL = re.compile(r"(?:heading|제목)\s*([1-9])", re.IGNORECASE)


def read_docx(stream: BinaryIO, origin: Origin) -> Iterator[Item]:
    """Read a Word document as one document; headings by the names of their styles, English or Korean.

    Args:
        stream: The bytes, at their beginning.
        origin: Where they come from; `max_bytes` limits the file.
    """
    import docx

    if failure := too_big(stream, origin):
        yield failure
        return
    try:
        if zip_unpacks_beyond(stream):
            yield empty(origin, "unpacks to far more than a document", "Save its text in another format.")
            return
        word = docx.Document(stream)
        text = _text(word)
        title = word.core_properties.title or ""
    except zipfile.BadZipFile:
        yield _refused(stream, origin)
        return
    except MemoryError:
        raise
    except Exception:  # python-docx raises whatever a broken file leads it to
        yield _broken(origin)
        return
    yield document(origin, text, title) if text else empty(origin)


def _refused(stream: BinaryIO, origin: Origin) -> Item:
    """Distinguish an encrypted document, which is an OLE file, from a broken one."""
    stream.seek(0)
    if stream.read(8) == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return empty(origin, "is encrypted, or an old .doc file", "Save it as .docx without a password.")
    return _broken(origin)


def _broken(origin: Origin) -> Item:
    return empty(origin, "is a broken Word document", "Open it in a word processor and save it again.")


def _text(word: Document) -> str:
    from docx.table import Table

    blocks = Blocks()
    listed: list[str] = []
    for part in word.iter_inner_content():
        text = _rows(part) if isinstance(part, Table) else _paragraph(part)
        if text.startswith("- "):
            listed.append(text)
            continue
        blocks.add("\n".join(listed))
        listed = []
        blocks.add(text)
    blocks.add("\n".join(listed))
    return blocks.text


def _paragraph(paragraph: Paragraph) -> str:
    text = clean(paragraph.text).strip()
    style = (paragraph.style.name if paragraph.style else None) or ""
    if not text:
        return ""
    if style in ("Title", "제목"):
        return f"# {text}"
    if level := _LEVEL.match(style):
        return f"{'#' * min(6, int(level[1]))} {text}"
    return f"- {text}" if style.startswith(("List", "목록")) else text


def _rows(table: Table) -> str:
    return table_text([[clean(cell.text) for cell in row.cells] for row in table.rows])
