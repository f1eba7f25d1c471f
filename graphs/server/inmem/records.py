"""The development server's own records of runs and threads, which it keeps in memory and writes down every ten seconds.

They are reached into, since it offers no other way: where the runtime is another one, nothing here does anything. It
never forgets a run, what was streamed of it, or a conversation's state; `keep_small` forgets what nobody asks for any more.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Container, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

logger = logging.getLogger(__name__)

Read = Callable[[str], Awaitable[dict[str, Any] | None]]
UNDER_WAY = ("pending", "running")
_EVERY = 30.0
_WHOLE = timedelta(minutes=2)
"""How long an ended run can be joined and its stream be replayed: for a client that lost its connection."""
_MOST_ENDED = 5_000
_BULKY = ("input", "command", "context", "config")
"""What a run was asked for, pictures included."""
_LISTED = "messages"
"""What lists of conversations show of their state."""


def unfinished_runs() -> dict[str, str]:
    """Return the runs that count as not done, id -> thread: right after a kill, some of them are."""
    return {str(run["run_id"]): str(run["thread_id"]) for run in listed("runs") if run["status"] in UNDER_WAY}


def under_way(user: str) -> int | None:
    """Count the runs of a user that are not done, wherever they were begun; None where the runtime is another one."""
    runs = _kept("runs")
    if runs is None:
        return None
    return len([run for run in runs if run["status"] in UNDER_WAY and run.get("metadata", {}).get("owner") == user])


def free_the_resting() -> int:
    """Let no conversation count as busy in which nothing runs, and say how many there were; when the server starts."""
    working = {run["thread_id"] for run in listed("runs") if run["status"] in UNDER_WAY}
    resting = [one for one in listed("threads") if one["status"] == "busy" and one["thread_id"] not in working]
    for thread in resting:
        thread["status"] = "idle"
    return len(resting)


def crons_of(user: str) -> int:
    """Count the crons of a user."""
    return sum((cron.get("metadata") or {}).get("owner") == user for cron in listed("crons"))


def begin_empty() -> None:
    """Leave out what this server had listed before it ended: others may have answered for it since."""
    for what in ("runs", "threads", "crons"):
        listed(what).clear()


async def finish(run: str, values: Mapping[str, Any]) -> None:
    """Count a run as done, so that it is not run again, and its thread as standing where it does.

    To be called before the server takes up its runs.
    """
    from langgraph_runtime_inmem.database import connect
    from langgraph_runtime_inmem.ops import Threads

    record = next(one for one in listed("runs") if str(one["run_id"]) == run)
    checkpoint: Any = {"values": dict(values), "next": [], "tasks": []}
    graph = record["kwargs"]["config"]["configurable"]["graph_id"]
    async with connect() as records:
        await Threads.set_joint_status(records, record["thread_id"], record["run_id"], "success", graph, checkpoint)
    logger.warning("run %s had been answered when the server was killed: it is not run again", run)


async def keep_small(read: Read) -> None:
    """Forget now and then what nobody asks for any more, for as long as the server runs.

    Args:
        read: Gives a conversation's state from the disk.
    """
    fill_in_states(read)
    while True:
        await asyncio.sleep(_EVERY)
        forget(datetime.now(UTC))


def forget(now: datetime) -> None:
    """Forget what was asked and streamed in runs that ended a while ago, and states of conversations that rest.

    A state is on disk; of it only the messages stay, which lists of conversations show.
    """
    from langgraph_runtime_inmem.database import GLOBAL_RETRY_COUNTER, GLOBAL_STORE
    from langgraph_runtime_inmem.inmem_stream import get_stream_manager

    runs, oldest = GLOBAL_STORE["runs"], now - _WHOLE
    ended = [run for run in runs if run["status"] not in UNDER_WAY and run["updated_at"] < oldest]
    for run in ended:
        run["kwargs"] = {name: value for name, value in run["kwargs"].items() if name not in _BULKY}
    too_many = {run["run_id"] for run in ended[:-_MOST_ENDED]}
    GLOBAL_STORE["runs"] = [run for run in runs if run["run_id"] not in too_many]
    for thread in GLOBAL_STORE["threads"]:
        if thread["status"] != "busy" and thread["updated_at"] < oldest and thread.get("values"):
            thread["values"] = {name: value for name, value in thread["values"].items() if name == _LISTED}
    needed = {run["run_id"] for run in runs} - {run["run_id"] for run in ended}
    for tries in (GLOBAL_RETRY_COUNTER._counters, GLOBAL_RETRY_COUNTER._locks):
        for run_id in tries.keys() - needed:
            del tries[run_id]
    _forget_streams(get_stream_manager(), needed, oldest)


def _forget_streams(manager: Any, needed: Container[Any], oldest: datetime) -> None:  # noqa: ANN401 - the runtime's
    def is_old(message: Any) -> bool:  # noqa: ANN401 - its id begins with milliseconds
        return int(message.id.partition(b"-")[0]) < oldest.timestamp() * 1_000

    def is_over(run_id: Any, told: Any) -> bool:  # noqa: ANN401
        last = told[-1] if isinstance(told, list) and told else told
        return run_id not in needed and (not last or is_old(last))

    for streams in (manager.message_stores, manager.control_keys):
        _leave(streams, lambda run_id, told: not is_over(run_id, told))
    for places in (manager.queues, manager.control_queues):  # the runtime leaves a place behind for each run
        _leave(places, lambda run_id, listeners: run_id in needed or bool(listeners))


def _leave(threads: dict[Any, Any], needed: Callable[[Any, Any], bool]) -> None:
    for thread, runs in list(threads.items()):
        for run_id in [run_id for run_id, told in runs.items() if not needed(run_id, told)]:
            del runs[run_id]
        if not runs:
            del threads[thread]


def fill_in_states(read: Read) -> None:
    """Let whoever asks for one conversation have its whole state, from the disk where it is no longer in memory."""
    from langgraph_runtime_inmem.ops import Threads

    get = Threads.get

    async def get_whole(conn: Any, thread_id: Any, *args: Any, **named: Any) -> AsyncIterator[dict[str, Any]]:  # noqa: ANN401
        found: AsyncIterator[dict[str, Any]] = await get(conn, thread_id, *args, **named)
        if named.get("read_mask_paths") is not None:  # only whether it is there
            return found
        thread = await anext(found)
        if (thread.get("values") or {}).keys() <= {_LISTED}:
            thread = {**thread, "values": await read(str(thread_id)) or thread.get("values")}
        return _only(thread)

    Threads.get = staticmethod(get_whole)


def state_of(channels: Mapping[str, Any]) -> dict[str, Any]:
    """Return a conversation's state without what langgraph keeps for itself beside it."""
    return {name: value for name, value in channels.items() if not name.startswith(("branch:", "__"))}


async def _only(thread: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
    yield thread


def listed(what: str) -> list[dict[str, Any]]:
    """Return the runtime's own list of `runs`, `threads` or `crons`; an empty one where it is another runtime."""
    kept = _kept(what)
    return [] if kept is None else kept


def _kept(what: str) -> list[dict[str, Any]] | None:
    """Return what the runtime has of something; None where it is another one."""
    if "langgraph_runtime_inmem.database" not in sys.modules:
        return None
    from langgraph_runtime_inmem.database import GLOBAL_STORE

    records: list[dict[str, Any]] = GLOBAL_STORE[what]
    return records
