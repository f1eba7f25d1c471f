"""What could be asked next: the sources in turns, nothing twice, and an answer never waits or fails for it."""

from __future__ import annotations

import asyncio

import pytest
from langchain_core.messages import HumanMessage
from langgraph.errors import GraphInterrupt

from stylegraph.agent.budget import tally
from stylegraph.agent.reply import Citation, Reply, Status
from stylegraph.graphs.nodes import follow_ups as node
from stylegraph.graphs.nodes.follow_ups import follow_ups

CITED = Citation(evidence="notes-1", quote="Wool", start=0, end=4, title="Wool")


class Offering:
    """A source that offers the same questions after every reply."""

    node, description, examples = "look", "", ()

    def __init__(self, name, *questions):
        self.name, self.questions, self.filters = name, questions, None

    async def gather(self, state):
        return {}

    async def follow_ups(self, reply, filters):
        self.filters = filters
        return self.questions


class Slow(Offering):
    async def follow_ups(self, reply, filters):
        await asyncio.sleep(30)


class Broken(Offering):
    async def follow_ups(self, reply, filters):
        raise RuntimeError


class Malformed(Offering):
    """A source that offers something else than a list of texts."""

    def __init__(self, offered):
        super().__init__("malformed")
        self.offered = offered

    async def follow_ups(self, reply, filters):
        return self.offered


class Interrupting(Offering):
    async def follow_ups(self, reply, filters):
        raise GraphInterrupt


@pytest.fixture(autouse=True)
def seen(monkeypatch):
    """Outside of a graph there is nobody who asks."""
    monkeypatch.setattr(node, "may_see", lambda state: {"audience": {"any": ["kim"], "lacking": True}})
    monkeypatch.setattr(node, "_SECONDS", 0.05)


def reply(status=Status.ANSWERED, citations=(CITED,)):
    return Reply(
        text="Wool. [1]",
        status=status,
        language="en",
        routes=["notes"],
        citations=list(citations),
        spent=tally([], 0.0, 0),
    )


def state(*asked):
    return {"messages": [HumanMessage(content=text) for text in asked], "turn": {}}


async def test_sources_are_heard_in_turns_and_what_was_asked_is_not_offered_again():
    one, two = Offering("one", "What of silk?", "What of linen?", "And hemp?"), Offering("two", "Cheaper ones")
    assert await follow_ups(reply(), state("what of silk"), [one, two]) == [
        "Cheaper ones",
        "What of linen?",
        "And hemp?",
    ]
    assert one.filters == {"audience": {"any": ["kim"], "lacking": True}}  # who asks may see no more than in the turn


async def test_a_source_that_is_late_or_fails_takes_nothing_from_the_others():
    assert await follow_ups(reply(), state("?"), [Slow("slow"), Broken("broken"), Offering("one", "More?")]) == [
        "More?"
    ]


@pytest.mark.parametrize("offered", [None, 3, [3], [{"q": 1}], [None], "Why?", {"Why?": 1}], ids=repr)
async def test_what_is_no_list_of_texts_is_not_offered(offered):
    assert await follow_ups(reply(), state("?"), [Malformed(offered), Offering("one", "More?")]) == ["More?"]


async def test_of_a_list_the_texts_are_offered():
    assert await follow_ups(reply(), state("?"), [Malformed([3, "Why?", {"q": 1}])]) == ["Why?"]


async def test_a_source_may_interrupt_the_graph():
    with pytest.raises(GraphInterrupt):
        await follow_ups(reply(), state("?"), [Interrupting("asks")])


@pytest.mark.parametrize(
    ("status", "citations"),
    [(Status.ASKED_BACK, (CITED,)), (Status.NOT_FOUND, (CITED,)), (Status.DECLINED, ()), (Status.ANSWERED, ())],
)
async def test_nothing_is_offered_after_what_rests_on_nothing(status, citations):
    assert await follow_ups(reply(status, citations), state("?"), [Offering("one", "More?")]) == []
