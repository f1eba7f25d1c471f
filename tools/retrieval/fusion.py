"""Two rankings made one, as pure functions."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def reciprocal_rank(rankings: Sequence[Sequence[Key]], weights: Sequence[float], k: float = 60.0) -> dict[Key, float]:
    """Fuse by weighted reciprocal ranks (Cormack, Clarke and Büttcher, SIGIR 2009): `Σ w_leg / (k + rank_leg(d))`.

    Args:
        rankings: Per leg, its keys, best first.
        weights: Per leg, its weight.
        k: How little the first ranks differ.

    Returns:
        Scores scaled so that being first in every leg gives 1.
    """
    best = sum(weights) / (k + 1)
    fused: dict[Key, float] = {}
    for ranking, weight in zip(rankings, weights, strict=True):
        for rank, key in enumerate(ranking, start=1):
            fused[key] = fused.get(key, 0.0) + weight / (k + rank) / best
    return fused


def convex(lexical: Mapping[Key, float], dense: Mapping[Key, float], alpha: float) -> dict[Key, float]:
    """Fuse by a convex combination of normalised scores (Bruch, Gai and Ingber, ACM TOIS 2023).

    Each leg is divided by its best score ("theoretical" minimum 0 for BM25 and for cosine), so a weak leg can't gain by
    having scores that lie close together.

    Args:
        lexical: BM25 scores, 0 or more; a key that is missing has 0.
        dense: Cosines; a key that is missing has 0.
        alpha: Weight of the dense leg, 0..1.

    Returns:
        Scores 0..1.
    """
    words, meaning = _normalised(lexical), _normalised(dense)
    keys = {**words, **meaning}
    return {key: (1 - alpha) * words.get(key, 0.0) + alpha * meaning.get(key, 0.0) for key in keys}


def _normalised(scores: Mapping[Key, float]) -> dict[Key, float]:
    best = max(scores.values(), default=0.0)
    return {key: max(0.0, score) / best for key, score in scores.items()} if best > 0 else dict.fromkeys(scores, 0.0)
