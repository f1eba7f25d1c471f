"""CSV: one document a row; columns `id`, `title`, `text` if it has them, the others as metadata."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, NamedTuple

from stylegraph.tools.ingestion.formats.fields import as_record
from stylegraph.tools.ingestion.formats.line_reader import BrokenLineError, Lines
from stylegraph.tools.ingestion.formats.record import Failure, Item, Origin

_DELIMITERS = ",;\t|"
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?")
_REMEDY = "Correct the row and index again."


def read_csv(stream: BinaryIO, origin: Origin) -> Iterator[Item]:
    """Read a table whose first row names the columns. A row that is broken becomes a failure with its line.

    A table without a `text` column gives `column: value` lines as text. The delimiter (comma, semicolon, tab or bar)
    is the one that the first row has most of.

    Args:
        stream: The bytes, at their beginning.
        origin: Where they come from; `max_bytes` limits a line and a cell.
    """
    csv.field_size_limit(max(csv.field_size_limit(), origin.max_bytes))
    rows = _Rows(stream, origin)
    columns: list[str] | None = None
    for row in rows:
        if isinstance(row, _BrokenRow):
            hides = row.last or columns is None
            yield Failure(rows.where, f"can't be read: {row.reason}", _REMEDY, _id(columns or [], row.cells), hides)
            if hides:
                return
        elif columns is None:
            columns = _unique(row)
        elif len(row) > len(columns):
            reason = f"has {len(row)} cells, but there are {len(columns)} columns"
            yield Failure(rows.where, reason, _REMEDY, id=_id(columns, row))
        else:
            yield as_record(_fields(columns, row), origin, rows.where)


class _BrokenRow(NamedTuple):
    """A row that can't be read."""

    reason: str
    cells: list[str]
    """What can be read of its beginning."""
    last: bool
    """Whether it has swallowed the rest of the file: a quote that is never closed."""


class _Rows(Iterator[list[str] | _BrokenRow]):
    """The rows of a table that are not blank, and what could not be read between them."""

    def __init__(self, stream: BinaryIO, origin: Origin) -> None:
        self._lines = Lines(stream, origin.max_bytes)
        self._origin = origin
        self._reader: Iterator[list[str]] | None = None
        self._started = 1

    @property
    def where(self) -> str:
        """The file, and the line that the last row began in."""
        return f"{self._origin.place}, line {self._started}"

    def __next__(self) -> list[str] | _BrokenRow:
        while True:
            self._started = self._lines.number + 1
            try:
                row = next(self._rows())
            except BrokenLineError as error:
                return _BrokenRow(str(error), _cells(error.head), last=False)
            except csv.Error as error:
                return _BrokenRow(str(error), [], last="end of data" in str(error))
            if any(cell.strip() for cell in row):
                return row

    def _rows(self) -> Iterator[list[str]]:
        if self._reader is None:
            first = next(self._lines)
            delimiter = max(_DELIMITERS, key=first.count)
            self._reader = csv.reader(_Again(first, self._lines), delimiter=delimiter, strict=True)
        return self._reader


def _cells(head: str) -> list[str]:
    try:
        return next(csv.reader([head]), [])
    except csv.Error:
        return []


class _Again(Iterator[str]):
    """Lines with one put back in front."""

    def __init__(self, first: str, lines: Lines) -> None:
        self._first: str | None = first
        self._lines = lines

    def __next__(self) -> str:
        if self._first is not None:
            first, self._first = self._first, None
            return first
        return next(self._lines)


def _unique(header: list[str]) -> list[str]:
    """Return every column a name of its own."""
    names: list[str] = []
    for place, cell in enumerate(header, start=1):
        name = cell.strip() or f"column {place}"
        names.append(f"{name} {place}" if name in names else name)
    return names


def _id(columns: list[str], row: list[str]) -> str | None:
    """Return the id of a row, so that what is indexed of it stays when the row can't be used."""
    return next((cell.strip() for column, cell in zip(columns, row, strict=False) if column == "id"), None)


def _fields(columns: list[str], row: list[str]) -> dict[str, Any]:
    cells = {column: cell.strip() for column, cell in zip(columns, row, strict=False) if cell.strip()}
    fields: dict[str, Any] = {column: _value(cell) for column, cell in cells.items()}
    if "text" in columns:
        return fields | {name: cells[name] for name in ("id", "title", "text") if name in cells}
    named = {name: cells[name] for name in ("id",) if name in cells}
    return texted(cells) | fields | named | {"text": texted(cells)["text"]}


def texted(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row that has no text of its own one: `column: value` lines, under its first value as title."""
    shown = {name: value for name, value in fields.items() if name != "id"}
    return {
        "title": next(iter(shown.values()), ""),
        **fields,
        "text": "\n".join(f"{name}: {value}" for name, value in shown.items()),
    }


def _value(cell: str) -> str | int | float:
    """Return a number where the cell is written as one; 007 and 1e5 are names, not numbers."""
    if not _NUMBER.fullmatch(cell):
        return cell
    return float(cell) if "." in cell else int(cell)
