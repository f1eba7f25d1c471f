"""The doors in: ask and wait, ask and watch, and a synchronous one for scripts and notebooks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from pathlib import Path
from typing import Any, cast

from anyio.from_thread import BlockingPortal, start_blocking_portal
from langchain_core.messages import HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.graph.state import CompiledStateGraph
from langgraph.store.base import BaseStore
from langgraph.types import Command, Interrupt
from typing_extensions import TypedDict, Unpack

from stylegraph.agent import profile
from stylegraph.agent.errors import InputError, KeepingError, StylegraphError, TurnInterruptedError
from stylegraph.agent.events import Event, Replied
from stylegraph.agent.evidence import Note
from stylegraph.agent.profile import Feedback
from stylegraph.agent.reply import Reply
from stylegraph.agent.settings import Settings
from stylegraph.agent.state import Answered, AssistantContext, AssistantState, Conversation, Effort
from stylegraph.graphs.nodes.streaming import told
from stylegraph.graphs.nodes.turn import checked_question
from stylegraph.graphs.turns import its_turn
from stylegraph.tools.image.picture import as_address

QUESTION_MAX_CHARS = "stylegraph_question_max_chars"
"""Where an open assistant carries this setting: among its metadata, since anything `configurable` that is set when a
graph is compiled would defeat langgraph's own check for a `thread_id`."""
INTERRUPT = "__interrupt__"
"""Langgraph's key of what a halted run waits for."""

CompiledAssistant = CompiledStateGraph[AssistantState, AssistantContext, Conversation, Answered]

_NOT_KEPT = {
    "ko": "이 대화는 저장하지 못해서 다음 질문에서 이어 갈 수 없어요. {error}",
    "en": "This turn was not kept, so the next question can't build on it. {error}",
}


class Options(TypedDict, total=False):
    """What a caller may set for one question."""

    thread: str | None
    """The conversation to continue, or to begin under this name; None: of this question nothing is kept."""
    checkpoint: str | None
    """Where in the conversation it is asked, instead of at the end: LangGraph's id. What was said after stays beside it."""
    user: str
    """Whose profile is used and learned."""
    image: str | Path | Sequence[str | Path] | None
    """The picture that the question is about, or several: paths, web addresses or data URLs."""
    effort: Effort | None
    model: str | None
    """The chat model that answers it: `STYLEGRAPH_MODEL` (the default), or one of `STYLEGRAPH_MODELS`."""
    index: str | None
    """Look in this knowledge index only."""
    only: dict[str, list[str]]
    """Look at documents only that have one of these values in a field, such as `{"audience": ["staff"]}`."""
    budget: dict[str, float]
    """Parts of the turn's budget to set otherwise: `{"seconds": 10}`."""
    feedback: dict[str, list[str]]
    """Opinions on items that come with the question: ids under `like` and `dislike`."""


async def stream(
    assistant: CompiledAssistant, text: str | Command[Any], **options: Unpack[Options]
) -> AsyncIterator[Event]:
    """Ask a question and watch the turn; the last event is `reply`.

    Args:
        assistant: What `open_assistant` gave.
        text: The question, in Korean or English; or `Command(resume=...)` for a turn that waits in this thread.
        options: See `Options`.

    Raises:
        InputError: The question or an option can't be used.
        InputError: Another question is being answered in the conversation, and the settings refuse a second.
        KeepingError: The conversation can't be read. If it can't be written, the reply's notes say so.
        TurnInterruptedError: A source of your own called langgraph's `interrupt()`.
    """
    thread = options.get("thread")
    _check_unicode(options)
    given = _input(assistant, text, thread)
    async with its_turn(assistant, thread):
        async for event in _streamed(assistant, given, options):
            yield event


async def _streamed(
    assistant: CompiledAssistant, given: Conversation | Command[Any], options: Options
) -> AsyncIterator[Event]:
    thread = options.get("thread")
    graph = assistant if thread else assistant.copy({"checkpointer": None})  # nobody could come back to it
    running = graph.astream(
        given,
        config=_config(thread, options.get("checkpoint")),
        context=await _context(options),
        stream_mode=["custom", "updates"],
        durability="exit" if thread else None,  # a finished turn is written once: 2 ms instead of 11
    )
    replied: Replied | None = None
    try:
        async for event in told(_halting(running)):
            if event["event"] == "reply":
                replied = event  # told when it is kept, or known not to be
            else:
                yield event
    except KeepingError as error:
        if replied is None:
            raise
        replied = _not_kept(replied, error)
    if replied is not None:
        yield replied


def _config(thread: str | None, checkpoint: str | None) -> RunnableConfig:
    if not thread:
        return {}
    return {"configurable": {"thread_id": thread} | ({"checkpoint_id": checkpoint} if checkpoint else {})}


def _check_unicode(options: Options) -> None:
    """Refuse names that nothing can be kept under.

    Raises:
        InputError: One is not valid Unicode; says which.
    """
    for name in ("thread", "user", "index", "only", "feedback"):
        try:
            json.dumps(options.get(name), ensure_ascii=False, default=str).encode()
        except UnicodeEncodeError:
            raise InputError(f"The value of `{name}` is not valid Unicode.", "Send it as UTF-8.") from None


def _input(assistant: CompiledAssistant, text: str | Command[Any], thread: str | None) -> Conversation | Command[Any]:
    if isinstance(text, str):  # checked here as well: a refused question is no part of the conversation
        asked = checked_question(text, longest_question(assistant))
        return Conversation(messages=[HumanMessage(content=asked)])
    if not thread:
        raise InputError("A turn can't be resumed without its conversation.", "Name it: thread=...")
    return text


async def _halting(running: AsyncIterator[Any]) -> AsyncIterator[Any]:
    """Return what a graph writes to its `custom` stream.

    Raises:
        TurnInterruptedError: A node waits for an answer; langgraph has kept the turn by then.
    """
    interrupts: list[Interrupt] = []
    async for mode, chunk in running:
        if mode == "custom":
            yield chunk
        else:
            interrupts += chunk.get(INTERRUPT, ())
    if interrupts:
        raise TurnInterruptedError([one.value for one in interrupts])


def _not_kept(replied: Replied, error: KeepingError) -> Replied:
    """Return in a reply that the conversation will not know of it: an answer that was found is given all the same."""
    reply = replied["reply"]
    note = Note(code="not_kept", text=_NOT_KEPT["ko" if reply["language"] == "ko" else "en"].format(error=error))
    return Replied(event="reply", reply={**reply, "notes": [*reply["notes"], note]})


async def ask(assistant: CompiledAssistant, text: str | Command[Any], **options: Unpack[Options]) -> Reply:
    """Ask a question and wait for the reply.

    Args:
        assistant: What `open_assistant` gave.
        text: The question, in Korean or English; or `Command(resume=...)` for a turn that waits in this thread.
        options: See `Options`.

    Raises:
        InputError: The question or an option can't be used.
        KeepingError: The conversation can't be read.
        TurnInterruptedError: A source of your own called langgraph's `interrupt()`.
    """
    reply: dict[str, Any] | None = None
    async for event in stream(assistant, text, **options):
        if event["event"] == "reply":
            reply = event["reply"]
    if reply is None:
        raise StylegraphError("The turn ended without a reply.", "This is a defect of a node: please report it.")
    return Reply.model_validate(reply)


async def give_feedback(
    assistant: CompiledAssistant, item: str, feedback: Feedback, user: str = "local"
) -> Mapping[str, Sequence[str]]:
    """Keep that a person likes an item that they were shown, or does not; give what is known of them now.

    Args:
        assistant: What `open_assistant` gave.
        item: The item's id, as in `reply.recommendations`.
        feedback: `like`, or `dislike`: then it is not recommended to them again.
        user: Whose opinion it is.

    Raises:
        InputError: The id can't be one, or the profile is off.
    """
    if not isinstance(assistant.store, BaseStore):
        raise InputError("The profile is off, so feedback is not kept.", "Set STYLEGRAPH_PROFILE=true.")
    return await profile.give_feedback(assistant.store, user, item, feedback)


def longest_question(assistant: CompiledAssistant) -> int:
    """Return the limit that this assistant was opened with, in characters."""
    kept = (assistant.config or {}).get("metadata", {})
    return int(kept.get(QUESTION_MAX_CHARS, Settings.model_fields["question_max_chars"].default))


async def _context(options: Options) -> AssistantContext:
    image = options.get("image") or []
    images = [image] if isinstance(image, str | Path) else list(image)
    sources = [await asyncio.to_thread(as_address, one) for one in images]
    chosen = {**options, "image": sources}
    return cast(
        AssistantContext,
        {name: value for name, value in chosen.items() if value and name not in ("thread", "checkpoint")},
    )


class SyncAssistant:
    """A synchronous view of an open assistant; made by `open_sync`."""

    def __init__(self, portal: BlockingPortal, assistant: CompiledAssistant) -> None:
        self._portal = portal
        self.assistant = assistant

    def ask(self, text: str | Command[Any], **options: Unpack[Options]) -> Reply:
        """Ask a question and wait for the reply; see `ask`."""
        return self._portal.call(lambda: ask(self.assistant, text, **options))

    def give_feedback(self, item: str, feedback: Feedback, user: str = "local") -> Mapping[str, Sequence[str]]:
        """Keep that a person likes an item, or does not; see `give_feedback`."""
        return self._portal.call(lambda: give_feedback(self.assistant, item, feedback, user))


@contextmanager
def opened(opening: Callable[[], AbstractAsyncContextManager[CompiledAssistant]]) -> Iterator[SyncAssistant]:
    """Open an assistant for synchronous code; works inside a notebook too, where a loop already runs.

    Example:
        >>> with opened(open_assistant) as door:  # doctest: +SKIP
        ...     print(door.ask("흰 셔츠에 묻은 커피 얼룩 어떻게 지워?").text)
    """
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(opening()) as assistant:
        yield SyncAssistant(portal, assistant)
