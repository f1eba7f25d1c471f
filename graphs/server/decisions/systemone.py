"""The protocol of `/v1/systemone`: questions by name, as `langchain_core.decisions` has them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, cast

from langchain_core.decisions import Choice, ClassifierRequest, ClassifierResponse, Noul, Question, Score
from pydantic import BaseModel, ConfigDict, Field, JsonValue

MOST_QUESTIONS = 200
"""Of one request."""


class SystemOneRequest(BaseModel):
    """What is asked. Fields of other servers, such as `keep_alive`, are left alone."""

    model_config = ConfigDict(extra="ignore")

    model: str = ""
    state: JsonValue
    questions: dict[str, Annotated[Choice | Noul | Score, Field(discriminator="type")]] = Field(
        min_length=1, max_length=MOST_QUESTIONS
    )

    def request(self) -> ClassifierRequest:
        """Return it as LangChain's request."""
        questions: Mapping[str, Question] = {name: _with_objects(one) for name, one in self.questions.items()}
        return ClassifierRequest(state=cast(Any, parsed(self.state)), questions=questions)

    def told(self, response: ClassifierResponse) -> dict[str, Any]:
        """Return the answers as the protocol has them."""
        answers = {name: answer.model_dump(mode="json") for name, answer in response.answers.items()}
        return {"model": self.model or response.model, "answers": answers, "usage": usage_of(response)}


def usage_of(response: ClassifierResponse) -> dict[str, int]:
    """Return the tokens that were read and written; a model on this machine counts none."""
    usage = response.usage
    return {"input_tokens": usage["input_tokens"], "output_tokens": usage["output_tokens"]} if usage else _NOTHING


_NOTHING = {"input_tokens": 0, "output_tokens": 0}


def parsed(value: JsonValue) -> JsonValue:
    """Return an object or a list that was sent as text; some clients can send nothing else. Other values stay."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return cast(JsonValue, json.loads(value))
        except ValueError:
            return value
    return value


def _with_objects(question: Choice | Noul | Score) -> Choice | Noul | Score:
    """Return a question whose instructions and criteria are objects where their text is one."""
    read = question.model_copy(update={"instructions": parsed(question.instructions)})
    if isinstance(question, Choice):
        return read.model_copy(update={"criteria": {name: parsed(one) for name, one in question.criteria.items()}})
    if isinstance(question, Score):
        return read.model_copy(update={"criteria": [parsed(one) for one in question.criteria]})
    if question.criteria is None:
        return read
    yes, no = parsed(question.criteria.true), parsed(question.criteria.false)
    return read.model_copy(update={"criteria": question.criteria.model_copy(update={"true": yes, "false": no})})
