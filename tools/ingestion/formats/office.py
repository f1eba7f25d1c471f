"""Office files: presentations, spreadsheets, OpenDocument texts, RTF, and Hancom's HWP and HWPX."""

from __future__ import annotations

import datetime
import re
import tempfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from stylegraph.agent.evidence import Locator
from stylegraph.tools.ingestion.formats.packed import Element, UnreadableError, opened
from stylegraph.tools.ingestion.formats.record import Blocks, Item, Origin, document, empty, placed, too_big
from stylegraph.tools.ingestion.formats.tables import names_columns, table_text
from stylegraph.tools.net.charsets import clean, decode

Parsed = tuple[Blocks, str]
"""The text of a document, and its title."""

_EXTRA = "Install it: pip install 'stylegraph[formats]'."
_UNPACKED = 20
"""How many times its size limit a document may take unpacked."""
_ODF_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_ODF_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_ODF_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_MOST_REPEATED = 1_000
"""Times that an OpenDocument cell may stand for; programs fill a sheet's end with millions of empty ones."""
_ROW_OF_CELLS = re.compile(r"[^|\n]*(?:\|[^|\n]*)+\|?")


def whole(parse: Callable[[BinaryIO, Origin], Parsed], needs: str = "") -> Callable[[BinaryIO, Origin], Iterator[Item]]:
    """Make a reader of a format in which a file is one document.

    Args:
        parse: Reads it.
        needs: The package that it needs, of the extra `formats`.
    """

    def read(stream: BinaryIO, origin: Origin) -> Iterator[Item]:
        if failure := too_big(stream, origin):
            yield failure
            return
        try:
            blocks, title = parse(stream, origin)
        except ImportError:
            yield empty(origin, f"is a file that needs {needs}", _EXTRA)
        except UnreadableError as error:
            yield empty(origin, error.reason, error.remedy)
        except Exception:  # each library raises whatever a broken file leads it to
            yield empty(origin, "is broken", "Open it in the program that made it and save it again.")
        else:
            begins = tuple(start for start, place in blocks.marks if "page" in place)
            made = document(origin, blocks.text, title)
            yield placed(made, marks=blocks.marks, breaks=begins) if blocks.text else empty(origin)

    return read


def _slides(stream: BinaryIO, origin: Origin) -> Parsed:
    """Read a presentation: each slide is a section, its number the page."""
    import pptx

    with opened(stream, origin.max_bytes, "a presentation program"):
        pass
    stream.seek(0)
    shown = pptx.Presentation(stream)
    blocks = Blocks()
    for number, slide in enumerate(shown.slides, start=1):
        for text in _slide(slide):
            blocks.add(clean(text), Locator(page=number))
    return blocks, str(shown.core_properties.title or "")


def _slide(slide: Any) -> Iterator[str]:  # noqa: ANN401 - the package ships no types
    title = slide.shapes.title
    if title is not None and title.has_text_frame and title.text_frame.text.strip():
        yield f"## {' '.join(title.text_frame.text.split())}"
    for shape in _shapes(slide.shapes):
        if shape.has_table if hasattr(shape, "has_table") else False:
            yield table_text([[cell.text for cell in row.cells] for row in shape.table.rows])
        elif shape.has_text_frame and (title is None or shape.shape_id != title.shape_id):
            lines = [paragraph.text.strip() for paragraph in shape.text_frame.paragraphs if paragraph.text.strip()]
            yield "\n".join(f"- {line}" for line in lines) if len(lines) > 1 else "".join(lines)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        yield slide.notes_slide.notes_text_frame.text


def _shapes(shapes: Any) -> Iterator[Any]:  # noqa: ANN401
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from _shapes(shape.shapes)
        else:
            yield shape


def _sheets(stream: BinaryIO, origin: Origin) -> Parsed:
    """Read a spreadsheet: each sheet is a section, each row a line under the names of its columns."""
    import python_calamine

    if origin.place.lower().endswith((".xlsx", ".xlsm", ".xlsb", ".ods")):
        with opened(stream, origin.max_bytes, "a spreadsheet program"):
            pass
        stream.seek(0)
    book = python_calamine.CalamineWorkbook.from_filelike(stream)
    blocks = Blocks("\n")
    for name in book.sheet_names:
        rows = [[_value(cell) for cell in row] for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)]
        if any(map(any, rows)):
            blocks.add(f"## {name}\n", Locator(pointer=name))
            for row, line in _table_lines(rows):
                blocks.add(line, Locator(pointer=f"{name}!A{row}"))
    return blocks, ""


def _table_lines(rows: Sequence[Sequence[str]]) -> Iterator[tuple[int, str]]:
    """Return the lines of a sheet with their rows' numbers; a blank row ends a table, a lone cell is a line of text."""
    begun = 0
    for end in range(len(rows) + 1):
        if end < len(rows) and any(rows[end]):
            continue
        yield from _one_table(rows[begun:end], begun + 1)
        begun = end + 1


def _one_table(rows: Sequence[Sequence[str]], number: int) -> Iterator[tuple[int, str]]:
    while rows and sum(map(bool, rows[0])) == 1:
        yield number, f"{next(filter(None, rows[0]))}\n"
        rows, number = rows[1:], number + 1
    used = [place for place in range(max(map(len, rows), default=0)) if any(row[place] for row in rows)]
    kept = [[row[place] for place in used] for row in rows]
    headed = names_columns(kept) if kept else False
    lines = table_text(kept, headed=headed).split("\n") if kept else []
    if headed:
        lines[:2] = ["\n".join(lines[:2])]
    if lines:
        lines[-1] += "\n"
    yield from ((number + place, line) for place, line in enumerate(lines))


def _value(cell: object) -> str:
    """Return a cell as a person reads it: 3, not 3.0; a day without its midnight."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        return f"{cell:.15g}"
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    return clean(" ".join(str(cell).split()))


def _odt(stream: BinaryIO, origin: Origin) -> Parsed:
    """Read an OpenDocument text or presentation."""
    with opened(stream, origin.max_bytes, "an office program") as parts:
        content = parts.xml("content.xml")
        titles = parts.xml("meta.xml").xpath("//*[local-name()='title']/text()") if "meta.xml" in parts.names else []
    blocks = Blocks()
    for body in content.xpath("//*[local-name()='body']/*"):
        _odf_blocks(body, blocks)
    return blocks, str(titles[0]) if titles else ""


def _odf_blocks(parent: Element, blocks: Blocks, place: Locator | None = None) -> None:
    for number, element in enumerate(parent, start=1):
        tag = element.tag
        if tag == f"{_ODF_TEXT}h":
            level = min(6, int(element.get(f"{_ODF_TEXT}outline-level", "1")))
            blocks.add(f"{'#' * level} {_odf_text(element)}", place)
        elif tag == f"{_ODF_TEXT}p":
            blocks.add(_odf_text(element), place)
        elif tag == f"{_ODF_TEXT}list":
            items = element.iter(f"{_ODF_TEXT}list-item")
            blocks.add("\n".join(f"- {text}" for item in items if (text := _odf_item(item))), place)
        elif tag == f"{_ODF_TABLE}table":
            blocks.add(table_text([_odf_cells(row) for row in element.iter(f"{_ODF_TABLE}table-row")]), place)
        elif tag == f"{_ODF_DRAW}page":
            _odf_blocks(element, blocks, Locator(page=number))
        elif isinstance(tag, str) and not tag.endswith(("tracked-changes", "forms", "notes")):
            _odf_blocks(element, blocks, place)


def _odf_item(item: Element) -> str:
    return " ".join(filter(None, map(_odf_text, item.findall(f"{_ODF_TEXT}p"))))


def _odf_cells(row: Element) -> list[str]:
    cells: list[str] = []
    for cell in row.iterchildren(f"{_ODF_TABLE}table-cell", f"{_ODF_TABLE}covered-table-cell"):
        times = int(cell.get(f"{_ODF_TABLE}number-columns-repeated", "1"))
        cells += [" ".join(map(_odf_text, cell.iter(f"{_ODF_TEXT}p")))] * (times if times < _MOST_REPEATED else 1)
    return cells


def _odf_text(element: Element) -> str:
    for space in element.iter(f"{_ODF_TEXT}s", f"{_ODF_TEXT}tab", f"{_ODF_TEXT}line-break"):
        space.tail = " " + (space.tail or "")
    return " ".join(clean("".join(element.itertext())).split())


def _rtf(stream: BinaryIO, _origin: Origin) -> Parsed:
    """Read RTF: its paragraphs, and its rows of cells."""
    from striprtf.striprtf import rtf_to_text

    marked = decode(stream.read(), None)
    if not marked.lstrip().startswith("{\\rtf"):
        raise UnreadableError("is no RTF", "Open it in a word processor and save it again.")
    text = clean(rtf_to_text(marked, errors="ignore"))  # type: ignore[no-untyped-call]
    blocks, rows = Blocks(), []
    for line in [*text.split("\n"), ""]:
        if _ROW_OF_CELLS.fullmatch(line.strip()):
            rows.append(line.strip().removesuffix("|").split("|"))
            continue
        blocks.add(table_text(rows))
        blocks.add(line.strip())
        rows = []
    return blocks, ""


def _hangul(stream: BinaryIO, origin: Origin) -> Parsed:
    """Read a document of Hancom's word processor, HWP 5 or HWPX."""
    from hwp_hwpx_parser import ExtractOptions, ImageMarkerStyle, Reader, TableStyle

    ending = ".hwpx" if stream.read(4) == b"PK\x03\x04" else ".hwp"
    stream.seek(0)
    if ending == ".hwpx":
        with opened(stream, origin.max_bytes, "Hancom Office"):
            pass
    else:
        _check_hwp(stream, _UNPACKED * origin.max_bytes)
    stream.seek(0)
    options = ExtractOptions(table_style=TableStyle.MARKDOWN, image_marker=ImageMarkerStyle.NONE)
    with tempfile.TemporaryDirectory() as folder:  # the library reads files only
        path = Path(folder, f"document{ending}")
        path.write_bytes(stream.read())
        with Reader(path) as reader:
            text = clean(reader.extract_text(options))
    blocks = Blocks()
    for block in re.split(r"\n\s*\n", text):
        blocks.add(_hangul_block(block.strip("\n")))
    return blocks, ""


def _hangul_block(block: str) -> str:
    """Return a block; the rule that the library writes below every first row stays where that names columns."""
    lines = block.split("\n")
    if not all(line.startswith("|") for line in lines):
        return block
    rows = [line.strip().strip("|").split("|") for line in lines]
    return table_text([row for row in rows if not all(set(cell.strip()) <= set("-:") for cell in row)])


def _check_hwp(stream: BinaryIO, most: int) -> None:
    """Let an HWP file pass that is not encrypted and unpacks to a document.

    Raises:
        UnreadableError: It does not.
    """
    import olefile

    if not olefile.isOleFile(stream):
        raise UnreadableError("is no HWP 5 document", "Open it in Hancom Office and save it again.")
    stream.seek(0)
    with olefile.OleFileIO(stream) as packed:
        header = packed.openstream("FileHeader").read(40)
        if len(header) > 36 and header[36] & 2:
            raise UnreadableError("is encrypted with a password", "Save it without the password.")
        sizes = (_size(packed.openstream(name).read(), most) for name in packed.listdir() if name[0] == "BodyText")
        if sum(sizes) > most:
            raise UnreadableError("unpacks to far more than a document", "Save its text in another format.")


def _size(content: bytes, most: int) -> int:
    try:
        return len(zlib.decompressobj(-15).decompress(content, most + 1))
    except zlib.error:
        return len(content)


read_slides = whole(_slides, "python-pptx")
read_sheets = whole(_sheets, "python-calamine")
read_odt = whole(_odt)
read_rtf = whole(_rtf, "striprtf")
read_hangul = whole(_hangul, "hwp-hwpx-parser")
