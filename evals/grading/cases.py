"""The labelled sentences and answers of `cases/support.yaml`."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from stylegraph.agent.text.language import Language
from stylegraph.evals.cases import Split, read_cases, split_of

Kind = Literal[
    "stated",
    "paraphrase",
    "composed",
    "number",
    "entity",
    "negation",
    "attribution",
    "unstated",
    "miscomposed",
    "quantifier",
]
BORNE: tuple[Kind, ...] = ("stated", "paraphrase", "composed")


class SupportCase(BaseModel):
    """A piece of evidence and what is said of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^g2?-(ko|en)-\d\d$")]
    evidence: Annotated[list[str], Field(min_length=1)]
    question: str
    said: Annotated[list[dict[Kind, str]], Field(min_length=4)]
    answers: Annotated[list[str], Field(min_length=2)]
    misses: Annotated[list[str], Field(min_length=2)]

    @property
    def language(self) -> Language:
        """The language of what is said."""
        return "ko" if "-ko-" in self.id else "en"

    @property
    def split(self) -> Split:
        """The split that the fixed rule puts it in."""
        return split_of(self.id)


class Pair(NamedTuple):
    """One sentence and whether the evidence bears it, or one answer and whether it answers."""

    case: SupportCase
    kind: str
    text: str
    label: bool


@cache
def support_cases() -> tuple[SupportCase, ...]:
    """Read the cases, both splits, in the order of the file."""
    return TypeAdapter(tuple[SupportCase, ...]).validate_python(read_cases("support"))


def sentence_pairs(split: Split | None = None) -> list[Pair]:
    """Return every sentence with its label."""
    return [
        Pair(case, kind, text, kind in BORNE)
        for case in support_cases()
        if split in (None, case.split)
        for said in case.said
        for kind, text in said.items()
    ]


def answer_pairs(split: Split | None = None) -> list[Pair]:
    """Return every answer with its label."""
    return [
        Pair(case, kind, text, kind == "answers")
        for case in support_cases()
        if split in (None, case.split)
        for kind, texts in (("answers", case.answers), ("misses", case.misses))
        for text in texts
    ]
