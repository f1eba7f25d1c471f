"""A person played by a chat model: one prompt, the goal and what was said -> the next message, or that they are done."""

from __future__ import annotations

import time
from collections.abc import Sequence
from importlib.resources import files
from string import Template
from typing import Any

from langchain_core.messages import HumanMessage, SystemMessage
from pydantic import BaseModel

from stylegraph.agent.budget import Budget, Charge
from stylegraph.agent.llm.client import ModelCaller
from stylegraph.agent.llm.prompts import fenced, shortened
from stylegraph.agent.state import AssistantState
from stylegraph.evals.harness.simulated.goals import Goal, Need
from stylegraph.evals.harness.simulated.judging import Turn, shown
from stylegraph.evals.harness.simulated.person import Message

_LANGUAGES = {"ko": "Korean", "en": "English"}
_MOST_TOKENS = 300


class _Next(BaseModel):
    say: str
    refused: list[str]
    done: bool


class ModelPerson:
    """A `Person` that a chat model plays.

    Args:
        goal: What they want.
        caller: Calls the model.
    """

    def __init__(self, goal: Goal, caller: ModelCaller) -> None:
        self._goal = goal
        self._caller = caller
        self.ledger: list[Charge] = []
        """The calls that it took so far."""

    async def next(self, turns: Sequence[Turn]) -> Message | None:
        """Return what they say after these turns.

        Raises:
            ModelError: The model gives no answer of use.
        """
        if len(turns) >= self._goal.turns:
            return None
        call = self._caller.call(_state(self._goal, len(turns)), "person")
        said = await call.decide(self._prompt(turns), _Next, _MOST_TOKENS)
        self.ledger += call.ledger
        if said.done or not said.say.strip():
            return None
        there = {str(piece["id"]) for turn in turns[-1:] for piece in shown(turn.reply)}
        return Message(said.say.strip(), tuple(one for one in said.refused if one in there))

    def _prompt(self, turns: Sequence[Turn]) -> list[SystemMessage | HumanMessage]:
        rules = files(__package__).joinpath("person.md").read_text(encoding="utf-8").strip()
        goal = self._goal
        data = {
            "person": goal.person,
            "dislike": goal.dislike.word if goal.dislike else "",
            "needs": "\n".join(f"{number}. {_told(need)}" for number, need in enumerate(goal.needs, 1)),
            "conversation": "\n\n".join(map(_held, turns)) or "Nothing was said yet: begin.",
        }
        return [
            SystemMessage(Template(rules).substitute(language=_LANGUAGES[goal.language])),
            HumanMessage(fenced(**data)),
        ]


def _told(need: Need) -> str:
    """Return a need as its person knows it: never the facts, which are for the assistant to tell."""
    limit = need.items.price.lte if need.items and need.items.price else None
    parts = [need.say, f"(that is: {need.what}; {need.details})", f"at most {limit:,} won" if limit else ""]
    return " ".join(filter(None, [*parts, "refuse the first good one as a matter of taste" if need.refuses else ""]))


def _held(turn: Turn) -> str:
    pieces = "\n".join(f"[{one['id']}] {one['name_en']}, {one['price_krw']:,} won" for one in shown(turn.reply))
    sources = ", ".join(dict.fromkeys(one.title for one in turn.reply.citations))
    return f"You: {turn.said}\nAssistant: {shortened(turn.reply.text)}\nPieces:\n{pieces or 'none'}\nSources: {sources or 'none'}"


def _state(goal: Goal, turns: int) -> AssistantState:
    """Return what a call must know of a turn: each message is one of its own, with room for a call and its correction."""
    budget = Budget(model_calls=4, tokens=1_000_000, web_searches=0, seconds=3_600.0, revisions=0)
    turn: Any = {
        **{"id": f"{goal.id}-{turns}", "asked": goal.person, "language": goal.language},
        **{"user": "simulated", "effort": "standard", "index": None, "image": None},
        **{"started": time.time(), "budget": budget},
    }
    return AssistantState(turn=turn)
