"""Runs are accepted one at a time, begin when they come, and are taken in turn between users.

LangGraph's development server looks for new runs every half second, takes them in the order that they came in, and lets
those that wait for their own conversation stand in everybody's way: whoever puts many questions keeps the others waiting.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

_AT_LATEST = 0.5


class Book(Protocol):
    """Where runs are written down that were accepted, so that a kill loses none."""

    async def write_down(self, run: dict[str, Any]) -> None:
        """Keep a run that was accepted."""

    async def settle(self) -> None:
        """Forget the runs that are done."""


def take_in_turn(accepted: Book) -> None:
    """Let this process' queue accept, wake and choose as it should.

    A run is counted against what its user may have while it is accepted, so no two are accepted at the same time.

    Args:
        accepted: Where they are written down.
    """
    from langgraph_runtime_inmem.ops import Runs

    put, came, one_at_a_time = Runs.put, asyncio.Event(), asyncio.Lock()

    async def put_and_tell(*args: Any, **named: Any) -> AsyncIterator[Any]:  # noqa: ANN401 - as the runtime has it
        async with one_at_a_time:
            runs = [run async for run in await put(*args, **named)]
        if runs and runs[0]["run_id"] == named.get("run_id"):
            await accepted.write_down(runs[0])
        came.set()
        return _each(runs)

    async def take_when_told(wait: bool, limit: int = 1) -> AsyncIterator[tuple[Any, int]]:
        if wait:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(came.wait(), _AT_LATEST)
        else:
            await asyncio.sleep(0)
        came.clear()
        await accepted.settle()
        async for run in _take(limit):
            yield run

    Runs.put, Runs.next = staticmethod(put_and_tell), staticmethod(take_when_told)


async def _take(limit: int) -> AsyncIterator[tuple[Any, int]]:
    from langgraph_runtime_inmem.database import connect
    from langgraph_runtime_inmem.ops import RUN_LOCK

    async with connect() as records, RUN_LOCK:
        threads = {thread["thread_id"] for thread in records.store["threads"]}
        for run in in_turn(records.store["runs"], datetime.now(UTC))[:limit]:
            if run["thread_id"] in threads:
                attempt = await records.retry_counter.increment(run["run_id"])
                run["status"] = "running"
                yield run, attempt


def in_turn(runs: Sequence[Mapping[str, Any]], now: datetime) -> list[Any]:
    """Return the runs that can begin, in the order in which they should.

    First comes whose user has the fewest under way, and among those the oldest; of a conversation one at a time.
    """
    working = Counter(_owner(run) for run in runs if run["status"] == "running")
    busy = {run["thread_id"] for run in runs if run["status"] == "running"}
    due = [run for run in runs if run["status"] == "pending" and run["created_at"] < now]
    waiting = sorted((run for run in due if run["thread_id"] not in busy), key=lambda run: run["created_at"])
    ordered = []
    while waiting:
        first = min(waiting, key=lambda run: working[_owner(run)])
        working[_owner(first)] += 1
        waiting = [run for run in waiting if run["thread_id"] != first["thread_id"]]
        ordered.append(first)
    return ordered


def _owner(run: Mapping[str, Any]) -> str:
    return str(run["metadata"].get("owner", ""))


async def _each(runs: Sequence[Any]) -> AsyncIterator[Any]:
    for run in runs:
        yield run
