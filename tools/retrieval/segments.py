"""The inverted index: immutable segments of chunks, written by every addition and merged as they add up.

Lucene's shape (segments, postings, tombstones, merges) in SQLite tables and numpy arrays. A search adds up whole
postings at once, so BM25 stays exact over every term of a query, and filters are masks over the same rows.
`evals/bench/search.py` measures it beside FTS5, which scores row by row.

Within a segment a chunk is a row: its id less the segment's `first`. All functions work in the caller's transaction.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.uint32]
Amounts = NDArray[np.uint8] | NDArray[np.float64]
"""With each row of a posting: how often a term occurs there (at most 255), or, for a field, a number."""
Codes = NDArray[np.uint64]
"""Sign bits of vectors, as planes: shape (dimension / 64, vectors)."""

_MERGED_AT_ONCE = 8
_LARGEST_MERGE = 200_000
"""Rows above which segments are left as they are, so that no addition waits for a huge merge."""


@dataclass(frozen=True)
class IndexedChunk:
    """What the inverted index keeps of one chunk."""

    id: int
    terms: Mapping[str, int]
    """Term -> how often it occurs."""
    numbers: Sequence[tuple[str, float]]
    """Numeric fields and their values."""
    length: int
    """Number of tokens."""
    vectors: NDArray[np.float32]


@dataclass(frozen=True)
class Segment:
    """One segment, without what it holds."""

    id: int
    level: int
    first: int
    rows: int
    filled: int
    """Rows that hold a chunk, dead ones included; the others are gaps."""
    tokens: int
    dead: Rows


def add(connection: sqlite3.Connection, chunks: Sequence[IndexedChunk]) -> None:
    """Write a segment of new chunks, whose ids rise and are higher than all before; merge if it is time."""
    if not chunks:
        return
    first = chunks[0].id
    gathered: dict[str, tuple[list[int], list[float]]] = {}
    for chunk in chunks:
        for term, amount in [*chunk.terms.items(), *chunk.numbers]:
            rows, amounts = gathered.setdefault(term, ([], []))
            rows.append(chunk.id - first)
            amounts.append(amount)
    lengths = np.zeros(chunks[-1].id - first + 1, dtype=np.uint32)
    lengths[[chunk.id - first for chunk in chunks]] = [chunk.length for chunk in chunks]
    owners = np.repeat([chunk.id - first for chunk in chunks], [len(chunk.vectors) for chunk in chunks]).astype(
        np.uint32
    )
    codes = codes_of(np.concatenate([chunk.vectors for chunk in chunks]))
    segment = _insert(connection, 0, first, len(chunks), lengths, owners, codes)
    fields = {field for chunk in chunks for field, _ in chunk.numbers}
    _insert_postings(
        connection, segment, ((term, *_arrays(*gathered[term], term in fields)) for term in sorted(gathered))
    )
    _merge_full_levels(connection)


def bury(connection: sqlite3.Connection, chunks: Collection[int]) -> None:
    """Mark chunks as dead. A segment that is mostly dead is rewritten without them."""
    ids = np.array(sorted(chunks), dtype=np.int64)
    for segment in load(connection):
        rows = ids[(ids >= segment.first) & (ids < segment.first + segment.rows)] - segment.first
        if len(rows):
            dead = np.union1d(segment.dead, rows).astype(np.uint32)
            connection.execute("UPDATE segments SET dead = ? WHERE id = ?", (dead.tobytes(), segment.id))
            if 2 * len(dead) > segment.filled:
                _merge(connection, [segment.id], segment.level)


def load(connection: sqlite3.Connection) -> list[Segment]:
    """Give the segments, oldest first."""
    found = connection.execute("SELECT id, level, first, rows, filled, tokens, dead FROM segments ORDER BY first")
    return [
        Segment(number, level, first, rows, filled, tokens, np.frombuffer(dead, dtype=np.uint32))
        for number, level, first, rows, filled, tokens, dead in found
    ]


def postings(
    connection: sqlite3.Connection, segments: Sequence[Segment], terms: Collection[str]
) -> Iterator[tuple[str, int, Rows, Amounts]]:
    """Give term, position of the segment in `segments`, rows and amounts: one for each term in each segment."""
    position = {segment.id: place for place, segment in enumerate(segments)}
    found = connection.execute(
        """SELECT term, segment, count, data FROM postings
        WHERE segment IN (SELECT value FROM json_each(?)) AND term IN (SELECT value FROM json_each(?))""",
        (json.dumps(list(position)), json.dumps(list(terms))),
    )
    for term, segment, count, data in found:
        yield term, position[segment], *_unpacked(count, data)


def frequencies(connection: sqlite3.Connection, segments: Sequence[Segment], terms: Collection[str]) -> dict[str, int]:
    """Give term -> number of chunks that hold it, for the terms that there are."""
    found = connection.execute(
        """SELECT term, sum(count) FROM postings
        WHERE segment IN (SELECT value FROM json_each(?)) AND term IN (SELECT value FROM json_each(?)) GROUP BY term""",
        (json.dumps([segment.id for segment in segments]), json.dumps(list(terms))),
    )
    return dict(found.fetchall())


def lengths_of(connection: sqlite3.Connection, segment: Segment) -> NDArray[np.uint32]:
    """Give the number of tokens of each row; 0 in gaps."""
    (lengths,) = connection.execute("SELECT lengths FROM segments WHERE id = ?", (segment.id,)).fetchone()
    return np.frombuffer(lengths, dtype=np.uint32)


def vectors_of(connection: sqlite3.Connection, segment: Segment) -> tuple[Rows, Codes]:
    """Give the row that each vector belongs to, rising, and the vectors' sign bits."""
    row = connection.execute("SELECT owners, planes, codes FROM segments WHERE id = ?", (segment.id,)).fetchone()
    owners = np.frombuffer(row[0], dtype=np.uint32)
    return owners, np.frombuffer(row[2], dtype=np.uint64).reshape(row[1], len(owners))


def codes_of(vectors: NDArray[np.float32]) -> Codes:
    """Give the sign bits of vectors of shape (n, dimension)."""
    bits = np.packbits(vectors > 0, axis=1)
    whole = np.pad(bits, ((0, 0), (0, -bits.shape[1] % 8)))
    return np.ascontiguousarray(whole.view(np.uint64).T)


def _insert(
    connection: sqlite3.Connection,
    level: int,
    first: int,
    filled: int,
    lengths: NDArray[np.uint32],
    owners: Rows,
    codes: Codes,
) -> int:
    """Write a segment without its postings; give its id."""
    numbers = (level, first, len(lengths), filled, int(lengths.sum()), len(codes))
    arrays = (lengths.tobytes(), owners.tobytes(), codes.tobytes())
    cursor = connection.execute(
        """INSERT INTO segments (level, first, rows, filled, tokens, planes, dead, lengths, owners, codes)
        VALUES (?, ?, ?, ?, ?, ?, x'', ?, ?, ?)""",
        (*numbers, *arrays),
    )
    return int(cursor.lastrowid or 0)


def _insert_postings(
    connection: sqlite3.Connection, segment: int, entries: Iterable[tuple[str, Rows, Amounts]]
) -> None:
    connection.executemany(
        "INSERT INTO postings VALUES (?, ?, ?, ?)",
        ((segment, term, len(rows), rows.tobytes() + amounts.tobytes()) for term, rows, amounts in entries),
    )


def _merge_full_levels(connection: sqlite3.Connection) -> None:
    """Merge the segments of every level that has enough of them, lowest first."""
    level = 0
    while True:
        here = [segment for segment in load(connection) if segment.level == level]
        if len(here) < _MERGED_AT_ONCE or sum(segment.rows for segment in here) > _LARGEST_MERGE:
            return
        _merge(connection, [segment.id for segment in here], level + 1)
        level += 1


def _merge(connection: sqlite3.Connection, ids: Sequence[int], level: int) -> None:
    """Write one segment in the place of several that follow one another, without their dead rows."""
    segments = [segment for segment in load(connection) if segment.id in ids]
    first = segments[0].first
    last = max(segment.first + segment.rows for segment in segments)
    alive = np.zeros(last - first, dtype=bool)
    lengths = np.zeros(last - first, dtype=np.uint32)
    owners, codes = [], []
    for segment in segments:
        start = segment.first - first
        here = slice(start, start + segment.rows)
        alive[here] = True
        alive[start + segment.dead] = False
        lengths[here] = lengths_of(connection, segment)
        rows, planes = vectors_of(connection, segment)
        kept = alive[start + rows]
        owners.append(rows[kept] + np.uint32(start))
        codes.append(planes[:, kept])
    lengths[~alive] = 0
    filled = sum(segment.filled - len(segment.dead) for segment in segments)
    if filled:
        joined = np.concatenate(owners), np.concatenate(codes, axis=1)
        merged = _insert(connection, level, first, filled, lengths, *joined)
        starts = {segment.id: segment.first - first for segment in segments}
        _insert_postings(connection, merged, _merged_postings(connection, starts, alive))
    for segment in segments:
        connection.execute("DELETE FROM postings WHERE segment = ?", (segment.id,))
        connection.execute("DELETE FROM segments WHERE id = ?", (segment.id,))


def _merged_postings(
    connection: sqlite3.Connection, starts: Mapping[int, int], alive: NDArray[np.bool_]
) -> Iterator[tuple[str, Rows, Amounts]]:
    """Give the postings of several segments term by term, so that only one term's are in memory."""
    found = connection.execute(
        """SELECT term, segment, count, data FROM postings
        WHERE segment IN (SELECT value FROM json_each(?)) ORDER BY term, segment""",
        (json.dumps(list(starts)),),
    )
    for term, entries in groupby(found, key=lambda entry: str(entry[0])):
        rows, amounts = [], []
        for _, segment, count, data in entries:
            some, theirs = _unpacked(count, data)
            moved = some + np.uint32(starts[segment])
            kept = alive[moved]
            rows.append(moved[kept])
            amounts.append(theirs[kept])
        joined = np.concatenate(rows)
        if len(joined):
            yield term, joined, np.concatenate(amounts)


def _arrays(rows: Sequence[int], amounts: Sequence[float], numeric: bool) -> tuple[Rows, Amounts]:
    if numeric:
        return np.array(rows, dtype=np.uint32), np.array(amounts, dtype=np.float64)
    return np.array(rows, dtype=np.uint32), np.minimum(amounts, 255).astype(np.uint8)


def _unpacked(count: int, data: bytes) -> tuple[Rows, Amounts]:
    """Read a posting: its rows, then its amounts, whose width tells counts from numbers."""
    rows = np.frombuffer(data, dtype=np.uint32, count=count)
    if len(data) == 5 * count:
        return rows, np.frombuffer(data, dtype=np.uint8, offset=4 * count)
    return rows, np.frombuffer(data, dtype=np.float64, offset=4 * count)
