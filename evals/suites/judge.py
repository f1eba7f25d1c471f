"""A chat model as a judge of what evidence bears: a part of `cases/support.yaml`, its judgements replayed; the local grader beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from stylegraph.evals.grading.cases import SupportCase
from stylegraph.evals.grading.records import Graded
from stylegraph.evals.harness.suite import Maker, Task
from stylegraph.evals.recording.judge import judged_again, judged_cases
from stylegraph.evals.suites import support


@asynccontextmanager
async def _opened(maker: Maker) -> AsyncIterator[Task[SupportCase, Graded]]:
    async def judge(case: SupportCase) -> Graded:
        return (await judged_again(case)).graded

    if maker == "model":
        yield judge
        return
    async with support.SUITE.opened(maker) as locally:
        yield locally


SUITE = replace(
    support.SUITE,
    name="judge",
    about="a chat model's recorded judgements of what evidence bears, and the local grader's, against the labels",
    cases=judged_cases,
    opened=_opened,
    makers=("local", "model"),
)
