"""How relevant the evidence is, graded by a chat model in one call."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated, Literal

from langchain_core.messages import BaseMessage
from pydantic import BaseModel, Field, create_model

from stylegraph.agent.errors import ModelError
from stylegraph.agent.evidence import Evidence
from stylegraph.agent.llm.client import ModelCaller
from stylegraph.agent.llm.fallback import fallen_back
from stylegraph.agent.llm.prompts import excerpt, numbered, prompt, shortened
from stylegraph.agent.local.items import is_item, item_relevance
from stylegraph.agent.protocols import EvidenceGrader, RelevanceUpdate
from stylegraph.agent.state import AssistantState

_RELEVANCE = {"none": 0.0, "some": 0.5, "full": 1.0}
_MOST = 24


class _Grades(BaseModel):
    grades: list[Literal["none", "some", "full"]]


class ModelEvidenceGrader:
    """Grades all evidence of a turn in one call, whatever its number, by excerpts: the writer reads it in full.

    Items of the catalogue are graded by the wishes that they meet, which is known without a model.

    Args:
        caller: Calls the model.
        backup: Grades items, at `quick`, and when the model fails.
    """

    def __init__(self, caller: ModelCaller, backup: EvidenceGrader) -> None:
        self._caller = caller
        self._backup = backup

    async def grade(self, state: AssistantState) -> RelevanceUpdate:
        """Return id -> relevance of all evidence."""
        if state["turn"]["effort"] == "quick":
            return await self._backup.grade(state)
        new, known = _to_grade(state), _without_call(state)
        if not new:
            return RelevanceUpdate(relevance=known)
        after = None if state["turn"]["effort"] == "thorough" else "answer"
        call = self._caller.call(state, "grade_evidence", after=after)
        try:
            said = await call.decide(await asyncio.to_thread(_prompt, state, new), _form(len(new)), 20 + 10 * len(new))
        except ModelError as error:
            return fallen_back(await self._backup.grade(state), call, error)
        graded = {found["id"]: _RELEVANCE[grade] for found, grade in zip(new, said.grades, strict=True)}
        return RelevanceUpdate(relevance={**known, **graded}, ledger=call.ledger)


def _form(count: int) -> type[_Grades]:
    """Return the form with as many grades as there are passages: a small model would go on and on."""
    grades = Annotated[list[Literal["none", "some", "full"]], Field(min_length=count, max_length=count)]
    return create_model("Grades", __base__=_Grades, grades=(grades, ...))


def _to_grade(state: AssistantState) -> list[Evidence]:
    """Return the texts that have no grade yet: a revision grades only what it found."""
    texts = [found for found in state.get("evidence", []) if not is_item(found) and _known(state, found) is None]
    return texts[:_MOST]


def _without_call(state: AssistantState) -> dict[str, float]:
    """Return the grades that are known: those of items, and those of an earlier attempt."""
    evidence = state.get("evidence", [])
    items = {found["id"]: item_relevance(found) for found in evidence if is_item(found)}
    return items | {found["id"]: grade for found in evidence if (grade := _known(state, found)) is not None}


def _known(state: AssistantState, found: Evidence) -> float | None:
    return state.get("relevance", {}).get(found["id"])


def _prompt(state: AssistantState, evidence: Sequence[Evidence]) -> list[BaseMessage]:
    question = state["routing"]["question"]
    shown = [excerpt(found["text"], f"{question} {found['title']}") for found in evidence]
    return prompt("grade_evidence", data={"question": shortened(question), "passages": numbered(evidence, shown)})
