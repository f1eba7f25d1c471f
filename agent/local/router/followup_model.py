"""Where a follow-up goes: learned from conversations, by logistic regression over what was learned of its texts.

A route's chance is weighed from its margins in four views of the follow-up and from where the question before went.
`python -m stylegraph.evals.training.router --follow` learns the weights from the tune cases and writes `followup_model.yaml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from stylegraph.agent.local.router.classifier import LOOK, Margins, Reading, best
from stylegraph.agent.local.router.examples import load_labels
from stylegraph.agent.text.resources import read_yaml

NAME = "followup_model.yaml"


class Views(NamedTuple):
    """The margins of a question, in four views of it."""

    whole: Margins
    """With the thing that it is about."""
    alone: Reading
    """As it was put."""
    earlier: Margins
    """Of the question before it."""
    joined: Margins
    """Together with the question before it."""


def follow(views: Views, *, answers: bool, weights: Mapping[str, float] | None = None) -> dict[str, float]:
    """Return the log odds of each route for a question that was asked after another; above 0 is yes.

    Args:
        views: What was learned of it.
        answers: Whether it answers a question that was put back.
        weights: What each thing tells; by default what was learned.
    """
    weights = _weights() if weights is None else weights
    return {
        route: sum(weights.get(name, 0.0) * value for name, value in told(route, views, answers=answers).items())
        for route in views.whole
    }


def told(route: str, views: Views, *, answers: bool) -> dict[str, float]:
    """Return what tells for or against a route, by the names of the weights."""
    alone, earlier = views.alone.margins[route], best(views.earlier)
    was, first = float(route == earlier), float(route == best(views.alone.margins))
    same, leans = _clipped(views.alone.same), _clipped(views.alone.leans)
    return {
        route: 1.0,
        "alone": alone,
        "whole": views.whole[route],
        "joined": views.joined[route],
        "earlier": views.earlier[route],
        "first": first,
        "was": was,
        "was, and goes the same way": was * same,
        "was, and leans": was * leans,
        "was, and another comes first now": was * (1.0 - first),
        "was, and is answered": was * answers,
        "earlier, and is answered": views.earlier[route] * answers,
        "alone, though it goes the same way": alone * same,
        "alone, though it leans": alone * leans,
        "alone, though it answers": alone * answers,
        "joined, and goes the same way": views.joined[route] * same,
        "knowledge of what was seen": float(route == "documents" and earlier == LOOK),
        "knowledge of pieces": float(route == "documents" and earlier == load_labels().recommends),
    }


def _clipped(margin: float) -> float:
    return max(-1.0, min(1.0, margin))


@cache
def _weights() -> Mapping[str, float]:
    data: Any = read_yaml(__package__, NAME)
    return dict(data)
