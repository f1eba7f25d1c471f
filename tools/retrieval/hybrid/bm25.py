"""Scores for every chunk of an index at once: BM25 by words, and by meaning a first look at sign bits."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from stylegraph.agent.evidence import Filters
from stylegraph.agent.protocols import Vectors
from stylegraph.agent.text.language import Language
from stylegraph.agent.text.tokenizer import Tokens
from stylegraph.tools.retrieval.sqlite import filters as filtering
from stylegraph.tools.retrieval.sqlite.columns import Columns
from stylegraph.tools.retrieval.sqlite.segments import (
    Segment,
    codes_of,
    frequencies,
    load,
    postings,
)

K1 = 1.2
B = 0.75
"""BM25's constants, where Lucene has them too: on the labelled sets nothing from 0.9 to 1.5 ranks clearly better."""
COMPOUND_SHARE = 0.5
"""What a compound counts beside a word as rare: its parts count too."""
MOST_TERMS = 256
"""Terms of one query that count, the rarest first: a query this long is a document."""
_SHORTLIST = 50
"""One in so many vectors is read whole, and at least ten for each that is wanted."""
_FAR = 1 << 15
"""More bits than vectors have: the distance of what is ruled out."""

Scores = NDArray[np.float32]
Translations = Sequence[Sequence[frozenset[str]]]
"""For each meaning the ways to say it in another language, each the tokens that stand together."""


class Words(NamedTuple):
    """What the words of a query say of every row."""

    scores: Scores
    """BM25 as a share of the bound, 0..1."""
    bound: float
    """BM25 of a text that repeats all the words without end."""


@dataclass(frozen=True)
class Snapshot:
    """All segments of an index at one moment, their rows one after another."""

    connection: sqlite3.Connection
    segments: Sequence[Segment]
    starts: NDArray[np.int64]
    """Where each segment's rows begin, and last where they end."""
    lengths: NDArray[np.uint32]
    counted: NDArray[np.bool_] | None
    """Rows that statistics of words are of; None: all."""
    passed: NDArray[np.bool_]
    """Rows that are alive and meet the filters."""
    everything: bool
    """Whether all rows are alive and nothing is filtered."""
    columns: Columns

    @property
    def size(self) -> int:
        """Number of chunks that are counted, dead ones included as long as their postings are there."""
        if self.counted is not None:
            return int(np.count_nonzero(self.lengths[self.counted]))
        return sum(segment.filled for segment in self.segments)

    @property
    def average(self) -> float:
        """Tokens of a chunk, on average."""
        if self.counted is not None:
            return int(self.lengths[self.counted].sum()) / max(self.size, 1)
        return sum(segment.tokens for segment in self.segments) / max(self.size, 1)

    @cached_property
    def norm(self) -> Scores:
        """What BM25 takes a row's length for: `K1` for one of average length."""
        return np.float32(K1 * (1 - B)) + np.float32(K1 * B / max(self.average, 1.0)) * self.lengths.astype(np.float32)

    def chunk_ids(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the ids of the chunks in these rows."""
        places = np.searchsorted(self.starts, rows, side="right") - 1
        firsts = np.array([segment.first for segment in self.segments], dtype=np.int64)
        return firsts[places] + rows - self.starts[places]


def snapshot(
    connection: sqlite3.Connection, columns: Columns, filters: Filters, counted: Filters | None = None
) -> Snapshot:
    """Read what every search needs, inside the caller's transaction.

    Args:
        connection: The index.
        columns: What is kept of its segments.
        filters: What must hold for every hit.
        counted: What must hold for what statistics of words are of.
    """
    segments = load(connection)
    starts = np.cumsum([0, *(segment.rows for segment in segments)], dtype=np.int64)
    passed = filtering.mask(connection, segments, starts, filters)
    for segment, start in zip(segments, starts, strict=False):
        passed[start + segment.dead.astype(np.int64)] = False
    lengths = np.concatenate([np.zeros(0, np.uint32), *(columns.lengths(connection, segment) for segment in segments)])
    within = filtering.mask(connection, segments, starts, counted) if counted else None
    some = within if within is not None and not within.all() else None
    return Snapshot(connection, segments, starts, lengths, some, passed, bool(passed.all()), columns)


def inverse_frequencies(view: Snapshot, terms: Sequence[str]) -> dict[str, float]:
    """Return term -> inverse document frequency."""
    found = _frequencies(view, terms)
    return {term: rarity(view.size, found.get(term, 0)) for term in terms}


def _frequencies(view: Snapshot, terms: Sequence[str]) -> Mapping[str, int]:
    if view.counted is None:
        return frequencies(view.connection, view.segments, terms)
    found: dict[str, int] = {}
    for term, place, rows, _ in postings(view.connection, view.segments, terms):
        found[term] = found.get(term, 0) + int(np.count_nonzero(view.counted[view.starts[place] + rows]))
    return found


def rarity(size: int, frequency: int) -> float:
    """Return the inverse document frequency of a term that so many of all chunks hold.

    Natural log (Robertson and Zaragoza 2009), never negative: Lucene's formula too.
    """
    return math.log1p((size - frequency + 0.5) / (frequency + 0.5))


def shares(tokens: Tokens) -> dict[str, float]:
    """Return how much each different token of a query counts beside others as rare."""
    return {**dict.fromkeys(tokens.compounds, COMPOUND_SHARE), **dict.fromkeys(tokens.words, 1.0)}


def weigh(tokens: Tokens, rarities: Mapping[str, float]) -> dict[str, float]:
    """Return how much each token of a query counts, for those that count most."""
    weights = {token: share * rarities[token] for token, share in shares(tokens).items()}
    return {token: weights[token] for token in sorted(weights, key=lambda token: -weights[token])[:MOST_TERMS]}


def by_words(view: Snapshot, tokens: Tokens) -> Words:
    """Return every row's BM25 score, as a share of what a text could reach that repeats all the tokens without end.

    That bound makes scores comparable from query to query and from index to index.
    """
    scores = np.zeros(int(view.starts[-1]), dtype=np.float32)
    weights = weigh(tokens, inverse_frequencies(view, list(shares(tokens))))
    bound = sum(weights.values())
    if not bound or not view.size:
        return Words(scores, 0.0)
    for term, place, rows, amounts in postings(view.connection, view.segments, list(weights)):
        start, end = view.starts[place : place + 2]
        scores[start:end][rows] += _saturated(amounts, view.norm[start:end][rows]) * np.float32(weights[term] / bound)
    if not view.everything:
        scores *= view.passed
    return Words(scores, bound)


def by_translation(view: Snapshot, ways: Translations, bound: float, foreign: NDArray[np.bool_]) -> Scores:
    """Return the BM25 score that a question's translated words give each row in another language, as a share of a bound.

    Of several ways to say one thing the best counts, and of several words that stand together each a part.

    Args:
        view: The index.
        ways: For each meaning the ways to say it, each the tokens that stand together.
        bound: The highest BM25 score of the question's own words.
        foreign: Which rows are in another language than it.
    """
    scores = np.zeros(int(view.starts[-1]), dtype=np.float32)
    rarities = inverse_frequencies(view, [token for said in ways for way in said for token in way])
    meanings = [_token_weights(said, rarities, bound) for said in ways]
    found = postings(view.connection, view.segments, list(rarities))
    for place, held in groupby(found, key=itemgetter(1)):
        start, end = view.starts[place : place + 2]
        norm = view.norm[start:end]
        said = {token: (rows, _saturated(amounts, norm[rows])) for token, _, rows, amounts in held}
        for weights in meanings:
            if weights.keys() & said.keys():
                scores[start:end] += _best_way(weights, said, int(end - start))
    scores *= foreign & view.passed
    return scores


def _token_weights(said: Sequence[frozenset[str]], rarities: Mapping[str, float], bound: float) -> dict[str, float]:
    """Return how much each token of the ways to say one thing counts."""
    weights: dict[str, float] = {}
    for way in said:
        for token in way:
            weights[token] = max(weights.get(token, 0.0), rarities[token] / len(way) / max(bound, 1.0))
    return weights


def _best_way(weights: Mapping[str, float], said: Mapping[str, tuple[NDArray[np.uint32], Scores]], rows: int) -> Scores:
    """Return for each row of a segment what the best of some tokens is worth there."""
    best = np.zeros(rows, dtype=np.float32)
    for token in weights.keys() & said.keys():
        held, occurs = said[token]
        best[held] = np.maximum(best[held], occurs * np.float32(weights[token]))
    return best


def _saturated(amounts: NDArray[np.generic], norm: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what occurrences are worth, 0..1: the second says little more than the first."""
    occurs = amounts.astype(np.float32)
    occurs /= occurs + norm
    return occurs


def in_other_languages(view: Snapshot, language: Language) -> NDArray[np.bool_]:
    """Return which rows hold text in another language than this one."""
    terms = [filtering.language_term(one) for one in get_args(Language) if one != language]
    held = [
        np.logical_or.reduce([view.columns.holding(view.connection, segment, term) for term in terms])
        for segment in view.segments
    ]
    return np.concatenate([np.zeros(0, dtype=bool), *held])


def near(view: Snapshot, vector: Vectors, count: int) -> NDArray[np.int64]:
    """Return the rows of the `count` or a few more vectors that differ from this one in the fewest sign bits.

    Half of the bits tell who comes into question, so that most vectors are read by half.
    """
    code = codes_of(vector[None, :])[:, 0]
    half = (len(code) + 1) // 2
    rows, distances = [], []
    for segment, start in zip(view.segments, view.starts.tolist(), strict=False):
        owners, planes = view.columns.vectors(view.connection, segment)
        if len(owners):
            passed = None if view.everything else view.passed[start : start + segment.rows][owners]
            close = _closest(
                _differing_bits(planes[:half], code[:half]), passed, max(10 * count, len(owners) // _SHORTLIST)
            )
            distance = _differing_bits(planes[:, close], code)
            rows.append(start + owners[close].astype(np.int64))
            distances.append(distance)
    if not rows:
        return np.zeros(0, dtype=np.int64)
    distance = np.concatenate(distances)
    return np.unique(np.concatenate(rows)[distance <= _cutoff(distance, count)])


def _closest(distance: NDArray[np.uint16], passed: NDArray[np.bool_] | None, count: int) -> NDArray[np.int64]:
    """Return the places of the `count` or a few more smallest distances of what is not ruled out."""
    if passed is not None:
        distance[~passed] = _FAR
    return np.flatnonzero(distance <= _cutoff(distance, count))


def _differing_bits(planes: NDArray[np.uint64], code: NDArray[np.uint64]) -> NDArray[np.uint16]:
    """Count them plane by plane, in memory that is reused: this is where a search by meaning spends its time."""
    distance = np.zeros(planes.shape[1], dtype=np.uint16)
    differing = np.empty(planes.shape[1], dtype=np.uint64)
    counted = np.empty(planes.shape[1], dtype=np.uint8)
    for plane, bits in zip(planes, code, strict=True):
        np.bitwise_xor(plane, bits, out=differing)
        np.bitwise_count(differing, out=counted)
        np.add(distance, counted, out=distance)
    return distance


def _cutoff(distance: NDArray[np.uint16], count: int) -> int:
    """Return the distance within which there are `count` vectors, those that are ruled out never among them."""
    if len(distance) <= count:
        return _FAR - 1
    return min(int(np.partition(distance, count - 1)[count - 1]), _FAR - 1)
