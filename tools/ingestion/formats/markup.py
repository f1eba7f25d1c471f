"""reStructuredText and AsciiDoc as Markdown writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stylegraph.tools.ingestion.formats.html import parse
from stylegraph.tools.ingestion.formats.record import Failure, Origin, Record, document, empty
from stylegraph.tools.ingestion.formats.rendering import render
from stylegraph.tools.ingestion.formats.tables import table_text

_ATTRIBUTE = re.compile(r":[\w!-]+:.*")
_HEADING = re.compile(r"(={1,6})\s+(.+)")
_ITEM = re.compile(r"(?P<mark>\*{1,5}|-|\.{1,5})\s+(?P<said>\S.*)")
_SOURCE = re.compile(r"\[(?:source|,)\s*,?\s*(?P<language>[\w+-]*).*\]")
_LABELLED = re.compile(r"(?P<label>NOTE|TIP|IMPORTANT|WARNING|CAUTION): ")
_FENCES = {"----": "----", "....": "....", "```": "```", "++++": "++++"}
_LINK = re.compile(r"(?:link:|xref:)?(?P<address>https?://[^\s\[\]]+|[\w./#-]+)\[(?P<said>[^\]]+)\]")
_UNREAD = re.compile(r"(?:image|include|video|audio|toc|ifdef|ifndef|endif|ifeval)::")
_TITLE = re.compile(r"\.(?P<said>[^\s.].*)")


def read_rst(text: str, origin: Origin) -> Record | Failure:
    """Read reStructuredText; nothing that it includes is read, and no raw part of it."""
    try:
        from docutils.core import publish_parts
    except ImportError:
        return empty(origin, "is a file that needs docutils", "Install it: pip install 'stylegraph[formats]'.")
    settings: dict[str, object] = {
        "file_insertion_enabled": False,
        "raw_enabled": False,
        "report_level": 5,
        "halt_level": 5,
    }
    settings |= {
        "doctitle_xform": False,
        "initial_header_level": 1,
        "syntax_highlight": "none",
        "embed_stylesheet": False,
        "_disable_config": True,
    }
    try:
        page = parse(publish_parts(text, writer="html5", settings_overrides=settings)["html_body"])
    except Exception:  # docutils raises whatever a directive leads it to
        return empty(origin, "is no reStructuredText", "See whether `rst2html` reads it.")
    body = "" if page is None else render([page])
    return document(origin, body) if body else empty(origin)


def read_asciidoc(text: str, origin: Origin) -> Record | Failure:
    """Read AsciiDoc: headings, lists, tables and listings; nothing that it includes is read."""
    body = re.sub(r"\n{3,}", "\n\n", "\n".join(_lines(iter(text.split("\n"))))).strip()
    return document(origin, body) if body else empty(origin)


def _lines(lines: Iterator[str]) -> Iterator[str]:
    language = ""
    for line in lines:
        bare = line.strip()
        if source := _SOURCE.fullmatch(bare):
            language = source["language"]
        elif bare in _FENCES:
            yield from (f"```{language}", *_until(lines, bare), "```")
            language = ""
        elif bare == "////":
            list(_until(lines, bare))
        elif bare.startswith("|==="):
            yield from ("", _table(list(_until(lines, bare))), "")
        else:
            yield from _line(bare)


def _line(line: str) -> Iterator[str]:
    if (
        line.startswith("//")
        or _ATTRIBUTE.fullmatch(line)
        or _UNREAD.match(line)
        or re.fullmatch(r"\[.*\]|\+|====", line)
    ):
        return
    if heading := _HEADING.fullmatch(line):
        yield f"{'#' * len(heading[1])} {heading[2]}"
    elif item := _ITEM.fullmatch(line):
        mark = item["mark"]
        yield f"{'  ' * (len(mark) - 1)}{'1.' if mark[0] == '.' else '-'} {_inline(item['said'])}"
    elif title := _TITLE.fullmatch(line):
        yield f"{title['said']}:"
    else:
        yield _inline(_LABELLED.sub(lambda found: f"{found['label'].capitalize()}: ", line))


def _inline(text: str) -> str:
    return _LINK.sub(lambda found: found["said"], text)


def _until(lines: Iterator[str], end: str) -> Iterator[str]:
    for line in lines:
        if line.strip() == end:
            return
        yield line


def _table(lines: list[str]) -> str:
    """Return a table: a line of cells is a row, else as many cells as the first line has make one."""
    rows = [[cell.strip() for cell in line.split("|")[1:]] for line in lines if line.strip().startswith("|")]
    if not rows:
        return ""
    width = len(rows[0])
    if any(len(row) != width for row in rows):
        cells = [cell for row in rows[1:] for cell in row]
        rows = [rows[0], *(cells[start : start + width] for start in range(0, len(cells), width))]
    headed = len(lines) > 1 and bool(lines[0].strip()) and not lines[1].strip()
    return table_text(rows, headed=headed or None)
