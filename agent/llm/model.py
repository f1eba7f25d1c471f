"""The one caller of chat models: timed, retried, counted against the turn's budget, and validated."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import httpx2
import openai
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage
from langchain_core.runnables import RunnableConfig
from langchain_openai import ChatOpenAI
from langgraph.constants import TAG_NOSTREAM
from pydantic import BaseModel, SecretStr, ValidationError

from stylegraph.agent.budget import Charge, exhausted, tally
from stylegraph.agent.errors import ModelError
from stylegraph.agent.llm.failures import UnsupportedFormError, explained
from stylegraph.agent.settings import Settings
from stylegraph.agent.state import AssistantState

Form = TypeVar("Form", bound=BaseModel)

_QUIET: RunnableConfig = {"tags": [TAG_NOSTREAM]}
"""Keeps a decision's JSON out of the token stream that people watch."""


@asynccontextmanager
async def open_chat(settings: Settings) -> AsyncIterator[ChatOpenAI]:
    """Open the chat model that the settings name, with an HTTP client of its own (the default one is every loop's)."""
    async with httpx2.AsyncClient(timeout=settings.model_timeout, follow_redirects=True) as client:
        yield ChatOpenAI(
            model=settings.model,
            api_key=settings.openai_api_key or SecretStr("none"),
            base_url=settings.base_url,
            timeout=settings.model_timeout,
            max_retries=settings.model_retries,
            temperature=0,
            stream_usage=True,
            http_async_client=client,
        )


class ModelCaller:
    """Calls a chat model on behalf of a decision."""

    def __init__(self, chat: BaseChatModel) -> None:
        self._chat = chat
        self.structured = True
        """Whether the server takes a JSON schema; found out by the first call that it refuses."""

    def call(self, state: AssistantState, by: str) -> Call:
        """Begin the calls of one decision in one turn."""
        return Call(self, self._chat, state, by)


class Call:
    """The model calls of one decision: they share a ledger, which holds whatever happens."""

    def __init__(self, caller: ModelCaller, chat: BaseChatModel, state: AssistantState, by: str) -> None:
        self._caller = caller
        self._chat = chat
        self.state = state
        self.by = by
        self.ledger: list[Charge] = []

    async def decide(self, prompt: Sequence[BaseMessage], form: type[Form]) -> Form:
        """Get a decision in a given form; one that does not fit is asked for once more with what was wrong.

        Raises:
            ModelError: No answer, a refusal, or twice an answer in another form.
        """
        message = await self._structured(prompt, form)
        try:
            return form.model_validate_json(_json_in(message.text))
        except ValidationError as error:
            wrong = HumanMessage(f"That answer could not be used:\n{_short(error)}\nAnswer again, only as JSON.")
            message = await self._structured([*prompt, AIMessage(message.text), wrong], form)
        try:
            return form.model_validate_json(_json_in(message.text))
        except ValidationError as error:
            raise ModelError(f"The model's answer had the wrong form twice ({_short(error)}).") from None

    async def write(self, prompt: Sequence[BaseMessage], on_text: Callable[[str], None]) -> str:
        """Get text, and hand it on piece by piece as it comes.

        Raises:
            ModelError: No answer, an empty one, or a stream that was cut.
        """
        async with self._metered() as metered:
            async for chunk in self._chat.astream(list(prompt)):
                metered.take(chunk)
                if chunk.text:
                    on_text(chunk.text)
        return _said(metered.message)

    async def _structured(self, prompt: Sequence[BaseMessage], form: type[BaseModel]) -> AIMessage:
        if self._caller.structured:
            try:
                return await self._invoke(prompt, response_format=_response_format(form))
            except UnsupportedFormError:
                self._caller.structured = False
        schema = json.dumps(form.model_json_schema(), ensure_ascii=False)
        asked = HumanMessage(f"Answer with one JSON object and nothing else. It must fit this JSON schema:\n{schema}")
        return await self._invoke([*prompt, asked])

    async def _invoke(self, prompt: Sequence[BaseMessage], **options: Any) -> AIMessage:  # noqa: ANN401 - of the API
        async with self._metered() as metered:
            metered.take(await self._chat.ainvoke(list(prompt), _QUIET, **options))
        _said(metered.message)
        return metered.message

    @asynccontextmanager
    async def _metered(self) -> AsyncIterator[_Meter]:
        meter = _Meter()
        charge = Charge(kind="model", by=self.by, started=time.time(), ended=0.0, tokens_in=0, tokens_out=0)
        try:
            async with asyncio.timeout(self._seconds_left()):
                yield meter
        except (openai.OpenAIError, httpx2.HTTPError, TimeoutError) as error:
            raise explained(error) from None
        finally:
            usage = meter.message.usage_metadata
            charge["ended"] = time.time()
            charge["tokens_in"] = usage["input_tokens"] if usage else 0
            charge["tokens_out"] = usage["output_tokens"] if usage else 0
            self.ledger.append(charge)

    def _seconds_left(self) -> float:
        turn = self.state["turn"]
        elapsed = time.time() - turn["started"]
        spent = tally([*self.state.get("ledger", []), *self.ledger], elapsed, 0)
        limits = {**turn["budget"], "revisions": 1}  # revisions are counted where they are decided
        if part := exhausted(limits, spent):  # type: ignore[arg-type]
            raise ModelError(f"The turn's budget ended ({part}).")
        return turn["budget"]["seconds"] - elapsed


class _Meter:
    """What one call gave so far."""

    def __init__(self) -> None:
        self.message: AIMessage = AIMessageChunk(content="")

    def take(self, part: AIMessage) -> None:
        self.message = self.message + part if isinstance(part, AIMessageChunk) else part  # type: ignore[assignment]


def _response_format(form: type[BaseModel]) -> dict[str, Any]:
    schema = form.model_json_schema()
    return {"type": "json_schema", "json_schema": {"name": form.__name__, "schema": _strict(schema), "strict": True}}


def _strict(schema: Any) -> Any:  # noqa: ANN401 - any part of a JSON schema
    """Give a schema as OpenAI's strict mode wants it: every property required, none besides, no defaults."""
    if isinstance(schema, list):
        return [_strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    strict = {key: _strict(part) for key, part in schema.items() if key not in ("default", "title")}
    if "properties" in schema:
        strict |= {"required": list(schema["properties"]), "additionalProperties": False}
    return strict


def _said(message: AIMessage) -> str:
    """Give a message's text.

    Raises:
        ModelError: It is a refusal, or empty.
    """
    if refusal := message.additional_kwargs.get("refusal"):
        raise ModelError(f"The model refused: {str(refusal)[:200]}")
    if not message.text.strip():
        raise ModelError("The model's answer was empty.")
    return message.text


def _json_in(text: str) -> str:
    """Give the JSON object in a text that may have a code fence or words around it."""
    start, end = text.find("{"), text.rfind("}")
    return text[start : end + 1] if 0 <= start < end else text


def _short(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, part['loc']))}: {part['msg']}" for part in error.errors()[:3])
