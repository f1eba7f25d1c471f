"""A harvested turn as a case: its question, what could be found for it then, and labels that somebody writes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from stylegraph.agent.errors import InputError
from stylegraph.agent.reply import Status

_HEAD = """# Turns that people disliked or that failed (stylegraph-evals harvest), redacted, with what had been found for them.
# Label a case, here or by `stylegraph-evals label THIS_FILE`, and `stylegraph-evals run --harvested THIS_FILE` judges it:
#   routes    where the question should go; as it went, until you correct it
#   facts     what a right answer contains: all of the outer list, any one of each inner list
#   never     what it must not contain
#   most_krw  what no piece that it recommends may cost more than
#   statuses  how the turn may end: answered, best_effort, asked_back, not_found, declined; a case without any is not judged
"""


Why = Literal["disliked", "regenerated", "failed"]
"""`regenerated`: another answer was asked for; `failed`: nothing was found, or the budget ended first."""


class Found(BaseModel):
    """A piece of evidence as it was."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    route: str
    title: str
    text: str
    url: str | None = None
    data: dict[str, Any] = {}
    """Of an item: what its source knew of it."""


class HarvestedCase(BaseModel):
    """One of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^h-(ko|en)-[0-9a-f]{8}$")]
    earlier: list[str] = []
    question: str
    why: Why = "disliked"
    complaint: str = ""
    """Why it was disliked, as the person said it."""
    better: str = ""
    """The answer as the person would have it."""
    answered: str = ""
    """What was answered."""
    routes: list[str]
    facts: list[list[str]] = []
    never: list[str] = []
    most_krw: int | None = None
    statuses: list[Status] = []
    evidence: list[Found] = []

    @property
    def labelled(self) -> bool:
        """Whether somebody has said how the turn should end."""
        return bool(self.statuses)


def read(file: Path) -> list[HarvestedCase]:
    """Return the cases of a file; none where there is no file.

    Raises:
        InputError: It can't be read, or holds something else.
    """
    try:
        told = yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else []
        return TypeAdapter(list[HarvestedCase]).validate_python(told or [])
    except (OSError, yaml.YAMLError, ValidationError) as error:
        first = str(error).splitlines()[0]
        raise InputError(f"{file} is no file of harvested cases: {first}", "Mend it, or name another.") from None


def write(cases: Sequence[HarvestedCase], file: Path) -> None:
    """Write cases into a file, in the place of what it holds.

    Raises:
        InputError: It can't be written.
    """
    plain = [case.model_dump(mode="json") for case in cases]
    try:
        file.write_text(_HEAD + yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=120), encoding="utf-8")
    except OSError as error:
        raise InputError(f"{file} can't be written: {error.strerror}.", "Choose another --out.") from None
