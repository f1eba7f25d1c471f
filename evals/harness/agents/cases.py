"""The conversations that both agents are asked, and what each answer must hold."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from stylegraph.agent.text.language import Language
from stylegraph.evals.cases import Split, Text, read_cases
from stylegraph.evals.harness.ask_cases import Labelled, Wanted, Words

World = Literal["samples", "company", "kitchen", "project", "shop", "club", "platform"]
"""Which documents are indexed: the sample knowledge, or a folder of `cases/worlds`."""
Own = Literal["weather", "orders", "clinic", "leave", "rates"]
"""A source of `cases/agents/own.yaml`."""
Kind = Literal[
    "one source",
    "two needs",
    "other language",
    "follow-up",
    "weather",
    "own source",
    "table, code, price",
    "unanswerable",
    "nothing to look up",
]


class OfShown(Labelled):
    """What must be said of an item that was shown earlier in the conversation."""

    nth: Annotated[int, Field(ge=1)]
    field: Literal["price", "name", "material", "colours", "audience"]


class Sum(Labelled):
    """What the items shown in this turn may cost together, and whether the answer must say how much that is."""

    lte: int | None = None
    said: bool = True


class AgentTurn(Labelled):
    """A question of a conversation. What a field leaves empty is not judged."""

    ask: Text
    facts: Words = Field([])
    """What the answer holds: all of the outer list, any one of each inner list."""
    never: list[Text] = Field([])
    """What it must not hold."""
    items: Wanted | None = None
    """What every recommended item must meet; at least one is recommended."""
    kinds: list[list[Text]] = Field([])
    """Categories of which the recommended items need one each: all of the outer list, any one of each inner list."""
    least: Annotated[int, Field(ge=1)] = 1
    """How many items there must be, where `items` are wanted."""
    total: Sum | None = None
    of_shown: list[OfShown] = Field([])
    sum_of_shown: list[int] = Field([])
    """Places of items shown before: what they cost together must be said."""
    cheapest_of_shown: bool = False
    """The cheapest of the items shown before must be named."""
    cheaper_than: int | None = None
    """Place of an item shown before: every item of this turn costs less."""
    form: Literal["table", "checklist"] | None = None
    least_rows: int = 2
    """Of that table or checklist."""
    code: list[Text] = Field([])
    """Blocks that must stand in code fences, line for line."""
    cited: bool = False
    documents: list[Text] = Field([])
    """What is to be cited, any of them: ends of file names or addresses, or titles. Empty: anything that was found."""
    unanswerable: bool = False
    """The honest answer is that nothing says so."""
    language: Language | None = None
    """Of the answer, where it is not that of the question."""

    @property
    def wants_items(self) -> bool:
        """Whether items are to be recommended."""
        return bool(self.items or self.kinds or self.total or self.cheaper_than)


class AgentCase(Labelled):
    """A conversation with all that can be found for it."""

    id: Annotated[str, Field(pattern=r"^a-(ko|en)-\d{3}$")]
    kind: Kind
    split: Split
    documents: list[World] = Field(["samples"])
    own: list[Own] = Field([])
    turns: Annotated[list[AgentTurn], Field(min_length=1, max_length=3)]

    @property
    def language(self) -> Language:
        """The language that it is held in."""
        return "ko" if self.id.split("-")[1] == "ko" else "en"

    @property
    def asked(self) -> str:
        """The whole conversation in a line."""
        return " → ".join(turn.ask for turn in self.turns)


@cache
def agent_cases() -> tuple[AgentCase, ...]:
    """Read the cases, both splits, in the order of the file.

    Raises:
        pydantic.ValidationError: A case does not have the shape that its class gives.
    """
    return TypeAdapter(tuple[AgentCase, ...]).validate_python(read_cases("agents"))


def chosen_cases(split: str | None = None, only: Sequence[str] = ()) -> list[AgentCase]:
    """Return the cases of a split, or those that are named.

    Args:
        split: `tune` or `test`; None: both.
        only: Their ids; none: all.
    """
    return [one for one in agent_cases() if (split in (None, one.split)) and (not only or one.id in only)]
