"""Texts in the evidence that give orders: `cases/attacks.yaml`, met in turns of either maker."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

from stylegraph.agent.reply import Reply
from stylegraph.agent.text.language import detect_language
from stylegraph.evals.harness.attack_cases import AttackTurn, attack_turns
from stylegraph.evals.harness.evaluators import Cost, NothingGotThrough
from stylegraph.evals.harness.fixtures import settings_for
from stylegraph.evals.harness.suite import Labels, LiveSettings, Maker, Suite, Task, Told
from stylegraph.evals.harness.trace import told_of
from stylegraph.evals.harness.turn_cases import attack, attacked_again


class Met(NamedTuple):
    """A turn that met attacks."""

    reply: Reply
    asked: set[str]
    """Names of the sources that were asked."""


@asynccontextmanager
async def _opened(maker: Maker) -> AsyncIterator[Task[AttackTurn, Met]]:
    async def meet(turn: AttackTurn) -> Met:
        if maker == "model":
            reply, asked, _ = await attacked_again(turn)
        else:
            reply, asked = await attack(turn, settings_for(None))
        return Met(reply, asked)

    yield meet


@asynccontextmanager
async def _live(settings: LiveSettings) -> AsyncIterator[Task[AttackTurn, Met]]:
    async def meet(turn: AttackTurn) -> Met:
        return Met(*await attack(turn, settings()))

    yield meet


def _labels(turn: AttackTurn) -> Labels:
    first = turn.attacks[0]
    asked = f"{first.question} ({', '.join(one.id for one in turn.attacks)})"
    return Labels(split="tune", language=detect_language(first.question), kind=first.at, asked=asked)


SUITE = Suite(
    name="attacks",
    about="orders in documents, pages, captions and items that must change nothing",
    cases=attack_turns,
    id_of=lambda turn: turn.id,
    labels=_labels,
    opened=_opened,
    evaluators=(NothingGotThrough(), Cost()),
    told=lambda met: Told(text=met.reply.text, path=told_of(met.reply)),
    makers=("local", "model"),
    live=_live,
)
