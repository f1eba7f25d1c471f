"""What is graded and what the grade says: one JSON object a line, the form of `stylegraph-evals grade`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from stylegraph.agent.citations import cited_sentences, without_markers
from stylegraph.agent.errors import InputError
from stylegraph.agent.local.templates import is_own_words

_MARKUP = re.compile(r"^\s*(?:[-*+•]\s+|\d{1,2}[.)]\s+|#{1,6}\s+|>\s+)|\*\*|__|`")
_NO_CLAIM = re.compile(
    r".*[?？]|[^\d]{0,60}[:：]|(?:네|예|아니요|아니오|yes|no|sure|okay|안녕하세요|감사합니다)[.,!]?", re.I
)
"""A question to the reader, a lead-in, a courtesy: nothing that evidence could bear."""


class Piece(BaseModel):
    """A piece of evidence."""

    model_config = ConfigDict(frozen=True)

    id: str
    text: str

    @field_validator("id", mode="before")
    @classmethod
    def _number(cls, value: Any) -> Any:  # noqa: ANN401 - whatever the file holds
        return str(value) if isinstance(value, int) else value


class Answered(BaseModel):
    """An answer of any system, with what it was made from. Other fields are left alone."""

    model_config = ConfigDict(frozen=True)

    id: str
    question: Annotated[str, Field(min_length=1)]
    evidence: list[Piece]
    answer: str

    @field_validator("id", mode="before")
    @classmethod
    def _number(cls, value: Any) -> Any:  # noqa: ANN401 - whatever the file holds
        return str(value) if isinstance(value, int) else value

    @field_validator("evidence", mode="before")
    @classmethod
    def _named(cls, value: Any) -> Any:  # noqa: ANN401 - whatever the file holds
        """Number the pieces that are plain text: `[1]` in the answer names the first."""
        if not isinstance(value, list):
            return value
        return [
            {"id": str(number), "text": one} if isinstance(one, str) else one for number, one in enumerate(value, 1)
        ]


class Supported(BaseModel):
    """One sentence of an answer."""

    text: str
    supported: bool
    likely: float | None = None
    """How likely it is borne, 0..1; a model says only whether it is."""
    evidence: list[str]
    """Ids of the pieces that bear it."""
    cited: list[str]
    """Ids of the pieces that it cites itself."""


class Graded(BaseModel):
    """The grade of one answer."""

    id: str
    groundedness: float | None
    """Share of the sentences that the evidence bears; null where nothing is claimed."""
    sentences: list[Supported]
    answers_question: bool
    answers: float
    """How likely, or how fully, the question is answered, 0..1."""
    citations: float | None
    """Share of the cited pieces that bear the sentence they are cited for; null without citations."""
    graded_by: str
    """`local`, or the model's name."""
    note: str = ""
    """Why it was graded otherwise than asked for."""


class Grader(Protocol):
    """Grades answers."""

    async def grade(self, answered: Answered) -> Graded:
        """Return the grade."""


def claims(answered: Answered) -> list[tuple[str, list[str]]]:
    """Return the sentences of an answer that claim something, without markup and markers, with the ids they cite."""
    found = []
    for line in answered.answer.splitlines():
        for sentence, numbers in cited_sentences(_MARKUP.sub("", line)):
            text = without_markers(sentence)
            cited = [answered.evidence[number - 1].id for number in numbers if 0 < number <= len(answered.evidence)]
            if text and not is_own_words(text) and not _NO_CLAIM.fullmatch(text):
                found.append((text, cited))
    return found


def summed_up(
    answered: Answered, sentences: Sequence[Supported], answers: float, graded_by: str, *, least: float, note: str = ""
) -> Graded:
    """Assemble a grade from its sentences."""
    cited = [one in sentence.evidence for sentence in sentences for one in sentence.cited]
    return Graded(
        id=answered.id,
        groundedness=round(sum(one.supported for one in sentences) / len(sentences), 4) if sentences else None,
        sentences=list(sentences),
        answers_question=answers >= least,
        answers=round(answers, 4),
        citations=round(sum(cited) / len(cited), 4) if cited else None,
        graded_by=graded_by,
        note=note,
    )


def read_answers(path: Path) -> Iterator[Answered]:
    """Read a file of answers; blank lines are passed over.

    Raises:
        InputError: It can't be read, or a line is not an answer; says which and why.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} can't be read: {error}.", "Give a JSON Lines file in UTF-8.") from None
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _answered(path, number, line)


def _answered(path: Path, number: int, line: str) -> Answered:
    remedy = 'A line is {"id": ..., "question": ..., "evidence": ["...", {"id": ..., "text": ...}], "answer": ...}.'
    try:
        return Answered.model_validate(json.loads(line))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the line"
        raise InputError(f"{path}, line {number}: {where}: {first['msg']}.", remedy) from None
    except ValueError as error:
        raise InputError(f"{path}, line {number} is not JSON: {error}.", remedy) from None
