"""What is lost when cases are perturbed: each perturbed case beside the one that it was made from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from stylegraph.agent.errors import InputError
from stylegraph.evals.harness.comparison import bootstrap
from stylegraph.evals.harness.runs import Judged, judge
from stylegraph.evals.harness.suite import AnySuite
from stylegraph.evals.perturbing import KINDS, Kind
from stylegraph.evals.suites import suite

PERTURBED = ("documents", "wishes")
_LANGUAGES = (None, "ko", "en")
_SHOWN: dict[str, tuple[str, ...]] = {"documents": ("ended right", "facts"), "wishes": ("F1", "exact")}
_ENDED = ("answered", "said not to be there")
"""Two names of one thing: a question whose fact was taken away must now end otherwise than before."""


class Drop(NamedTuple):
    """One result of one suite under one kind of perturbation."""

    suite: str
    kind: Kind
    result: str
    language: str
    """`all`, `ko` or `en`."""
    cases: int
    before: float
    """Of the same cases, as they are."""
    after: float
    low: float
    """The 95 % interval of the difference, paired by case."""
    high: float


async def judge_perturbed(
    name: str,
    split: str | None,
    most: int,
    only: Sequence[str] = (),
    began: Callable[[str, int], Callable[[], None]] = lambda *_: lambda: None,
) -> list[Judged]:
    """Judge cases of a suite as they are and perturbed in every way.

    Args:
        name: The suite.
        split: `tune` or `test`; None: both.
        most: Cases of each kind; taken evenly from all that there are.
        only: Ids of the cases that are wanted; none: all.
        began: Called with what is judged and the number of cases; what it gives is called when a case is done.
    """
    chosen = chosen_cases(name, split, most, only)
    originals = sorted({case for ids in chosen.values() for case in ids})
    asked = [(suite(name), originals), *((perturbed_suite(name, kind), ids) for kind, ids in chosen.items())]
    found: list[Judged] = []
    for one, ids in asked:
        if ids:
            found += await judge(one, "local", only=ids, began=partial(began, one.name))
    return found


def chosen_cases(name: str, split: str | None, most: int, only: Sequence[str] = ()) -> dict[Kind, list[str]]:
    """Return the ids of the cases that are perturbed, by kind."""
    chosen: dict[Kind, list[str]] = {}
    for kind in KINDS:
        ids = [str(case.name) for case in perturbed_suite(name, kind).dataset(split, only).cases]
        count = min(most, len(ids))
        chosen[kind] = [ids[place * len(ids) // count] for place in range(count)]
    return chosen


def perturbed_suite(name: str, kind: Kind) -> AnySuite:
    """Return a suite perturbed in one way.

    Raises:
        InputError: The suite can't be perturbed.
    """
    if name == "documents":
        from stylegraph.evals.perturbing import documents

        return documents.suite(kind)
    if name == "wishes":
        from stylegraph.evals.perturbing import wishes

        return wishes.suite(kind)
    raise InputError(f"The suite {name} can't be perturbed.", f"Choose from: {', '.join(PERTURBED)}.")


def drops(judged: Sequence[Judged]) -> list[Drop]:
    """Return what each kind of perturbation costs, over the cases that were judged both ways."""
    found = []
    for name in PERTURBED:
        before = {one.case: _results(one) for one in judged if one.suite == name}
        for kind in KINDS:
            after = [one for one in judged if one.suite == f"{name}, {kind}"]
            for result in _SHOWN[name]:
                for language in _LANGUAGES:
                    own = [one for one in after if language in (None, one.language)]
                    found += _drop(name, kind, result, language or "all", before, own)
    return found


def _drop(
    name: str, kind: Kind, result: str, language: str, before: dict[str, dict[str, float]], after: Sequence[Judged]
) -> list[Drop]:
    pairs = [
        (before[one.case][result], _results(one)[result])
        for one in after
        if result in before.get(one.case, {}) and result in _results(one)
    ]
    if not pairs:
        return []
    old, new = np.array(pairs).T
    low, high = bootstrap(new - old)
    return [Drop(name, kind, result, language, len(pairs), float(old.mean()), float(new.mean()), low, high)]


def _results(one: Judged) -> dict[str, float]:
    results = dict(one.results)
    ended = [results.pop(name) for name in _ENDED if name in results]
    if one.error is not None:
        return {"ended right": 0.0}
    return {**results, **({"ended right": ended[0]} if ended else {})}
