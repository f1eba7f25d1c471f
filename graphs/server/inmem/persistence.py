"""What the server keeps when it runs on one machine: conversations and profiles in files, as the command line does.

LangGraph's development server keeps both in memory and writes them down every ten seconds, so a server that is killed
forgets turns that people have read. Here each finished turn is on disk before its run counts as done. What that server
still writes down only now and then are its lists of threads and runs. From the conversations, `recover` puts back the
threads that are missing, and `threads` counts the runs as done whose answers are there, before they are run again.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver, ChannelVersions, Checkpoint, CheckpointMetadata
from langgraph.store.base import BaseStore
from langgraph_sdk import get_client
from langgraph_sdk.client import LangGraphClient

from stylegraph.agent.settings import load_settings
from stylegraph.graphs.checkpoints import beginning_of
from stylegraph.graphs.nodes.messages import reply_id
from stylegraph.graphs.persistence import Threads, prepare_home
from stylegraph.graphs.server.auth.policies import OWNER
from stylegraph.graphs.server.inmem.accepted import Accepted
from stylegraph.graphs.server.inmem.records import begin_empty, finish, free_the_resting, state_of, unfinished_runs
from stylegraph.graphs.server.storage import stored_people

logger = logging.getLogger(__name__)

_PAGE = 1_000
_DAY = 86_400.0
_LAST = """SELECT checkpoint_id FROM checkpoints AS newest WHERE newest.thread_id = checkpoints.thread_id
    AND newest.checkpoint_ns = checkpoints.checkpoint_ns ORDER BY checkpoint_id DESC LIMIT 1"""
_OF_RUN = "json_extract(CAST(metadata AS TEXT), '$.run_id')"
_ENDED = f"""SELECT checkpoint_id FROM checkpoints WHERE thread_id = ? AND checkpoint_ns = '' AND {_OF_RUN} = ?
    ORDER BY checkpoint_id DESC LIMIT 1"""  # noqa: S608


class ServerThreads(Threads):
    """Conversations with what the server wants of them beyond what a graph does."""

    async def adelete_for_runs(self, run_ids: Iterable[str]) -> None:
        """Forget what some runs did: those that somebody rolls back."""
        await self._apart(self._delete_for_runs, [str(run) for run in run_ids])

    async def aprune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """Forget how conversations came to be (`keep_latest`), or all of them (`delete_all`)."""
        for thread in thread_ids:
            await self._apart(self.delete_thread if strategy == "delete_all" else self._prune, str(thread))

    async def known(self) -> tuple[dict[str, dict[str, Any]], set[str]]:
        """Return the conversations that the server had, id -> what its list of threads said of them, and those deleted."""
        return await self._apart(self._known)

    async def state_if_answered(self, run: str, thread: str) -> dict[str, Any] | None:
        """Return the newest state of a conversation, if a run of it has answered its question."""
        return await self._apart(self._state_if_answered, run, thread)

    def setup(self) -> None:
        """Make the tables that are not there yet."""
        if not self.is_setup:
            super().setup()
            self.conn.execute(
                "CREATE TABLE IF NOT EXISTS forgotten (thread_id TEXT PRIMARY KEY, at REAL) WITHOUT ROWID"
            )

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Keep a turn; before the first one of a conversation its beginning, so that this too can be gone back to."""
        place = config["configurable"]
        if not place.get("checkpoint_ns") and not place.get("checkpoint_id"):
            config = super().put(config, *beginning_of(checkpoint, metadata), {})
        return super().put(config, checkpoint, metadata, new_versions)

    def delete_thread(self, thread_id: str) -> None:
        """Forget a conversation, and keep in mind for a day that it was to be forgotten."""
        super().delete_thread(thread_id)
        now = time.time()
        with self.cursor() as cursor:
            cursor.execute("DELETE FROM forgotten WHERE at < ?", (now - _DAY,))
            cursor.execute("INSERT OR REPLACE INTO forgotten VALUES (?, ?)", (str(thread_id), now))

    def _delete_for_runs(self, runs: Sequence[str]) -> None:
        with self.cursor() as cursor:
            for run in runs:
                theirs = f"SELECT thread_id, checkpoint_ns, checkpoint_id FROM checkpoints WHERE {_OF_RUN} = ?"  # noqa: S608
                found = cursor.execute(theirs, (run,)).fetchall()
                for table in ("writes", "checkpoints"):
                    clause = "thread_id = ? AND checkpoint_ns = ? AND checkpoint_id = ?"
                    cursor.executemany(f"DELETE FROM {table} WHERE {clause}", found)  # noqa: S608

    def _prune(self, thread: str) -> None:
        with self.cursor() as cursor:
            cursor.execute(f"DELETE FROM checkpoints WHERE thread_id = ? AND checkpoint_id <> ({_LAST})", (thread,))  # noqa: S608
            cursor.execute(
                """DELETE FROM writes WHERE thread_id = ? AND NOT EXISTS (SELECT 1 FROM checkpoints AS kept
                WHERE kept.thread_id = writes.thread_id AND kept.checkpoint_ns = writes.checkpoint_ns
                AND kept.checkpoint_id = writes.checkpoint_id)""",
                (thread,),
            )

    def _state_if_answered(self, run: str, thread: str) -> dict[str, Any] | None:
        with self.cursor(transaction=False) as cursor:
            ended = cursor.execute(_ENDED, (thread, run)).fetchone()
        if ended is None or not is_answered(self._state(thread, ended[0])):
            return None
        return state_of(self._state(thread))

    def _state(self, thread: str, checkpoint: str | None = None) -> dict[str, Any]:
        place = {"thread_id": thread, "checkpoint_ns": ""} | ({"checkpoint_id": checkpoint} if checkpoint else {})
        kept = self.get_tuple({"configurable": place})
        return kept.checkpoint["channel_values"] if kept else {}

    def _known(self) -> tuple[dict[str, dict[str, Any]], set[str]]:
        fields = ", ".join(f"json_extract(CAST(metadata AS TEXT), '$.{name}')" for name in _TOLD)
        query = f"SELECT thread_id, {fields} FROM checkpoints WHERE checkpoint_ns = '' AND checkpoint_id = ({_LAST})"  # noqa: S608
        with self.cursor(transaction=False) as cursor:
            rows = cursor.execute(query).fetchall()
            forgotten = {thread for (thread,) in cursor.execute("SELECT thread_id FROM forgotten")}
        return {thread: _told(values) for thread, *values in rows if _is_servers(thread, values)}, forgotten


_TOLD = ("graph_id", "assistant_id", OWNER, "title", "made_by")


def _told(values: Sequence[Any]) -> dict[str, Any]:
    return {name: value for name, value in zip(_TOLD, values, strict=True) if value is not None}


def _is_servers(thread: str, values: Sequence[Any]) -> bool:
    """Check whether a conversation was the server's: those of the command line have names, and no graph's id."""
    try:
        return bool(uuid.UUID(thread)) and values[0] is not None
    except ValueError:
        return False


def is_answered(state: dict[str, Any]) -> bool:
    """Check whether a state ends in the reply of its turn."""
    messages, turn = state.get("messages"), state.get("turn")
    return bool(messages and turn and messages[-1].id == reply_id(turn))


@asynccontextmanager
async def threads() -> AsyncIterator[BaseCheckpointSaver[Any]]:
    """Open the conversations: what `checkpointer` of langgraph.json names.

    The server does so before it takes up the runs that were under way when it ended; those that had been answered but
    not yet written down as done are none of them any more.
    """
    settings = load_settings()
    if settings.server_database:
        from stylegraph.graphs.server.cluster.threads import open_shared_threads

        begin_empty()
        async with open_shared_threads(settings) as shared:
            yield shared
        return
    async with _opened() as opened:
        await put_back_accepted(opened)
        for run, thread in unfinished_runs().items():
            if state := await opened.state_if_answered(run, thread):
                await finish(run, state)
        yield opened


accepted = Accepted(load_settings().home.absolute() / "accepted")
"""Where runs are written down that were accepted."""


async def put_back_accepted(kept: ServerThreads) -> None:
    """Restore the runs that a killed server had accepted and not listed."""
    _, forgotten = await kept.known()
    if found := accepted.put_back(forgotten):
        logger.warning("%d runs that were accepted before the server ended are asked again", found)


@asynccontextmanager
async def _opened() -> AsyncIterator[ServerThreads]:
    settings = load_settings()
    await prepare_home(settings)
    opened = await asyncio.to_thread(ServerThreads, settings.threads)
    try:
        yield opened
    finally:
        await asyncio.to_thread(opened.close)


@asynccontextmanager
async def people() -> AsyncIterator[BaseStore]:
    """Open the profiles and whatever else is stored: what `store` of langgraph.json names."""
    async with stored_people(load_settings()) as people:
        yield people


async def state_on_disk(thread: str) -> dict[str, Any] | None:
    """Return a conversation's state as the server's own checkpointer keeps it."""
    from langgraph_api._checkpointer import get_checkpointer

    kept = await (await get_checkpointer()).aget_tuple({"configurable": {"thread_id": thread}})
    return state_of(kept.checkpoint["channel_values"]) if kept else None


async def recover() -> None:
    """Bring the server's list of threads in line with the conversations that are kept, after it was killed.

    To be called when the server has started. It is asked through its own client, inside the process.
    """
    client = get_client()
    async with _opened() as kept:
        conversations, forgotten = await kept.known()
    listed = await _listed(client)
    missing, deleted = conversations.keys() - listed - forgotten, listed & forgotten
    for thread in missing:
        told = conversations[thread]
        await client.threads.create(thread_id=thread, metadata=told, graph_id=told["graph_id"], if_exists="do_nothing")
    for thread in deleted:
        await client.threads.delete(thread)
    if freed := free_the_resting():
        logger.warning("%d conversations were busy in which nothing ran", freed)
    if missing or deleted:
        logger.warning("of the list of threads %d were put back and %d taken out", len(missing), len(deleted))


async def _listed(client: LangGraphClient) -> set[str]:
    listed: set[str] = set()
    while True:
        page = await client.threads.search(limit=_PAGE, offset=len(listed), select=["thread_id"])
        listed |= {str(thread["thread_id"]) for thread in page}
        if len(page) < _PAGE:
            return listed
