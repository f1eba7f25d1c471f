"""The chunks that either leg puts forward, scored by both, and put in order."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stylegraph.agent.protocols import Vectors
from stylegraph.agent.text.language import Language
from stylegraph.tools.retrieval.hybrid import vectors
from stylegraph.tools.retrieval.hybrid.bm25 import (
    Scores,
    Snapshot,
    Translations,
    Words,
    by_translation,
    in_other_languages,
    near,
)
from stylegraph.tools.retrieval.hybrid.fusion import fuse

_NEAREST = 0.7
"""Share of a chunk's nearest window in its cosine."""

Found = tuple[int, float, dict[str, int]]
"""A chunk's id, its score, and its rank in each leg that found it."""


class Wording(NamedTuple):
    """One wording of a question."""

    language: Language
    translations: Translations
    """How its meanings are said in other languages."""


@dataclass(frozen=True)
class Candidates:
    """Chunks with their scores, per wording of the question."""

    documents: Mapping[int, int]
    """Chunk -> document."""
    lexical: Sequence[Mapping[int, float]]
    dense: Sequence[Mapping[int, float]]
    bounds: Sequence[float]
    """The highest BM25 score that the wording allows."""
    foreign: Sequence[Mapping[int, float]]
    """Chunks in another language than the wording -> their BM25 by its translated words, as a share of its bound."""


def gather(
    view: Snapshot, asked: Sequence[Wording], words: Sequence[Words] | None, meanings: Vectors | None, count: int
) -> Candidates:
    """Let each leg put forward its `count` best chunks, and score all of them by both legs.

    Args:
        view: The index.
        asked: The wordings.
        words: Per wording, every row's score by words; None leaves that leg out.
        meanings: Per wording, its vector; None leaves that leg out.
        count: How many chunks of each leg and wording.
    """
    best = [_best(scores, count) for scores, _ in words or ()]
    best += [near(view, vector, count) for vector in (() if meanings is None else meanings) if vector.any()]
    others = [in_other_languages(view, wording.language) for wording in asked]
    translated = [
        by_translation(view, wording.translations, scored.bound, other) if other.any() else scored.scores * 0
        for wording, scored, other in zip(asked, words or (), others, strict=bool(words))
    ]
    if meanings is not None:
        best += [_best(scores, count) for scores in translated]
    rows = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *best]))
    ids = view.chunk_ids(rows)
    chunks = ids.tolist()
    stored = _stored(view, chunks)
    documents = {chunk: document for chunk, (document, _) in stored.items()}
    lexical = [dict(zip(chunks, scores[rows].tolist(), strict=True)) for scores, _ in words or ()]
    dense = [] if meanings is None else cosines({chunk: data for chunk, (_, data) in stored.items()}, meanings)
    foreign = [_foreign(ids, rows, other, scores) for other, scores in zip_longest(others, translated)]
    return Candidates(documents, lexical, dense, [bound for _, bound in words or ()], foreign)


def _foreign(
    ids: NDArray[np.int64], rows: NDArray[np.int64], other: NDArray[np.bool_], translated: Scores | None
) -> dict[int, float]:
    """Return which of some rows' chunks are in another language, with their score by translated words."""
    inside = other[rows]
    shares = np.zeros(int(inside.sum()), np.float32) if translated is None else translated[rows][inside]
    return dict(zip(ids[inside].tolist(), shares.tolist(), strict=True))


def ranked(found: Candidates, worth: float, collapse: bool) -> list[Found]:
    """Place chunks in order, best first: by both legs fused, or by the one that there is; with `collapse` one a document.

    Of several wordings, the one that fits a chunk best decides.

    Args:
        found: The chunks.
        worth: What a cosine of 1 is worth, as `fusion.worth` gives it.
        collapse: One chunk a document, its best.
    """
    lexical, dense = _maximum(found.lexical, above=0.0), _maximum(found.dense, above=-1.0)
    if found.lexical and found.dense:
        wordings = zip(found.lexical, found.dense, found.bounds, found.foreign, strict=True)
        fused = [fuse(words, meaning, bound, worth, far) for words, meaning, bound, far in wordings]
        scores = _maximum(fused, above=0.0)
    else:
        scores = lexical if found.lexical else {chunk: max(0.0, cosine) for chunk, cosine in dense.items()}
    key = found.documents if collapse else {chunk: chunk for chunk in found.documents}
    ranks = {"lexical": _ranks(lexical, key), "dense": _ranks(dense, key)}
    best: dict[int, int] = {}
    for chunk in _in_order(scores):
        best.setdefault(key[chunk], chunk)
    return [
        (chunk, scores[chunk], {leg: places[own] for leg, places in ranks.items() if own in places})
        for own, chunk in best.items()
    ]


def cosines(stored: Mapping[int, bytes], queries: Vectors) -> list[dict[int, float]]:
    """Return per query chunk -> how near it is: mostly its nearest window's cosine, partly the mean of all its windows.

    The nearest alone favours chunks in many windows, of which one is near by chance.
    """
    filled = {chunk: data for chunk, data in stored.items() if data}
    if not filled:
        return [{} for _ in queries]
    counts = np.fromiter(map(len, filled.values()), dtype=np.int64, count=len(filled)) // vectors.size(queries.shape[1])
    starts = np.cumsum(counts) - counts
    products = vectors.products(b"".join(filled.values()), queries)
    nearest, total = np.maximum.reduceat(products, starts, axis=0), np.add.reduceat(products, starts, axis=0)
    blend = _NEAREST * nearest + (1 - _NEAREST) * total / counts[:, None]
    return [dict(zip(filled, column.tolist(), strict=True)) for column in blend.T]


def _best(scores: Scores, count: int) -> NDArray[np.int64]:
    found = np.flatnonzero(scores > 0)  # many times as fast as to ask the numbers themselves
    if len(found) <= count:
        return found
    return found[np.argpartition(scores[found], -count)[-count:]]


def _stored(view: Snapshot, chunks: Sequence[int]) -> dict[int, tuple[int, bytes]]:
    """Return chunk -> its document and its packed vectors."""
    sql = "SELECT id, document, vectors FROM chunks WHERE id IN (SELECT value FROM json_each(?))"
    return {chunk: (document, data) for chunk, document, data in view.connection.execute(sql, (json.dumps(chunks),))}


def _maximum(scores: Sequence[Mapping[int, float]], above: float) -> dict[int, float]:
    if len(scores) == 1:  # one wording, as a rule
        return {chunk: score for chunk, score in scores[0].items() if score > above}
    best: dict[int, float] = {}
    for some in scores:
        for chunk, score in some.items():
            if score > best.get(chunk, above):
                best[chunk] = score
    return best


def _in_order(scores: Mapping[int, float]) -> list[int]:
    return sorted(sorted(scores), key=scores.__getitem__, reverse=True)  # both sorts are stable: ties by id


def _ranks(scores: Mapping[int, float], key: Mapping[int, int]) -> dict[int, int]:
    places = dict.fromkeys(key[chunk] for chunk in _in_order(scores))
    return {place: rank for rank, place in enumerate(places, start=1)}
