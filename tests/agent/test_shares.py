"""What others read of a conversation by a link."""

from __future__ import annotations

import json

import pytest
from langgraph.store.memory import InMemoryStore

from stylegraph.agent.shares import keep, of_link, of_thread, shown, withdraw

CITED = {"evidence": "e1", "title": "Wages", "url": "wages.md", "quote": "Kim earns 5.", "start": 0, "end": 12}
REPLY = {
    "text": "Kim earns 5. [1]", "status": "answered", "language": "en", "citations": [CITED], "recommendations": [],
    "artifacts": {}, "notes": [], "evidence": [{"text": "Kim earns 5. Lee earns 6."}], "routes": ["documents"],
    "follow_ups": ["What does Lee earn?"], "grade": {"good": True}, "spent": {"seconds": 1},
}  # fmt: skip


@pytest.fixture
def store():
    return InMemoryStore()


def test_a_reader_gets_the_answer_and_its_quotes_and_nothing_of_what_stood_around_them():
    turn = shown("What does Kim earn?", 2, REPLY)
    assert (turn["question"], turn["pictures"], turn["reply"]["citations"]) == ("What does Kim earn?", 2, [CITED])
    assert "Lee" not in json.dumps(turn)
    assert {"evidence", "follow_ups", "grade", "spent", "routes"}.isdisjoint(turn["reply"])


async def test_a_link_shows_the_conversation_as_it_was_when_the_link_was_made(store):
    first = await keep(store, "kim", "thread", "Wages", [shown("One?", 0, REPLY)])
    assert len(first["link"]) == 43  # 256 bits
    assert await of_link(store, first["link"]) == first
    again = await keep(store, "kim", "thread", "Wages", [shown("One?", 0, REPLY), shown("Two?", 0, REPLY)])
    assert again["link"] == first["link"]  # who has it sees what its owner shows now
    assert [turn["question"] for turn in (await of_link(store, first["link"]))["turns"]] == ["One?", "Two?"]


async def test_a_link_that_was_taken_back_shows_nothing_and_a_new_one_is_another(store):
    first = await keep(store, "kim", "thread", "Wages", [shown("One?", 0, REPLY)])
    assert await withdraw(store, "kim", "thread")
    assert await of_link(store, first["link"]) is None
    assert await of_thread(store, "kim", "thread") is None
    assert not await withdraw(store, "kim", "thread")
    assert (await keep(store, "kim", "thread", "Wages", []))["link"] != first["link"]


@pytest.mark.parametrize("guess", ["", "x", "thread", "kim", "0" * 43, "../kim", "é" * 43])
async def test_a_guess_shows_nothing(store, guess):
    await keep(store, "kim", "thread", "Wages", [shown("One?", 0, REPLY)])
    assert await of_link(store, guess) is None


async def test_nobody_takes_back_or_sees_the_link_of_another(store):
    share = await keep(store, "kim", "thread", "Wages", [shown("One?", 0, REPLY)])
    assert await of_thread(store, "lee", "thread") is None
    assert not await withdraw(store, "lee", "thread")
    assert await of_link(store, share["link"]) == share


async def test_a_link_is_not_kept_as_it_is_where_all_links_lie(store):
    share = await keep(store, "kim", "thread", "Wages", [])
    assert share["link"] not in str([one.key for one in await store.asearch(("share_links",))])
