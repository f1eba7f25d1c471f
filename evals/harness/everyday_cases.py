"""What strangers typed: conversations whose writer had seen titles alone, judged by one who had read the documents."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

import stylegraph.evals
import stylegraph.tools.knowledge
from stylegraph.agent.text.resources import read_yaml

Language = Literal["ko", "en"]
Verdict = Literal["right", "partly", "wrong", "refused"]


class EverydayTurn(BaseModel):
    """One message, what the documents hold for it, and how its first answer was judged."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str
    holds: Literal["answer", "nothing", "talk"]
    """Whether the documents (or the shop) answer it; `talk` wants no look-up."""
    document: str | None = None
    """The file that answers it best."""
    facts: list[list[str]] = []
    """What a right answer states: all of the outer list, any one of each inner list."""
    judged: Verdict
    """How a reader judged the answer of the first look."""


class EverydayCase(BaseModel):
    """A conversation."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    language: Language
    turns: list[EverydayTurn] = Field(min_length=1)


def rounds() -> list[str]:
    """Return the names of the rounds, oldest first."""
    folder = files("stylegraph.evals") / "cases" / "everyday"
    return sorted(file.name.removesuffix(".yaml") for file in folder.iterdir() if file.name.endswith(".yaml"))


def everyday_cases(name: str) -> list[EverydayCase]:
    """Return the conversations of one round."""
    return [EverydayCase.model_validate(case) for case in read_yaml("stylegraph.evals", f"cases/everyday/{name}.yaml")]


def folders() -> list[Path]:
    """Return the folders of documents that all rounds are asked of."""
    worlds = Path(stylegraph.evals.__file__).with_name("cases") / "worlds"
    return [Path(stylegraph.tools.knowledge.__file__).with_name("guide"), worlds]
