"""A turn, watched: its reply, and what happened on the way."""

from __future__ import annotations

from typing import NamedTuple

from typing_extensions import Unpack

from stylegraph.agent.errors import StylegraphError
from stylegraph.agent.events import Event
from stylegraph.agent.reply import Reply
from stylegraph.graphs.api import CompiledAssistant, Options, stream


class Watched(NamedTuple):
    """One turn."""

    reply: Reply
    path: list[str]
    """What happened, an event a line."""
    understood: str = ""
    """The question as it was understood."""
    queries: dict[str, list[str]] = {}  # noqa: RUF012 - of a tuple, never written to
    """Route -> what was looked for there, all attempts."""


async def watch(assistant: CompiledAssistant, question: str, **options: Unpack[Options]) -> Watched:
    """Ask a question and keep what happens until the reply.

    Raises:
        StylegraphError: The turn ended without one.
    """
    path: list[str] = []
    understood, queries = "", dict[str, list[str]]()
    async for event in stream(assistant, question, **options):
        match event["event"]:
            case "reply":
                reply = Reply.model_validate(event["reply"])
                return Watched(reply, [*path, *_noted(reply), f"reply: {reply.status}"], understood, queries)
            case "looking_up":
                understood = event["question"]
            case "looking":
                queries.setdefault(event["route"], []).extend(event["queries"])
        if event["event"] != "draft":
            path.append(told(event))
    raise StylegraphError("The turn ended without a reply.", "This is a defect of a node: please report it.")


def told_of(reply: Reply) -> list[str]:
    """Find the way of a turn that nobody watched, from its reply."""
    found = ", ".join(piece["title"] for piece in reply.evidence)
    return [
        f"looking up: {', '.join(reply.routes)}",
        f"evidence: {found or 'none'}",
        *_noted(reply),
        f"reply: {reply.status}",
    ]


def _noted(reply: Reply) -> list[str]:
    return [f"note: {note['code']}: {note['text']}" for note in reply.notes]


def told(event: Event) -> str:
    """Describe an event in a line."""
    match event["event"]:
        case "looking_up":
            return f"looking up: {', '.join(event['routes'])} — {event['question']}"
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
