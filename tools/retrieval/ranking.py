"""Scores for every chunk of an index at once: BM25 by words, and by meaning a first look at sign bits."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stylegraph.agent.decisions import Vectors
from stylegraph.agent.evidence import Filters
from stylegraph.tools.retrieval import filters as filtering
from stylegraph.tools.retrieval.segments import (
    Segment,
    codes_of,
    frequencies,
    lengths_of,
    load,
    postings,
    vectors_of,
)

_K1 = 0.9
_B = 0.75
_MOST_TERMS = 256
"""Terms of one query that count, the rarest first: a query this long is a document."""

Scores = NDArray[np.float32]


@dataclass(frozen=True)
class Snapshot:
    """All segments of an index at one moment, their rows one after another."""

    connection: sqlite3.Connection
    segments: Sequence[Segment]
    starts: NDArray[np.int64]
    """Where each segment's rows begin, and last where they end."""
    lengths: NDArray[np.uint32]
    passed: NDArray[np.bool_]
    """Rows that are alive and meet the filters."""

    @property
    def size(self) -> int:
        """Number of chunks, dead ones included as long as their postings are there."""
        return sum(segment.filled for segment in self.segments)

    def chunk_ids(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give the ids of the chunks in these rows."""
        places = np.searchsorted(self.starts, rows, side="right") - 1
        firsts = np.array([segment.first for segment in self.segments], dtype=np.int64)
        return firsts[places] + rows - self.starts[places]


def snapshot(connection: sqlite3.Connection, filters: Filters) -> Snapshot:
    """Read what every search needs, inside the caller's transaction."""
    segments = load(connection)
    starts = np.cumsum([0, *(segment.rows for segment in segments)], dtype=np.int64)
    passed = filtering.mask(connection, segments, starts, filters)
    for segment, start in zip(segments, starts, strict=False):
        passed[start + segment.dead.astype(np.int64)] = False
    lengths = [lengths_of(connection, segment) for segment in segments]
    return Snapshot(connection, segments, starts, np.concatenate([np.zeros(0, np.uint32), *lengths]), passed)


def inverse_frequencies(view: Snapshot, terms: Sequence[str]) -> dict[str, float]:
    """Give term -> inverse document frequency, natural log (Robertson and Zaragoza 2009, never negative)."""
    found = frequencies(view.connection, view.segments, terms)
    return {term: math.log1p((view.size - found.get(term, 0) + 0.5) / (found.get(term, 0) + 0.5)) for term in terms}


def by_words(view: Snapshot, tokens: Sequence[str]) -> Scores:
    """Give every row's BM25 score, as a share of what a text could reach that repeats all the tokens without end.

    That bound makes scores comparable from query to query and from index to index.
    """
    scores = np.zeros(int(view.starts[-1]), dtype=np.float32)
    weights = _heaviest(inverse_frequencies(view, list(dict.fromkeys(tokens))))
    bound = sum(weights.values())
    if not bound or not view.size:
        return scores
    average = sum(segment.tokens for segment in view.segments) / view.size
    norm = (_K1 * (1 - _B + _B * view.lengths / max(average, 1.0))).astype(np.float32)
    for term, place, rows, amounts in postings(view.connection, view.segments, list(weights)):
        start, end = view.starts[place : place + 2]
        occurs = amounts.astype(np.float32)
        occurs /= occurs + norm[start:end][rows]
        occurs *= weights[term] / bound
        scores[start:end][rows] += occurs
    scores[~view.passed] = 0.0
    return scores


def near(view: Snapshot, vector: Vectors, count: int) -> NDArray[np.int64]:
    """Give about `count` rows with the vectors that differ from this one in the fewest sign bits."""
    code = codes_of(vector[None, :])
    rows, distances = [], []
    for segment, start in zip(view.segments, view.starts, strict=False):
        owners, planes = vectors_of(view.connection, segment)
        if len(owners):
            rows.append(start + owners.astype(np.int64))
            distances.append(_differing_bits(planes, code))
    if not rows:
        return np.zeros(0, dtype=np.int64)
    owner, distance = np.concatenate(rows), np.concatenate(distances)
    distance[~view.passed[owner]] = np.iinfo(distance.dtype).max
    best = np.argpartition(distance, min(count, len(distance)) - 1)[:count]
    return np.unique(owner[best[distance[best] < np.iinfo(distance.dtype).max]])


def _heaviest(weights: Mapping[str, float]) -> dict[str, float]:
    ordered = sorted(weights.items(), key=lambda weighted: -weighted[1])
    return dict(ordered[:_MOST_TERMS])


def _differing_bits(planes: NDArray[np.uint64], code: NDArray[np.uint64]) -> NDArray[np.uint16]:
    distance = np.zeros(planes.shape[1], dtype=np.uint16)
    for plane, bits in zip(planes, code[:, 0], strict=True):
        distance += np.bitwise_count(plane ^ bits)
    return distance
