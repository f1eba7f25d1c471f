"""How outfits are ranked for a dialogue: weighted tau against a stylist's order. `python -m stylegraph.evals.bench.stylists`.

Beside our score stand the rules alone, the words that dialogue and descriptions share, and guessing. A second line takes the
shared words out of the descriptions: strangers describe pieces in other words than they ask for them.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

from stylegraph.evals.cases.stylists import StylistCase, load_stylists, stems
from stylegraph.tools.fashion.outfits.score import score_outfit

Scorer = Callable[[Sequence[str], str], float]
_GUESSES = 200


def weighted_tau(scores: Sequence[float]) -> float:
    """Return Kendall's tau of scores that should fall, -1 to 1; the first places count more (Vigna's hyperbolic weights).

    A tie counts 0.
    """
    told = weighed = 0.0
    for better, worse in combinations(range(len(scores)), 2):
        weight = 1 / (better + 1) + 1 / (worse + 1)
        ahead = scores[better] - scores[worse]
        told += 0.0 if math.isclose(ahead, 0, abs_tol=1e-12) else math.copysign(weight, ahead)
        weighed += weight
    return told / weighed


def scorers() -> Mapping[str, Scorer]:
    """Return the ways of scoring an outfit that are compared, by name."""
    guess = random.Random(7)
    return {"score": _score, "rules": _rules, "words": _words, "random": lambda outfit, dialogue: guess.random()}


def _score(outfit: Sequence[str], dialogue: str) -> float:
    return score_outfit(outfit, dialogue).score


def _rules(outfit: Sequence[str], dialogue: str) -> float:
    told = score_outfit(outfit, dialogue).rules
    return math.prod(value for name, value in told.items() if name not in {"character", "likeness"})


def _words(outfit: Sequence[str], dialogue: str) -> float:
    """Return the share of the pieces' words that stand in the dialogue, by their first two letters."""
    own = [stems(word) for piece in outfit for word in piece.split()]
    said = stems(dialogue)
    return sum(bool(word & said) for word in own) / max(1, len(own))


def mean_tau(cases: Sequence[StylistCase], scorer: Scorer, times: int = 1) -> float:
    """Return the mean weighted tau of the outfits of all dialogues."""
    taus = [weighted_tau([scorer(outfit, case.dialogue) for outfit in case.outfits]) for case in [*cases] * times]
    return sum(taus) / len(taus)


def main() -> None:
    """Print two lines for each split: the weighted tau of each way of scoring, with the words as they are and without shared ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=["tune", "test"], action="append")
    options = parser.parse_args()
    for split in options.split or ["tune", "test"]:
        cases = load_stylists(split)
        for shared, told in ((True, cases), (False, [case.without_shared_words() for case in cases])):
            taus = {name: round(mean_tau(told, scorer, _GUESSES if name == "random" else 1), 3)
                    for name, scorer in scorers().items()}  # fmt: skip
            print(json.dumps({"split": split, "dialogues": len(told), "shared words": shared, "weighted_tau": taus}))


if __name__ == "__main__":
    main()
