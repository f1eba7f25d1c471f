"""The one caller of chat models: timed, retried, counted against the turn's budget, and validated."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

import httpx2
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage
from langchain_core.runnables import RunnableConfig
from langchain_openai import ChatOpenAI
from langgraph.constants import TAG_NOSTREAM
from pydantic import BaseModel, SecretStr, ValidationError

from stylegraph.agent.budget import Charge
from stylegraph.agent.errors import ModelError
from stylegraph.agent.llm.errors import FAULTS, BudgetEndedError, ServerError, UnsupportedOptionError, explained
from stylegraph.agent.llm.structured_output import Form, complaint, read, response_format, with_schema
from stylegraph.agent.llm.usage import Spending, complete
from stylegraph.agent.settings import Settings
from stylegraph.agent.state import AssistantState

_QUIET: RunnableConfig = {"tags": [TAG_NOSTREAM]}
"""Keeps what a model says out of the graph's `messages` stream: a decision's JSON is for nobody to see, and a draft is
streamed as `draft` events, without the quotes that follow it."""
OnSpent = Callable[[str, int], Awaitable[None]]
"""Is told how many tokens a turn has spent so far, each time that a call of it ends, however it ends."""
_FIRST_PAUSE = 0.5
_MOST_DOWN = 1_000


@asynccontextmanager
async def open_chat(settings: Settings) -> AsyncIterator[ChatOpenAI]:
    """Open the chat model that the settings name, with an HTTP client of its own (the default one is every loop's)."""
    async with httpx2.AsyncClient(timeout=settings.model_timeout, follow_redirects=True) as client:
        yield ChatOpenAI(
            model=settings.model,
            api_key=settings.openai_api_key or SecretStr("none"),
            base_url=settings.base_url,
            timeout=settings.model_timeout,
            max_retries=0,  # `Call` retries itself, so that every trip is counted
            stream_usage=True,
            use_responses_api=False,
            http_async_client=client,
        )


@asynccontextmanager
async def open_caller(settings: Settings, on_spent: OnSpent | None = None) -> AsyncIterator[ModelCaller]:
    """Open the caller of the chat model that the settings name."""
    async with open_chat(settings) as chat:
        yield ModelCaller(chat, settings, on_spent)


class ModelCaller:
    """Calls a chat model on behalf of decisions; learns which options its server does not take."""

    def __init__(self, chat: ChatOpenAI, settings: Settings, on_spent: OnSpent | None = None) -> None:
        self.chat = chat
        self.settings = settings
        self.on_spent = on_spent
        self.spending = Spending()
        self.refused: set[str] = set()
        """Options that the server does not take: found out once, left out from then on."""
        self._down: dict[str, ServerError] = {}

    def beside(self, model: str | None) -> ModelCaller:
        """Return a caller of another model on the same server: what it can't do says nothing of this one.

        Args:
            model: Its name; None: the same model, asked for something else.
        """
        chat = self.chat if model is None else self.chat.model_copy(update={"model_name": model})
        caller = ModelCaller(chat, self.settings, self.on_spent)
        caller.spending = self.spending
        return caller

    def call(self, state: AssistantState, by: str, *, after: str | None = None) -> Call:
        """Begin the calls of one decision in one turn.

        Args:
            state: The turn's state.
            by: The decision's name.
            after: A decision that runs at the same time and goes first when the budget has room for one only.
        """
        return Call(self, state, by, after)

    def down(self, turn: str) -> ServerError | None:
        """Return why the server could not be used earlier in this turn, or None."""
        return self._down.get(turn)

    def is_down(self, turn: str, error: ServerError) -> None:
        """Remember for the rest of a turn that the server can't be used."""
        self._down[turn] = error
        while len(self._down) > _MOST_DOWN:
            self._down.pop(next(iter(self._down)))


class Call:
    """The model calls of one decision: they share a ledger, which holds whatever happens."""

    def __init__(self, caller: ModelCaller, state: AssistantState, by: str, after: str | None) -> None:
        self._caller = caller
        self._after = after
        self.state = state
        self.by = by
        self.ledger: list[Charge] = []

    async def decide(self, prompt: Sequence[BaseMessage], form: type[Form], most: int = 500) -> Form:
        """Get a decision in a given form; one that does not fit is asked for once more with what was wrong.

        Args:
            prompt: The messages.
            form: What the answer must be.
            most: Tokens that the answer may have: a small model may not find an end.

        Raises:
            ModelError: No answer, a refusal, or twice an answer in another form.
        """
        message = await self._structured(prompt, form, most)
        try:
            return read(message.text, form)
        except ValidationError as error:
            if "{" not in message.text:  # the server took the schema and ignored it
                self._caller.refused.add("response_format")
            wrong = HumanMessage(f"That answer can't be used: {complaint(error)}. Answer again, in the right form.")
            message = await self._structured([*prompt, AIMessage(message.text), wrong], form, most)
        try:
            return read(message.text, form)
        except ValidationError as error:
            raise ModelError(f"The model's answer had the wrong form twice ({complaint(error)}).") from None

    async def write(self, prompt: Sequence[BaseMessage], on_text: Callable[[str], None]) -> str:
        """Get text, and hand it on piece by piece as it comes.

        Raises:
            ModelError: No answer, an empty one, or a stream that was cut.
        """

        async def once() -> AIMessage:
            return await self._streamed(prompt, on_text)

        return _said(await self._tried(once))

    async def _structured(self, prompt: Sequence[BaseMessage], form: type[BaseModel], most: int) -> AIMessage:
        async def once() -> AIMessage:
            if "response_format" in self._caller.refused:
                return await self._invoked(with_schema(prompt, form), most)
            return await self._invoked(prompt, most, response_format=response_format(form))

        message = await self._tried(once)
        _said(message)
        return message

    async def _tried(self, once: Callable[[], Awaitable[AIMessage]]) -> AIMessage:
        """Try until it works, the failure is no passing one, or the tries or the turn's time are used up."""
        turn, attempt = self.state["turn"]["id"], 0
        if down := self._caller.down(turn):
            raise down
        while True:
            try:
                return await once()
            except UnsupportedOptionError as error:
                if error.option in self._caller.refused:
                    raise
                self._caller.refused.add(error.option)
            except ServerError as error:
                attempt += 1
                pause = error.pause if error.pause is not None else _FIRST_PAUSE * 2**attempt * random.uniform(0.5, 1)  # noqa: S311
                if not error.passing or attempt > self._caller.settings.model_retries or pause > self._seconds_left():
                    self._caller.is_down(turn, error)
                    raise
                await asyncio.sleep(pause)

    async def _invoked(self, prompt: Sequence[BaseMessage], most: int, **options: Any) -> AIMessage:  # noqa: ANN401
        async with self._metered(prompt) as heard:
            options = self._options(most, **options)
            message = await self._caller.chat.ainvoke(list(prompt), _QUIET, stream=False, **options)
            heard.message = message
        return message

    async def _streamed(self, prompt: Sequence[BaseMessage], on_text: Callable[[str], None]) -> AIMessage:
        async with self._metered(prompt) as heard:
            usage = "stream_options" not in self._caller.refused
            options = self._options(self._caller.settings.model_max_tokens)
            stream = self._caller.chat.astream(list(prompt), _QUIET, stream_usage=usage, **options)
            async for chunk in stream:
                heard.add(chunk)
                if chunk.text:
                    on_text(chunk.text)
        if heard.message is None or not heard.message.response_metadata.get("finish_reason"):
            raise ModelError("The model's answer was cut off.")
        return heard.message

    def _options(self, most: int, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - the API's own
        most = min(most, self._caller.settings.model_max_tokens)
        every = {"temperature": 0, "max_completion_tokens": most, **options}
        return {name: value for name, value in every.items() if name not in self._caller.refused}

    @asynccontextmanager
    async def _metered(self, prompt: Sequence[BaseMessage]) -> AsyncIterator[_Heard]:
        """Time and charge one request; its body says what it heard, as far as it came."""
        heard = _Heard()
        charge = self._caller.spending.begin(self.state, self.by, self._after)
        self.ledger.append(charge)
        try:
            async with asyncio.timeout(min(self._seconds_left(), self._caller.settings.model_timeout)):
                yield heard
        except FAULTS as error:
            raise self._failure(error, heard) from None
        except asyncio.CancelledError:
            heard.message = heard.message or AIMessage("")  # what was sent is paid for all the same
            raise
        finally:
            complete(charge, prompt, heard.message)
            if self._caller.on_spent:
                await self._caller.on_spent(self.state["turn"]["id"], self._caller.spending.tokens(self.state))

    def _failure(self, error: Exception, heard: _Heard) -> ModelError:
        if self._seconds_left() <= 0:
            return BudgetEndedError("seconds")
        if heard.message is not None and heard.message.text:  # what was handed on can't be taken back: no other try
            return ModelError("The model's answer was cut off.")
        return explained(error)

    def _seconds_left(self) -> float:
        turn = self.state["turn"]
        return turn["budget"]["seconds"] - (time.time() - turn["started"])


@dataclass
class _Heard:
    """What one request has answered so far."""

    message: AIMessage | None = None

    def add(self, chunk: AIMessageChunk) -> None:
        self.message = chunk if self.message is None else cast(AIMessageChunk, self.message) + chunk


def _said(message: AIMessage) -> str:
    """Return a message's text.

    Raises:
        ModelError: It is a refusal, or empty.
    """
    if message.additional_kwargs.get("refusal"):
        raise ModelError("The model refused to answer.")
    if not message.text.strip():
        raise ModelError("The model's answer was empty.")
    return message.text
