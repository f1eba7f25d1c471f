"""Raw scores as probabilities: a logistic curve that was fitted to what came true."""

from __future__ import annotations

import math
from typing import NamedTuple

_SMALLEST = 1e-4


class Line(NamedTuple):
    """A logistic curve over a raw score (Platt 1999)."""

    slope: float
    constant: float

    def probability(self, score: float) -> float:
        """Return the probability that a raw score stands for."""
        return 1 / (1 + math.exp(-(self.slope * score + self.constant)))


def log_odds(probability: float) -> float:
    """Return the log odds of a probability; of one that is certain, those of nearly certain."""
    held = min(max(probability, _SMALLEST), 1 - _SMALLEST)
    return math.log(held / (1 - held))
