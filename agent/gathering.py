"""Asking a source: whatever goes wrong there is told, and never looks like a search that found nothing."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Mapping

from langgraph.errors import GraphBubbleUp

from stylegraph.agent.errors import SourceError
from stylegraph.agent.evidence import EvidenceSource, Gathered, Note, SourceTask
from stylegraph.agent.local.templates import phrase, place_name
from stylegraph.agent.text.language import Language

logger = logging.getLogger(__name__)

_LONGEST_REASON = 300


async def gather(source: EvidenceSource, task: SourceTask, most: float, *, private: bool = False) -> Gathered:
    """Ask a source; if it fails or takes too long, return a note that says so.

    Args:
        source: The source. A `gather` that is no coroutine runs in a thread.
        task: What it is asked.
        most: Seconds that it may take, if the turn has as many left.
        private: Whether the words of an error that is not stylegraph's own stay in the log.
    """
    seconds = min(most, task["seconds"])
    try:
        async with asyncio.timeout(seconds):
            return _checked(source, await _called(source, task))
    except GraphBubbleUp:  # the source interrupts the graph to ask the person something
        raise
    except Exception as error:  # a stranger's source may raise anything, and the turn goes on
        logger.warning("source %s failed", source.name, exc_info=error)
        name = "slow_budget" if seconds < most else "slow"
        told = _reason(error, name, seconds, task["language"], private=private)
        return Gathered(notes=[failed(source.name, told, task["language"])])


def failed(source: str, reason: str, language: Language) -> Note:
    """Return the note which says that a source could not be searched, and why."""
    text = phrase(language, "source_failed", place=place_name(language, source), reason=reason)
    return Note(code="source_failed", text=text, unsearched=source)


async def _called(source: EvidenceSource, task: SourceTask) -> object:
    if inspect.iscoroutinefunction(source.gather):
        return await source.gather(task)
    found: object = await asyncio.to_thread(source.gather, task)
    return await found if inspect.isawaitable(found) else found


def _checked(source: EvidenceSource, found: object) -> Gathered:
    if isinstance(found, Mapping):
        return Gathered(**found)  # type: ignore[typeddict-item]
    raise SourceError(
        f"`gather` of {source.name} returned {type(found).__name__} instead of a dict.",
        'Return {"evidence": [make_evidence(...)]}.',
    )


def _reason(error: Exception, slow: str, seconds: float, language: Language, *, private: bool) -> str:
    if isinstance(error, TimeoutError):
        return phrase(language, slow, seconds=f"{seconds:.3g}")
    if isinstance(error, SourceError):
        return str(error)
    words = "" if private else str(error)[:_LONGEST_REASON]
    return phrase(
        language, "source_raised", error=f"{type(error).__name__}: {words}" if words else type(error).__name__
    )
