"""The grader by a chat model: every sentence and the whole answer in one structured call."""

from __future__ import annotations

import time
from collections.abc import Sequence
from importlib.resources import files
from typing import Annotated, Any, Literal

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from pydantic import BaseModel, Field, create_model

from stylegraph.agent.budget import Budget
from stylegraph.agent.errors import ModelError
from stylegraph.agent.evidence import make_evidence
from stylegraph.agent.language import detect_language
from stylegraph.agent.llm.model import ModelCaller
from stylegraph.agent.llm.prompt import fenced, numbered, shortened
from stylegraph.agent.state import AssistantState
from stylegraph.evals.grading.records import Answered, Graded, Grader, Supported, claims, summed_up

_ANSWERS = {"no": 0.0, "partly": 0.5, "fully": 1.0}
_MOST_SENTENCES = 40
_EXAMPLE = (
    {
        "question": "How is velvet washed?",
        "passages": "[1]\nVelvet is dry-cleaned. Steam raises a crushed pile.\n\n[2]\nSilk is washed by hand.",
        "answer": "1. Velvet is dry-cleaned.\n2. Velvet is washed by hand.",
    },
    '{"sentences":[{"passages":[1]},{"passages":[]}],"answers":"fully"}',
)


class _Sentence(BaseModel):
    passages: Annotated[list[int], Field(max_length=8)]


class _Judgement(BaseModel):
    sentences: list[_Sentence]
    answers: Literal["no", "partly", "fully"]


class ModelGrader:
    """A `Grader` that asks a chat model once for each answer.

    Args:
        caller: Calls the model.
        backup: Grades what has no evidence or no claim, and what the model fails at; the grade says so.
    """

    def __init__(self, caller: ModelCaller, backup: Grader) -> None:
        self._caller = caller
        self._backup = backup

    async def grade(self, answered: Answered) -> Graded:
        """Give the grade."""
        said = claims(answered)
        if not said or not answered.evidence:
            return await self._backup.grade(answered)
        if len(said) > _MOST_SENTENCES:
            return await self._instead(answered, f"More than {_MOST_SENTENCES} sentences.")
        call = self._caller.call(_state(answered), "judge")
        try:
            found = await call.decide(_prompt(answered, said), _form(len(said)), 60 + 24 * len(said))
        except ModelError as error:
            return await self._instead(answered, error.message)
        sentences = [
            _supported(answered, text, cited, one.passages)
            for (text, cited), one in zip(said, found.sentences, strict=True)
        ]
        return summed_up(answered, sentences, _ANSWERS[found.answers], self._caller.settings.model, least=1.0)

    async def _instead(self, answered: Answered, why: str) -> Graded:
        graded = await self._backup.grade(answered)
        return graded.model_copy(update={"note": f"Graded locally: {why}"})


def _supported(answered: Answered, text: str, cited: list[str], passages: Sequence[int]) -> Supported:
    there = [answered.evidence[at - 1].id for at in dict.fromkeys(passages) if 0 < at <= len(answered.evidence)]
    return Supported(text=text, supported=bool(there), evidence=there, cited=cited)


def _form(count: int) -> type[_Judgement]:
    """Give the form with as many verdicts as there are sentences: a small model would go on and on."""
    verdicts = Annotated[list[_Sentence], Field(min_length=count, max_length=count)]
    return create_model("Judgement", __base__=_Judgement, sentences=(verdicts, ...))


def _prompt(answered: Answered, said: Sequence[tuple[str, list[str]]]) -> list[BaseMessage]:
    rules = files(__package__).joinpath("judge.md").read_text(encoding="utf-8").strip()
    pieces = [make_evidence("documents", "", piece.text) for piece in answered.evidence]
    data = {
        "question": shortened(answered.question),
        "passages": numbered(pieces),
        "answer": "\n".join(f"{number}. {text}" for number, (text, _) in enumerate(said, 1)),
    }
    asked, answer = _EXAMPLE
    return [SystemMessage(rules), HumanMessage(fenced(**asked)), AIMessage(answer), HumanMessage(fenced(**data))]


def _state(answered: Answered) -> AssistantState:
    """Give what a call must know of a turn: each answer is one, with room for one call and its correction."""
    budget = Budget(model_calls=4, tokens=1_000_000, web_searches=0, seconds=3_600.0, revisions=0)
    turn: Any = {
        **{"id": answered.id, "asked": answered.question, "language": detect_language(answered.question)},
        **{"user": "grade", "effort": "standard", "index": None, "image": None},
        **{"started": time.time(), "budget": budget},
    }
    return AssistantState(turn=turn)
