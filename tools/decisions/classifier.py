"""Learns labels from a few texts each: kernel ridge regression over what a text means and how it is put.

With five examples a label the meaning of a sentence says most, and word and syllable n-grams say something more; both are
in one kernel, as in the router's (`agent.local.router.kernel_ridge`), without the words of its domain.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from stylegraph.agent.local.router.kernel_ridge import grams_of
from stylegraph.agent.protocols import Vectors
from stylegraph.tools.decisions.calibration import calibration
from stylegraph.tools.decisions.labels import Label

# Chosen on the tune split of the sets of `stylegraph-bench decisions`.
_MEANING_WIDTH = 1.5
_GRAMS = 0.2
_BIAS = 0.2
_RIDGE = 0.3

_FACTORS = np.geomspace(1, 80, 60)
_HOLD = 30.0
"""How firmly the usual sharpness is held, in nats for a factor of e: chosen by the log loss on tune data (DECISIONS.md)."""
_LEAST = 1e-12

Grams = Mapping[str, float]
Numbers = NDArray[np.floating]


class Classifier:
    """Probabilities of labels for a text.

    Args:
        labels: The labels; each has a text at least.
        vectors: A unit row for each text of each label, in their order.
    """

    def __init__(self, labels: Sequence[Label], vectors: Vectors) -> None:
        texts = [text for label in labels for text in label.texts]
        owners = np.repeat(np.arange(len(labels)), [len(label.texts) for label in labels])
        self._vectors = vectors
        self._rarity = _rarity([grams_of(text) for text in texts])
        grams = [self._weighed(text) for text in texts]
        self._having = _having(grams)
        inverse = np.linalg.inv(self._kernel(vectors, grams) + _RIDGE * np.eye(len(texts)))
        targets = 2.0 * np.eye(len(labels))[owners] - 1.0
        self._dual = inverse @ targets
        if len(texts) > len(labels):
            left_out = targets - self._dual / inverse.diagonal()[:, None]
            self._sharpness = _sharpness(left_out, owners)
        else:
            self._sharpness = calibration().described

    def margins(self, text: str, vector: Vectors) -> Vectors:
        """Return a margin for each label: the greater the likelier."""
        return np.asarray((self._kernel(vector[None], [self._weighed(text)]) @ self._dual)[0])

    def probabilities(self, text: str, vector: Vectors) -> Numbers:
        """Return a probability for each label; together they are 1."""
        return softmax(self._sharpness * self.margins(text, vector))

    def _kernel(self, vectors: Vectors, grams: Sequence[Grams]) -> Numbers:
        meaning = np.exp((2.0 * np.einsum("id,jd->ij", vectors, self._vectors) - 2.0) / _MEANING_WIDTH)
        return np.asarray(meaning + _GRAMS * np.stack([self._put(one) for one in grams]) + _BIAS)

    def _put(self, grams: Grams) -> Numbers:
        """Return how alike a text is put to each example, by the grams that they share."""
        alike = np.zeros(len(self._vectors))
        for gram in grams.keys() & self._having.keys():
            places, weights = self._having[gram]
            alike[places] += grams[gram] * weights
        return alike

    def _weighed(self, text: str) -> Grams:
        """Weigh the grams of a text that the examples have, at unit length."""
        counts = grams_of(text)
        known = {one: (1 + math.log(count)) * self._rarity[one] for one, count in counts.items() if one in self._rarity}
        length = math.sqrt(sum(weight * weight for weight in known.values())) or 1.0
        return {one: weight / length for one, weight in known.items()}


def softmax(margins: Numbers) -> Numbers:
    """Return margins as probabilities, by rows where there are several."""
    raised = np.exp(margins - margins.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def _sharpness(margins: Numbers, places: NDArray[np.intp]) -> float:
    """Return the factor under which the examples' own labels are likeliest, each by the margins without it.

    Labels that lie far apart, or are many, want another than a few that are near each other. A few examples say little,
    so what is usual (`calibration().taught`) counts as well.
    """
    usual = calibration().taught
    rows = np.arange(len(places))

    def unlikely(factor: float) -> float:
        said = softmax(factor * margins)[rows, places]
        return float(_HOLD * math.log(factor / usual) ** 2 - np.log(np.maximum(said, _LEAST)).sum())

    return float(min(_FACTORS, key=unlikely))


def _having(grams: Sequence[Grams]) -> dict[str, tuple[NDArray[np.intp], Numbers]]:
    """Return for each gram the places of the examples that have it, and its weight in them."""
    found: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for place, own in enumerate(grams):
        for gram, weight in own.items():
            found[gram].append((place, weight))
    return {
        gram: (np.array([place for place, _ in own]), np.array([weight for _, weight in own]))
        for gram, own in found.items()
    }


def _rarity(grams: Sequence[Counter[str]]) -> Grams:
    counts = Counter(one for own in grams for one in own)
    return {one: math.log((1 + len(grams)) / (1 + count)) + 1 for one, count in counts.items()}
