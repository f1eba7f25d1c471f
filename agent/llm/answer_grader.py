"""How good an answer is: its citations checked in code, its sentences and its completeness by a chat model."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from langchain_core.messages import BaseMessage
from pydantic import BaseModel, Field

from stylegraph.agent.citations import cited_sentences, without_markers
from stylegraph.agent.errors import ModelError
from stylegraph.agent.evidence import Evidence
from stylegraph.agent.injection import plain
from stylegraph.agent.llm.client import ModelCaller
from stylegraph.agent.llm.fallback import fallen_back
from stylegraph.agent.llm.prompts import around, numbered, prompt, shortened
from stylegraph.agent.local.graders import speaks
from stylegraph.agent.protocols import AnswerGrader, GradeUpdate
from stylegraph.agent.reply import Grade, SentenceSupport
from stylegraph.agent.state import AssistantState, Draft

_ANSWERS = {"no": 0.0, "partly": 0.5, "fully": 1.0}
_MOST_NAMED = 4
_LONGEST = 160
_LEAD_IN = re.compile(r"[^\d]*[:：?!]\s*")
"""A sentence that only leads to the next or talks to the reader; it states nothing."""


class _AnswerGrade(BaseModel):
    unsupported: Annotated[list[int], Field(max_length=40)]
    answers: Literal["no", "partly", "fully"]
    missing: Annotated[list[str], Field(max_length=_MOST_NAMED)]
    queries: Annotated[list[str], Field(max_length=_MOST_NAMED)]


class ModelAnswerGrader:
    """Grades an answer in one call, and without one where code can tell.

    Args:
        caller: Calls the model.
        backup: Grades what needs no model: small talk, an answer that says that there is none, recommended items, an
            answer that already failed in code, and everything at `quick` or when the model fails.
    """

    def __init__(self, caller: ModelCaller, backup: AnswerGrader) -> None:
        self._caller = caller
        self._backup = backup

    async def grade(self, state: AssistantState) -> GradeUpdate:
        """Return the grade."""
        draft = state["draft"]
        if not _needs_model(state):
            return await self._by_code(state)
        call = self._caller.call(state, "grade_answer")
        try:
            said = await call.decide(await asyncio.to_thread(_prompt, state), _AnswerGrade)
        except ModelError as error:
            return fallen_back(await self._by_code(state), call, error)
        return {"grade": _graded(draft, said).model_dump(mode="json"), "ledger": call.ledger}

    async def _by_code(self, state: AssistantState) -> GradeUpdate:
        """Grade locally; what the model wrote to lead in counts neither for nor against it."""
        update = await self._backup.grade(state)
        grade = Grade.model_validate(update["grade"])
        wrong = state["draft"].get("unsupported", [])
        kept = [one for one in grade.sentences if one.citations or not _LEAD_IN.fullmatch(one.text)]
        if len(kept) == len(grade.sentences):
            return update
        sentences = [one.model_copy(update={"supported": one.supported and one.text not in wrong}) for one in kept]
        grounded = sum(one.supported for one in sentences) / len(sentences) if sentences else 1.0
        good = grounded == 1.0 and grade.in_language and grade.answers >= 1 and state["draft"]["kind"] != "nothing"
        better = grade.model_copy(update={"sentences": sentences, "grounded": round(grounded, 4), "good": good})
        return {**update, "grade": better.model_dump(mode="json")}


def _needs_model(state: AssistantState) -> bool:
    """Check whether a model has anything to add to what code can tell."""
    draft = state["draft"]
    if draft["kind"] in ("chat", "declined", "nothing") or state["turn"]["effort"] == "quick":
        return False
    if draft.get("unsupported") or not draft["citations"] or not speaks(draft, state["routing"]["language"]):
        return False  # it will be written again, whatever else a model may find
    uncited = [text for text, numbers in cited_sentences(draft["text"]) if not numbers and not _LEAD_IN.fullmatch(text)]
    return draft["kind"] != "recommendation" or bool(uncited)


def _graded(draft: Draft, said: _AnswerGrade) -> Grade:
    sentences = [
        SentenceSupport(text=text, supported=number not in said.unsupported, citations=numbers)
        for number, (text, numbers) in enumerate(cited_sentences(draft["text"]), 1)
    ]
    grounded = sum(sentence.supported for sentence in sentences) / len(sentences) if sentences else 1.0
    missing = _named(said.missing)
    answers = 1.0 if said.answers == "partly" and not missing else _ANSWERS[said.answers]  # a gap has a name
    return Grade(
        good=grounded == 1.0 and answers == 1.0,
        grounded=round(grounded, 4),
        answers=answers,
        in_language=True,
        sentences=sentences,
        missing=missing if answers < 1 else [],
        queries=_named(said.queries) if answers < 1 else [],
    )


def _named(texts: Sequence[str]) -> list[str]:
    cleaned = (" ".join(plain(text).split())[:_LONGEST] for text in texts)
    return [text for text in dict.fromkeys(cleaned) if text][:_MOST_NAMED]


def _prompt(state: AssistantState) -> list[BaseMessage]:
    """Return the messages: the cited passages around their quotes, and the sentences numbered."""
    citations = state["draft"]["citations"]
    known = {found["id"]: found for found in state["evidence"]}
    cited = {
        citation["evidence"]: known[citation["evidence"]] for citation in citations if citation["evidence"] in known
    }
    places = {identity: number for number, identity in enumerate(cited, 1)}
    shown = [around(found["text"], _spans(citations, found)) for found in cited.values()]
    answer = "\n".join(
        f"{number}. {without_markers(text)} {_marks(numbers, citations, places)}".rstrip()
        for number, (text, numbers) in enumerate(cited_sentences(state["draft"]["text"]), 1)
    )
    passages = numbered(list(cited.values()), shown)
    data = {"question": shortened(state["routing"]["question"]), "passages": passages, "answer": answer}
    return prompt("grade_answer", data=data)


def _spans(citations: Sequence[Mapping[str, Any]], found: Evidence) -> list[tuple[int, int]]:
    return [(one["start"], one["end"]) for one in citations if one["evidence"] == found["id"]]


def _marks(numbers: Sequence[int], citations: Sequence[Mapping[str, Any]], places: Mapping[str, int]) -> str:
    """Return the numbers of the passages that a sentence cites."""
    cited = [citations[number - 1]["evidence"] for number in numbers if 0 < number <= len(citations)]
    return "".join(f"[{place}]" for place in dict.fromkeys(places[one] for one in cited if one in places))
