"""The protocol of OpenAI's `/v1/decisions`: what `langchain_openai.OpenAIDecisions` sends and reads."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, cast

from langchain_core.decisions import (
    Answer,
    Choice,
    ChoiceAnswer,
    ClassifierRequest,
    ClassifierResponse,
    Noul,
    NoulAnswer,
    Question,
    Score,
)
from pydantic import BaseModel, ConfigDict, Field

from stylegraph.graphs.server.decisions.systemone import MOST_QUESTIONS, parsed, usage_of


class _Asked(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Named(_Asked):
    name: str
    instructions: str


class PredicateQuestion(_Named):
    """Whether something is so."""

    type: Literal["predicate"]

    def question(self) -> Question:
        """Return it as LangChain's question."""
        return Noul(instructions=cast(Any, parsed(self.instructions)))

    def told(self, answer: Answer) -> dict[str, Any]:
        """Return the answer to it as the protocol has it."""
        return {"probability": cast(NoulAnswer, answer).noul}


class _Value(_Asked):
    value: str | bool
    description: str | None = None


class ChoiceQuestion(_Named):
    """Which of several values holds."""

    type: Literal["choice"]
    choices: Annotated[list[_Value], Field(min_length=1)]

    def question(self) -> Question:
        """Return it as LangChain's question."""
        criteria = {_key(one.value): parsed(one.description) for one in self.choices}
        return Choice(instructions=cast(Any, parsed(self.instructions)), criteria=criteria)

    def told(self, answer: Answer) -> dict[str, Any]:
        """Return the answer to it as the protocol has it."""
        chosen, values = cast(ChoiceAnswer, answer), {_key(one.value): one.value for one in self.choices}
        likely = [{"value": values[key], "probability": one} for key, one in chosen.probabilities.items()]
        return {"choice": values[chosen.choice], "probabilities": likely, "confidence": chosen.confidence}


class _Level(_Asked):
    label: str
    description: str | None = None


class ScoreQuestion(_Named):
    """How far up a scale something is."""

    type: Literal["score"]
    levels: Annotated[list[_Level], Field(min_length=2)]

    def question(self) -> Question:
        """Return it as LangChain's question."""
        said = [parsed(one.description or one.label) for one in self.levels]
        return Score(instructions=cast(Any, parsed(self.instructions)), criteria=said)

    def told(self, answer: Answer) -> dict[str, Any]:
        """Return the answer to it as the protocol has it."""
        scored = cast(Any, answer)
        likely = [
            {"value": place, "label": level.label, "probability": scored.probabilities[place]}
            for place, level in enumerate(self.levels)
        ]
        return {"score": scored.score, "probabilities": likely, "confidence": scored.confidence}


class _Message(_Asked):
    role: str = "user"
    content: str | list[dict[str, Any]]


class DecisionsRequest(BaseModel):
    """What is asked. Fields that are not known are left alone."""

    model_config = ConfigDict(extra="ignore")

    model: str
    input: str | list[_Message]
    questions: Annotated[
        list[Annotated[PredicateQuestion | ChoiceQuestion | ScoreQuestion, Field(discriminator="type")]],
        Field(min_length=1, max_length=MOST_QUESTIONS),
    ]

    def request(self) -> ClassifierRequest:
        """Return it as LangChain's request."""
        return ClassifierRequest(state=self._state(), questions={one.name: one.question() for one in self.questions})

    def _state(self) -> Any:  # noqa: ANN401 - any JSON
        """Return what it is about: a text, or messages; what was an object before it was sent is one again."""
        if isinstance(self.input, str):
            return parsed(self.input)
        said = [_said(one.content) for one in self.input]
        return parsed(said[0]) if len(said) == 1 else [{"role": "user", "content": one} for one in said]

    def told(self, response: ClassifierResponse) -> dict[str, Any]:
        """Return the answers as the protocol has them."""
        answers = [
            {"type": one.type, "name": one.name, **one.told(response.answers[one.name])} for one in self.questions
        ]
        return {"model": self.model, "answers": answers, "usage": usage_of(response)}


def _said(content: str | list[dict[str, Any]]) -> Any:  # noqa: ANN401 - text, or parts of which one is none
    """Return the text of a message; its parts where one of them is something else, for the model to refuse."""
    if isinstance(content, str):
        return content
    if all(part.get("type") in ("input_text", "text") for part in content):
        return "".join(str(part.get("text", "")) for part in content)
    return content


def _key(value: str | bool) -> str:
    return value if isinstance(value, str) else json.dumps(value)
