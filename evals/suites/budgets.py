"""Sources that fail or are slow, and budgets that end: `cases/budgets.yaml`, decided without a model."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from pydantic_evals.evaluators import Evaluator

from stylegraph.evals.harness.ask_cases import labels_of, told_of_turn
from stylegraph.evals.harness.evaluators import Context, Cost, Results
from stylegraph.evals.harness.fixtures import WEB_URL, settings_for
from stylegraph.evals.harness.suite import Maker, Suite, Task
from stylegraph.evals.harness.trace import Watched
from stylegraph.evals.recording.outages import BudgetCase, budget_cases, endure
from stylegraph.evals.suites.conversations import ASKED


@dataclass(repr=False)
class InTime(Evaluator[Any, Watched, Any]):
    """The turn ended in the time that it had."""

    def evaluate(self, ctx: Context) -> Results:
        """Read the seconds off the reply."""
        within = ctx.inputs.within
        return {"in time": ctx.output.reply.spent["seconds"] <= within} if within else {}


JUDGED = (*ASKED, InTime(), Cost())


@asynccontextmanager
async def _opened(maker: Maker) -> AsyncIterator[Task[BudgetCase, Watched]]:
    async def answer(case: BudgetCase) -> Watched:
        web = WEB_URL if "web_searches" in case.budget else None  # no search is made then, so nothing is recorded
        return await endure(case, settings_for(None, web=web))

    yield answer


SUITE = Suite(
    name="budgets",
    about="sources that fail or hang, and budgets that end: said, and nothing raised",
    cases=budget_cases,
    id_of=lambda case: case.id,
    labels=labels_of,
    opened=_opened,
    evaluators=JUDGED,
    told=told_of_turn,
)
