"""What makes raw scores probabilities, fitted to tune data by `python -m stylegraph.evals.training.decisions --write`."""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

from stylegraph.agent.text.language import Language
from stylegraph.agent.text.resources import read_yaml

_SMALLEST = 1e-4


class Line(NamedTuple):
    """A logistic curve over a raw score (Platt 1999)."""

    slope: float
    constant: float

    def probability(self, score: float) -> float:
        """Return the probability that a raw score stands for."""
        return 1 / (1 + math.exp(-(self.slope * score + self.constant)))


class Calibration(NamedTuple):
    """All that was fitted."""

    taught: float
    """How sharp margins are that a few examples a label gave."""
    described: float
    """How sharp margins are that one description a label gave."""
    about: Line
    """From the cosine of a text and what it is asked about."""
    grounded: dict[Language, Line]
    """From the log odds that evidence bears a claim."""
    relevant: dict[Language, Line]
    """From the log odds that a passage answers a question."""
    answers: dict[Language, Line]
    """From the log odds that an answer answers a question."""


@cache
def calibration() -> Calibration:
    """Read what was fitted, once a process."""
    read = read_yaml(__package__, "calibration.yaml")
    by_language = {
        name: {language: Line(**line) for language, line in read[name].items()}
        for name in ("grounded", "relevant", "answers")
    }
    return Calibration(read["taught"], read["described"], Line(**read["about"]), **by_language)


def log_odds(probability: float) -> float:
    """Return the log odds of a probability; of one that is certain, those of nearly certain."""
    held = min(max(probability, _SMALLEST), 1 - _SMALLEST)
    return math.log(held / (1 - held))
