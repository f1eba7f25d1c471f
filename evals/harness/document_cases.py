"""The labelled questions about documents, and what it means that a text holds a fact."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter

import stylegraph.evals
from stylegraph.evals.cases import read_cases

SAMPLES = "samples"
_FILES = ("documents", "worlds")


class DocumentCase(BaseModel):
    """A question, and what a right answer to it contains."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    world: str = SAMPLES
    """Which documents it is asked of: the sample knowledge, or a folder of `cases/worlds`."""
    question: str
    language: Literal["ko", "en"]
    document: str | None
    """The file that answers it best."""
    also: list[str] = []
    """Other files that hold facts of the answer."""
    facts: list[list[str]] = []
    """All of the outer list, any one of each inner list."""
    answerable: bool
    split: Literal["tune", "test"]


def load_document_cases() -> list[DocumentCase]:
    """Read `cases/documents.yaml` and `cases/worlds.yaml`, both splits, in the order of the files."""
    return TypeAdapter(list[DocumentCase]).validate_python([case for name in _FILES for case in read_cases(name)])


def world_folder(world: str) -> Path:
    """Return the folder of documents that a world has."""
    return Path(stylegraph.evals.__file__).with_name("cases") / "worlds" / world


def holds(text: str, forms: Sequence[str]) -> bool:
    """Check whether a text states a fact in one of its forms.

    Compared after NFKC, case-folded, without white space; a digit at the edge of a fact is the edge of a number.
    """
    plain = _plain(text)
    return any(re.search(_edged(_plain(form)), plain) for form in forms)


def _edged(form: str) -> str:
    before = r"(?<!\d)(?<!\d[.,])" if form[:1].isdigit() else ""
    after = r"(?![\d]|[.,]\d)" if form[-1:].isdigit() else ""
    return before + re.escape(form) + after


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text).casefold())
