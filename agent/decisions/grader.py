"""A grade by a decision model: a probability for each cited sentence, and a score for the answer, in one request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.decisions import Noul, Question, Score

from stylegraph.agent.citations import claims, without_markers
from stylegraph.agent.decisions.asking import Decider
from stylegraph.agent.decisions.errors import DecisionError, fallen_back
from stylegraph.agent.evidence import Evidence
from stylegraph.agent.local.items import is_item
from stylegraph.agent.protocols import Grader, GradeUpdate
from stylegraph.agent.reply import Grade, SentenceSupport
from stylegraph.agent.state import AssistantState, Draft

_ANSWERS = "answers"
_BORNE = 0.5
_MOST, _LONGEST = 40, 1_500
_LEVELS = ["It does not answer the question.", "It answers a part of the question.", "It answers the question."]
_FULLY, _PARTLY = 1.4, 0.6
"""Expected levels from which an answer counts as whole, and as a part of one."""
_SAYS = "Do the passages say the claim?"
_ANSWERED = "Does the answer give what the question asks for?"


class DecisionGrader:
    """A `Grader` by a decision model, in one request.

    Sentences that cite nothing, and the language of the answer, are judged by code, as the local grader does.

    Args:
        decider: Asks the model.
        backup: Grades where the model does not.
        local: Grades what was written without a model, by code.
    """

    def __init__(self, decider: Decider, backup: Grader, local: Grader) -> None:
        self._decider = decider
        self._backup = backup
        self._local = local

    async def grade(self, state: AssistantState) -> GradeUpdate:
        """Return the grade; the backup's where the model fails, with a note."""
        checked = _checked(state["draft"], state.get("evidence", []))
        if not checked or state["turn"]["effort"] == "quick":
            return await self._backup.grade(state)
        try:
            questions = _questions(checked, state["draft"])
            asked = await self._decider.in_turn("grade", {"question": _question(state)}, questions, state)
        except DecisionError as error:
            return await self._fallen_back(state, error)
        said = {text: asked.response.nouls[str(number)].noul >= _BORNE for number, text in enumerate(checked)}
        grade = _graded(await self._by_code(state), said, asked.response.scores[_ANSWERS].score, state)
        return {"grade": grade.model_dump(mode="json"), "ledger": asked.ledger}

    async def _fallen_back(self, state: AssistantState, error: DecisionError) -> GradeUpdate:
        update = await self._backup.grade(state)
        note = fallen_back(error, "grade", state["turn"]["language"])
        ledger = [*update.get("ledger", []), *error.ledger]
        return {**update, "notes": [*update.get("notes", []), note], "ledger": ledger}

    async def _by_code(self, state: AssistantState) -> Grade:
        """Return what code alone can say: of a local draft all that it does, of a model's that its citations hold."""
        if state.get("routing") is not None and not state.get("working"):
            return Grade.model_validate((await self._local.grade(state))["grade"])
        struck = state["draft"].get("unsupported", [])
        sentences = [
            SentenceSupport(text=text, supported=text not in struck, citations=numbers)
            for text, numbers in claims(state["draft"]["text"])
        ]
        return Grade(good=True, grounded=1.0, answers=1.0, in_language=True, sentences=sentences)


def _question(state: AssistantState) -> str:
    """Return the question as it was understood, where a router said so."""
    routing = state.get("routing")
    return routing["question"] if routing is not None else state["turn"]["asked"]


def _checked(draft: Draft, evidence: Sequence[Evidence]) -> dict[str, list[str]]:
    """Return the sentences that cite something, each with what it cites; none of what makes no claims."""
    if draft["kind"] not in ("answer", "recommendation"):
        return {}
    known = {piece["id"]: piece for piece in evidence}
    cited = {text: _cited(numbers, draft, known) for text, numbers in claims(draft["text"])}
    return dict([(text, units) for text, units in cited.items() if units][:_MOST])


def _questions(checked: Mapping[str, Sequence[str]], draft: Draft) -> dict[str, Question]:
    """Return a question for each sentence, by its number, and one on the whole."""
    answer = without_markers(draft["text"])[:_LONGEST]
    questions: dict[str, Question] = {
        str(number): Noul(instructions={"task": _SAYS, "claim": without_markers(text), "evidence": [*units]})
        for number, (text, units) in enumerate(checked.items())
    }
    return {**questions, _ANSWERS: Score(instructions={"task": _ANSWERED, "answer": answer}, criteria=[*_LEVELS])}


def _cited(numbers: Sequence[int], draft: Draft, known: Mapping[str, Evidence]) -> list[str]:
    """Return what a sentence cites: the units as they are quoted, and of an item all that is known."""
    citations: list[dict[str, Any]] = [
        draft["citations"][number - 1] for number in numbers if 0 < number <= len(draft["citations"])
    ]
    units = [
        known[one["evidence"]]["text"] if one["evidence"] in known and is_item(known[one["evidence"]]) else one["quote"]
        for one in citations
    ]
    return [unit[:_LONGEST] for unit in dict.fromkeys(units) if unit.strip()]


def _graded(code: Grade, said: Mapping[str, bool], score: float, state: AssistantState) -> Grade:
    """Return the grade of code with what the model says of each cited sentence, and of the whole."""
    sentences = [one.model_copy(update={"supported": said.get(one.text, one.supported)}) for one in code.sentences]
    grounded = sum(one.supported for one in sentences) / len(sentences) if sentences else 1.0
    answers = 1.0 if score >= _FULLY else 0.5 if score >= _PARTLY else 0.0
    return Grade(
        good=grounded == 1.0 and answers == 1.0 and code.in_language,
        grounded=round(grounded, 4),
        answers=answers,
        in_language=code.in_language,
        sentences=sentences,
        missing=[] if answers == 1.0 else code.missing or [state["turn"]["asked"]],
    )
