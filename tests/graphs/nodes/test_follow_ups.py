"""What could be asked next: the sources in turns, nothing twice, and an answer never waits or fails for it."""

from __future__ import annotations

import asyncio

import pytest
from langchain_core.messages import HumanMessage

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


@pytest.mark.parametrize(
    ("status", "citations"),
    [(Status.ASKED_BACK, (CITED,)), (Status.NOT_FOUND, (CITED,)), (Status.DECLINED, ()), (Status.ANSWERED, ())],
)
async def test_nothing_is_offered_after_what_rests_on_nothing(status, citations):
    assert await follow_ups(reply(status, citations), state("?"), [Offering("one", "More?")]) == []
