"""Learns from labelled questions which routes a question needs: kernel ridge regression.

The kernel adds three views of a text: what it means (the embedding), which telling words it has (cues), and how it
is put (word and syllable n-grams). The n-gram part is linear, so it is kept as one weight a gram and label, and what
was learned from thousands of examples is read in milliseconds (Saunders et al. 1998, "Ridge regression learning
algorithm in dual variables").
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from stylegraph.agent.protocols import Vectors

Grams = Mapping[str, float]

_NOT_WORD = re.compile(r"[^\w?]+")
_HANGUL = re.compile(r"[가-힣]")

# Chosen by cross-validation over the prototypes and the tune cases.
_MEANING_WIDTH = 1.0
_CUE_WIDTH = 4.0
_CUES = 0.5
_GRAMS = 0.7
_BIAS = 0.2
_RIDGE = 0.4


class Texts(NamedTuple):
    """Texts as the kernel sees them."""

    vectors: Vectors
    """Unit rows, shape (n, dimension)."""
    cues: Vectors
    """0 or 1, shape (n, cues)."""
    grams: Sequence[Counter[str]]


@dataclass(frozen=True)
class Head:
    """Margins of each label for a text: above 0 is yes, about ±1 is certain."""

    labels: tuple[str, ...]
    vectors: Vectors
    """Of the examples, shape (n, dimension)."""
    cues: Vectors
    """Of the examples, shape (n, cues)."""
    dual: Vectors
    """How much each example says for each label, shape (n, labels)."""
    gram_rows: Mapping[str, int]
    """Gram -> its row in the next two."""
    rarity: Vectors
    """Inverse document frequency, shape (grams,)."""
    gram_weights: Vectors
    """How much each gram says for each label, shape (grams, labels)."""

    def margins(self, texts: Texts) -> Vectors:
        """Return the margins, shape (len(texts), labels)."""
        meaning = _alike(texts.vectors, self.vectors) + _CUES * _alike_cues(texts.cues, self.cues, self._cue_counts)
        put = np.array([self._put(grams) for grams in texts.grams]).reshape(len(texts.grams), self.dual.shape[1])
        weighed = np.asarray(meaning + _BIAS, dtype=np.float32)
        return np.asarray(products(weighed, self.dual.T) + put, dtype=np.float32)

    def similarity(self, one: Texts, other: Texts) -> Vectors:
        """Compare some texts with a few others: shape (len(one), len(other))."""
        meaning = _alike(one.vectors, other.vectors) + _CUES * _alike_cues(one.cues, other.cues, other.cues.sum(1))
        left, right = [[self._weighed(grams) for grams in texts.grams] for texts in (one, other)]
        put = [[sum(a[gram] * b[gram] for gram in a.keys() & b.keys()) for b in right] for a in left]
        return np.asarray(meaning + _BIAS + _GRAMS * np.reshape(put, meaning.shape), dtype=np.float32)

    @cached_property
    def _cue_counts(self) -> Vectors:
        return np.asarray(self.cues.sum(axis=1))

    def _put(self, grams: Counter[str]) -> Vectors:
        weighed = self._weighed(grams)
        rows = [self.gram_rows[gram] for gram in weighed]
        return np.asarray(_GRAMS * (np.fromiter(weighed.values(), np.float32, len(rows)) @ self.gram_weights[rows]))

    def _weighed(self, grams: Counter[str]) -> Grams:
        return _weighed(grams, self.gram_rows, self.rarity)


def fit(texts: Texts, targets: Vectors, labels: tuple[str, ...] = ()) -> Head:
    """Learn from examples; seconds for thousands of them.

    Args:
        texts: The examples.
        targets: 1 or -1, shape (n, labels).
        labels: What the labels are called.
    """
    gram_rows, rarity = _rarity(texts.grams)
    weighed = [_weighed(grams, gram_rows, rarity) for grams in texts.grams]
    system = _system(texts, weighed)
    system[np.diag_indices(len(targets))] += _RIDGE
    dual = np.linalg.solve(system, targets).astype(np.float32)
    weights = np.zeros((len(rarity), targets.shape[1]), dtype=np.float32)
    for example, grams in zip(dual, weighed, strict=True):
        rows = [gram_rows[gram] for gram in grams]
        weights[rows] += np.outer(list(grams.values()), example)
    return Head(labels, texts.vectors, texts.cues, dual, gram_rows, rarity, weights)


def correction(similarity: Vectors, missing: Vectors) -> Vectors:
    """Return what a few more examples say beyond what was learned already, shape (n, labels).

    Args:
        similarity: Of the examples with each other, shape (n, n).
        missing: Their targets less the margins that they have, shape (n, labels).
    """
    return np.asarray(np.linalg.solve(similarity + _RIDGE * np.eye(len(similarity)), missing), dtype=np.float32)


def grams_of(text: str) -> Counter[str]:
    """Count words and pairs of words; of Korean words also runs of 2 and 3 syllables, where endings and stems show."""
    words = _NOT_WORD.sub(" ", text.lower()).replace("?", " ?").split()
    grams: Counter[str] = Counter(f"{one} {two}" for one, two in itertools.pairwise(words))
    for word in words:
        edged = f"^{word}$"
        grams.update([word] if not _HANGUL.search(word) else _runs(edged))
    return grams


def _runs(word: str) -> list[str]:
    return [word[start : start + size] for size in (2, 3) for start in range(len(word) - size + 1)]


def _system(texts: Texts, weighed: Sequence[Grams]) -> Vectors:
    """Compare all examples with each other, shape (n, n)."""
    counts = texts.cues.sum(1)
    differ = counts[:, None] + counts[None, :] - 2 * (texts.cues @ texts.cues.T)
    system = np.exp((2.0 * (texts.vectors @ texts.vectors.T) - 2.0) / _MEANING_WIDTH)
    system += _CUES * np.exp(-differ / _CUE_WIDTH) + _BIAS
    postings: dict[str, list[tuple[int, float]]] = {}
    for row, grams in enumerate(weighed):
        for gram, weight in grams.items():
            postings.setdefault(gram, []).append((row, weight))
    for pairs in postings.values():
        rows, weights = [row for row, _ in pairs], [weight for _, weight in pairs]
        system[np.ix_(rows, rows)] += _GRAMS * np.outer(weights, weights)
    return np.asarray(system, dtype=np.float32)


def _rarity(all_grams: Sequence[Counter[str]]) -> tuple[dict[str, int], Vectors]:
    """Return the inverse document frequency of grams that are in at least two examples."""
    counts = Counter(gram for grams in all_grams for gram in grams)
    kept = {gram: count for gram, count in counts.items() if count > 1}
    rarity = np.array([math.log(len(all_grams) / count) for count in kept.values()], dtype=np.float32)
    return {gram: row for row, gram in enumerate(kept)}, rarity


def _weighed(grams: Counter[str], rows: Mapping[str, int], rarity: Vectors) -> Grams:
    """Weigh the known grams of a text, at unit length."""
    known = {gram: (1 + math.log(count)) * rarity[rows[gram]] for gram, count in grams.items() if gram in rows}
    length = math.sqrt(sum(weight * weight for weight in known.values())) or 1.0
    return {gram: weight / length for gram, weight in known.items()}


def _alike(one: Vectors, other: Vectors) -> Vectors:
    """Compare unit vectors, 0..1."""
    return np.asarray(np.exp((2.0 * products(one, other) - 2.0) / _MEANING_WIDTH), dtype=np.float32)


def _alike_cues(one: Vectors, other: Vectors, counts: Vectors) -> Vectors:
    """Compare cues by how many differ, 0..1; `counts` is how many each of the others has."""
    differ = one.sum(1)[:, None] + counts[None, :] - 2 * products(one, other)
    return np.asarray(np.exp(-differ / _CUE_WIDTH), dtype=np.float32)


def products(one: Vectors, other: Vectors) -> Vectors:
    """Multiply rows with rows in this thread: BLAS wakes others for so little, and waits for them on a busy machine."""
    return np.asarray(np.einsum("id,jd->ij", one, other))
