"""A queue that waits is woken by a run that comes, takes in turn between users, and accepts one run at a time."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

ops = pytest.importorskip("langgraph_runtime_inmem.ops")

from langgraph_runtime_inmem import database  # noqa: E402

from stylegraph.graphs.server.inmem import queue  # noqa: E402
from stylegraph.graphs.server.inmem.accepted import Accepted  # noqa: E402
from stylegraph.graphs.server.inmem.queue import in_turn, take_in_turn  # noqa: E402

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def run(owner="kim", status="pending", thread=None, age=60.0):
    return {
        "run_id": uuid4(), "thread_id": thread or uuid4(), "status": status, "metadata": {"owner": owner},
        "created_at": NOW - timedelta(seconds=age),
    }  # fmt: skip


@pytest.fixture
def store(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    kept = {"runs": [], "threads": []}
    monkeypatch.setattr(database, "GLOBAL_STORE", kept)
    return kept


async def test_a_run_is_taken_as_soon_as_it_is_put(monkeypatch, store, tmp_path):
    under_way = []

    async def put(*args, run_id, **named):
        before = len(store["runs"])
        await asyncio.sleep(0.01)
        under_way.append(before)
        store["runs"].append(run() | {"run_id": run_id})
        store["threads"].append({"thread_id": store["runs"][-1]["thread_id"]})

        async def put_run():
            yield store["runs"][-1]

        return put_run()

    monkeypatch.setattr(ops.Runs, "put", staticmethod(put))
    monkeypatch.setattr(ops.Runs, "next", staticmethod(ops.Runs.next))
    take_in_turn(Accepted(tmp_path / "accepted"))

    async def waiting():
        return [taken async for taken in ops.Runs.next(wait=True, limit=5)]

    monkeypatch.setattr(queue, "_AT_LATEST", 30)
    taking = asyncio.create_task(waiting())
    await asyncio.sleep(0.05)
    begun = time.monotonic()
    first = uuid4()
    assert [one["run_id"] async for one in await ops.Runs.put(run_id=first)] == [first]
    assert [(one["run_id"], attempt) for one, attempt in await taking] == [(first, 1)]
    assert time.monotonic() - begun < 15  # it would look by itself after thirty
    monkeypatch.setattr(queue, "_AT_LATEST", 0.1)
    assert await waiting() == []
    await asyncio.gather(*(ops.Runs.put(run_id=uuid4()) for _ in range(3)))
    assert under_way == [0, 1, 2, 3]  # nobody is counted while another is accepted


def test_who_has_the_fewest_under_way_comes_first():
    many = [run("kim", age=100 - place) for place in range(5)]
    one = run("lee", age=1)
    assert in_turn([run("kim", "running"), *many, one], NOW) == [one, *many]
    assert in_turn([*many, one], NOW)[:2] == [many[0], one]


def test_what_waits_for_its_own_conversation_is_in_nobodys_way():
    thread = uuid4()
    waiting = [run("kim", thread=thread, age=100 - place) for place in range(3)]
    later = run("kim", age=-60)
    own = run("lee", age=1)
    assert in_turn([run("kim", "running", thread), *waiting, own, later], NOW) == [own]
    assert in_turn([*waiting, later], NOW) == waiting[:1]
