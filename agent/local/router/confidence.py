"""How sure the router is: the probability that its routes are exactly right, by its best margin."""

from __future__ import annotations

from functools import cache

from stylegraph.agent.local.probability import Line
from stylegraph.agent.text.resources import read_yaml


def confidence_of(margin: float) -> float:
    """Return the probability that stands behind a best margin, fitted to tune questions that were left out."""
    return round(_line().probability(margin), 3)


@cache
def _line() -> Line:
    return Line(**read_yaml(__package__, "confidence.yaml"))
