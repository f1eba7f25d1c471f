"""What documents can be filtered by, and which chunks a filter lets through."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stylegraph.agent.evidence import Condition, Filters
from stylegraph.agent.text.language import Language
from stylegraph.tools.retrieval.sqlite.segments import Segment, beginning, postings

_SEPARATOR = "\x1f"
"""Stands in no token, so a field's terms and the words' don't meet."""


def terms(metadata: Mapping[str, Any]) -> list[str]:
    """Return one index term for each value of each field."""
    return list({_term(field, str(value)) for field, value in _values(metadata)})


def numbers(metadata: Mapping[str, Any]) -> list[tuple[str, float]]:
    """Return index term and value for each number."""
    return [
        (_term(field), float(value))
        for field, value in _values(metadata)
        if isinstance(value, int | float) and not isinstance(value, bool)
    ]


def language_term(language: Language) -> str:
    """Return the index term of all chunks in a language; no field has it."""
    return f"{_SEPARATOR}{_SEPARATOR}{_SEPARATOR}{language}"


def mask(
    connection: sqlite3.Connection, segments: Sequence[Segment], starts: NDArray[np.int64], filters: Filters
) -> NDArray[np.bool_]:
    """Return for every row of every segment whether it meets all conditions.

    A document without a field meets only its `none`. Of several values, one has to be in `any` and one in the range.

    Args:
        connection: The index.
        segments: Its segments.
        starts: Where each segment's rows begin in the mask, and last where it ends.
        filters: Field -> condition.
    """
    passed = np.ones(int(starts[-1]), dtype=bool)
    for field, condition in filters.items():
        for wanted, rows in _conditions(connection, segments, starts, field, condition):
            met = np.zeros(len(passed), dtype=bool)
            met[rows] = True
            passed &= met if wanted else ~met
    return passed


def _conditions(
    connection: sqlite3.Connection,
    segments: Sequence[Segment],
    starts: NDArray[np.int64],
    field: str,
    condition: Condition,
) -> Iterator[tuple[bool, NDArray[np.int64]]]:
    """Return, for each part of a condition, whether its rows are wanted, and the rows."""
    for part, wanted in (("any", True), ("none", False)):
        if part in condition:
            values = [_term(field, value) for value in condition[part]]  # type: ignore[literal-required]
            rows = _rows(connection, segments, starts, values)
            yield (
                wanted,
                _or_lacking(connection, segments, starts, field, rows) if wanted and condition.get("lacking") else rows,
            )
    if "gte" in condition or "lte" in condition:
        low, high = condition.get("gte", -np.inf), condition.get("lte", np.inf)
        found = [
            starts[place] + rows[(low <= amounts) & (amounts <= high)]
            for _, place, rows, amounts in postings(connection, segments, [_term(field)])
        ]
        yield True, np.concatenate([np.zeros(0, dtype=np.int64), *found])


def _rows(
    connection: sqlite3.Connection, segments: Sequence[Segment], starts: NDArray[np.int64], values: Sequence[str]
) -> NDArray[np.int64]:
    found = [starts[place] + rows for _, place, rows, _ in postings(connection, segments, values)]
    return np.concatenate([np.zeros(0, dtype=np.int64), *found])


def _or_lacking(
    connection: sqlite3.Connection,
    segments: Sequence[Segment],
    starts: NDArray[np.int64],
    field: str,
    rows: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Add the rows that have no value of a field to some that have."""
    there = _rows(connection, segments, starts, beginning(connection, segments, values_of(field)))
    lacking = np.ones(int(starts[-1]), dtype=bool)
    lacking[there] = False
    return np.concatenate([rows, np.flatnonzero(lacking)])


def values_of(field: str) -> str:
    """Return what the index terms of all values of a field begin with, and no others."""
    return _term(field, "")


def _values(metadata: Mapping[str, Any]) -> Iterator[tuple[str, str | int | float]]:
    for field, value in metadata.items():
        for single in value if isinstance(value, list | tuple) else [value]:
            if isinstance(single, str | int | float):
                yield field, single


def _term(field: str, value: str | None = None) -> str:
    """Return a term that SQLite can keep and look up: without a NUL, at which its JSON ends, or half a surrogate pair."""
    term = _SEPARATOR + field if value is None else f"{_SEPARATOR}{field}{_SEPARATOR}{value}"
    return term.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
