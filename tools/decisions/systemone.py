"""A decision model on a server that speaks `/v1/systemone`: Ollama, `stylegraph serve-decisions`, and others."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
from langchain_core.decisions import (
    BaseDecisionModel,
    Choice,
    ClassifierResponse,
    Noul,
    Question,
    Score,
    State,
)
from langchain_core.messages import BaseMessage
from pydantic import ConfigDict, Field, SecretStr, ValidationError
from typing_extensions import override

from stylegraph.agent.decisions.errors import DecisionError
from stylegraph.tools.decisions.posting import posted


class SystemOneDecisions(BaseDecisionModel):
    """A decision model behind `POST /v1/systemone`."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    model: str
    url: str
    """The address that is asked."""
    api_key: SecretStr | None = Field(default=None, exclude=True)
    retries: int = 2
    """Of a request on 429, 5xx and lost connections."""
    client: httpx.AsyncClient = Field(exclude=True, repr=False)

    @property
    @override
    def _provider(self) -> str:
        return "systemone"

    @override
    def _classify(self, state: State, questions: dict[str, Question]) -> ClassifierResponse:
        async def once() -> ClassifierResponse:
            async with httpx.AsyncClient(timeout=self.client.timeout) as client:
                return await self._asked(client, state, questions)

        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, once()).result()

    @override
    async def _aclassify(self, state: State, questions: dict[str, Question]) -> ClassifierResponse:
        return await self._asked(self.client, state, questions)

    async def _asked(
        self, client: httpx.AsyncClient, state: State, questions: Mapping[str, Question]
    ) -> ClassifierResponse:
        body = {"model": self.model, "state": plain(state), "questions": {n: wire(q) for n, q in questions.items()}}
        answer = await posted(client, self.url, body, self.api_key, self.retries)
        try:
            return ClassifierResponse.model_validate(answer)
        except ValidationError:
            raise DecisionError("malformed") from None


def plain(state: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return a state as JSON: messages as objects with a role."""
    if isinstance(state, BaseMessage):
        role = {"human": "user", "ai": "assistant"}.get(state.type, state.type)
        return {"role": role, "content": state.content}
    if isinstance(state, Mapping):
        return {name: plain(value) for name, value in state.items()}
    if isinstance(state, Sequence) and not isinstance(state, str):
        return [plain(one) for one in state]
    return state


def wire(question: Question) -> dict[str, Any]:
    """Return a question as the protocol has it: what describes a label is text there, an object its JSON."""
    body: dict[str, Any] = {"type": question.type, "instructions": question.instructions}
    if isinstance(question, Choice):
        body["criteria"] = {name: None if one is None else text(one) for name, one in question.criteria.items()}
    if isinstance(question, Score):
        body["criteria"] = [text(one) for one in question.criteria]
    if isinstance(question, Noul) and question.criteria is not None:
        meant = {"true": question.criteria.true, "false": question.criteria.false}
        body["criteria"] = {name: text(one) for name, one in meant.items() if one is not None}
    return body


def text(content: Any) -> str:  # noqa: ANN401 - any JSON
    """Return content as text: an object or a list as its JSON."""
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
