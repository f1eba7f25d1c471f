"""What makes raw scores probabilities, fitted to tune data by `python -m stylegraph.evals.training.decisions --write`."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from stylegraph.agent.local.probability import Line
from stylegraph.agent.text.language import Language
from stylegraph.agent.text.resources import read_yaml


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
