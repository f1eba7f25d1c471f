"""Whole turns over fixed evidence: `cases/turns.yaml`, by either maker; a model's answers are replayed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from stylegraph.agent.text.language import detect_language
from stylegraph.evals.harness.evaluators import AnswerLanguage, Citations, Cost, EndsAs, Facts, RouteSet
from stylegraph.evals.harness.suite import Labels, LiveSettings, Maker, Suite, Task, Told
from stylegraph.evals.harness.trace import Watched, told_of
from stylegraph.evals.harness.turn_cases import TurnCase, locally, play, replayed, turn_cases


@asynccontextmanager
async def _opened(maker: Maker) -> AsyncIterator[Task[TurnCase, Watched]]:
    async def answer(case: TurnCase) -> Watched:
        played = (await replayed(case))[0] if maker == "model" else await locally(case)
        return Watched(played.replies[-1], told_of(played.replies[-1]))

    yield answer


@asynccontextmanager
async def _live(settings: LiveSettings) -> AsyncIterator[Task[TurnCase, Watched]]:
    async def answer(case: TurnCase) -> Watched:
        reply = (await play(case, settings())).replies[-1]
        return Watched(reply, told_of(reply))

    yield answer


def _labels(case: TurnCase) -> Labels:
    asked = " → ".join([*case.earlier, case.question])
    return Labels(split=case.split, language=detect_language(case.question), kind=case.kind, asked=asked)


SUITE = Suite(
    name="turns",
    about="whole turns of every kind, by either maker",
    cases=turn_cases,
    id_of=lambda case: case.id,
    labels=_labels,
    opened=_opened,
    evaluators=(RouteSet(), EndsAs(), Facts(), Citations(), AnswerLanguage(), Cost()),
    told=lambda watched: Told(text=watched.reply.text, path=watched.path),
    makers=("local", "model"),
    live=_live,
)
