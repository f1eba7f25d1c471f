"""The nodes of sources, which say what they do, and the stream of what nodes said."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any, Protocol, cast

from langgraph.errors import GraphBubbleUp
from langgraph.runtime import Runtime

from stylegraph.agent.acts import Finding
from stylegraph.agent.errors import SourceError
from stylegraph.agent.events import Event, Found, Looking
from stylegraph.agent.evidence import Evidence, EvidenceSource, Gathered, Note, SourceTask
from stylegraph.agent.protocols import Reranker
from stylegraph.agent.state import AssistantContext
from stylegraph.graphs.nodes.identity import asker, placeless

logger = logging.getLogger(__name__)

Update = dict[str, Any]

_FAILED = {
    "ko": "{source}: {reason} 나머지 자료로 답했어요.",
    "en": "{source}: {reason} The answer rests on the rest.",
}


class SourceNode(Protocol):
    """A source's node as langgraph calls it, once for every task sent to it."""

    async def __call__(self, state: SourceTask, runtime: Runtime[AssistantContext]) -> Update:
        """Return what was found."""


def gathering(source: EvidenceSource, timeout: float, reranker: Reranker | None = None) -> SourceNode:
    """Make a node of a source: it says that it looks, looks for so long, and says what it found.

    A source that fails or takes too long never ends the turn: the reply's notes say what happened. One that calls
    langgraph's `interrupt()` halts it until the caller resumes.

    Args:
        source: The source.
        timeout: Seconds that it may take, if the turn has as many left.
        reranker: Orders what it found.
    """

    async def node(state: SourceTask, runtime: Runtime[AssistantContext]) -> Update:
        writer = runtime.stream_writer
        writer(Looking(event="looking", route=source.name, queries=state["queries"]))
        seconds = min(timeout, state["seconds"])
        try:
            async with asyncio.timeout(seconds):
                gathered = await source.gather(state)
                if reranker is not None:
                    gathered = await _reranked(reranker, state["question"], gathered)
        except GraphBubbleUp:  # an interrupt of the source's own: LangGraph's, not a failure
            raise
        except Exception as error:  # a stranger's source may raise anything, and the turn goes on
            logger.warning("source %s failed", source.name, exc_info=error)
            gathered = Gathered(notes=[_failure(source.name, error, seconds, state)])
        if asker(runtime).served:
            gathered = placeless(gathered)
        writer(_found(source.name, gathered))
        finding = _finding(source.name, state, gathered)
        return {**{key: value for key, value in gathered.items() if key != "remarks"}, "findings": [finding]}

    return node


async def _reranked(reranker: Reranker, question: str, gathered: Gathered) -> Gathered:
    """Order what was found by how much it helps to answer the question."""
    found = gathered.get("evidence", [])
    scores = await reranker.rerank(question, found) if found else []
    scored = [Evidence(**{**one, "score": score}) for one, score in zip(found, scores, strict=True)]
    return {**gathered, "evidence": sorted(scored, key=lambda one: -one["score"])}


def _finding(source: str, task: SourceTask, gathered: Gathered) -> Finding:
    return Finding(
        id=task.get("id", source),
        source=source,
        evidence=[found["id"] for found in gathered.get("evidence", [])],
        notes=[*(note["text"] for note in gathered.get("notes", [])), *gathered.get("remarks", [])],
    )


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
