"""The one caller of chat models: timed, retried, counted against the turn's budget, and validated."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, message_chunk_to_message
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_openai import ChatOpenAI
from langgraph.constants import TAG_NOSTREAM
from langgraph.errors import GraphBubbleUp
from pydantic import BaseModel, ValidationError

from stylegraph.agent.budget import Charge
from stylegraph.agent.errors import ModelError
from stylegraph.agent.llm.errors import BudgetEndedError, CutShortError, ServerError, UnsupportedOptionError, explained
from stylegraph.agent.llm.models import ChatModel, open_chat
from stylegraph.agent.llm.prices import cost_of
from stylegraph.agent.llm.structured_output import (
    Form,
    complaint,
    cut_short,
    filled,
    fits,
    read,
    response_format,
    structured,
    with_schema,
)
from stylegraph.agent.llm.usage import Spending, complete
from stylegraph.agent.lru_cache import LRUCache
from stylegraph.agent.retries import Passing, Retries
from stylegraph.agent.settings import Settings
from stylegraph.agent.state import AssistantState

T = TypeVar("T")

_QUIET: RunnableConfig = {"tags": [TAG_NOSTREAM]}
"""Keeps what a model says out of the graph's `messages` stream: a decision's JSON is for nobody to see, and a draft is
streamed as `draft` events, without the quotes that follow it."""
OnSpent = Callable[[str, int], Awaitable[None]]
"""Is told how many tokens a turn has spent so far, each time that a call of it ends, however it ends."""
_FIRST_PAUSE = 0.5
_RESERVE, _SHARE_RESERVED = 5.0, 0.25
"""Seconds of a turn, and the share of them, that a model can't have: the answer without it takes some."""
_MOST_DOWN = 1_000


@asynccontextmanager
async def open_caller(
    settings: Settings, on_spent: OnSpent | None = None, model: ChatModel | None = None
) -> AsyncIterator[ModelCaller]:
    """Open the caller of a chat model.

    Args:
        settings: Name the model, and how it is asked.
        on_spent: Is told what a turn has spent.
        model: Another model than theirs.
    """
    async with open_chat(settings, model) as chat:
        yield ModelCaller(chat, settings, on_spent)


class ModelCaller:
    """Calls a chat model on behalf of decisions; learns which options its server does not take."""

    def __init__(self, chat: BaseChatModel, settings: Settings, on_spent: OnSpent | None = None) -> None:
        self.chat = chat
        self.settings = settings
        self.on_spent = on_spent
        self.spending = Spending()
        self.refused: set[str] = set()
        """Options that the server does not take: found out once, left out from then on."""
        self.needs_room = False
        """Whether an answer was cut short: the model may think unseen though nothing says so."""
        self._down: LRUCache[str, ServerError] = LRUCache(_MOST_DOWN)

    def beside(self, model: str | None) -> ModelCaller:
        """Return a caller of another model on the same server: what it can't do says nothing of this one.

        Args:
            model: Its name; None: the same model, asked for something else.
        """
        chat = self.chat
        if model is not None and isinstance(chat, ChatOpenAI):
            chat = chat.model_copy(update={"model_name": model})
        caller = ModelCaller(chat, self.settings, self.on_spent)
        caller.spending = self.spending
        return caller

    def call(self, state: AssistantState, by: str, *, spare: int = 0) -> Call:
        """Begin the calls of one decision in one turn.

        Args:
            state: The turn's state.
            by: The decision's name.
            spare: Calls that the budget must have left besides: what is worth less than an answer goes without.
        """
        return Call(self, state, by, spare)

    @property
    def takes_tools(self) -> bool:
        """Whether the model can be handed tools, as far as is known."""
        return "tools" not in self.refused and bool((self.chat.profile or {}).get("tool_calling", True))

    @property
    def provider(self) -> str:
        """Whose client asks, as LangChain writes it."""
        return type(self.chat).__module__.partition(".")[0].removeprefix("langchain_")

    @property
    def model_name(self) -> str:
        """The model's name."""
        return str(getattr(self.chat, "model_name", None) or getattr(self.chat, "model", "model"))

    def options(self, most: int, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - the API's own
        """Return what is sent beside the messages: of what the model takes, by its profile and by what its server refused.

        Args:
            most: Tokens that the answer may have; a model that thinks unseen gets room for that, too.
            options: More of them.
        """
        if not isinstance(self.chat, ChatOpenAI):
            return {}  # a model that somebody made has its own
        profile, effort = self.chat.profile or {}, self.settings.reasoning_effort
        if effort and (effort in profile.get("reasoning_effort_levels", []) or self._chosen("reasoning_effort")):
            options["reasoning_effort"] = effort
        thinks = profile.get("reasoning_output", False) and options.get("reasoning_effort") != "none"
        thinks = thinks or self.needs_room
        most = min(most, self.settings.model_max_tokens)
        options["max_completion_tokens"] = most + (self.settings.reasoning_tokens if thinks else 0)
        if profile.get("temperature", True):
            options["temperature"] = 0
        return {name: value for name, value in options.items() if name not in self.refused}

    def _chosen(self, setting: str) -> bool:
        return setting in self.settings.model_fields_set

    def down(self, turn: str) -> ServerError | None:
        """Return why the server could not be used earlier in this turn, or None."""
        return self._down.get(turn)

    def is_down(self, turn: str, error: ServerError) -> None:
        """Remember for the rest of a turn that the server can't be used."""
        self._down.keep({turn: error})


class Call:
    """The model calls of one decision: they share a ledger, which holds whatever happens."""

    def __init__(self, caller: ModelCaller, state: AssistantState, by: str, spare: int) -> None:
        self._caller = caller
        self._spare = spare
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

    async def converse(
        self, prompt: Sequence[BaseMessage], tools: Sequence[dict[str, Any]], on_text: Callable[[str], None]
    ) -> AIMessage:
        """Get the next message of a conversation, and hand its text on piece by piece as it comes.

        Args:
            prompt: The messages.
            tools: What the model may call, in OpenAI's form; none: it can only write.
            on_text: Takes the text.

        Raises:
            UnsupportedOptionError: The server takes no tools.
            ModelError: No answer, an empty one, or a stream that was cut.
        """

        async def once() -> AIMessage:
            if tools and not self._caller.takes_tools:
                raise UnsupportedOptionError("tools")
            message = await self._streamed(prompt, tools, on_text)
            if cut_short(message) and not message.text.strip() and not message.tool_calls:
                raise CutShortError
            return message

        message = await self._tried(once)
        if not message.tool_calls and not message.invalid_tool_calls:
            _said(message)
        return message

    async def _structured(self, prompt: Sequence[BaseMessage], form: type[BaseModel], most: int) -> AIMessage:
        async def once() -> AIMessage:
            message = await self._formed(prompt, form, most)
            if cut_short(message) and not fits(message.text, form):
                raise CutShortError
            return message

        message = await self._tried(once)
        _said(message)
        return message

    async def _formed(self, prompt: Sequence[BaseMessage], form: type[BaseModel], most: int) -> AIMessage:
        """Ask for a form as the model takes it: by a schema, by whatever its package makes of one, or in words."""
        chat, refused = self._caller.chat, "response_format" in self._caller.refused
        if isinstance(chat, ChatOpenAI) and not refused:
            return await self._invoked(prompt, most, response_format=response_format(form))
        if refused or (forming := structured(chat, form)) is None:
            return await self._invoked(with_schema(prompt, form), most)
        try:
            async with self._metered(prompt) as heard:
                heard.message = filled((await self._answered(forming.ainvoke(list(prompt), _QUIET), heard))["raw"])
        except UnsupportedOptionError:  # by whatever means: a tool that must be called, a grammar
            raise UnsupportedOptionError("response_format") from None
        return heard.message

    async def _tried(self, once: Callable[[], Awaitable[AIMessage]]) -> AIMessage:
        """Try until it works, the failure is no passing one, or the tries or the turn's time are used up."""
        turn = self.state["turn"]["id"]
        if down := self._caller.down(turn):
            raise down
        seconds = max(
            0.0, self._seconds_left() - self._reserve()
        )  # no pause reaches into what is kept; each try ends itself
        retries = Retries(self._caller.settings.model_retries, seconds, _FIRST_PAUSE, cuts=False)
        try:
            return await retries.call(lambda: self._adapted(once), _passes)
        except ServerError as error:
            self._caller.is_down(turn, error)
            raise

    async def _adapted(self, once: Callable[[], Awaitable[AIMessage]]) -> AIMessage:
        """Ask, and again without what the server turns out not to take, or with more room for the answer."""
        while True:
            try:
                return await once()
            except UnsupportedOptionError as error:
                if error.option in self._caller.refused:
                    raise
                self._caller.refused.add(error.option)
                if error.option == "tools":
                    raise  # then it is asked another way
            except CutShortError:
                if self._caller.needs_room:
                    raise
                self._caller.needs_room = True

    async def _invoked(self, prompt: Sequence[BaseMessage], most: int, **options: Any) -> AIMessage:  # noqa: ANN401
        async with self._metered(prompt) as heard:
            options = self._caller.options(most, **options)
            if isinstance(self._caller.chat, ChatOpenAI):
                options["stream"] = False
            asked = self._caller.chat.ainvoke(list(prompt), _QUIET, **options)
            message = heard.message = await self._answered(asked, heard)
        return message

    async def _streamed(
        self, prompt: Sequence[BaseMessage], tools: Sequence[dict[str, Any]], on_text: Callable[[str], None]
    ) -> AIMessage:
        chat = self._caller.chat
        async with self._metered(prompt) as heard:
            options = self._caller.options(self._caller.settings.model_max_tokens)
            if "stream_options" in self._caller.refused:
                options["stream_usage"] = False
            model = chat.bind_tools(list(tools)) if tools else chat
            async for text in self._pieces(model, prompt, options, heard):
                on_text(text)
        if heard.message is None or not _is_whole(heard.message, chat):
            raise ModelError("The model's answer was cut off.")
        return cast(AIMessage, message_chunk_to_message(cast(AIMessageChunk, heard.message)))

    @asynccontextmanager
    async def _metered(self, prompt: Sequence[BaseMessage]) -> AsyncIterator[_Heard]:
        """Time and charge one request; its body says what it heard, as far as it came."""
        heard = _Heard()
        charge = self._caller.spending.begin(self.state, self.by, self._spare)
        self.ledger.append(charge)
        try:
            seconds = self._seconds_left() - self._reserve()
            async with asyncio.timeout(min(max(0.0, seconds), self._caller.settings.model_timeout)):
                yield heard
        except TimeoutError as error:
            raise self._failure(error, heard) from None
        except asyncio.CancelledError:
            heard.message = heard.message or AIMessage("")  # what was sent is paid for all the same
            raise
        finally:
            complete(charge, prompt, heard.message)
            charge["dollars"] = cost_of(charge, self._caller.model_name, self._caller.settings)
            if self._caller.on_spent:
                await self._caller.on_spent(self.state["turn"]["id"], self._caller.spending.tokens(self.state))

    async def _answered(self, asked: Awaitable[T], heard: _Heard) -> T:
        """Wait for a provider's client, which raises what it likes. Our own code stands outside: its errors stay ours."""
        try:
            return await asked
        except (ModelError, GraphBubbleUp):
            raise
        except Exception as error:
            raise self._failure(error, heard) from None

    async def _pieces(
        self, model: Runnable[Any, AIMessage], prompt: Sequence[BaseMessage], options: Mapping[str, Any], heard: _Heard
    ) -> AsyncIterator[str]:
        """Yield the text of a stream piece by piece."""
        chunks = model.astream(list(prompt), _QUIET, **options)
        while (chunk := await self._answered(anext(chunks, None), heard)) is not None:
            try:
                heard.add(cast(AIMessageChunk, chunk))
            except (TypeError, ValueError) as error:  # what a provider streamed does not go together
                raise self._failure(error, heard) from None
            if chunk.text:
                yield chunk.text

    def _failure(self, error: Exception, heard: _Heard) -> ModelError:
        if self._seconds_left() <= self._reserve():
            return BudgetEndedError("seconds")
        if heard.message is not None and heard.message.text:  # what was handed on can't be taken back: no other try
            return ModelError("The model's answer was cut off.")
        return explained(error, self._caller.provider)

    def _reserve(self) -> float:
        """Return the seconds of the turn that are kept for an answer without the model, should it not come."""
        return min(_RESERVE, self.state["turn"]["budget"]["seconds"] * _SHARE_RESERVED)

    def _seconds_left(self) -> float:
        turn = self.state["turn"]
        return turn["budget"]["seconds"] - (time.time() - turn["started"])


@dataclass
class _Heard:
    """What one request has answered so far."""

    message: AIMessage | None = None

    def add(self, chunk: AIMessageChunk) -> None:
        self.message = chunk if self.message is None else cast(AIMessageChunk, self.message) + chunk


def _passes(error: BaseException) -> Passing | None:
    return Passing(error.pause) if isinstance(error, ServerError) and error.passing else None


def _is_whole(message: AIMessage, chat: BaseChatModel) -> bool:
    """Check whether a stream came to its end: OpenAI's says why it stopped."""
    if not isinstance(chat, ChatOpenAI):
        return True
    return bool(message.response_metadata.get("finish_reason") or message.response_metadata.get("status"))


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
