"""The inverted index: immutable segments of chunks, written by every addition and merged as they add up.

Lucene's shape (segments, postings, tombstones, merges) in SQLite tables and numpy arrays. A search adds up whole
postings at once, so BM25 stays exact over every term of a query, and filters are masks over the same rows.
`evals/bench/search.py` measures it beside FTS5, which scores row by row.

Within a segment a chunk is a row: its id less the segment's `first`. All functions work in the caller's transaction.
"""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

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
    lengths = np.zeros(chunks[-1].id - first + 1, dtype=np.uint32)
    lengths[[chunk.id - first for chunk in chunks]] = [chunk.length for chunk in chunks]
    counts = [len(chunk.vectors) for chunk in chunks]
    owners = np.repeat(np.array([chunk.id - first for chunk in chunks], dtype=np.uint32), counts)
    codes = codes_of(np.concatenate([chunk.vectors for chunk in chunks]))
    segment = _insert(connection, 0, first, len(chunks), lengths, owners, codes)
    _insert_postings(connection, segment, _new_postings(chunks))
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
    """Return the segments, oldest first."""
    found = connection.execute("SELECT id, level, first, rows, filled, tokens, dead FROM segments ORDER BY first")
    return [
        Segment(number, level, first, rows, filled, tokens, np.frombuffer(dead, dtype=np.uint32))
        for number, level, first, rows, filled, tokens, dead in found
    ]


def postings(
    connection: sqlite3.Connection, segments: Sequence[Segment], terms: Collection[str]
) -> Iterator[tuple[str, int, Rows, Amounts]]:
    """Return term, position of the segment in `segments`, rows and amounts: one for each term in each segment, by segment."""
    place = {segment.id: number for number, segment in enumerate(segments)}
    found = connection.execute(
        """SELECT term, segment, count, data FROM postings
        WHERE segment IN (SELECT value FROM json_each(?)) AND term IN (SELECT value FROM json_each(?))
        ORDER BY segment""",
        (json.dumps(list(place)), json.dumps(list(terms))),
    )
    for term, segment, count, data in found:
        ids, amounts = _unpacked(count, data)
        yield term, place[segment], ids - np.uint32(segments[place[segment]].first), amounts


def beginning(connection: sqlite3.Connection, segments: Sequence[Segment], start: str) -> list[str]:
    """Return the terms that there are which begin so."""
    found = connection.execute(
        """SELECT DISTINCT term FROM postings
        WHERE segment IN (SELECT value FROM json_each(?)) AND term >= ? AND term < ?""",
        (json.dumps([segment.id for segment in segments]), start, start[:-1] + chr(ord(start[-1]) + 1)),
    )
    return [term for (term,) in found]


def frequencies(connection: sqlite3.Connection, segments: Sequence[Segment], terms: Collection[str]) -> dict[str, int]:
    """Return term -> number of chunks that hold it, for the terms that there are."""
    found = connection.execute(
        """SELECT term, sum(count) FROM postings
        WHERE segment IN (SELECT value FROM json_each(?)) AND term IN (SELECT value FROM json_each(?)) GROUP BY term""",
        (json.dumps([segment.id for segment in segments]), json.dumps(list(terms))),
    )
    return dict(found.fetchall())


def lengths_of(connection: sqlite3.Connection, segment: Segment) -> NDArray[np.uint32]:
    """Return the number of tokens of each row; 0 in gaps."""
    (lengths,) = connection.execute("SELECT lengths FROM segments WHERE id = ?", (segment.id,)).fetchone()
    return np.frombuffer(lengths, dtype=np.uint32)


def vectors_of(connection: sqlite3.Connection, segment: Segment) -> tuple[Rows, Codes]:
    """Return the row that each vector belongs to, rising, and the vectors' sign bits."""
    row = connection.execute("SELECT owners, planes, codes FROM segments WHERE id = ?", (segment.id,)).fetchone()
    owners = np.frombuffer(row[0], dtype=np.uint32)
    return owners, np.frombuffer(row[2], dtype=np.uint64).reshape(row[1], len(owners))


def codes_of(vectors: NDArray[np.float32]) -> Codes:
    """Return the sign bits of vectors of shape (n, dimension)."""
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


def _insert_postings(connection: sqlite3.Connection, segment: int, entries: Iterable[tuple[str, int, bytes]]) -> None:
    connection.executemany(
        "INSERT INTO postings VALUES (?, ?, ?, ?)", ((segment, term, count, data) for term, count, data in entries)
    )


def _new_postings(chunks: Sequence[IndexedChunk]) -> Iterator[tuple[str, int, bytes]]:
    """Return term, number of chunks and posting, in the order of the terms."""
    words: dict[str, tuple[list[int], list[int]]] = {}
    fields: dict[str, tuple[list[int], list[float]]] = {}
    for chunk in chunks:
        for term, amount in chunk.terms.items():
            ids, amounts = words.setdefault(term, ([], []))
            ids.append(chunk.id)
            amounts.append(min(amount, 255))
        for term, number in chunk.numbers:
            ids, numbers = fields.setdefault(term, ([], []))
            ids.append(chunk.id)
            numbers.append(number)
    packed = [(term, len(ids), array("I", ids).tobytes() + bytes(amounts)) for term, (ids, amounts) in words.items()]
    packed += [
        (term, len(ids), array("I", ids).tobytes() + array("d", some).tobytes()) for term, (ids, some) in fields.items()
    ]
    yield from sorted(packed)


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
        _insert_postings(connection, merged, _merged_postings(connection, segments))
    for segment in segments:
        connection.execute("DELETE FROM postings WHERE segment = ?", (segment.id,))
        connection.execute("DELETE FROM segments WHERE id = ?", (segment.id,))


def _merged_postings(connection: sqlite3.Connection, segments: Sequence[Segment]) -> Iterator[tuple[str, int, bytes]]:
    """Return the postings of several segments term by term, so that only one term's are in memory."""
    dead = np.concatenate([segment.first + segment.dead for segment in segments]).astype(np.uint32)
    found = connection.execute(
        """SELECT term, count, data FROM postings
        WHERE segment IN (SELECT value FROM json_each(?)) ORDER BY term, segment""",
        (json.dumps([segment.id for segment in segments]),),
    )
    for term, entries in groupby(found, key=itemgetter(0)):
        count, data = _joined([(count, data) for _, count, data in entries])
        if len(dead):
            count, data = _without(dead, count, data)
        if count:
            yield term, count, data


def _joined(parts: Sequence[tuple[int, bytes]]) -> tuple[int, bytes]:
    """Concatenate postings. Ids hold across segments, so bytes are all there is to move."""
    if len(parts) == 1:
        return parts[0]
    ids = [data[: 4 * count] for count, data in parts]
    amounts = [data[4 * count :] for count, data in parts]
    return sum(count for count, _ in parts), b"".join(ids + amounts)


def _without(dead: NDArray[np.uint32], count: int, data: bytes) -> tuple[int, bytes]:
    ids, amounts = _unpacked(count, data)
    alive = ~np.isin(ids, dead)
    return int(alive.sum()), ids[alive].tobytes() + amounts[alive].tobytes()


def _unpacked(count: int, data: bytes) -> tuple[NDArray[np.uint32], Amounts]:
    """Read a posting: its chunks' ids, then its amounts, whose width tells counts from numbers."""
    ids = np.frombuffer(data, dtype=np.uint32, count=count)
    if len(data) == 5 * count:
        return ids, np.frombuffer(data, dtype=np.uint8, offset=4 * count)
    return ids, np.frombuffer(data, dtype=np.float64, offset=4 * count)
