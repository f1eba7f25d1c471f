"""What evidence bears: `cases/support.yaml`, judged by the local grader, or live by a chat model; both against the labels."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from stylegraph.agent.llm.client import open_caller
from stylegraph.evals.grading.agreement import verdicts
from stylegraph.evals.grading.cases import SupportCase, support_cases
from stylegraph.evals.grading.local import LocalGrader
from stylegraph.evals.grading.model import ModelGrader
from stylegraph.evals.grading.records import Graded, Grader
from stylegraph.evals.harness.evaluators import Agreement
from stylegraph.evals.harness.suite import Labels, LiveSettings, Maker, Suite, Task, Told
from stylegraph.evals.recording.judge import as_answer
from stylegraph.tools.embeddings import LocalEmbedder


@asynccontextmanager
async def _opened(maker: Maker) -> AsyncIterator[Task[SupportCase, Graded]]:
    yield _judging(LocalGrader(LocalEmbedder()))


@asynccontextmanager
async def _live(settings: LiveSettings) -> AsyncIterator[Task[SupportCase, Graded]]:
    async with open_caller(settings()) as caller:
        yield _judging(ModelGrader(caller, LocalGrader(LocalEmbedder())))


def _judging(grader: Grader) -> Task[SupportCase, Graded]:
    async def judge(case: SupportCase) -> Graded:
        return await grader.grade(as_answer(case))

    return judge


def _labels(case: SupportCase) -> Labels:
    return Labels(split=case.split, language=case.language, kind="support", asked=case.question)


def _told(graded: Graded) -> Told:
    lines = [f"{'borne' if one.supported else 'not borne'}: {one.text}" for one in graded.sentences]
    return Told(text="\n".join(lines), path=[f"graded by: {graded.graded_by}", *([graded.note] if graded.note else [])])


SUITE = Suite(
    name="support",
    about="which sentences evidence bears, by the grader of answers; live by a chat model",
    cases=support_cases,
    id_of=lambda case: case.id,
    labels=_labels,
    opened=_opened,
    evaluators=(Agreement(),),
    told=_told,
    live=_live,
    verdicts=verdicts,
)
