"""Learns where follow-ups go, from the labelled conversations: the weights of `agent/local/router/followup_model.py`.

Logistic regression with a ridge, by Newton's method; one example a conversation and route.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import yaml
from numpy.typing import NDArray

import stylegraph.agent.local.router
from stylegraph.agent.local.router.classifier import LOOK
from stylegraph.agent.local.router.followup_model import NAME, told
from stylegraph.agent.local.router.outright import is_refused, is_small_talk
from stylegraph.agent.local.router.router import Read
from stylegraph.evals.cases import RouteCase

_RIDGE = 2.0
_ROUNDS = 30
_FOLDS = 10

Floats = NDArray[np.float64]


class Example(NamedTuple):
    """One follow-up: what tells where it goes, and where it does."""

    routes: tuple[str, ...]
    told: Floats
    """Shape (routes, weights)."""
    wanted: Floats
    """0 or 1, shape (routes,)."""


def examples_of(read: Sequence[tuple[RouteCase, Read]]) -> tuple[list[str], list[Example]]:
    """Return the names of the weights, and an example a case that leans on one before it and that no word decides."""
    kept = [(case, one) for case, one in read if one.context.question and not _decided(case)]
    rows = [[told(route, one.views, answers=one.answers) for route in one.views.whole] for _, one in kept]
    names = list(dict.fromkeys(name for example in rows for row in example for name in row))
    return names, [_example(names, case, one, row) for (case, one), row in zip(kept, rows, strict=True)]


def _decided(case: RouteCase) -> bool:
    return case.image or case.ask_back or is_small_talk(case.text) or is_refused(case.text)


def _example(names: Sequence[str], case: RouteCase, read: Read, rows: Sequence[dict[str, float]]) -> Example:
    routes = tuple(read.views.whole)
    wanted = [("image" if route == LOOK else route) in case.routes for route in routes]
    told_of = [[row.get(name, 0.0) for name in names] for row in rows]
    return Example(routes, np.asarray(told_of, dtype=np.float64), np.asarray(wanted, dtype=np.float64))


def fit(examples: Sequence[Example]) -> Floats:
    """Return the weights, shape (weights,)."""
    told_of, wanted = np.vstack([one.told for one in examples]), np.concatenate([one.wanted for one in examples])
    weights = np.zeros(told_of.shape[1])
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-told_of @ weights))
        slope = told_of.T @ (chance - wanted) + _RIDGE * weights
        curve = (told_of.T * (chance * (1 - chance))) @ told_of + _RIDGE * np.eye(len(weights))
        weights -= np.linalg.solve(curve, slope)
    return weights


def left_out(examples: Sequence[Example]) -> float:
    """Return the share of examples of which the exact set of routes is found by weights learned without them."""
    folds = [fit([one for row, one in enumerate(examples) if row % _FOLDS != fold]) for fold in range(_FOLDS)]
    return float(np.mean([_exact(one, folds[row % _FOLDS]) for row, one in enumerate(examples)]))


def _exact(example: Example, weights: Floats) -> bool:
    odds = example.told @ weights
    given = (odds > 0) | (odds == odds.max())
    if example.routes[int(odds.argmax())] == "chat":
        given = odds == odds.max()
    return bool((given == (example.wanted > 0)).all())


def write(names: Sequence[str], weights: Floats) -> Path:
    """Write the weights beside what reads them, and give the file."""
    path = Path(stylegraph.agent.local.router.__file__).with_name(NAME)
    rounded = {name: round(float(weight), 3) for name, weight in zip(names, weights, strict=True)}
    head = "# Learned by `python -m stylegraph.evals.training.router --follow`: what tells where a follow-up goes, and its weight.\n"
    path.write_text(head + yaml.safe_dump(rounded, sort_keys=False, width=120), encoding="utf-8")
    return path
