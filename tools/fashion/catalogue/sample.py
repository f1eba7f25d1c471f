"""What the columns of a file are by what stands in them, where their names tell too little: looked at on its first rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from stylegraph.tools.fashion.catalogue.cells import LONGEST_CELL, concept_of_cell, is_priced, says_sold_out
from stylegraph.tools.fashion.catalogue.columns import Columns
from stylegraph.tools.fashion.catalogue.feeds import Row
from stylegraph.tools.fashion.items.items import SOLD_OUT

LOOKED_AT = 200
_FEWEST = 5
"""With fewer cells than this nothing is concluded."""
_MOST = 0.9
_NONE_LEFT = re.compile(r"\(\s*0\s*\)")
_COUNTED = re.compile(r"(?<!\s)\s*\(\s*(\d+)\s*\)")
_BETWEEN = re.compile(r"([,|;/])")
_REMEMBERED = 1_000


def settled(rows: Iterable[Row], columns: Columns) -> Iterator[Row]:
    """Return rows as they are, but for sizes that are gone, after telling the columns what their first cells show."""
    rows = iter(rows)
    first = list(islice(rows, LOOKED_AT))
    cells = _by_column(row for _, row in first)
    telling = {column: kept for column, kept in cells.items() if len(kept) >= _FEWEST}
    for column, field in _found(telling, columns):
        columns.learn(column, field)
    is_size = lru_cache(_REMEMBERED)(lambda column: columns.field_of(column) == "size")
    counted = {column for column, kept in cells.items() if is_size(column) and _counts_stock(kept)}
    for line, row in chain(first, rows):
        sizes = {column: _there(cell, column in counted) for column, cell in row.items() if is_size(column)}
        sold_out = any(row[column] and not cell for column, cell in sizes.items())
        yield line, {**row, **sizes, **({"availability": SOLD_OUT} if sold_out else {})}


def _by_column(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    cells: dict[str, list[str]] = {}
    for row in rows:
        for column, cell in row.items():
            kept = cells.setdefault(column, [])
            if isinstance(cell, str | int | float) and str(cell).strip():
                kept.append(str(cell).strip())
    return cells


def _found(cells: Mapping[str, Sequence[str]], columns: Columns) -> Iterator[tuple[str, str]]:
    """Return columns that are something else than their names say, with what they are; empty: a column of the shop's own."""
    fields = {column: columns.field_of(column) for column in cells}
    kinds = [column for column, field in fields.items() if field == "id" and _is_no_id(cells[column])]
    people = [column for column, field in fields.items()
              if (field not in columns.known or field == "category") and _mostly(cells[column], _is_audience)]  # fmt: skip
    if "audience" not in fields.values():
        yield from ((column, "audience") for column in people[:1])
    has_kind = any(field == "category" and column not in people for column, field in fields.items())
    yield from ((column, "" if has_kind or place else "category") for place, column in enumerate(kinds))
    if "price_krw" not in fields.values():
        priced = [column for column, field in fields.items()
                  if field not in columns.known and _mostly(cells[column], is_priced)]  # fmt: skip
        yield from ((column, "price_krw") for column in sorted(priced, key=lambda one: _least(cells[one]))[:1])


def _is_no_id(cells: Sequence[str]) -> bool:
    """Check whether what is called an id names kinds of things: it has no figures, and comes again."""
    return len(set(cells)) < len(cells) and not _mostly(cells, lambda cell: any(map(str.isdigit, cell)), 0.5)


def _is_audience(cell: str) -> bool:
    return concept_of_cell("audience", cell) is not None


def _mostly(cells: Sequence[str], holds: Callable[[str], bool], share: float = _MOST) -> bool:
    return sum(map(holds, cells)) >= share * len(cells)


def _least(cells: Sequence[str]) -> float:
    """Return what a column's prices come to: of two, what is asked is the lower, the other was asked before."""
    return sum(float(re.sub(r"[^\d.]", "", cell).strip(".") or 0) for cell in cells) / len(cells)


def _counts_stock(cells: Sequence[str]) -> bool:
    """Check whether figures in brackets say how many are left: M (3), L (0). Chests and waists are never nought."""
    return any(_NONE_LEFT.search(cell) for cell in cells)


def _there(cell: object, counted: bool) -> object:
    """Return a cell of sizes without those that are gone."""
    if not isinstance(cell, str):
        return cell
    cell = cell[:LONGEST_CELL]
    if counted:
        parts = (part.strip() for part in re.split(r"[,|;]", cell))
        cell = ", ".join(_COUNTED.sub("", part) for part in parts if part and not _NONE_LEFT.search(part))
    return "".join(part for part in _BETWEEN.split(cell) if not says_sold_out(part))
