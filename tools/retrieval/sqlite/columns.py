"""The arrays of segments, kept in memory between searches up to a limit: segments never change, so none goes stale."""

from __future__ import annotations

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from stylegraph.tools.retrieval.sqlite.segments import Codes, Rows, Segment, lengths_of, postings, vectors_of

_LIMIT_BYTES = 256 << 20
"""About four million vectors of the local embedding; an index larger than that is read anew for each search."""


class Columns:
    """A cache of what a search reads of every segment, safe to use from several threads."""

    def __init__(self, limit: int = _LIMIT_BYTES) -> None:
        self._limit = limit
        self._kept: OrderedDict[tuple[str, int], tuple[NDArray[np.generic], ...]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def lengths(self, connection: sqlite3.Connection, segment: Segment) -> NDArray[np.uint32]:
        """Return the number of tokens of each row; 0 in gaps."""
        (lengths,) = self._get(("lengths", segment.id), lambda: (lengths_of(connection, segment),))
        return lengths  # type: ignore[return-value]

    def vectors(self, connection: sqlite3.Connection, segment: Segment) -> tuple[Rows, Codes]:
        """Return the row that each vector belongs to, rising, and the vectors' sign bits."""
        return self._get(("vectors", segment.id), lambda: vectors_of(connection, segment))  # type: ignore[return-value]

    def holding(self, connection: sqlite3.Connection, segment: Segment, term: str) -> NDArray[np.bool_]:
        """Return which rows hold a term: for the few that every search asks for."""
        (held,) = self._get((term, segment.id), lambda: (_holding(connection, segment, term),))
        return held  # type: ignore[return-value]

    def _get(
        self, key: tuple[str, int], read: Callable[[], tuple[NDArray[np.generic], ...]]
    ) -> tuple[NDArray[np.generic], ...]:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        arrays = read()
        with self._lock:
            if key not in self._kept:
                self._kept[key] = arrays
                self._bytes += _size(arrays)
            while self._bytes > self._limit:
                self._bytes -= _size(self._kept.popitem(last=False)[1])
        return arrays


def _holding(connection: sqlite3.Connection, segment: Segment, term: str) -> NDArray[np.bool_]:
    held = np.zeros(segment.rows, dtype=bool)
    for _, _, rows, _ in postings(connection, [segment], [term]):
        held[rows] = True
    return held


def _size(arrays: tuple[NDArray[np.generic], ...]) -> int:
    return sum(array.nbytes for array in arrays)
