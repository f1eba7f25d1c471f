"""How far a grader agrees with the labels, sentence by sentence: Cohen's kappa (1960) takes off what chance would give."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from stylegraph.evals.grading.cases import BORNE, SupportCase
from stylegraph.evals.grading.records import Graded


class Verdict(NamedTuple):
    """One labelled sentence."""

    borne: bool
    """What the grader says."""
    label: bool
    """What people say."""


def verdicts(case: SupportCase, graded: Graded) -> list[Verdict]:
    """Pair what a grader says with the labels; none where it was another that graded, since the grader failed."""
    if graded.note:
        return []
    said = {one.text: one.supported for one in graded.sentences}
    return [Verdict(said.get(text, False), kind in BORNE) for one in case.said for kind, text in one.items()]


def share(found: Sequence[Verdict]) -> float:
    """Return the share of agreement, 0..1."""
    return sum(borne == label for borne, label in found) / len(found)


def kappa(found: Sequence[Verdict]) -> float | None:
    """Return Cohen's kappa: 1 agrees always, 0 as often as chance; None where both say the same of everything."""
    borne, label = (sum(column) / len(found) for column in zip(*found, strict=True))
    chance = borne * label + (1 - borne) * (1 - label)
    return (share(found) - chance) / (1 - chance) if chance < 1 else None
