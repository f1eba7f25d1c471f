"""Two rankings made one, as pure functions, and how much each embedding counts in it."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

_EVIDENCE = {"use-multilingual-v3": 6.0}
"""Embedding -> BM25 points that a cosine of 1 is worth, chosen on labelled Korean and English sets (`labelled.py` in
`evals/bench`): from 4 to 10 they rank alike, and the less a weak leg counts, the less harm it can do."""
_UNMEASURED = 15.0
_BRIDGE = 0.25
"""What a cosine is worth in lexical score where words can't meet, chosen on the sample guide's tuning questions."""


def evidence(embedding: str) -> float:
    """Give how many BM25 points a cosine of 1 is worth: measured for the local embedding, a guess for others."""
    return _EVIDENCE.get(embedding, _UNMEASURED)


def dense_share(bound: float, worth: float) -> float:
    """Give the weight of the dense leg in `convex`, 0..1: less for a question whose words can say more.

    BM25 adds up evidence in nats, term by term, and so does this: a cosine is one more piece of evidence. A long
    question of rare words is settled by them; for a short or common one, or one without words, the meaning decides.

    Args:
        bound: The highest BM25 score that the question allows.
        worth: What a cosine of 1 is worth beside it, as `evidence` gives it.
    """
    return worth / (bound + worth)


def convex(lexical: Mapping[Key, float], dense: Mapping[Key, float], alpha: float) -> dict[Key, float]:
    """Fuse by a convex combination of scores (Bruch, Gai and Ingber, ACM TOIS 2023): `(1 - α) lexical + α dense`.

    Both legs come normalised by what is possible (their "theoretical" bounds), not by what was found: a leg that found
    nothing good can't pretend that its best is a 1, and scores stay comparable from query to query.

    Args:
        lexical: Share of the highest BM25 score that the query allows, 0..1; a key that is missing has 0.
        dense: Cosine, -1..1, below 0 taken as 0; a key that is missing has 0.
        alpha: Weight of the dense leg, 0..1.

    Returns:
        Scores 0..1 for every key of either leg.
    """
    keys = {**lexical, **dense}
    return {key: (1 - alpha) * lexical.get(key, 0.0) + alpha * max(0.0, dense.get(key, 0.0)) for key in keys}


def bridged(lexical: Mapping[Key, float], dense: Mapping[Key, float], foreign: Collection[Key]) -> dict[Key, float]:
    """Give texts in another language than the question the lexical score that their cosine lets expect.

    Their words can't meet the question's, however well they answer it; a text in its language that shares a word or two
    would always win. Where everything is in one language, this changes nothing.

    Args:
        lexical: Scores by words, 0..1.
        dense: Cosines.
        foreign: The keys of texts in another language than the question.
    """
    expected = {key: _BRIDGE * dense.get(key, 0.0) for key in foreign}
    return {**lexical, **{key: max(score, lexical.get(key, 0.0)) for key, score in expected.items()}}


def reciprocal_rank(rankings: Sequence[Sequence[Key]], weights: Sequence[float], k: float = 60.0) -> dict[Key, float]:
    """Fuse by weighted reciprocal ranks (Cormack, Clarke and Büttcher, SIGIR 2009): `Σ w_leg / (k + rank_leg(d))`.

    For legs whose scores can't be compared. With the local embedding it ranks below `convex`: ranks hide by how much a
    leg prefers what it puts first.

    Args:
        rankings: Per leg, its keys, best first.
        weights: Per leg, its weight; one of them above 0.
        k: The larger, the less the first ranks stand out.

    Returns:
        Scores 0..1 for every key of any leg; 1 is first everywhere.
    """
    best = sum(weights) / (k + 1)
    fused: dict[Key, float] = {}
    for ranking, weight in zip(rankings, weights, strict=True):
        for rank, key in enumerate(ranking, start=1):
            fused[key] = fused.get(key, 0.0) + weight / (k + rank) / best
    return fused
