"""A person without a model: one small machine that reacts to what it gets, worded from templates."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, Protocol

from stylegraph.agent.reply import Reply, Status
from stylegraph.agent.text.language import Language
from stylegraph.agent.text.resources import read_yaml
from stylegraph.evals.harness.simulated.goals import Goal, Need
from stylegraph.evals.harness.simulated.judging import Turn, cites, fault, first_shown, met_at, tells

PATIENCE = 3
"""Messages about one need, its refusals aside; after them the person lets it be."""


class Message(NamedTuple):
    """What a person says next."""

    text: str
    refused: tuple[str, ...] = ()
    """Ids of the pieces that they refuse with it."""


class Person(Protocol):
    """Who talks to the assistant."""

    async def next(self, turns: Sequence[Turn]) -> Message | None:
        """Return what they say after these turns; None: they are done."""


class ScriptedPerson:
    """A person who sees to one need after another.

    Each need is opened with its own words; then what is shown or told decides: too dear, disliked, another thing, nothing,
    not told, not cited. A question back is answered from the goal. What is met leads to the next need, and so does patience that ends.

    Args:
        goal: What they want; the wording is drawn by its id.
    """

    def __init__(self, goal: Goal) -> None:
        self._goal = goal
        self._drawn = random.Random(goal.id)
        self._at = 0
        self._said = 0
        """Messages about the need that they are at."""
        self._refusals = 0

    async def next(self, turns: Sequence[Turn]) -> Message | None:
        """Return what they say after these turns."""
        if len(turns) >= self._goal.turns:
            return None
        if self._said and (refusal := self._refusal(turns[-1].reply)):
            return refusal
        pleased = self._go_on(turns)
        if self._at == len(self._goal.needs):
            return None
        need = self._goal.needs[self._at]
        self._said += 1
        if self._said == 1:
            return Message((self._one_of("pleased") if pleased else "") + need.say)
        return self._reaction(need, turns[-1].reply)

    def _go_on(self, turns: Sequence[Turn]) -> bool:
        """Go to the first need that is not met and not given up; tell whether one was met on the way."""
        pleased = False
        while self._at < len(self._goal.needs):
            met = met_at(self._goal, self._goal.needs[self._at], turns) is not None
            if not met and self._said < PATIENCE:
                break
            pleased |= met
            self._at, self._said, self._refusals = self._at + 1, 0, 0
        return pleased

    def _refusal(self, reply: Reply) -> Message | None:
        """Return a refusal of a piece that fits and is not to their taste."""
        need = self._goal.needs[self._at]
        piece = first_shown(need, reply) if need.items else None
        if piece is None or self._refusals == need.refuses or fault(self._goal, need, piece):
            return None
        self._refusals += 1
        return Message(self._one_of("taste", piece=_name(piece, self._goal.language)), (piece["id"],))

    def _reaction(self, need: Need, reply: Reply) -> Message:
        if reply.status is Status.ASKED_BACK:
            return Message(need.details)
        if need.items is None:
            told = tells(self._goal, need, reply) and not cites(reply)
            return Message(self._one_of("uncited" if told else "untold", what=need.what, say=need.say))
        piece = first_shown(need, reply)
        if piece is None:
            return Message(self._one_of("nothing", what=need.what))
        return self._complaint(need, piece)

    def _complaint(self, need: Need, piece: Mapping[str, Any]) -> Message:
        wrong = fault(self._goal, need, piece)
        if wrong is None:  # refused before, and shown again
            return Message(self._one_of("taste", piece=_name(piece, self._goal.language)), (piece["id"],))
        refused: tuple[str, ...] = (piece["id"],)
        if wrong.another:
            return Message(self._one_of("another", what=need.what))
        if wrong.disliked and self._goal.dislike:
            return Message(self._one_of("disliked", what=need.what, word=self._goal.dislike.word), refused)
        limit = need.items.price.lte if need.items and need.items.price else None
        return Message(self._one_of("dear", what=need.what, limit=_amount(limit or 0, self._goal.language)), refused)

    def _one_of(self, reaction: str, **words: str) -> str:
        return self._drawn.choice(_wording()[self._goal.language][reaction]).format(**words)


def _name(piece: Mapping[str, Any], language: Language) -> str:
    return str(piece[f"name_{language}"])


def _amount(won: int, language: Language) -> str:
    if language == "en":
        return f"{won:,} won"
    tens, rest = divmod(won, 10_000)
    words = [f"{tens}만" if tens else "", f"{rest // 1_000}천" if rest else ""]
    return " ".join([*filter(None, words), "원"])


@cache
def _wording() -> Mapping[Language, Mapping[str, Sequence[str]]]:
    wording: Mapping[Language, Mapping[str, Sequence[str]]] = read_yaml(__package__, "wording.yaml")
    return wording
