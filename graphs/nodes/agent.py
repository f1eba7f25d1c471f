"""The agent's node and the grader's: they decide, and say what they decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from langchain_core.messages import AIMessageChunk
from langgraph.graph.message import push_message
from langgraph.types import StreamWriter

from stylegraph.agent.acts import Act, LookUps
from stylegraph.agent.events import Event, Graded, LookingUp, Revising
from stylegraph.agent.protocols import Agent, Grader, Stream
from stylegraph.agent.state import AssistantState, Turn
from stylegraph.graphs.nodes.drafts import best_draft
from stylegraph.graphs.nodes.messages import reply_id

Update = dict[str, Any]


class Node(Protocol):
    """A node as langgraph calls it."""

    async def __call__(self, state: AssistantState, writer: StreamWriter) -> Update:
        """Return the part of the state that changes."""


def acting(agent: Agent) -> Node:
    """Make the node of an agent, which is visited until there is an answer.

    A draft that was not good enough is kept if it is the best so far, and counts as a revision when the agent acts on it.
    """

    async def node(state: AssistantState, writer: StreamWriter) -> Update:
        first = not state.get("revisions") and not state.get("grade")
        told: list[str] = []
        stream = _noting(told, streamed(writer, state["turn"]) if first else writer)
        update: Update = dict(await agent.act(state, stream))
        act: Act = update["act"]
        if state.get("grade"):
            again = act["kind"] != "stop"
            update |= {"best": best_draft(state), "revisions": state.get("revisions", 0) + again, "grade": None}
            if "revising" not in told:  # an agent that writes at once has said so before its words
                writer(_revising(act))
        if act["kind"] == "look_ups":
            writer(_looking_up(act, state, update))
        return update

    return node


def grading(grader: Grader) -> Node:
    """Make the node of a grader."""

    async def node(state: AssistantState, writer: StreamWriter) -> Update:
        update: Update = dict(await grader.grade(state))
        writer(Graded(event="graded", grade=update["grade"]))
        return update

    return node


def _noting(told: list[str], stream: Stream) -> Stream:
    """Note which events an agent gave itself."""

    def tell(event: Event) -> None:
        told.append(event["event"])
        stream(event)

    return tell


def streamed(writer: StreamWriter, turn: Turn) -> Stream:
    """Let a draft's text also come in LangGraph's `messages` mode, as chunks of the message that the turn ends with.

    Only the first draft does: chunks of one message can't be taken back, and the message itself comes at the end.
    """

    def tell(event: Event) -> None:
        writer(event)
        if event["event"] == "draft":
            push_message(AIMessageChunk(content=event["text"], id=reply_id(turn)), state_key=None)

    return tell


def _revising(act: Act) -> Revising:
    actions: Mapping[str, Any] = {"look_ups": "widen", "draft": "correct"}
    return Revising(event="revising", action=actions.get(act["kind"], "stop"), reason=str(act.get("reason", "")))


def _looking_up(act: LookUps, state: AssistantState, update: Update) -> LookingUp:
    """Return the event of what is looked up: the question as it was understood, and for each source its queries."""
    routing = update.get("routing") or state.get("routing")
    queries: dict[str, list[str]] = {}
    for one in act["look_ups"]:
        queries.setdefault(one["source"], []).extend(one["queries"])
    return LookingUp(
        event="looking_up",
        question=routing["question"] if routing else state["turn"]["asked"],
        routes=list(queries),
        queries=queries,
        filters={one["source"]: one["filters"] for one in act["look_ups"] if one["filters"]},
    )
