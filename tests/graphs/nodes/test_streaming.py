"""A user's own source that halts the turn: langgraph's `interrupt()` reaches the caller, and resumes."""

from __future__ import annotations

import pytest
from homes import with_catalogue
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command, interrupt

from stylegraph.agent.errors import InputError, TurnInterruptedError
from stylegraph.agent.evidence import Gathered, SourceTask, make_evidence
from stylegraph.agent.settings import Settings
from stylegraph.graphs.adapters import from_tool
from stylegraph.graphs.api import ask
from stylegraph.graphs.assistant import build_assistant
from stylegraph.graphs.build import open_assistant, open_parts


class Orders:
    """A source that asks its person which of two orders is meant."""

    name = "orders"
    node = "look_up_orders"
    description = "The user's orders and parcels."
    examples = ("Where is my parcel?", "내 택배 언제 와?", "Has my order shipped?", "주문한 거 배송됐어?")

    async def gather(self, state: SourceTask) -> Gathered:
        chosen = interrupt({"question": "Which order?", "choices": ["7", "8"]})
        return {"evidence": [make_evidence(self.name, f"Order {chosen}", f"Parcel {chosen} arrives on Friday.")]}


@pytest.fixture
async def assistant(tmp_path):
    settings = Settings(_env_file=None, home=with_catalogue(tmp_path / "home"), samples=False)
    async with open_parts(settings, sources=[Orders()]) as parts:
        yield build_assistant(parts).compile(checkpointer=InMemorySaver())


async def test_an_interrupt_of_a_source_reaches_the_caller_and_resumes(assistant):
    config = {"configurable": {"thread_id": "parcel"}}
    halted = await assistant.ainvoke({"messages": [("user", "Where is my parcel?")]}, config)
    assert [one.value["question"] for one in halted["__interrupt__"]] == ["Which order?"]

    ended = await assistant.ainvoke(Command(resume="8"), config)
    assert "Parcel 8 arrives on Friday." in ended["messages"][-1].text
    assert ended["reply"]["notes"] == []


async def test_a_source_that_halted_is_not_told_of_as_one_that_failed(assistant):
    config = {"configurable": {"thread_id": "parcel"}}
    events = [
        event
        async for event in assistant.astream(
            {"messages": [("user", "Where is my parcel?")]}, config, stream_mode="custom"
        )
    ]
    assert "looking" in [event["event"] for event in events]
    assert not {"evidence", "reply"} & {event["event"] for event in events}


async def test_ask_says_what_the_turn_waits_for_and_resumes_it(tmp_path):
    settings = Settings(_env_file=None, home=with_catalogue(tmp_path / "home"), samples=False)
    async with open_assistant(settings, sources=[Orders()]) as assistant:
        with pytest.raises(TurnInterruptedError, match="Command\\(resume=") as waiting:
            await ask(assistant, "내 택배 언제 와?", thread="parcel")
        assert waiting.value.interrupts == [{"question": "Which order?", "choices": ["7", "8"]}]
        reply = await ask(assistant, Command(resume="7"), thread="parcel")
        assert [found["title"] for found in reply.evidence] == ["Order 7"]
        with pytest.raises(InputError, match="thread="):
            await ask(assistant, Command(resume="7"))


@tool
def order(query: str) -> str:
    """The user's orders and parcels."""
    return f"Parcel {interrupt('Which order?')} arrives on Friday."


async def test_a_tool_that_is_a_source_may_interrupt_too(tmp_path):
    settings = Settings(_env_file=None, home=with_catalogue(tmp_path / "home"), samples=False)
    source = from_tool(order, examples=Orders.examples)
    async with open_assistant(settings, sources=[source], builtin=()) as assistant:
        with pytest.raises(TurnInterruptedError):
            await ask(assistant, "Where is my parcel?", thread="parcel")
        reply = await ask(assistant, Command(resume="9"), thread="parcel")
    assert [found["text"] for found in reply.evidence] == ["Parcel 9 arrives on Friday."]
