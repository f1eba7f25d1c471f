"""What a user of a server spends counts for their day: whole turns, and turns that end on their way as far as they came."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass

import pytest
from langgraph.store.memory import InMemoryStore
from standins.chat import Fault
from standins.turns import QUESTION, looks_up, staged

from stylegraph.agent.usage import usage
from stylegraph.graphs.nodes.usage import forget_spent, tokens_today, write_down

LIMITED = {"server_tokens": 1_000_000}


@dataclass
class User:
    """Somebody whom a server's auth knows."""

    identity: str
    trusted: bool = False
    groups: tuple[str, ...] = ()


async def turn(stage, user, effort="thorough"):
    """Ask as a user of a server does; give what the reply says was spent."""
    config = {"configurable": {"thread_id": user.identity, "langgraph_auth_user": user}}
    asked = {"messages": [{"role": "user", "content": QUESTION}]}
    values = await stage.graph.ainvoke(asked, config, context={"effort": effort}, durability="exit")
    return values["reply"]["spent"]["tokens_in"] + values["reply"]["spent"]["tokens_out"]


async def stopped_while(stage, calls):
    """Stop a turn of kim's while it waits for the call that is the so-manieth."""
    asking = asyncio.create_task(turn(stage, User("kim")))
    while stage.server.count() < calls:
        await asyncio.sleep(0.01)
    asking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asking


async def test_a_turn_stands_for_what_it_has_spent_last():
    store = InMemoryStore()
    for tokens in (0, 100, 250):
        await write_down(store, "kim", "a turn", tokens)
    await write_down(store, "kim", "another", 50)
    await write_down(store, "lee", "a turn", 7)
    assert (await tokens_today(store, "kim"), await tokens_today(store, "lee")) == (300, 7)


async def test_what_was_spent_on_days_that_are_over_is_forgotten():
    store = InMemoryStore()
    await store.aput(("spending", "kim", "2020-01-01"), "a turn", {"tokens": 5})
    await write_down(store, "kim", "a turn", 100)
    await forget_spent(store)
    assert await tokens_today(store, "kim") == 100
    assert len(await store.asearch(("spending",))) == 1


async def test_nothing_is_written_for_a_turn_that_spent_nothing():
    store = InMemoryStore()
    await write_down(store, "kim", "a turn", 0)
    assert await store.asearch(("spending",)) == []


async def test_a_whole_turn_counts_as_its_reply_says():
    async with staged(settings=LIMITED) as stage:
        spent = [await turn(stage, User("kim")) for _ in range(2)]
        assert await tokens_today(stage.graph.store, "kim") == sum(spent) > 0
        assert await tokens_today(stage.graph.store, "lee") == 0


async def test_a_stopped_turn_counts_for_what_it_had_spent_and_for_the_call_that_was_under_way():
    async with staged(settings=LIMITED, agent=looks_up(Fault(hang=30))) as stage:
        await stopped_while(stage, 2)
        [looking, writing] = stage.server.seen
        counted = len(looking.prompt.split())  # as the server counts it; its answer comes on top
        spent = await tokens_today(stage.graph.store, "kim")
    assert spent > counted + len(writing.prompt) / 4


async def test_so_it_does_where_the_draft_is_being_graded():
    async with staged(settings=LIMITED) as stage:
        whole = await turn(stage, User("lee"))
    async with staged(settings=LIMITED, grade=Fault(hang=30)) as stage:
        await stopped_while(stage, 3)
        spent = await tokens_today(stage.graph.store, "kim")
        before = sum(len(seen.prompt.split()) for seen in stage.server.seen[:2])
    assert before < spent
    assert whole / 2 < spent < whole * 3  # what was under way is estimated, not counted


@pytest.mark.parametrize(("user", "settings"), [(User("kim", trusted=True), LIMITED), (User("kim"), {})])
async def test_nobody_is_charged_who_owns_the_machine_or_where_there_is_no_limit(user, settings):
    async with staged(settings=settings) as stage:
        assert await turn(stage, user) > 0
        assert await stage.graph.store.asearch(("spending",)) == []


async def test_an_answer_is_given_where_spending_can_not_be_kept(caplog, monkeypatch):
    async def full(*args, **named):
        raise OSError("the disk is full")

    monkeypatch.setattr(InMemoryStore, "aput", full)
    async with staged(settings=LIMITED) as stage:
        assert await turn(stage, User("kim")) > 0
    assert "could not be kept" in caplog.text


async def test_a_turn_over_a_server_is_kept_for_whoever_runs_it_without_a_word_of_it():
    async with staged() as stage:
        tokens = await turn(stage, User("kim"))
        await turn(stage, User("lee@example.com"))
        rows = await usage(stage.graph.store, days=1)
        kept = [one.value for one in await stage.graph.store.asearch(("usage",))]
    assert [(row["user"], row["turns"]) for row in rows] == [("kim", 1), ("lee@example%2Ecom", 1)]
    assert (rows[0]["tokens_in"] + rows[0]["tokens_out"], rows[0]["calls"] > 0) == (tokens, True)
    assert QUESTION not in str(kept)


async def test_what_failed_in_a_turn_is_counted():
    async with staged(agent=Fault(status=500)) as stage:
        await turn(stage, User("kim"))
        (row,) = await usage(stage.graph.store, days=1)
    assert row["fallbacks"] == {"model_unavailable": 1}
