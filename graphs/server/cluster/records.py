"""What a server lists of threads and runs, written to the database at once, so that another one can go on with it."""

from __future__ import annotations

import logging
import uuid
from collections.abc import AsyncIterator, Container, Mapping
from typing import TYPE_CHECKING, Any

from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from starlette.exceptions import HTTPException

from stylegraph.agent.errors import KeepingError
from stylegraph.graphs.server.cluster.database import explained
from stylegraph.graphs.server.inmem.accepted import list_again
from stylegraph.graphs.server.inmem.deletions import stop
from stylegraph.graphs.server.inmem.records import UNDER_WAY, finish, listed, state_of

if TYPE_CHECKING:
    from psycopg_pool import AsyncConnectionPool

logger = logging.getLogger(__name__)

_ASKED_BY = "langgraph_auth_user"
_KEEP = """INSERT INTO stylegraph_records VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (kind, id) DO UPDATE SET type = excluded.type, value = excluded.value
    WHERE stylegraph_records.owner = excluded.owner"""
_FORGET = "DELETE FROM stylegraph_records WHERE kind = %s AND id = ANY(%s)"
_WHOSE = "SELECT owner FROM stylegraph_records WHERE kind = 'thread' AND id = %s"
_OF = "SELECT kind, type, value FROM stylegraph_records WHERE owner = %s"


class Records:
    """The records of this server's people, in the database.

    Args:
        pool: The database.
    """

    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        self._pool = pool
        self._serde = JsonPlusSerializer()
        self._accepted: set[str] = set()

    async def write_down(self, run: Mapping[str, Any]) -> None:
        """Keep a run that was accepted; a database that can't take it does not keep it from being answered."""
        accepted = self._serde.dumps_typed({"run": _plain(run), "starts": 0})  # before it begins, which changes it
        try:
            await self.keep(run["thread_id"])
            await self._keep("run", str(run["run_id"]), run, accepted)
        except KeepingError as error:
            logger.warning("a run that was accepted could not be written down: %s", error)
            return
        self._accepted.add(str(run["run_id"]))

    async def settle(self) -> None:
        """Forget the runs that are done."""
        done = self._accepted - {str(run["run_id"]) for run in listed("runs") if run["status"] in UNDER_WAY}
        try:
            if done:
                await self._forget("run", *done)
        except KeepingError as error:
            logger.warning("runs that are done could not be forgotten: %s", error)
            return  # they are tried again; whoever takes the next run must not end by it
        self._accepted -= done

    async def keep(self, thread_id: object) -> None:
        """Keep what is listed of a thread. Its state is kept where conversations are."""
        for thread in listed("threads"):
            if str(thread["thread_id"]) == str(thread_id):
                told = {name: value for name, value in thread.items() if name != "values"}
                told["config"] = _with_user(thread.get("config") or {}, None)  # each run brings its own
                await self._keep("thread", str(thread_id), thread, self._serde.dumps_typed(told))

    async def is_anothers(self, thread_id: object) -> bool:
        """Check whether a thread that isn't listed here is somebody else's than whoever's who asks."""
        name = str(uuid.UUID(str(thread_id)))
        if any(str(thread["thread_id"]) == name for thread in listed("threads")):
            return False  # then the runtime looks whose it is
        with explained():
            async with self._pool.connection() as connection:
                kept = await (await connection.execute(_WHOSE, (name,))).fetchone()
        return kept is not None and kept["owner"] != _who_asks()

    async def forget(self, thread_id: object) -> None:
        """Forget a thread."""
        await self._forget("thread", str(thread_id))

    async def take_over(self, owner: str) -> None:
        """List here what somebody has, and ask again what was accepted and not answered."""
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(_OF, (owner,))).fetchall()
        threads = [one for row in rows if row["kind"] == "thread" and (one := self._read(row))]
        kept = [one for row in rows if row["kind"] == "run" and (one := self._read(row))]
        kept.sort(key=lambda one: str(one["run"]["created_at"]))
        begun = [await self._begun_again(one) for one in kept]  # all that can fail comes before anything is listed
        _list_threads(threads, {one["run"]["thread_id"] for one in kept})
        for run, starts, state in begun:
            await self._ask_again(run, starts, state)
        logger.info("%d conversations of a user are this server's now", len(threads))

    def _read(self, row: Mapping[str, Any]) -> dict[str, Any] | None:
        try:
            kept: dict[str, Any] = self._serde.loads_typed((row["type"], row["value"]))
        except Exception as error:
            logger.warning("a %s that was kept can't be read: %s", row["kind"], type(error).__name__)
            return None
        return kept

    async def _begun_again(self, kept: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, Any] | None]:
        """Return a run, how often it was begun, and the state of its conversation if it has been answered."""
        run, starts = kept["run"], kept["starts"] + 1
        state = await _answered(str(run["run_id"]), str(run["thread_id"]))
        await self._keep("run", str(run["run_id"]), run, self._serde.dumps_typed({"run": run, "starts": starts}))
        return _of_whoever_asked(run), starts, state

    async def _ask_again(self, run: dict[str, Any], starts: int, state: dict[str, Any] | None) -> None:
        if any(one["run_id"] == run["run_id"] for one in listed("runs")):
            return
        list_again(run, None, starts)
        self._accepted.add(str(run["run_id"]))
        if state:  # before the queue, which is at work, can take it
            await finish(str(run["run_id"]), state)

    async def _keep(self, kind: str, name: str, record: Mapping[str, Any], kept: tuple[str, bytes]) -> None:
        owner = str(record["metadata"].get("owner", ""))
        with explained():
            async with self._pool.connection() as connection:
                changed = (await connection.execute(_KEEP, (kind, name, owner, *kept))).rowcount
        if not changed:  # two people gave one id at the same time, at two servers
            await _no_longer_list(record["thread_id"])
            raise _taken(record["thread_id"])

    async def _forget(self, kind: str, *names: str) -> None:
        with explained():
            async with self._pool.connection() as connection:
                await connection.execute(_FORGET, (kind, list(names)))


def _who_asks() -> str:
    from langgraph_api.utils import get_auth_ctx

    asking = get_auth_ctx()
    return "" if asking is None else str(asking.user.identity)


def _taken(thread_id: object) -> HTTPException:
    """Return what the runtime says where a thread is somebody else's."""
    return HTTPException(409, f"Thread with ID {thread_id} already exists")


async def _no_longer_list(thread_id: object) -> None:
    stopping = [run for run in listed("runs") if str(run["thread_id"]) == str(thread_id)]
    for what in ("threads", "runs"):
        kept = listed(what)
        kept[:] = [one for one in kept if str(one["thread_id"]) != str(thread_id)]
    for run in stopping:
        await stop(run)


def _list_threads(threads: list[dict[str, Any]], asked: Container[Any]) -> None:
    known = {thread["thread_id"] for thread in listed("threads")}
    for thread in threads:
        resting = "idle" if thread["status"] == "busy" else thread["status"]
        status = "busy" if thread["thread_id"] in asked else resting
        if thread["thread_id"] not in known:
            listed("threads").append({**thread, "status": status, "values": None})


def _plain(run: Mapping[str, Any]) -> dict[str, Any]:
    """Return a run with whoever asked as plain data: as the runtime has it, that is an object of its own."""
    user = run["kwargs"]["config"]["configurable"].get(_ASKED_BY)
    return _asked_by(run, None if user is None else dict(user.dict()))


def _of_whoever_asked(run: Mapping[str, Any]) -> dict[str, Any]:
    """Return a run with whoever asked as the runtime has it."""
    from langgraph_api.auth.custom import normalize_user

    user = run["kwargs"]["config"]["configurable"].get(_ASKED_BY)
    return _asked_by(run, None if user is None else normalize_user(user))


def _asked_by(run: Mapping[str, Any], user: object) -> dict[str, Any]:
    return {**run, "kwargs": {**run["kwargs"], "config": _with_user(run["kwargs"]["config"], user)}}


def _with_user(config: Mapping[str, Any], user: object) -> dict[str, Any]:
    return {**config, "configurable": {**config.get("configurable", {}), _ASKED_BY: user}}


async def _answered(run: str, thread: str) -> dict[str, Any] | None:
    """Return the newest state of a conversation, if a run of it has answered its question."""
    from langgraph_api._checkpointer import get_checkpointer

    from stylegraph.graphs.server.inmem.persistence import is_answered

    saver, place = await get_checkpointer(), {"configurable": {"thread_id": thread, "checkpoint_ns": ""}}
    async for ended in saver.alist(place, filter={"run_id": run}, limit=1):
        newest = await saver.aget_tuple(place)
        if newest and is_answered(ended.checkpoint["channel_values"]):
            return state_of(newest.checkpoint["channel_values"])
    return None


def write_through(records: Records) -> None:
    """Let this process write down whatever it changes in its list of threads, and list nothing that is another's."""
    from langgraph_runtime_inmem.ops import Runs, Threads

    Threads.put = staticmethod(_refused_if_anothers(Threads.put, records))
    Runs.put = staticmethod(_not_begun_if_anothers(Runs.put, records))
    for name in ("put", "patch", "copy"):
        setattr(Threads, name, staticmethod(_kept_when_given(getattr(Threads, name), records)))
    for name in ("set_status", "set_joint_status"):
        setattr(Threads, name, staticmethod(_kept_when_set(getattr(Threads, name), records)))
    delete = Threads.delete

    async def delete_everywhere(conn: Any, thread_id: Any, ctx: Any = None) -> Any:  # noqa: ANN401 - as the runtime has it
        deleted = await delete(conn, thread_id, ctx)
        await records.forget(thread_id)
        return deleted

    Threads.delete = staticmethod(delete_everywhere)


def _refused_if_anothers(put: Any, records: Records) -> Any:  # noqa: ANN401 - the runtime's
    async def put_if_mine(conn: Any, thread_id: Any, **named: Any) -> Any:  # noqa: ANN401
        if await records.is_anothers(thread_id):
            raise _taken(thread_id)
        return await put(conn, thread_id, **named)

    return put_if_mine


def _not_begun_if_anothers(put: Any, records: Records) -> Any:  # noqa: ANN401 - the runtime's
    async def put_if_mine(*args: Any, thread_id: Any = None, **named: Any) -> Any:  # noqa: ANN401
        if thread_id is not None and await records.is_anothers(thread_id):
            return _each([])  # as the runtime answers where a thread is not there: 404
        return await put(*args, thread_id=thread_id, **named)

    return put_if_mine


def _kept_when_given(change: Any, records: Records) -> Any:  # noqa: ANN401 - the runtime's
    async def changed(conn: Any, thread_id: Any, *args: Any, **named: Any) -> AsyncIterator[Any]:  # noqa: ANN401
        threads = [thread async for thread in await change(conn, thread_id, *args, **named)]
        for thread in threads:
            await records.keep(thread["thread_id"])
        return _each(threads)

    return changed


def _kept_when_set(change: Any, records: Records) -> Any:  # noqa: ANN401 - the runtime's
    async def changed(conn: Any, thread_id: Any, *args: Any, **named: Any) -> None:  # noqa: ANN401
        await change(conn, thread_id, *args, **named)
        await records.keep(thread_id)

    return changed


async def _each(threads: list[Any]) -> AsyncIterator[Any]:
    for thread in threads:
        yield thread
