"""How good probabilities are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.floating]
Numbers = NDArray[np.integer]


def softmax(logits: Values) -> Values:
    """Logits to probabilities, along the last axis."""
    powers: Values = np.exp(logits - logits.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def macro_f1(said: Numbers, right: Numbers) -> float:
    """F1 averaged over the labels that occur, each counted alike."""
    scores = []
    for label in np.unique(right):
        both = ((said == label) & (right == label)).sum()
        scores.append(2 * both / max(1, (said == label).sum() + (right == label).sum()))
    return float(np.mean(scores))


def calibration_error(confidences: Values, hits: NDArray[np.bool_], bins: int = 15) -> float:
    """Expected calibration error (Guo et al. 2017, https://arxiv.org/abs/1706.04599): mean |accuracy - confidence|."""
    error = 0.0
    for low in np.arange(bins) / bins:
        inside = (confidences > low) & (confidences <= low + 1 / bins)
        if inside.any():
            error += inside.mean() * abs(hits[inside].mean() - confidences[inside].mean())
    return float(error)


def temperature(logits: Values, right: Numbers) -> float:
    """Find what to divide logits by so that probabilities are honest: the least negative log-likelihood."""
    tried = np.exp(np.linspace(-1.2, 1.2, 97))
    costs = [-np.log(softmax(logits / t)[np.arange(len(right)), right] + 1e-12).mean() for t in tried]
    return float(tried[int(np.argmin(costs))])


def confusion(said: Sequence[str], right: Sequence[str]) -> dict[tuple[str, str], int]:
    """Count (right, said)."""
    counts: dict[tuple[str, str], int] = {}
    for pair in zip(right, said, strict=True):
        counts[pair] = counts.get(pair, 0) + 1
    return counts
