"""Turns that cases can be made of: those that people judged, and those that ended without an answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import HumanMessage

from stylegraph.agent.reply import Status
from stylegraph.agent.verdicts import Verdict
from stylegraph.evals.harvest.cases import Why
from stylegraph.graphs.server.storage import Conversations

_FAILED = (Status.BEST_EFFORT, Status.NOT_FOUND)


@dataclass(frozen=True)
class HarvestedTurn:
    """A question, what it was answered with, and why somebody should look at it."""

    why: Why
    earlier: Sequence[str]
    """The questions of the conversation before."""
    question: str
    reply: dict[str, Any]
    """`agent.reply.Reply` as plain data, with its evidence."""
    complaint: str = ""
    better: str = ""


def judged(verdict: Verdict) -> HarvestedTurn:
    """Return the turn that a verdict is about."""
    return HarvestedTurn(
        why="regenerated" if verdict["rating"] == "again" else "disliked",
        earlier=verdict["earlier"],
        question=verdict["question"],
        reply=verdict["reply"],
        complaint=verdict["reason"],
        better=verdict.get("better", ""),
    )


async def failed(conversations: Conversations) -> AsyncIterator[HarvestedTurn]:
    """Return the turns that found nothing or whose budget ended first, one conversation after another.

    They are read where they are kept, so a conversation that somebody has deleted gives none.
    """
    for name in await conversations.names():
        async for state in conversations.alist({"configurable": {"thread_id": name, "checkpoint_ns": ""}}):
            if turn := _failed_turn(state.checkpoint["channel_values"]):
                yield turn


def _failed_turn(values: dict[str, Any]) -> HarvestedTurn | None:
    reply, messages = values.get("reply"), values.get("messages", ())
    questions = [str(one.text) for one in messages if isinstance(one, HumanMessage)]
    if not reply or not questions or reply["status"] not in _FAILED or isinstance(messages[-1], HumanMessage):
        return None
    return HarvestedTurn(why="failed", earlier=questions[:-1], question=questions[-1], reply=reply)
