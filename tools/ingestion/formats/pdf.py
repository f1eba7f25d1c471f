"""PDF: text page by page in reading order, headings by their type size, ruled tables as rows."""

from __future__ import annotations

import io
import logging
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from stylegraph.agent.errors import InputError
from stylegraph.agent.evidence import Locator
from stylegraph.tools.ingestion.formats.bombs import unpacks_beyond
from stylegraph.tools.ingestion.formats.joints import Joints
from stylegraph.tools.ingestion.formats.ocr import page_text
from stylegraph.tools.ingestion.formats.record import Blocks, Item, Origin, Skipped, document, empty, placed, too_big
from stylegraph.tools.ingestion.formats.tables import table_text
from stylegraph.tools.net.charsets import clean

if TYPE_CHECKING:
    from pdfplumber.page import Page

_HEADING_SIZES = 3
"""Type sizes above the text's own that are headings, the largest first."""
_HEADING_RATIO = 1.15
_HEADING_CHARS = 120
_GUTTER = 1.2
"""Least width of the space between two columns, in type sizes."""
_SPACE = 0.15
"""Least space between two words, in type sizes."""
_RUNNING_PAGES = 3
"""Pages that a line stands on at the least to be a running head."""
_MARGIN = 1.0
"""Least space between a running head and the text, in type sizes."""
_PARAGRAPH = 0.7
"""Least space between two paragraphs, in type sizes."""

_BULLETS = frozenset("•▪◦●○■□※–")
_LARGEST_STREAM = 200_000_000
"""Bytes that a part of a PDF may take unpacked: a photo without loss takes half of it."""
_LARGEST_PAGE = 10_000_000
"""Bytes of the commands that draw a page; a full page of text takes a hundred thousand."""
_OCR_DPI = 300.0
_OCR_PIXELS = 30_000_000
"""Of a page that is rendered to be recognised."""
_UNREAD = "Set STYLEGRAPH_OCR=true to read them by Tesseract, or put them through OCR first, such as `ocrmypdf`."
_NO_TITLE = re.compile(
    r"\.(?:docx?|hwpx?|pptx?|xlsx?|indd|pdf|tex|dvi)$|^(?:microsoft word|untitled|\(?anonymous)", re.I
)

logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns of every odd font


class Word(NamedTuple):
    """A word on a page; coordinates in points from the top left."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float


class Line(NamedTuple):
    """Words on one line of one column, or a row of a table."""

    text: str
    top: float
    bottom: float
    size: float
    """Of its type; 0 for a row of a table."""


def read_pdf(stream: BinaryIO, origin: Origin) -> Iterator[Item]:
    """Read a PDF as one document whose chunks know their page.

    Columns are found by the white between them (a recursive XY-cut: Nagy and Seth 1984), tables by their rules.

    Args:
        stream: The bytes, at their beginning.
        origin: Where they come from; `max_bytes` limits the file.
    """
    import pdfplumber
    from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
    from pdfplumber.utils.exceptions import PdfminerException

    if failure := too_big(stream, origin):
        yield failure
        return
    content = stream.read()
    if unpacks_beyond(content, _LARGEST_STREAM):
        yield empty(origin, "unpacks to far more than a document", "Save its text in another format.")
        return
    try:
        with pdfplumber.open(io.BytesIO(content)) as pdf:
            pages = [_read(page, origin) for page in pdf.pages]
            title = _title(pdf.metadata or {})
    except InputError as error:
        yield empty(origin, f"holds scanned pages: {error.message}", error.remedy)
        return
    except PdfminerException as error:
        if isinstance(error.__cause__ or error.args[0], PDFPasswordIncorrect | PDFEncryptionError):
            yield empty(origin, "is encrypted with a password", "Save it without the password.")
        else:
            yield _broken(origin)
        return
    except MemoryError:
        raise
    except Exception:  # pdfminer raises whatever a broken file leads it to
        yield _broken(origin)
        return
    scanned = [number for number, (lines, pictured) in enumerate(pages, start=1) if pictured and not lines]
    if len(scanned) == len(pages):
        yield empty(origin, "holds scanned pages without text", "" if origin.ocr else _UNREAD)
        return
    yield _document([lines for lines, _ in pages], title, origin)
    yield from (Skipped(f"{origin.place}, page {number}", "scanned page without text") for number in scanned)


def _title(metadata: Mapping[str, Any]) -> str:
    """Return the title that a PDF says it has, unless a program put a file's name there."""
    title = clean(str(metadata.get("Title") or "")).strip()
    return "" if _NO_TITLE.search(title) else title


def _broken(origin: Origin) -> Item:
    return empty(origin, "is a broken PDF", "See whether a PDF reader opens it, and save it again.")


def _document(pages: Sequence[Sequence[Line]], title: str, origin: Origin) -> Item:
    bodies = _without_running_heads(pages)
    levels = _levels([line for lines in bodies for line in lines])
    blocks = Blocks()
    joints = Joints((before.text, line.text) for lines in bodies for before, line in pairwise(lines))
    for number, lines in enumerate(bodies, start=1):
        for paragraph in _paragraphs(lines, levels, joints):
            blocks.add(paragraph, Locator(page=number))
    if not blocks.text:
        return empty(origin)
    begins = tuple(start for start, _ in blocks.marks)
    return placed(document(origin, blocks.text, title, {"pages": len(pages)}), marks=blocks.marks, breaks=begins)


def _read(page: Page, origin: Origin) -> tuple[list[Line], bool]:
    """Return the lines of a page, and whether it holds pictures or is one. Frees the page's memory."""
    if sum(len(part.get_data()) for part in page.page_obj.contents if hasattr(part, "get_data")) > _LARGEST_PAGE:
        return [], True  # a drawing: its text would take gigabytes
    lines, pictured = _lines(page), bool(page.images)
    if origin.ocr and pictured and not lines:
        lines = _recognised(page)
    page.close()
    return lines, pictured


def _recognised(page: Page) -> list[Line]:
    """Return the lines of a scanned page: as far apart as ordinary ones, with more between paragraphs."""
    sharpness = min(_OCR_DPI, 72 * math.sqrt(_OCR_PIXELS / (float(page.width) * float(page.height))))
    text = page_text(page.to_image(resolution=sharpness).original)
    rows = enumerate(" ".join(clean(row).split()) for row in text.split("\n"))
    return [Line(row, 12.0 * place, 12.0 * place + 10, 10.0) for place, row in rows if row]


def _lines(page: Page) -> list[Line]:
    """Return the lines of a page in reading order, table rows among them."""
    words = _words(page)
    for table in page.find_tables():
        cells = table.extract()
        inside = [word for word in words if word.size and _is_in(word, table.bbox)]
        if inside and sum(len(row) > 1 for row in cells) > 1:
            rows = table_text([[clean(cell or "") for cell in row] for row in cells])
            words = [word for word in words if word not in inside] + [_stand_in(inside, rows)]
    return [line for column in _columns(words) for line in _joined(column)]


def _words(page: Page) -> list[Word]:
    from pdfplumber.utils.text import extract_words

    found: list[dict[str, Any]] = extract_words(
        list(_printed_once(page.chars)), extra_attrs=["size"], x_tolerance_ratio=_SPACE
    )
    return [
        Word(clean(word["text"]), word["x0"], word["x1"], word["top"], word["bottom"], word["size"]) for word in found
    ]


def _printed_once(chars: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Leave out what is printed again in the same place, to look bold."""
    seen: dict[tuple[str, int, int], float] = {}
    for char in chars:
        text, left, top = char["text"], char["x0"], round(char["top"])
        near = (seen.get((text, int(left) + step, top)) for step in (-1, 0, 1))
        if not any(other is not None and abs(other - left) < 1 for other in near):
            yield char
        seen[text, int(left), top] = left


def _is_in(word: Word, box: tuple[float, float, float, float]) -> bool:
    x, y = (word.x0 + word.x1) / 2, (word.top + word.bottom) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _stand_in(inside: Sequence[Word], rows: str) -> Word:
    """Place a whole table where its words stand, so that it is ordered like a word."""
    return Word(
        rows,
        min(word.x0 for word in inside),
        max(word.x1 for word in inside),
        min(word.top for word in inside),
        max(word.bottom for word in inside),
        0.0,
    )


def _columns(words: Sequence[Word]) -> list[list[Word]]:
    """Cut a page along its white space until nothing can be cut; give the parts in reading order.

    White from top to bottom parts columns. Where there is none, the page is cut across at its widest white band that
    leaves something to be cut further, such as below a heading over two columns.
    """
    if len(words) < 2:
        return [list(words)] if words else []
    size = sorted(word.size for word in words)[len(words) // 2] or 10.0
    sides = _cut(words, lambda word: (word.x0, word.x1), _GUTTER * size)
    if sides and all(_is_column(side) for side in sides):
        return [column for side in sides for column in _columns(side)]
    bands = _cut(words, lambda word: (word.top, word.bottom), 0.0) or []
    columns = [_cut(band, lambda word: (word.x0, word.x1), _GUTTER * size) is not None for band in bands]
    if not any(columns) or all(columns):
        return [list(words)]
    return [column for part in _runs(bands, columns) for column in _columns(part)]


def _is_column(words: Sequence[Word]) -> bool:
    """Distinguish a column from a list's numbers or a margin's marks: several lines, or as wide as a few words."""
    return len({round(word.top) for word in words}) > 1 and sum(len(word.text) for word in words) > 20


def _runs(bands: Sequence[list[Word]], columns: Sequence[bool]) -> list[list[Word]]:
    """Join neighbouring bands that are all in columns, or all not."""
    runs: list[list[Word]] = []
    for number, band in enumerate(bands):
        if number and columns[number] == columns[number - 1]:
            runs[-1] += band
        else:
            runs.append(list(band))
    return runs


def _cut(words: Sequence[Word], side: Any, least: float) -> list[list[Word]] | None:  # noqa: ANN401
    """Cut words where nothing stands for at least so much; None if there is no such place."""
    ordered = sorted(words, key=side)
    parts, reach = [[ordered[0]]], side(ordered[0])[1]
    for word in ordered[1:]:
        begin, end = side(word)
        if begin - reach > least:
            parts.append([])
        parts[-1].append(word)
        reach = max(reach, end)
    return parts if len(parts) > 1 else None


def _joined(words: Sequence[Word]) -> list[Line]:
    """Assemble the words of one column to lines."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (word.top + word.bottom) / 2):
        middle = (word.top + word.bottom) / 2
        if rows and word.size and rows[-1][-1].size and middle < rows[-1][0].bottom:
            rows[-1].append(word)
        else:
            rows.append([word])
    return [_line(sorted(row, key=lambda word: word.x0)) for row in rows]


def _line(row: Sequence[Word]) -> Line:
    text = " ".join(word.text for word in row)
    return Line(text, min(word.top for word in row), max(word.bottom for word in row), max(word.size for word in row))


def _without_running_heads(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Leave out what stands alone at the top or the bottom of most pages, whatever its number is."""
    seen = Counter(key for lines in pages for key in {_running(lines[at]) for at in _margins(lines)})
    running = {key for key, times in seen.items() if times >= max(_RUNNING_PAGES, len(pages) / 2)}
    return [
        [line for at, line in enumerate(lines) if at not in _margins(lines) or _running(line) not in running]
        for lines in pages
    ]


def _margins(lines: Sequence[Line]) -> set[int]:
    """Return the places of the first and the last line if they stand apart from the others."""
    if len(lines) < 2:
        return set()
    ends = {0: lines[1].top - lines[0].bottom, len(lines) - 1: lines[-1].top - lines[-2].bottom}
    return {at for at, gap in ends.items() if lines[at].size and gap > _MARGIN * lines[at].size}


def _running(line: Line) -> str:
    return re.sub(r"\d+|\b[ivxl]+\b", "#", line.text)


def _levels(lines: Sequence[Line]) -> dict[float, int]:
    """Return the type sizes that headings are set in -> their level."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[_rounded(line.size)] += len(line.text)
    del sizes[0.0]
    if not sizes:
        return {}
    body = sizes.most_common(1)[0][0]
    larger = sorted((size for size in sizes if size > body * _HEADING_RATIO), reverse=True)
    return {size: level for level, size in enumerate(larger[:_HEADING_SIZES], start=1)}


def _rounded(size: float) -> float:
    return round(size * 2) / 2


def _paragraphs(lines: Sequence[Line], levels: dict[float, int], joints: Joints) -> Iterator[str]:
    """Join the lines of a page to paragraphs, headings and tables."""
    open_lines: list[Line] = []
    for line, before in zip(lines, [None, *lines], strict=False):
        if before is not None and (_is_apart(before, line) or _is_heading(line, levels) != _is_heading(before, levels)):
            yield _paragraph(open_lines, levels, joints)
            open_lines = []
        open_lines.append(line)
    if open_lines:
        yield _paragraph(open_lines, levels, joints)


def _is_apart(before: Line, line: Line) -> bool:
    gap = line.top - before.bottom
    return (
        not line.size
        or not before.size
        or line.text[:1] in _BULLETS
        or gap > _PARAGRAPH * line.size
        or gap < -line.size
    )


def _is_heading(line: Line, levels: dict[float, int]) -> int:
    return levels.get(_rounded(line.size), 0) if len(line.text) <= _HEADING_CHARS else 0


def _paragraph(lines: Sequence[Line], levels: dict[float, int], joints: Joints) -> str:
    """Return lines as running text; a word that was parted at a line's end is whole again."""
    if not lines[0].size:
        return "\n".join(line.text for line in lines)
    text = lines[0].text
    for before, line in pairwise(lines):
        parted = before.text.endswith("-") and before.text[-2:-1].isalpha() and line.text[:1].islower()
        text = text[:-1] + line.text if parted else text + joints.between(before.text, line.text) + line.text
    level = _is_heading(lines[0], levels)
    return f"{'#' * level} {text}" if level else text
