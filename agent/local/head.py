"""Learns from labelled questions which routes a question needs: kernel ridge regression, fitted in milliseconds.

The kernel adds three views of a text: what it means (the embedding), which telling words it has (cues), and how it
is put (word and syllable n-grams). Least squares give the left-out margins of all examples in closed form
(Rifkin and Lippert 2007, "Notes on regularized least squares"), so the router can be measured on what it learns from.
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from stylegraph.agent.decisions import Vectors

Grams = Mapping[str, float]

_NOT_WORD = re.compile(r"[^\w?]+")
_HANGUL = re.compile(r"[가-힣]")

# Chosen by the left-out margins of the prototypes and the tune cases (`python -m stylegraph.evals.routing`).
_MEANING_WIDTH = 1.5
_CUE_WIDTH = 4.0
_CUES = 0.5
_BIAS = 0.2
_RIDGE = 0.1


class Texts(NamedTuple):
    """Texts as the kernel sees them."""

    vectors: Vectors
    """Unit rows, shape (n, dimension)."""
    cues: Vectors
    """0 or 1, shape (n, cues)."""
    grams: Sequence[Counter[str]]


class Head:
    """Margins of each label for a text: above 0 is yes, about ±1 is certain."""

    def __init__(self, texts: Texts, targets: Vectors) -> None:
        """Learn.

        Args:
            texts: The examples.
            targets: 1 or -1, shape (n, labels).
        """
        self._texts = texts
        self._weights = _gram_weights(texts.grams)
        self._postings = _postings([self._weighed(grams) for grams in texts.grams])
        self._system = self._kernel(texts, self._grams_in_common()) + _BIAS
        self._system[np.diag_indices(len(targets))] += _RIDGE
        self._targets = targets
        self._dual = np.linalg.solve(self._system, targets).astype(np.float32)

    def left_out(self) -> Vectors:
        """Give what each example would get had it not been learned from, shape (n, labels)."""
        spread = np.diag(np.linalg.inv(self._system))
        return np.asarray(self._targets - self._dual / spread[:, None], dtype=np.float32)

    def margins(self, texts: Texts) -> Vectors:
        """Give the margins, shape (len(texts), labels)."""
        return np.asarray((self.similarity(texts) + _BIAS) @ self._dual, dtype=np.float32)

    def similarity(self, texts: Texts) -> Vectors:
        """Compare texts with the examples: shape (len(texts), n), up to 2.5 for the same text."""
        return self._kernel(texts, np.stack([self._shared_grams(grams) for grams in texts.grams]))

    def _kernel(self, texts: Texts, put: Vectors) -> Vectors:
        meaning = _gaussian(texts.vectors, self._texts.vectors, _MEANING_WIDTH)
        cues = _gaussian(texts.cues, self._texts.cues, _CUE_WIDTH)
        return np.asarray(meaning + _CUES * cues + put, dtype=np.float32)

    def _grams_in_common(self) -> Vectors:
        """Give how much the examples share with each other, gram by gram: shape (n, n)."""
        shared = np.zeros((len(self._texts.grams),) * 2, dtype=np.float32)
        for rows, weights in self._postings.values():
            shared[np.ix_(rows, rows)] += np.outer(weights, weights)
        return shared

    def _shared_grams(self, grams: Counter[str]) -> Vectors:
        scores = np.zeros(len(self._texts.grams), dtype=np.float32)
        for gram, weight in self._weighed(grams).items():
            rows, weights = self._postings[gram]
            scores[rows] += weight * weights
        return scores

    def _weighed(self, grams: Counter[str]) -> Grams:
        known = {
            gram: (1 + math.log(count)) * self._weights[gram] for gram, count in grams.items() if gram in self._weights
        }
        length = math.sqrt(sum(weight * weight for weight in known.values())) or 1.0
        return {gram: weight / length for gram, weight in known.items()}


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


def _gram_weights(all_grams: Sequence[Counter[str]]) -> Grams:
    """Give the inverse document frequency of grams that are in at least two examples."""
    counts = Counter(gram for grams in all_grams for gram in grams)
    return {gram: math.log(len(all_grams) / count) for gram, count in counts.items() if count > 1}


def _postings(rows: Sequence[Grams]) -> Mapping[str, tuple[np.ndarray, Vectors]]:
    lists: dict[str, list[tuple[int, float]]] = {}
    for row, grams in enumerate(rows):
        for gram, weight in grams.items():
            lists.setdefault(gram, []).append((row, weight))
    return {
        gram: (np.array([row for row, _ in pairs]), np.array([weight for _, weight in pairs], dtype=np.float32))
        for gram, pairs in lists.items()
    }


def _gaussian(one: Vectors, other: Vectors, width: float) -> Vectors:
    distance = (one**2).sum(1)[:, None] + (other**2).sum(1)[None, :] - 2 * one @ other.T
    return np.asarray(np.exp(-distance / width), dtype=np.float32)
