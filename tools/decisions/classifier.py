"""Learns labels from a few texts each: kernel ridge regression over what a text means and how it is put.

With five examples a label the meaning of a sentence says most, and word and syllable n-grams say something more; both are
in one kernel, as in the router's (`agent.local.router.kernel_ridge`), without the words of its domain.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from stylegraph.agent.local.router.kernel_ridge import grams_of
from stylegraph.agent.protocols import Vectors
from stylegraph.tools.decisions.calibration import calibration
from stylegraph.tools.decisions.labels import Label

# Chosen on the tune split of the sets of `stylegraph-bench decisions`.
_MEANING_WIDTH = 1.5
_GRAMS = 0.2
_BIAS = 0.2
_RIDGE = 0.3

Grams = Mapping[str, float]


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
        self._grams = [self._weighed(text) for text in texts]
        system = self._kernel(vectors, self._grams) + _RIDGE * np.eye(len(texts))
        targets = 2.0 * np.eye(len(labels))[owners] - 1.0
        self._dual = np.linalg.solve(system, targets)
        self.taught = len(texts) > len(labels)
        """Whether it was taught by examples, or knows one description of each label."""

    def margins(self, text: str, vector: Vectors) -> Vectors:
        """Return a margin for each label: the greater the likelier."""
        return np.asarray((self._kernel(vector[None], [self._weighed(text)]) @ self._dual)[0])

    def probabilities(self, text: str, vector: Vectors) -> Vectors:
        """Return a probability for each label; together they are 1."""
        sharpness = calibration().taught if self.taught else calibration().described
        return softmax(sharpness * self.margins(text, vector))

    def _kernel(self, vectors: Vectors, grams: Sequence[Grams]) -> Vectors:
        meaning = np.exp((2.0 * np.einsum("id,jd->ij", vectors, self._vectors) - 2.0) / _MEANING_WIDTH)
        put = [[_product(one, other) for other in self._grams] for one in grams]
        return np.asarray(meaning + _GRAMS * np.asarray(put) + _BIAS)

    def _weighed(self, text: str) -> Grams:
        """Weigh the grams of a text that the examples have, at unit length."""
        counts = grams_of(text)
        known = {one: (1 + math.log(count)) * self._rarity[one] for one, count in counts.items() if one in self._rarity}
        length = math.sqrt(sum(weight * weight for weight in known.values())) or 1.0
        return {one: weight / length for one, weight in known.items()}


def softmax(margins: Vectors) -> Vectors:
    """Return margins as probabilities."""
    raised = np.exp(margins - margins.max())
    return np.asarray(raised / raised.sum())


def _rarity(grams: Sequence[Counter[str]]) -> Grams:
    counts = Counter(one for own in grams for one in own)
    return {one: math.log((1 + len(grams)) / (1 + count)) + 1 for one, count in counts.items()}


def _product(one: Grams, other: Grams) -> float:
    return sum(weight * other.get(gram, 0.0) for gram, weight in one.items())
