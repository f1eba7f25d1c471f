"""Two runs side by side: what got better, what got worse, and whether chance could have done it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stylegraph.evals.harness.report import COUNTED
from stylegraph.evals.harness.runs import Judged

_RESAMPLES = 10_000
_SEED = 7


class Change(NamedTuple):
    """One result of one suite, before and after, over the cases that both runs have."""

    suite: str
    result: str
    cases: int
    before: float
    after: float
    low: float
    """The 95 % interval of the difference."""
    high: float
    better: list[str]
    """Ids of the cases that got better."""
    worse: list[str]

    @property
    def sure(self) -> bool:
        """Whether the interval leaves out no difference at all."""
        return self.low > 0 or self.high < 0


def compare(before: Sequence[Judged], after: Sequence[Judged]) -> list[Change]:
    """Compare two runs, result by result, paired by case; makers may differ."""
    old, new = _by_result(before), _by_result(after)
    return [_change(key, old[key], new[key]) for key in old if key in new and old[key].keys() & new[key].keys()]


def mends(before: Sequence[Judged], after: Sequence[Judged]) -> tuple[list[str], list[str]]:
    """Return the harvested cases that a change has mended: wrong before and right now; and those that it has broken."""
    old, new = ({one.case: not one.failed for one in judged if one.suite == "harvested"} for judged in (before, after))
    both = sorted(old.keys() & new.keys())
    return [one for one in both if new[one] and not old[one]], [one for one in both if old[one] and not new[one]]


def _by_result(judged: Sequence[Judged]) -> dict[tuple[str, str], dict[str, float]]:
    found: dict[tuple[str, str], dict[str, float]] = {}
    for one in judged:
        for name, value in one.results.items():
            found.setdefault((one.suite, name), {})[one.case] = value
    return found


def _change(key: tuple[str, str], before: Mapping[str, float], after: Mapping[str, float]) -> Change:
    cases = [case for case in before if case in after]
    old, new = (np.array([values[case] for case in cases]) for values in (before, after))
    low, high = bootstrap(new - old)
    less_is_better = key[1] in COUNTED
    up = [case for case in cases if after[case] > before[case]]
    down = [case for case in cases if after[case] < before[case]]
    better, worse = (down, up) if less_is_better else (up, down)
    return Change(*key, len(cases), float(old.mean()), float(new.mean()), low, high, better, worse)


def bootstrap(differences: NDArray[np.float64]) -> tuple[float, float]:
    """Return the 95 % interval of a mean difference (percentile bootstrap over pairs; Efron and Tibshirani 1993).

    Args:
        differences: One number a case, shape (cases,).
    """
    chance = np.random.default_rng(_SEED)
    drawn = chance.integers(0, len(differences), size=(_RESAMPLES, len(differences)))
    low, high = np.percentile(differences[drawn].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)
