"""Nodes that say what they do, and the stream of what they said."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Protocol, cast

from langgraph.runtime import Runtime
from langgraph.types import StreamWriter

from stylegraph.agent.events import Event, Found, Graded, Looking, Revising, Routed
from stylegraph.agent.evidence import EvidenceSource, Gathered, SourceTask
from stylegraph.agent.gathering import gather
from stylegraph.agent.protocols import Writer
from stylegraph.agent.state import AssistantContext, AssistantState
from stylegraph.graphs.nodes.identity import asker, placeless

Update = dict[str, Any]
Decide = Callable[[AssistantState], Awaitable[Mapping[str, Any]]]


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


def gathering(source: EvidenceSource, timeout: float) -> SourceNode:
    """Make a node of a source: it says that it looks, looks for so long, and says what it found.

    A source that fails or takes too long never ends the turn: the reply's notes say what happened.

    Args:
        source: The source.
        timeout: Seconds that it may take, if the turn has as many left.
    """

    async def node(state: SourceTask, runtime: Runtime[AssistantContext]) -> Gathered:
        writer = runtime.stream_writer
        writer(Looking(event="looking", route=source.name, queries=state["queries"]))
        served = asker(runtime).served
        gathered = await gather(source, state, timeout, private=served)
        if served:
            gathered = placeless(gathered)
        writer(_found(source.name, gathered))
        return gathered

    return node


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
