"""Which of two outfits is better: `cases/outfits.yaml`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from stylegraph.agent.text.language import detect_language
from stylegraph.evals.cases import OutfitCase, load_cases
from stylegraph.evals.harness.evaluators import BetterOutfit
from stylegraph.evals.harness.suite import Labels, Maker, Suite, Task, Told
from stylegraph.tools.fashion.catalogue.catalogue import sample_items
from stylegraph.tools.fashion.outfits.score import score_outfit

Scores = tuple[float, float]
"""Of the better outfit and of the other, 0..1 each."""


@asynccontextmanager
async def _opened(maker: Maker) -> AsyncIterator[Task[OutfitCase, Scores]]:
    items = {item["id"]: item for item in sample_items()}

    async def score(case: OutfitCase) -> Scores:
        good, bad = (
            score_outfit([items.get(piece, piece) for piece in side], case.wish).score for side in (case.good, case.bad)
        )
        return good, bad

    yield score


def _labels(case: OutfitCase) -> Labels:
    asked = f"{case.wish} | {', '.join(case.good)} | {', '.join(case.bad)}"
    return Labels(split=case.split, language=detect_language(asked), kind=case.rule, asked=asked)


SUITE = Suite(
    name="outfits",
    about="the better of two outfits, by nine rules",
    cases=lambda: load_cases("outfits"),
    id_of=lambda case: case.id,
    labels=_labels,
    opened=_opened,
    evaluators=(BetterOutfit(),),
    told=lambda scores: Told(text=f"the better one {scores[0]:.3f}, the other {scores[1]:.3f}"),
)
