"""The grader by a chat model: every sentence and the whole answer in one structured call."""

from __future__ import annotations

import time
from collections.abc import Sequence
from importlib.resources import files
from typing import Annotated, Any, Literal, NamedTuple

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from pydantic import BaseModel, Field, create_model

from stylegraph.agent.budget import Budget, Charge
from stylegraph.agent.errors import ModelError
from stylegraph.agent.evidence import make_evidence
from stylegraph.agent.llm.client import ModelCaller
from stylegraph.agent.llm.prompts import fenced, numbered, shortened
from stylegraph.agent.state import AssistantState
from stylegraph.agent.text.language import detect_language
from stylegraph.evals.grading.records import Answered, Graded, Grader, Supported, claims, summed_up

_ANSWERS = {"no": 0.0, "partly": 0.5, "fully": 1.0}
_MOST_SENTENCES = 40
_MOST_PASSAGES = 8
"""Of one sentence."""
_EXAMPLE = (
    {
        "question": "How is velvet washed?",
        "passages": "[1]\nVelvet is dry-cleaned. Steam raises a crushed pile.\n\n[2]\nSilk is washed by hand at 30 °C.",
        "answer": "1. Velvet is washed by hand.\n2. A crushed pile rises again with steam.\n3. Silk is washed at 40 °C.\n"
        "4. Velvet is dry-cleaned, silk is washed by hand.",
    },
    '{"sentences":[[],[1],[],[1,2]],"answers":"fully"}',
)


class _Verdicts(BaseModel):
    sentences: list[list[int]]
    """The passages that bear each sentence."""
    answers: Literal["no", "partly", "fully"]


class Judgement(NamedTuple):
    """A grade and the calls of the model that it took."""

    graded: Graded
    ledger: Sequence[Charge]


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
        """Return the grade."""
        return (await self.judge(answered)).graded

    async def judge(self, answered: Answered) -> Judgement:
        """Return the grade and what it took."""
        said = claims(answered)
        if not said or not answered.evidence:
            return Judgement(await self._backup.grade(answered), [])
        if len(said) > _MOST_SENTENCES:
            return Judgement(await self._instead(answered, f"More than {_MOST_SENTENCES} sentences."), [])
        call = self._caller.call(_state(answered), "judge")
        try:
            found = await call.decide(_prompt(answered, said), *_form(len(said), len(answered.evidence)))
        except ModelError as error:
            return Judgement(await self._instead(answered, error.message), call.ledger)
        sentences = [
            _supported(answered, text, cited, passages)
            for (text, cited), passages in zip(said, found.sentences, strict=True)
        ]
        name = self._caller.settings.model
        return Judgement(summed_up(answered, sentences, _ANSWERS[found.answers], name, least=1.0), call.ledger)

    async def _instead(self, answered: Answered, why: str) -> Graded:
        graded = await self._backup.grade(answered)
        return graded.model_copy(update={"note": f"Graded locally: {why}"})


def _supported(answered: Answered, text: str, cited: list[str], passages: Sequence[int]) -> Supported:
    there = [answered.evidence[at - 1].id for at in dict.fromkeys(passages) if 0 < at <= len(answered.evidence)]
    return Supported(text=text, supported=bool(there), evidence=there, cited=cited)


def _form(sentences: int, passages: int) -> tuple[type[_Verdicts], int]:
    """Return the form with as many verdicts as there are sentences, and the tokens that it takes at most.

    A small model would go on and on, both with verdicts and with the passages of one.
    """
    most = min(passages, _MOST_PASSAGES)
    verdicts = Annotated[
        list[Annotated[list[int], Field(max_length=most)]], Field(min_length=sentences, max_length=sentences)
    ]
    return create_model("Judgement", __base__=_Verdicts, sentences=(verdicts, ...)), 40 + (6 + 4 * most) * sentences


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
    """Return what a call must know of a turn: each answer is one, with room for one call and its correction."""
    budget = Budget(model_calls=4, tokens=1_000_000, web_searches=0, seconds=3_600.0, revisions=0)
    turn: Any = {
        **{"id": answered.id, "asked": answered.question, "language": detect_language(answered.question)},
        **{"user": "grade", "effort": "standard", "index": None, "image": None},
        **{"started": time.time(), "budget": budget},
    }
    return AssistantState(turn=turn)
