"""Simulated people whom a chat model plays: conversations that they held, and what the model was asked in them.

What the assistant said is kept beside each cassette, so a recording is of the person alone: it stays good when answers
change. Hold conversations anew, many at once: `python -m stylegraph.evals.recording.people --base-url URL`; then
`stylegraph-evals record simulated --base-url URL` asks again what the model says at each turn of them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from stylegraph.agent.budget import Charge
from stylegraph.agent.llm.client import open_caller
from stylegraph.agent.redaction import without_places
from stylegraph.agent.reply import Reply
from stylegraph.agent.settings import Settings
from stylegraph.agent.text.language import LANGUAGES
from stylegraph.evals.harness.fixtures import settings_for
from stylegraph.evals.harness.simulated.goals import Goal, goals
from stylegraph.evals.harness.simulated.holding import answering_locally, hold
from stylegraph.evals.harness.simulated.judging import Turn, contradictions, met_at
from stylegraph.evals.harness.simulated.model_person import ModelPerson
from stylegraph.evals.harness.simulated.person import Message
from stylegraph.evals.replay import http

FOLDER = "simulated"
_KINDS = ("clothes", "documents", "mixed")


@cache
def played_goals() -> Sequence[Goal]:
    """Return the goals that a chat model has played: of each language and kind the first one of the tune split."""
    tune = [goal for goal in goals() if goal.split == "tune"]
    return [
        next(goal for goal in tune if (goal.language, goal.kind) == (language, kind))
        for language in LANGUAGES
        for kind in _KINDS
    ]


class Said(NamedTuple):
    """What a person says at a turn."""

    message: Message | None
    """None: they are done."""
    ledger: Sequence[Charge]
    """The calls that it took."""


async def say(goal: Goal, settings: Settings) -> Sequence[Said]:
    """Ask the model what its person says at each turn of the conversation that is kept, and after the last one."""
    turns = kept(goal)
    async with open_caller(settings) as caller:
        return [await _said(ModelPerson(goal, caller), turns[:at]) for at in range(len(turns) + 1)]


async def _said(person: ModelPerson, turns: Sequence[Turn]) -> Said:
    return Said(await person.next(turns), person.ledger)


async def said_again(goal: Goal) -> Sequence[Said]:
    """Ask against what was recorded.

    Raises:
        ReplayError: The model is asked something else than what was recorded.
    """
    with http.replaying(http.cassette(FOLDER, goal.id)) as recorded:
        return await say(goal, settings_for(recorded.against["model"]))


async def hold_all(wanted: Sequence[Goal], settings: Settings) -> None:
    """Hold conversations, all at once, with the assistant as it is without a model; keep each as it ends."""
    async with answering_locally() as assistant, open_caller(settings) as caller:

        async def held(goal: Goal) -> None:
            conversation = await hold(goal, ModelPerson(goal, caller), assistant)
            keep(goal, conversation.turns)

        await asyncio.gather(*map(held, wanted))


def kept(goal: Goal) -> list[Turn]:
    """Read the conversation that is kept of a goal."""
    found = json.loads(_file(goal).read_text(encoding="utf-8"))
    return [Turn(one["said"], Reply.model_validate(one["reply"]), tuple(one["refused"])) for one in found]


def keep(goal: Goal, turns: Sequence[Turn]) -> None:
    """Keep a conversation: of its evidence what was cited, and of files how they are called, not where they lay."""
    found = [{"said": turn.said, "refused": turn.refused, "reply": _lean(turn.reply)} for turn in turns]
    path = _file(goal)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(without_places(json.dumps(found, ensure_ascii=False, indent=1)) + "\n", encoding="utf-8")


def _lean(reply: Reply) -> dict[str, object]:
    cited = {one.evidence for one in reply.citations}
    evidence = [one for one in reply.evidence if one["id"] in cited]
    return reply.model_copy(update={"evidence": evidence}).as_dict()


def _file(goal: Goal) -> Path:
    return http.cassette(FOLDER, goal.id).with_suffix(".json")


def main() -> None:
    """Hold conversations anew."""
    parser = argparse.ArgumentParser(
        description="Hold conversations with people whom a chat model plays, and keep them."
    )
    parser.add_argument("goals", nargs="*", help="ids of goals; all that are recorded when none is named")
    parser.add_argument("--base-url", required=True, help="a server that speaks OpenAI's protocol")
    parser.add_argument("--model", default="handmodel", help="the chat model's name there")
    asked = parser.parse_args()
    wanted = [goal for goal in played_goals() if not asked.goals or goal.id in asked.goals]
    asyncio.run(hold_all(wanted, settings_for(asked.model, asked.base_url)))
    for goal in wanted:
        print(_told(goal, kept(goal)))


def _told(goal: Goal, turns: Sequence[Turn]) -> str:
    met = sum(met_at(goal, need, turns) is not None for need in goal.needs)
    broken = [name for name, holds in contradictions(goal, turns).items() if not holds]
    return (
        f"{goal.id}: {met}/{len(goal.needs)} needs in {len(turns)} turns; contradictions: {', '.join(broken) or 'none'}"
    )


if __name__ == "__main__":
    main()
