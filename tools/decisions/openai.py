"""OpenAI's Decisions API behind LangChain's common interface: `OpenAIDecisions` has question types of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import openai
from langchain_core.decisions import (
    Answer,
    BaseDecisionModel,
    Choice,
    ChoiceAnswer,
    ClassifierResponse,
    Noul,
    NoulAnswer,
    Question,
    Score,
    ScoreAnswer,
    State,
)
from langchain_openai import decisions as api
from pydantic import ConfigDict, SkipValidation
from typing_extensions import override

from stylegraph.agent.decisions.errors import DecisionError
from stylegraph.tools.decisions.systemone import text


class OpenAIDecisionModel(BaseDecisionModel):
    """A decision model by `langchain_openai.OpenAIDecisions`. It looks at no boxes, and a refusal is no answer."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    model: str
    client: SkipValidation[api.OpenAIDecisions]

    @property
    @override
    def _provider(self) -> str:
        return "openai"

    @override
    def _classify(self, state: State, questions: dict[str, Question]) -> ClassifierResponse:
        try:
            return _response(self.client.invoke(_request(state, questions)), questions)
        except openai.OpenAIError as error:
            raise _explained(error) from None

    @override
    async def _aclassify(self, state: State, questions: dict[str, Question]) -> ClassifierResponse:
        try:
            return _response(await self.client.ainvoke(_request(state, questions)), questions)
        except openai.OpenAIError as error:
            raise _explained(error) from None


def _request(state: Any, questions: Mapping[str, Question]) -> Any:  # noqa: ANN401 - the two states differ in name alone
    return {"input": state, "questions": {name: _asked(one) for name, one in questions.items()}}


def _asked(question: Question) -> Any:  # noqa: ANN401 - one of its three types
    """Return a question in OpenAI's types, where all that describes is text.

    Raises:
        DecisionError: It is one that OpenAI has not.
    """
    instructions = text(question.instructions)
    if isinstance(question, Choice):
        meanings: dict[str | bool, str | None] = {
            name: None if one is None else text(one) for name, one in question.criteria.items()
        }
        return api.Choice(instructions=instructions, choices=meanings)
    if isinstance(question, Score):
        return api.Score(instructions=instructions, levels=[text(one) for one in question.criteria])
    if isinstance(question, Noul):
        criteria = question.criteria
        meant = {"Yes": criteria.true, "No": criteria.false} if criteria is not None else {}
        lines = [f"{name} means: {text(one)}" for name, one in meant.items() if one is not None]
        return api.Predicate(instructions="\n".join([instructions, *lines]))
    raise DecisionError("malformed")


def _response(told: Any, questions: Mapping[str, Question]) -> ClassifierResponse:  # noqa: ANN401
    answers: dict[str, Answer] = {}
    for name, question in questions.items():
        if isinstance(question, Noul) and name in told.predicates:
            answers[name] = NoulAnswer(type="noul", noul=told.predicates[name].probability)
        elif isinstance(question, Choice) and name in told.choices:
            chosen = told.choices[name]
            likely = {str(value): one for value, one in chosen.probabilities.items()}
            answers[name] = ChoiceAnswer(
                type="choice", choice=str(chosen.choice), probabilities=likely, confidence=chosen.confidence
            )
        elif isinstance(question, Score) and name in told.scores:
            answers[name] = ScoreAnswer(
                **{**told.scores[name].model_dump(), "legend": dict(enumerate(question.criteria))}
            )
    usage: Any = told.usage.model_dump()
    return ClassifierResponse(model=told.model, answers=answers, usage=usage, request_id=told.request_id)


def _explained(error: openai.OpenAIError) -> DecisionError:
    if isinstance(error, openai.APITimeoutError):
        return DecisionError("raised", "TimeoutError")
    if isinstance(error, openai.APIConnectionError):
        return DecisionError("unreachable")
    if isinstance(error, openai.APIResponseValidationError):
        return DecisionError("malformed")
    if isinstance(error, openai.APIStatusError):
        return DecisionError("status", str(error.status_code))
    return DecisionError("raised", type(error).__name__)
