"""Learns what character and likeness weigh in an outfit's score: `python -m stylegraph.evals.training.outfits [--write]`.

A logistic regression over the pairs of the tune dialogues in `cases/stylists.yaml` (the better outfit against the other), with
weights that can't be negative, drawn to one another. What the rules say stands beside them as it is scored. Each dialogue comes
twice, the second time without the words that it shares with the descriptions: else what is learned is that words recur.
It tells the weighted tau of dialogues that were left out, a fifteenth at a time, of both.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import yaml

from stylegraph.agent.protocols import Vectors
from stylegraph.evals.bench.stylists import weighted_tau
from stylegraph.evals.cases.stylists import StylistCase, load_stylists
from stylegraph.tools.fashion import outfits
from stylegraph.tools.fashion.outfits.character import SCALES
from stylegraph.tools.fashion.outfits.dialogue import clauses_of
from stylegraph.tools.fashion.outfits.fit import LIKENESS, fits
from stylegraph.tools.fashion.outfits.score import score_outfit

_HEADER = "# Written by `python -m stylegraph.evals.training.outfits --write`.\n"
_NAMES = (*SCALES, *LIKENESS)
_PULL, _EQUAL = 0.1, 0.3
_STEPS, _PACE = 2_000, 0.2
_FOLDS = 15
_PAIRS = ((0, 1), (0, 2), (1, 2))


class Judged(NamedTuple):
    """The three outfits of each dialogue, from best to worst."""

    found: Vectors
    """Dialogue x outfit x what `fits` tells, in units of what pairs differ by."""
    rules: Vectors
    """Dialogue x outfit: the logarithm of what the rules make of it."""
    unit: Vectors

    def pairs(self, which: Sequence[int]) -> tuple[Vectors, Vectors]:
        """Return by what the better outfit of each pair is ahead: in what is found, and by the rules."""
        found = [self.found[at, good] - self.found[at, bad] for at in which for good, bad in _PAIRS]
        return np.array(found), np.array(
            [self.rules[at, good] - self.rules[at, bad] for at in which for good, bad in _PAIRS]
        )


def judged(cases: Sequence[StylistCase]) -> Judged:
    """Read what the scorer sees of each outfit."""
    found, rules = [], []
    for case in cases:
        told = [fits(outfit, clauses_of(case.dialogue)) for outfit in case.outfits]
        found.append([[one[name] for name in _NAMES] for one in told])
        rules.append([_by_rules(case, outfit) for outfit in case.outfits])
    every = np.array(found)
    apart = np.array([outfit[good] - outfit[bad] for outfit in every for good, bad in _PAIRS])
    unit = np.sqrt((apart**2).mean(axis=0)) + 1e-6
    return Judged(every / unit, np.array(rules), unit)


def _by_rules(case: StylistCase, outfit: Sequence[str]) -> float:
    told = score_outfit(outfit, case.dialogue)
    return math.log(told.score / (told.rules["character"] * told.rules["likeness"]))


def fitted(seen: Judged, which: Sequence[int]) -> Vectors:
    """Return the weights that tell the better outfit of the dialogues given."""
    ahead, rules = seen.pairs(which)
    weights = start = np.full(len(_NAMES), _EQUAL)
    for _ in range(_STEPS):
        doubted = 1 / (1 + np.exp(rules + ahead @ weights))
        slope = 2 * _PULL * (weights - start) - (ahead * doubted[:, None]).mean(axis=0)
        weights = np.maximum(0, weights - _PACE * slope)
    return np.asarray(weights)


def left_out(seen: Judged) -> tuple[float, float]:
    """Return the weighted tau of dialogues that the weights were not learned from, as they are and without shared words."""
    every, half = range(len(seen.found)), len(seen.found) // 2
    taus: tuple[list[float], list[float]] = ([], [])
    for fold in range(_FOLDS):
        weights = fitted(seen, [at for at in every if at % half % _FOLDS != fold])
        for at in (at for at in every if at % half % _FOLDS == fold):
            taus[at >= half].append(weighted_tau(seen.rules[at] + seen.found[at] @ weights))
    return sum(taus[0]) / half, sum(taus[1]) / half


def main() -> None:
    """Learn, tell how well, and write the weights if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="Write the weights where the scorer reads them.")
    options = parser.parse_args()
    cases = load_stylists("tune")
    seen = judged([*cases, *(case.without_shared_words() for case in cases)])
    weights = fitted(seen, range(len(seen.found))) / seen.unit
    whole, unshared = left_out(seen)
    print(f"weighted tau of {len(cases)} dialogues, each left out: {whole:.3f}, without shared words {unshared:.3f}")
    told = {name: round(float(weight), 3) for name, weight in zip(_NAMES, weights, strict=True)}
    likest = (seen.found * seen.unit)[..., len(SCALES) :] @ weights[len(SCALES) :]
    told["best"] = round(float(likest.max()), 3)
    print(told)
    if options.write:
        path = Path(outfits.__path__[0]) / "weights.yaml"
        path.write_text(_HEADER + yaml.safe_dump(told, sort_keys=False), encoding="utf-8")


if __name__ == "__main__":
    main()
