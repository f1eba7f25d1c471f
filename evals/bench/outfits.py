"""How often the better of two outfits is told: accuracy on judged pairs. `python -m stylegraph.evals.bench.outfits`.

A tie counts half. Beside it stand guessing, and colour harmony alone.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from stylegraph.evals.cases import OutfitCase, load_cases
from stylegraph.tools.fashion.catalogue.catalogue import sample_items
from stylegraph.tools.fashion.items.items import Item
from stylegraph.tools.fashion.outfits.score import score_outfit

Scorer = Callable[[Sequence[Item | str], str], float]


_GUESSES = 200
"""Times that guessing is tried: its mean is told."""


def scorers() -> Mapping[str, Scorer]:
    """Return the ways of scoring an outfit that are compared, by name."""
    guess = random.Random(7)
    return {
        "rules": lambda pieces, wish: score_outfit(pieces, wish).score,
        "colour only": lambda pieces, wish: score_outfit(pieces).rules["colour"],
        "random": lambda pieces, wish: guess.random(),
    }


def won(case: OutfitCase, items: Mapping[str, Item], scorer: Scorer) -> float:
    """Return 1 when the good outfit scores higher, 0.5 for a tie, else 0."""
    good, bad = (scorer([items.get(piece, piece) for piece in side], case.wish) for side in (case.good, case.bad))
    return 0.5 if math.isclose(good, bad, abs_tol=1e-9) else float(good > bad)


def accuracy(cases: Sequence[OutfitCase], scorer: Scorer, times: int = 1) -> dict[str, float]:
    """Return the share of pairs that are told right: of all, and by rule."""
    items = {item["id"]: item for item in sample_items()}
    results = defaultdict(list)
    for case in [*cases] * times:
        result = won(case, items, scorer)
        for name in ("all", case.rule):
            results[name].append(result)
    return {name: sum(found) / len(found) for name, found in results.items()}


def main() -> None:
    """Print a line for each split and way of scoring."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=["tune", "test"], action="append")
    parser.add_argument("--wrong", action="store_true", help="Show the pairs that our rules get wrong.")
    options = parser.parse_args()
    for split in options.split or ["tune", "test"]:
        cases = [case for case in load_cases("outfits") if case.split == split]
        for name, scorer in scorers().items():
            times = _GUESSES if name == "random" else 1
            told = {rule: round(share, 3) for rule, share in accuracy(cases, scorer, times).items()}
            print(json.dumps({"split": split, "pairs": len(cases), "by": name, **told}))
        if options.wrong:
            _show_wrong(cases)


def _show_wrong(cases: Sequence[OutfitCase]) -> None:
    items: dict[str, Any] = {item["id"]: item for item in sample_items()}
    for case in cases:
        if won(case, items, scorers()["rules"]) < 1:
            print(case.id, case.rule, case.wish)
            for side in (case.good, case.bad):
                told = score_outfit([items.get(piece, piece) for piece in side], case.wish)
                named = [items[piece]["name_en"] if piece in items else piece for piece in side]
                print("  ", round(told.score, 3), {k: round(v, 2) for k, v in told.rules.items() if v < 1}, named)


if __name__ == "__main__":
    main()
