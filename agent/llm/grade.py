"""How relevant the evidence is and how good the answer is, graded by a chat model: one call each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel

from stylegraph.agent.decisions import EvidenceGrader, RelevanceUpdate
from stylegraph.agent.errors import ModelError
from stylegraph.agent.evidence import Evidence
from stylegraph.agent.llm.fallback import fallen_back
from stylegraph.agent.llm.model import ModelCaller
from stylegraph.agent.llm.prompt import fenced, numbered, prompt
from stylegraph.agent.state import AssistantState

_RELEVANCE = {"none": 0.0, "some": 0.5, "full": 1.0}
_ANSWERS = {"no": 0.0, "partly": 0.5, "fully": 1.0}


class _PassageGrade(BaseModel):
    number: int
    relevance: Literal["none", "some", "full"]


class _PassageGrades(BaseModel):
    passages: list[_PassageGrade]


class _SentenceGrade(BaseModel):
    number: int
    supported: bool


class _AnswerGrade(BaseModel):
    sentences: list[_SentenceGrade]
    answers: Literal["no", "partly", "fully"]
    missing: list[str]
    queries: list[str]


class ModelEvidenceGrader:
    """Grades all evidence of a turn in one call, whatever its number."""

    def __init__(self, caller: ModelCaller, backup: EvidenceGrader) -> None:
        self._caller = caller
        self._backup = backup

    async def grade(self, state: AssistantState) -> RelevanceUpdate:
        """Give id -> relevance; locally when the model fails, and at `quick`."""
        evidence = state.get("evidence", [])
        if not evidence or state["turn"]["effort"] == "quick":
            return await self._backup.grade(state)
        call = self._caller.call(state, "grade_evidence")
        data = fenced(question=state["routing"]["question"], passages=numbered(evidence))
        try:
            grades = await call.decide(prompt("grade_evidence", data), _PassageGrades)
        except ModelError as error:
            return fallen_back(await self._backup.grade(state), call, error)
        return {"relevance": _by_id(grades, evidence), "ledger": call.ledger}


def _by_id(grades: _PassageGrades, evidence: Sequence[Evidence]) -> dict[str, float]:
    """Give every passage a grade: what the model left out is taken as on the topic."""
    by_number = {grade.number: _RELEVANCE[grade.relevance] for grade in grades.passages}
    return {found["id"]: by_number.get(number, 0.5) for number, found in enumerate(evidence, 1)}
