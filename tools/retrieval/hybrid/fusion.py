"""Two rankings made one, as pure functions, and how much each embedding counts in it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

_WORTH = {"use-multilingual-v3": 8.0}
"""Embedding -> BM25 points that a cosine of 1 is worth. This and the two below were chosen on labelled Korean and
English sets (`labelled.py`, `autorag.py --questions own` in `evals/bench`): the safer where several rank alike."""
_ENOUGH = 15.0
"""BM25 points from which on meaning adds nothing."""
_UNMEASURED = _ENOUGH
"""What is taken for other embeddings: the most with which a text never loses by holding more of the words. Above it,
an embedding whose cosines are all high (E5's are 0.8 and more) would put texts with none of the words first."""
_BRIDGE = 0.5
"""What a cosine is worth in lexical score where words can't meet."""
_OWN_BRIDGE = 0.25
"""What it is worth beside them to a text whose words can: else a text that can't say a word would pass for one that says all."""
_STRAYS, _MIXED = 1 / 8, 1 / 4
"""Shares of foreign texts among what was found: up to the first it is worth nothing, so that a few strays change nothing in an
index of one language; from the second on it is worth all that."""
_TRANSLATED = 0.6
"""What a word's translation counts beside the word itself: the list gives all that it may mean."""


def worth(embedding: str) -> float:
    """Return how many BM25 points a cosine of 1 is worth: measured for the local embedding, the most that is safe for others."""
    return _WORTH.get(embedding, _UNMEASURED)


def fuse(
    lexical: Mapping[Key, float],
    dense: Mapping[Key, float],
    bound: float,
    worth: float,
    foreign: Mapping[Key, float] | None = None,
) -> dict[Key, float]:
    """Fuse the two legs for one wording of a question: their convex combination, with three things seen to.

    The dense leg weighs less in a question whose words can say more: BM25 adds up evidence in nats, term by term, and a
    cosine is one more piece of it. Where words have said enough, meaning is silent: the legs tell much the same, and
    the weak one would only blur the strong one. And texts in another language are given what their words could not say.

    Args:
        lexical: BM25 as a share of `bound`, 0..1.
        dense: Cosines.
        bound: The highest BM25 score that the wording allows.
        worth: BM25 points that a cosine of 1 is worth.
        foreign: The keys of texts in another language than the wording, each with the BM25 of the wording's words as a
            word list translates them, as a share of `bound`.

    Returns:
        Scores 0..1 for every key of either leg.
    """
    words = bridged(lexical, dense, foreign or {})
    meaning = {key: cosine * max(0.0, 1 - words.get(key, 0.0) * bound / _ENOUGH) for key, cosine in dense.items()}
    return convex(words, meaning, worth / (bound + worth))


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


def bridged(lexical: Mapping[Key, float], dense: Mapping[Key, float], foreign: Mapping[Key, float]) -> dict[Key, float]:
    """Return the lexical scores of texts in two languages, made comparable by what translation and cosine let expect.

    The words of a foreign text can't meet the question's, however well it answers; a text in the question's language
    that shares a word or two would always win. Where everything is in one language, this changes nothing.

    Args:
        lexical: Scores by words, 0..1.
        dense: Cosines.
        foreign: The keys of texts in another language than the question, with their score by its translated words, 0..1.
    """
    if not foreign:
        return dict(lexical)
    near = {key: max(0.0, cosine) for key, cosine in dense.items()}
    every = {**lexical, **near, **foreign}
    share_foreign = len(foreign) / len(every)
    beside = _OWN_BRIDGE * min(1.0, max(0.0, (share_foreign - _STRAYS) / (_MIXED - _STRAYS)))
    own = {key: lexical.get(key, 0.0) + beside * near.get(key, 0.0) for key in every}
    far = {key: _BRIDGE * near.get(key, 0.0) + _TRANSLATED * share for key, share in foreign.items()}
    both = {**own, **{key: max(score, lexical.get(key, 0.0)) for key, score in far.items()}}
    return {key: min(1.0, score) for key, score in both.items()}


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
