"""What simulated people want: `cases/simulated.yaml`."""

from __future__ import annotations

from functools import cache
from typing import Annotated

from pydantic import Field, TypeAdapter, model_validator

from stylegraph.agent.text.language import Language
from stylegraph.evals.cases import Judged, Split, Text, read_cases, split_of
from stylegraph.evals.harness.ask_cases import Labelled, Wanted, Words


class Dislike(Labelled):
    """What a person does not want to wear."""

    fields: Judged
    """Any of these values in an item is too much."""
    word: Text
    """What the person calls it."""


class Need(Labelled):
    """One of the things that a person wants: a piece of clothing, or something to know."""

    say: Text
    """What they say first."""
    what: Text
    """What it is, in the middle of a sentence."""
    details: Text
    """What they say when they are asked back."""
    items: Wanted | None = None
    """What a piece must be; the first group is its kind."""
    facts: Words = Field([])
    """What a cited answer must hold."""
    repeats: Annotated[int, Field(ge=1)] | None = None
    """The number of an earlier need whose facts are asked for again."""
    refuses: Annotated[int, Field(ge=0)] = 0
    """How many pieces that fit are refused all the same, as a matter of taste."""

    @model_validator(mode="after")
    def _is_one_thing(self) -> Need:
        if sum(map(bool, (self.items, self.facts, self.repeats))) != 1:
            raise ValueError("A need is for items, for facts, or repeats another.")
        return self


class Goal(Labelled):
    """A person with their needs, which they see to one after another."""

    id: Annotated[str, Field(pattern=r"^sim-(ko|en)-\d{3}$")]
    person: Text
    dislike: Dislike | None = None
    needs: Annotated[list[Need], Field(min_length=1)]
    turns: Annotated[int, Field(ge=1)] = 10
    """After so many the person leaves."""

    @property
    def language(self) -> Language:
        """The language that the person speaks."""
        return "ko" if self.id.split("-")[1] == "ko" else "en"

    @property
    def split(self) -> Split:
        """The split that the fixed rule puts it in."""
        return split_of(self.id)

    @property
    def kind(self) -> str:
        """What the needs are for."""
        wished = {bool(need.items) for need in self.needs}
        return "mixed" if len(wished) > 1 else "clothes" if True in wished else "documents"

    def facts(self, need: Need) -> Words:
        """Return what an answer must hold, be it asked for the first time or again."""
        return self.needs[need.repeats - 1].facts if need.repeats else need.facts


@cache
def goals() -> tuple[Goal, ...]:
    """Read the goals, both splits, in the order of the file.

    Raises:
        pydantic.ValidationError: A goal does not have the shape that its class gives.
    """
    return TypeAdapter(tuple[Goal, ...]).validate_python(read_cases("simulated"))
