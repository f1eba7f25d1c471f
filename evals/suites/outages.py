"""Models that fail or whose budget ends: `cases/outages.yaml`, recorded against a scripted server and replayed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from stylegraph.evals.asking import labels_of, told_of_turn
from stylegraph.evals.failing import OutageCase, endured_again, outage_cases
from stylegraph.evals.suite import Maker, Suite, Task
from stylegraph.evals.suites.budgets import JUDGED
from stylegraph.evals.watching import Watched


@asynccontextmanager
async def _opened(maker: Maker) -> AsyncIterator[Task[OutageCase, Watched]]:
    yield endured_again


SUITE = Suite(
    name="outages",
    about="a model that is down, answers nonsense, or may not be asked again",
    cases=outage_cases,
    id_of=lambda case: case.id,
    labels=labels_of,
    opened=_opened,
    evaluators=JUDGED,
    told=told_of_turn,
    makers=("model",),
)
