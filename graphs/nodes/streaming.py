"""Nodes that say what they do, and the stream of what they said."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Protocol, cast

from langgraph.runtime import Runtime
from langgraph.types import StreamWriter

from stylegraph.agent.decisions import Writer
from stylegraph.agent.errors import SourceError
from stylegraph.agent.events import Event, Found, Graded, Looking, Revising, Routed
from stylegraph.agent.evidence import EvidenceSource, Gathered, Note, SourceTask
from stylegraph.agent.state import AssistantContext, AssistantState
from stylegraph.graphs.nodes.identity import Most, asker, authorised, placeless

logger = logging.getLogger(__name__)

Update = dict[str, Any]
Decide = Callable[[AssistantState], Awaitable[Mapping[str, Any]]]

_FAILED = {
    "ko": "{source}: {reason} 나머지 자료로 답했어요.",
    "en": "{source}: {reason} The answer rests on the rest.",
}


class Node(Protocol):
    """A node as langgraph calls it."""

    async def __call__(self, state: AssistantState, writer: StreamWriter) -> Update:
        """Return the part of the state that changes."""


class SourceNode(Protocol):
    """A source's node as langgraph calls it, once for every task sent to it."""

    async def __call__(self, state: SourceTask, runtime: Runtime[AssistantContext]) -> Gathered:
        """Return what was found."""


def telling(decide: Decide, event: Callable[[Update], Event]) -> Node:
    """Make a node of a decision: it decides, then says what it decided."""

    async def node(state: AssistantState, writer: StreamWriter) -> Update:
        update = dict(await decide(state))
        writer(event(update))
        return update

    return node


def drafting(answering: Writer) -> Node:
    """Make a node of a writer: langgraph hands it the stream, however the writer names its types."""

    async def node(state: AssistantState, writer: StreamWriter) -> Update:
        return dict(await answering.answer(state, writer))

    return node


def routed(update: Update) -> Routed:
    """Return where the question goes."""
    routing = update["routing"]
    return Routed(
        event="routed",
        question=routing["question"],
        routes=routing["routes"],
        queries=routing["queries"],
        filters=routing["filters"],
    )


def graded(update: Update) -> Graded:
    """Return how good the draft is."""
    return Graded(event="graded", grade=update["grade"])


def revising(update: Update) -> Revising:
    """Return what is done about a draft that is not good enough."""
    revision = update["revision"]
    return Revising(event="revising", action=revision["action"], reason=revision["reason"])


def gathering(source: EvidenceSource, timeout: float, most: Most) -> SourceNode:
    """Make a node of a source: it says that it looks, looks for so long, and says what it found.

    A source that fails or takes too long never ends the turn: the reply's notes say what happened.

    Args:
        source: The source.
        timeout: Seconds that it may take, if the turn has as many left.
        most: What a user of somebody else's server may have at most.
    """

    async def node(state: SourceTask, runtime: Runtime[AssistantContext]) -> Gathered:
        state, writer = authorised(state, asker(runtime), most, source.name), runtime.stream_writer
        writer(Looking(event="looking", route=source.name, queries=state["queries"]))
        try:
            async with asyncio.timeout(min(timeout, state["seconds"])):
                gathered = await source.gather(state)
        except Exception as error:  # a stranger's source may raise anything, and the turn goes on
            logger.warning("source %s failed", source.name, exc_info=error)
            gathered = Gathered(notes=[_failure(source.name, error, min(timeout, state["seconds"]), state)])
        if asker(runtime).served:
            gathered = placeless(gathered)
        writer(_found(source.name, gathered))
        return gathered

    return node


def _failure(name: str, error: Exception, timeout: float, state: SourceTask) -> Note:
    if isinstance(error, TimeoutError):
        reason = (
            f"{timeout:.3g}초 안에 답이 없었어요."
            if state["language"] == "ko"
            else f"no answer within {timeout:.3g} s."
        )
    elif isinstance(error, SourceError):
        reason = str(error)
    else:
        reason = f"{type(error).__name__}."
    return Note(code="source_failed", text=_FAILED[state["language"]].format(source=name, reason=reason))


def _found(route: str, gathered: Gathered) -> Found:
    short = [
        {"id": found["id"], "title": found["title"], "url": found["url"], "score": found["score"]}
        for found in gathered.get("evidence", [])
    ]
    return Found(event="evidence", route=route, evidence=short)


async def told(stream: AsyncIterator[Any]) -> AsyncIterator[Event]:
    """Return the events out of a graph's `custom` stream, leaving out what a stranger's node may write there."""
    async for chunk in stream:
        if isinstance(chunk, dict) and "event" in chunk:
            yield cast(Event, chunk)
