"""A source of somebody's own may do anything: what it found is taken, and what went wrong is told."""

from __future__ import annotations

import asyncio
import threading
import time
from functools import partial

import pytest
from langgraph.errors import GraphInterrupt

from stylegraph.agent.errors import SourceError
from stylegraph.agent.evidence import make_evidence, unsearched
from stylegraph.agent.gathering import gather

FOUND = {"evidence": [make_evidence("orders", "Order 7", "Order 7 has left.")]}


class Orders:
    name = "orders"
    node = "look_up"
    description = "Orders."
    examples = ()

    def __init__(self, gather):
        self.gather = gather


def task(seconds=5.0, language="en"):
    return {"queries": ["order 7"], "seconds": seconds, "language": language}


async def test_a_synchronous_source_runs_in_a_thread_of_its_own():
    threads = []

    def look_up(state):
        threads.append(threading.current_thread())
        time.sleep(0.05)
        return FOUND

    ticks = 0

    async def tick():
        nonlocal ticks
        while True:
            await asyncio.sleep(0.005)
            ticks += 1

    ticking = asyncio.create_task(tick())
    assert await gather(Orders(look_up), task(), 5.0) == FOUND
    ticking.cancel()
    assert threads[0] is not threading.main_thread()
    assert ticks > 1


async def test_a_function_that_returns_a_coroutine_is_awaited():
    async def look_up(state):
        return FOUND

    assert await gather(Orders(partial(look_up)), task(), 5.0) == FOUND
    assert await gather(Orders(lambda state: look_up({**state})), task(), 5.0) == FOUND


def raising(error):
    async def look_up(state):
        raise error

    return look_up


async def hanging(state):
    await asyncio.sleep(60)


@pytest.mark.parametrize(
    ("look_up", "seconds", "told"),
    [
        (raising(SourceError("The book is closed.", "Open it.")), 5.0, "The book is closed. Open it."),
        (raising(RuntimeError("no route to host")), 5.0, "RuntimeError: no route to host"),
        (raising(KeyError("id")), 5.0, "KeyError"),
        (lambda state: None, 5.0, "NoneType instead of a dict"),
        (lambda state: [FOUND], 5.0, "list instead of a dict"),
        (hanging, 5.0, "STYLEGRAPH_SOURCE_TIMEOUT"),
        (hanging, 0.01, "STYLEGRAPH_BUDGET_SECONDS"),
    ],
)
@pytest.mark.parametrize("language", ["ko", "en"])
async def test_what_went_wrong_is_told_and_marks_the_source_as_not_searched(look_up, seconds, told, language):
    gathered = await gather(Orders(look_up), task(seconds, language), 0.02 if look_up is hanging else 5.0)
    [note] = gathered["notes"]
    assert told in note["text"]
    assert note["code"] == "source_failed"
    assert unsearched(gathered["notes"]) == {"orders": note["text"]}


async def test_to_strangers_only_the_kind_of_an_unknown_error_is_told():
    gathered = await gather(Orders(raising(RuntimeError("db.internal:5432 refused"))), task(), 5.0, private=True)
    assert "internal" not in gathered["notes"][0]["text"]


async def test_a_source_may_interrupt_the_graph():
    with pytest.raises(GraphInterrupt):
        await gather(Orders(raising(GraphInterrupt())), task(), 5.0)
