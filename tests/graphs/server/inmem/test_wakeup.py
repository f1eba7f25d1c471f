"""A queue that waits is woken by a run that comes."""

from __future__ import annotations

import asyncio
import time

import pytest

ops = pytest.importorskip("langgraph_runtime_inmem.ops")

from stylegraph.graphs.server.inmem.wakeup import wake_on_new_runs  # noqa: E402


async def test_a_run_is_taken_as_soon_as_it_is_put(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    runs = []

    async def put(*args, **named):
        runs.append("run")

    async def take(wait, limit=1):
        assert not wait
        while runs:
            yield runs.pop(), 1

    monkeypatch.setattr(ops.Runs, "put", staticmethod(put))
    monkeypatch.setattr(ops.Runs, "next", staticmethod(take))
    assert wake_on_new_runs()

    async def waiting():
        return [run async for run in ops.Runs.next(wait=True)]

    taking = asyncio.create_task(waiting())
    await asyncio.sleep(0.05)
    begun = time.monotonic()
    await ops.Runs.put()
    assert await taking == [("run", 1)]
    assert time.monotonic() - begun < 0.2
    assert await waiting() == []


async def test_where_the_runtime_has_changed_everything_stays_as_it_is(monkeypatch):
    monkeypatch.delattr(ops.Runs, "next")
    assert not wake_on_new_runs()
