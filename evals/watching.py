"""A turn, watched: its reply, and what happened on the way."""

from __future__ import annotations

from typing import NamedTuple

from typing_extensions import Unpack

from stylegraph.agent.errors import StylegraphError
from stylegraph.agent.events import Event
from stylegraph.agent.reply import Reply
from stylegraph.graphs.door import CompiledAssistant, Options, stream


class Watched(NamedTuple):
    """One turn."""

    reply: Reply
    path: list[str]
    """What happened, an event a line."""


async def watch(assistant: CompiledAssistant, question: str, **options: Unpack[Options]) -> Watched:
    """Ask a question and keep what happens until the reply.

    Raises:
        StylegraphError: The turn ended without one.
    """
    path: list[str] = []
    async for event in stream(assistant, question, **options):
        if event["event"] == "reply":
            return Watched(Reply.model_validate(event["reply"]), [*path, f"reply: {event['reply']['status']}"])
        if event["event"] != "draft":
            path.append(told(event))
    raise StylegraphError("The turn ended without a reply.", "This is a defect of a node: please report it.")


def told_of(reply: Reply) -> list[str]:
    """Tell the way of a turn that nobody watched, from its reply."""
    found = ", ".join(piece["title"] for piece in reply.evidence)
    notes = [f"note: {note['text']}" for note in reply.notes]
    return [f"routed: {', '.join(reply.routes)}", f"evidence: {found or 'none'}", *notes, f"reply: {reply.status}"]


def told(event: Event) -> str:
    """Tell an event in a line."""
    match event["event"]:
        case "routed":
            return f"routed: {', '.join(event['routes'])} — {event['question']}"
        case "looking":
            return f"looking: {event['route']} for {' | '.join(event['queries'])}"
        case "evidence":
            titles = ", ".join(found["title"] for found in event["evidence"])
            return f"evidence: {event['route']} found {len(event['evidence'])}: {titles}"
        case "graded":
            grade = event["grade"]
            verdict = "good" if grade["good"] else "not good"
            return f"graded: {verdict}, grounded {grade['grounded']}, answers {grade['answers']}"
        case "revising":
            return f"revising: {event['action']} — {event['reason']}"
        case other:
            return other
