"""A turn is asked again from where it began: what chat front-ends do by a run with a checkpoint and nothing to say.

LangGraph goes on from a checkpoint; where a turn is one step for whoever looks from outside, there is nothing to go on
with, and the conversation would stand where it stood before the question. So such a run gets the question that was asked
there, and is a branch beside the first answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from langchain_core.messages import AnyMessage, HumanMessage
from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple

from stylegraph.agent.conversation import question_of
from stylegraph.graphs.nodes.messages import reply_id


class Again(NamedTuple):
    """What is asked again."""

    input: dict[str, Any]
    checkpoint: str
    """Where from."""


class Last(NamedTuple):
    """The last question of a conversation, answered or not."""

    question: HumanMessage
    before: str | None
    """Where the conversation stood before it; None: it began with it."""


async def last_question(saver: BaseCheckpointSaver[Any], thread: str) -> Last | None:
    """Return what was asked last in a conversation; None where nothing was."""
    here = await saver.aget_tuple({"configurable": {"thread_id": thread, "checkpoint_ns": ""}})
    question = question_of(_messages(here)) if here else None
    if question is None:
        return None
    while here is not None and question.id in {message.id for message in _messages(here)}:
        here = await saver.aget_tuple(here.parent_config) if here.parent_config else None
    return Last(question, _id(here) if here else None)


async def asked_again(saver: BaseCheckpointSaver[Any], thread: str, checkpoint: str | None) -> Again | None:
    """Return what a run without input asks again.

    Args:
        saver: Where conversations are kept.
        thread: The conversation.
        checkpoint: Where in it the run begins; None: at its end.

    Returns:
        The question that followed there, of several the newest; at the end of a conversation its last one. None in the
        middle of a turn, which goes on, and where nothing was asked.
    """
    place = {"thread_id": thread, "checkpoint_ns": ""} | ({"checkpoint_id": checkpoint} if checkpoint else {})
    here = await saver.aget_tuple({"configurable": place})
    if here is None or not _is_at_rest(here):
        return None
    async for later in saver.alist({"configurable": {"thread_id": thread, "checkpoint_ns": ""}}):
        if _parent(later) == _id(here) and (question := _question(later, here)):
            return Again(_input(question), _id(here))
    before, last = _parent(here), _question(here, None)
    return Again(_input(last), before) if before and last else None


def _is_at_rest(kept: CheckpointTuple) -> bool:
    values = kept.checkpoint["channel_values"]
    messages, turn = values.get("messages"), values.get("turn")
    return not messages or bool(turn and messages[-1].id == reply_id(turn))


def _question(kept: CheckpointTuple, before: CheckpointTuple | None) -> HumanMessage | None:
    """Return the last question that was not asked before."""
    known = {message.id for message in _messages(before)} if before else set()
    asked = [one for one in _messages(kept) if isinstance(one, HumanMessage) and one.id not in known]
    return asked[-1] if asked else None


def _messages(kept: CheckpointTuple) -> list[AnyMessage]:
    messages: list[AnyMessage] = kept.checkpoint["channel_values"].get("messages") or []
    return messages


def _input(question: HumanMessage) -> dict[str, Any]:
    told = {"id": question.id, "content": question.content, "additional_kwargs": question.additional_kwargs}
    return {"messages": [{"type": "human", **told}]}


def _id(kept: CheckpointTuple) -> str:
    return str(kept.config["configurable"]["checkpoint_id"])


def _parent(kept: CheckpointTuple) -> str | None:
    place: Mapping[str, Any] = (kept.parent_config or {}).get("configurable", {})
    parent: str | None = place.get("checkpoint_id")
    return parent
