"""Tables as Markdown writes them: a header and a rule where the first row names the columns, then a line a row."""

from __future__ import annotations

import re
from collections.abc import Sequence

_DIGIT = re.compile(r"\d")


def table_text(rows: Sequence[Sequence[str]], *, headed: bool | None = None) -> str:
    """Return a table, one line a row, blank rows left out.

    Args:
        rows: The cells of each row.
        headed: Whether the first row names the columns; None: told by what stands in it.
    """
    shown = [[_cell(cell) for cell in row] for row in rows]
    filled = [row for row in shown if any(row)]
    if not filled:
        return ""
    width = max(map(len, filled))
    lines = [f"| {' | '.join([*row, *[''] * (width - len(row))])} |" for row in filled]
    if len(lines) > 1 and (names_columns(filled) if headed is None else headed):
        lines.insert(1, f"|{' --- |' * width}")
    return "\n".join(lines)


def names_columns(rows: Sequence[Sequence[str]]) -> bool:
    """Check whether the first row of several names the columns: every cell of it other words, and not an amount.

    Of two columns the first row may be a pair as all others are, unless amounts stand below its second cell.
    """
    first = rows[0]
    if len(rows) < 2 or not all(first) or len(set(first)) < len(first) or any(map(_is_amount, first)):
        return False
    if len(first) > 2:
        return True
    below = [row[-1] for row in rows[1:]]
    return len(first) == 2 and sum(map(bool, map(_DIGIT.search, below))) * 2 > len(below)


def _is_amount(cell: str) -> bool:
    return sum(map(str.isdigit, cell)) * 2 > len(cell)


def _cell(cell: str) -> str:
    """Return a cell on one line; a bar would end it."""
    return " ".join(cell.split()).replace("|", "｜")
