"""What is recommended for a wish, by the whole assistant: `cases/recommendations.yaml`, judged by the items' attributes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import ir_measures
from ir_measures import nDCG
from pydantic_evals.evaluators import Evaluator

from stylegraph.evals.cases import RecommendationCase, load_cases
from stylegraph.evals.harness.ask_cases import AskCase, asking, told_of_turn
from stylegraph.evals.harness.evaluators import AnswerLanguage, Context, Latency, Results
from stylegraph.evals.harness.relevance import Item, grade
from stylegraph.evals.harness.suite import Labels, Maker, Suite, Task
from stylegraph.evals.harness.trace import Watched
from stylegraph.tools.fashion.catalogue.catalogue import sample_items


@dataclass(repr=False)
class Recommended(Evaluator[RecommendationCase, Watched, Any]):
    """How good the items are that were shown: nDCG@5, and the share of them that fit the wish at all."""

    def evaluate(self, ctx: Context) -> Results:
        """Grade every item of the catalogue, 0..3, by the rules of the cases."""
        shown = [item.id for item in ctx.output.reply.recommendations]
        graded = {name: grade(ctx.inputs, item) for name, item in _items().items()}
        ranked = {name: 1.0 / rank for rank, name in enumerate(shown, 1)} or {"nothing": 0.0}
        gain = ir_measures.calc_aggregate([nDCG @ 5], {"q": graded}, {"q": ranked})
        fitting = sum(graded[name] > 0 for name in shown) / max(1, len(shown))
        return {"recommended": bool(shown), "nDCG@5": float(gain[nDCG @ 5]), "constraints": fitting}


@cache
def _items() -> dict[str, Item]:
    return {item["id"]: item for item in sample_items()}


@asynccontextmanager
async def _opened(maker: Maker) -> AsyncIterator[Task[RecommendationCase, Watched]]:
    async with asking() as held:

        async def recommend(case: RecommendationCase) -> Watched:
            return await held.ask(AskCase(id=f"w-{case.language}-{case.id[-3:]}", kind="wish", question=case.text))

        yield recommend


def _labels(case: RecommendationCase) -> Labels:
    return Labels(split=case.split, language=case.language, kind="wish", asked=case.text)


SUITE = Suite(
    name="fashion",
    about="items recommended for a wish, judged by their attributes",
    cases=lambda: load_cases("recommendations"),
    id_of=lambda case: case.id,
    labels=_labels,
    opened=_opened,
    evaluators=(Recommended(), AnswerLanguage(), Latency()),
    told=told_of_turn,
)
