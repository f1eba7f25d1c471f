"""Conversations in Postgres, as `graphs.checkpoints` keeps them in a file: each message once, and old states go."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import ChannelVersions, Checkpoint, CheckpointMetadata, CheckpointTuple
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.store.base import BaseStore
from langgraph.store.postgres.aio import AsyncPostgresStore
from psycopg_pool import AsyncConnectionPool

from stylegraph.agent.settings import Settings
from stylegraph.graphs.checkpoints import beginning_of, compressed, named_by_digest, place, shortened, whole
from stylegraph.graphs.server.cluster.database import make_tables, open_database

_OLD = """thread_id = %(thread)s AND checkpoint_ns = %(space)s AND checkpoint_id <= (SELECT checkpoint_id FROM checkpoints
    WHERE thread_id = %(thread)s AND checkpoint_ns = %(space)s ORDER BY checkpoint_id DESC LIMIT 1 OFFSET %(most)s)"""
_UNUSED = """DELETE FROM checkpoint_blobs AS blob WHERE thread_id = %(thread)s AND checkpoint_ns = %(space)s AND NOT EXISTS (
    SELECT 1 FROM checkpoints AS kept WHERE kept.thread_id = blob.thread_id AND kept.checkpoint_ns = blob.checkpoint_ns
    AND kept.checkpoint -> 'channel_versions' ->> blob.channel = blob.version)"""
_NAMES = "SELECT thread_id FROM checkpoints GROUP BY thread_id ORDER BY max(checkpoint_id) DESC"
_OF_RUNS = "SELECT thread_id, checkpoint_ns, checkpoint_id FROM checkpoints WHERE metadata ->> 'run_id' = ANY(%s)"


class PostgresThreads(AsyncPostgresSaver):
    """Conversations in a database.

    Args:
        pool: The database.
        most: How many states of a conversation are kept, the newest; 0: all.
    """

    def __init__(self, pool: AsyncConnectionPool[Any], most: int = 0) -> None:
        super().__init__(pool, serde=compressed())
        self._pool = pool
        self._most = most

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Return a conversation as it is kept."""
        found = await super().aget_tuple(config)
        return (await self._restored([found]))[0] if found else None

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,  # noqa: A002 - langgraph's name
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """Return what is kept, newest first."""
        found = [one async for one in super().alist(config, filter=filter, before=place(before), limit=limit)]
        for one in await self._restored(found):
            yield one

    async def names(self) -> list[str]:
        """Return the names of the conversations, the one that was changed last first."""
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(_NAMES)).fetchall()
        return [row["thread_id"] for row in rows]

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Keep a turn; before the first one of a conversation its beginning, so that this too can be gone back to."""
        here = config["configurable"]
        thread, space = str(here["thread_id"]), here.get("checkpoint_ns", "")
        if not space and not here.get("checkpoint_id"):
            config = await super().aput(config, *beginning_of(checkpoint, metadata), {})
        values, rows = shortened(checkpoint["channel_values"], self.serde)
        async with self._pool.connection() as connection, connection.cursor() as cursor:
            await cursor.executemany(
                "INSERT INTO stylegraph_messages VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
                [(thread, *row) for row in rows],
            )
        short = cast(Checkpoint, {**checkpoint, "channel_values": values})
        kept = await super().aput(config, short, metadata, new_versions)
        if self._most:
            await self._drop_old(thread, space)
        return kept

    async def adelete_thread(self, thread_id: str) -> None:
        """Forget a conversation."""
        await super().adelete_thread(thread_id)
        async with self._pool.connection() as connection:
            await connection.execute("DELETE FROM stylegraph_messages WHERE thread_id = %s", (str(thread_id),))

    async def adelete_for_runs(self, run_ids: Iterable[str]) -> None:
        """Forget what some runs did: those that somebody rolls back."""
        runs = [str(run) for run in run_ids]
        async with self._pool.connection() as connection:
            for table in ("checkpoint_writes", "checkpoints"):
                await connection.execute(
                    f"DELETE FROM {table} WHERE (thread_id, checkpoint_ns, checkpoint_id) IN ({_OF_RUNS})",  # noqa: S608
                    (runs,),
                )

    async def aprune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """Forget how conversations came to be (`keep_latest`), or all of them (`delete_all`)."""
        for thread in thread_ids:
            if strategy == "delete_all":
                await self.adelete_thread(thread)
            else:
                await super().aprune([thread])

    async def _restored(self, found: Sequence[CheckpointTuple]) -> list[CheckpointTuple]:
        """Return states with their messages."""
        wanted: dict[str, set[bytes]] = {}
        for one in found:
            digests = named_by_digest(one.checkpoint["channel_values"])
            wanted.setdefault(str(one.config["configurable"]["thread_id"]), set()).update(digests)
        known = {thread: await self._messages(thread, digests) for thread, digests in wanted.items()}
        return [whole(one, known[str(one.config["configurable"]["thread_id"])], self.serde) for one in found]

    async def _messages(self, thread: str, digests: set[bytes]) -> dict[bytes, tuple[str, bytes]]:
        query = "SELECT digest, type, value FROM stylegraph_messages WHERE thread_id = %s AND digest = ANY(%s)"
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(query, (thread, list(digests)))).fetchall() if digests else []
        return {bytes(row["digest"]): (row["type"], bytes(row["value"])) for row in rows}

    async def _drop_old(self, thread: str, space: str) -> None:
        old = {"thread": thread, "space": space, "most": self._most}
        async with self._pool.connection() as connection:
            dropped = await connection.execute(f"DELETE FROM checkpoints WHERE {_OLD} RETURNING checkpoint_id", old)  # noqa: S608
            for row in await dropped.fetchall():
                await connection.execute(
                    "DELETE FROM checkpoint_writes WHERE thread_id = %s AND checkpoint_ns = %s AND checkpoint_id = %s",
                    (thread, space, row["checkpoint_id"]),
                )
            if dropped.rowcount:
                await connection.execute(_UNUSED, old)


@asynccontextmanager
async def open_shared_threads(settings: Settings) -> AsyncIterator[PostgresThreads]:
    """Open the conversations that servers share.

    Raises:
        KeepingError: The database can't be used.
    """
    async with open_database(settings) as pool:
        threads = PostgresThreads(pool, settings.thread_states)
        await make_tables(pool, threads.setup)
        yield threads


@asynccontextmanager
async def open_shared_people(settings: Settings) -> AsyncIterator[BaseStore]:
    """Open the profiles and whatever else is stored that servers share.

    Raises:
        KeepingError: The database can't be used.
    """
    async with open_database(settings) as pool, AsyncPostgresStore(pool) as people:
        await make_tables(pool, people.setup)
        yield people
