"""The nodes of sources, which say what they do, and the stream of what nodes said."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Protocol, cast

from langgraph.runtime import Runtime

from stylegraph.agent.acts import Finding
from stylegraph.agent.events import Event, Found, Looking
from stylegraph.agent.evidence import EvidenceSource, Gathered, SourceTask
from stylegraph.agent.gathering import gather
from stylegraph.agent.protocols import Reranker
from stylegraph.agent.state import AssistantContext
from stylegraph.graphs.nodes.identity import Most, asker, authorised, placeless
from stylegraph.graphs.nodes.reranking import reranked

Update = dict[str, Any]


class SourceNode(Protocol):
    """A source's node as langgraph calls it, once for every task sent to it."""

    async def __call__(self, state: SourceTask, runtime: Runtime[AssistantContext]) -> Update:
        """Return what was found."""


def gathering(source: EvidenceSource, timeout: float, most: Most, reranker: Reranker | None = None) -> SourceNode:
    """Make a node of a source: it says that it looks, looks for so long, and says what it found.

    A source that fails or takes too long never ends the turn: the reply's notes say what happened. One that calls
    langgraph's `interrupt()` halts it until the caller resumes.

    Args:
        source: The source.
        timeout: Seconds that it may take, if the turn has as many left.
        most: What a user of somebody else's server may have at most.
        reranker: Orders what it found.
    """

    async def node(state: SourceTask, runtime: Runtime[AssistantContext]) -> Update:
        state, writer = authorised(state, asker(runtime), most, source.name), runtime.stream_writer
        writer(Looking(event="looking", route=source.name, queries=state["queries"]))
        served = asker(runtime).served
        gathered = await gather(source, state, timeout, private=served)
        if reranker is not None:
            gathered = await reranked(reranker, state, gathered)
        if served:
            gathered = placeless(gathered)
        writer(_found(source.name, gathered))
        finding = _finding(source.name, state, gathered)
        return {**_update(source.name, gathered), "findings": [finding]}

    return node


def _update(source: str, gathered: Gathered) -> Update:
    """Return what was found as a part of the state: what a source keeps is under its name, and its own business."""
    update = {key: value for key, value in gathered.items() if key not in ("remarks", "memory")}
    return {**update, "kept": {source: gathered["memory"]}} if "memory" in gathered else update


def _finding(source: str, task: SourceTask, gathered: Gathered) -> Finding:
    return Finding(
        id=task.get("id", source),
        source=source,
        question=task["question"],
        evidence=[found["id"] for found in gathered.get("evidence", [])],
        scores=[found["score"] for found in gathered.get("evidence", [])],
        notes=[*(note["text"] for note in gathered.get("notes", [])), *gathered.get("remarks", [])],
    )


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
