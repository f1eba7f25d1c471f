"""Scores of any scale as 0..1, in the order that they had."""

from __future__ import annotations

import math
from collections.abc import Sequence


def between_0_and_1(scores: Sequence[float]) -> list[float]:
    """Return scores as they are where all lie between 0 and 1, else through the logistic function: they are logits then."""
    if all(0 <= score <= 1 for score in scores):
        return [float(score) for score in scores]
    return [1 / (1 + math.exp(-max(-60.0, min(60.0, float(score))))) for score in scores]
