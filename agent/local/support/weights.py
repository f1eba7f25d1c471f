"""Linear models whose columns may count one way only, fitted by `python -m stylegraph.evals.grading.fitting --write`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from stylegraph.agent.local.reader.features import Numbers
from stylegraph.agent.text.resources import read_yaml

_STEPS = 1_500


class Weights(NamedTuple):
    """A logistic regression."""

    columns: Numbers
    constant: float

    def likely(self, features: Numbers) -> Numbers:
        """Return probabilities, 0..1: shape (rows,) of (rows, columns)."""
        return np.asarray(1 / (1 + np.exp(-(features @ self.columns + self.constant))))


def fit(features: Numbers, labels: Sequence[bool], signs: Sequence[int], ridge: float) -> Weights:
    """Fit a logistic regression in which right and wrong count the same, and each column only the way it may.

    The signs keep few labels from being read backwards: more shared words never make a sentence less likely to be borne.
    Projected gradient steps with momentum (FISTA; Beck and Teboulle 2009) on columns of unit variance.

    Args:
        features: Shape (rows, columns).
        labels: Of each row.
        signs: Of each column: 1, -1, or 0 for either.
        ridge: Weight of the penalty on squared weights.
    """
    right = np.array(labels, dtype=np.float64)
    counts = np.where(right > 0, 0.5 / right.mean(), 0.5 / (1 - right.mean()))
    mean, spread = features.mean(axis=0), features.std(axis=0) + 1e-9
    design = np.hstack([(features - mean) / spread, np.ones((len(features), 1))])
    penalty = np.array([*[ridge] * features.shape[1], 1e-6])
    low = np.where(np.array([*signs, 0]) > 0, 0.0, -np.inf)
    high = np.where(np.array([*signs, 0]) < 0, 0.0, np.inf)
    steep = np.linalg.norm(design, 2) ** 2 / 4 * counts.max() + ridge
    beta = ahead = np.zeros(design.shape[1])
    pace = 1.0
    for _ in range(_STEPS):
        likely = 1 / (1 + np.exp(-design @ ahead))
        uphill = design.T @ (counts * (right - likely)) - penalty * ahead
        new, faster = np.clip(ahead + uphill / steep, low, high), (1 + np.sqrt(1 + 4 * pace * pace)) / 2
        ahead = new + (pace - 1) / faster * (new - beta)
        beta, pace = new, faster
    columns = beta[:-1] / spread
    return Weights(columns, float(beta[-1] - columns @ mean))


@cache
def fitted(part: str, names: tuple[str, ...]) -> Weights:
    """Read a part of `weights.yaml`, its columns in the order of some names."""
    read: Mapping[str, Mapping[str, float]] = read_yaml(__package__, "weights.yaml")
    return Weights(np.array([read[part][name] for name in names]), read[part]["constant"])
