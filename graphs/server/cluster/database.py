"""The Postgres database that several servers share: who answers whom, what is listed, and what was said."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from stylegraph.agent.errors import KeepingError, SettingsError
from stylegraph.agent.extras import needed
from stylegraph.agent.settings import Settings

if TYPE_CHECKING:
    from psycopg_pool import AsyncConnectionPool

_TABLES = (
    """CREATE TABLE IF NOT EXISTS stylegraph_servers (
        id UUID PRIMARY KEY, address TEXT NOT NULL, beat TIMESTAMPTZ NOT NULL)""",
    "CREATE TABLE IF NOT EXISTS stylegraph_homes (person TEXT PRIMARY KEY, server UUID NOT NULL)",
    """CREATE TABLE IF NOT EXISTS stylegraph_records (
        kind TEXT NOT NULL, id TEXT NOT NULL, owner TEXT NOT NULL, type TEXT NOT NULL, value BYTEA NOT NULL,
        PRIMARY KEY (kind, id))""",
    "CREATE INDEX IF NOT EXISTS stylegraph_records_owner ON stylegraph_records (owner)",
    """CREATE TABLE IF NOT EXISTS stylegraph_messages (
        thread_id TEXT NOT NULL, digest BYTEA NOT NULL, type TEXT NOT NULL, value BYTEA NOT NULL,
        PRIMARY KEY (thread_id, digest))""",
)
_LOCK = 7_391_846_205_118_264
"""Who makes the tables: any number that nobody else locks by."""
_PATIENCE = 60.0
_SECONDS = 10.0
_CONNECTIONS = 8


@asynccontextmanager
async def open_database(settings: Settings, connections: int = _CONNECTIONS) -> AsyncIterator[AsyncConnectionPool[Any]]:
    """Open connections to the database that `server_database` names.

    Raises:
        KeepingError: It can't be reached, or does not take the name and password.
        MissingExtraError: Its driver is not installed.
        SettingsError: None is set.
    """
    if settings.server_database is None:
        raise SettingsError("No database is set.", "Set STYLEGRAPH_SERVER_DATABASE=postgresql://USER@HOST/NAME.")
    with needed("Postgres"):
        from psycopg.rows import dict_row
        from psycopg_pool import AsyncConnectionPool

    pool = AsyncConnectionPool(
        settings.server_database.get_secret_value(),
        min_size=1,
        max_size=connections,
        timeout=_SECONDS,
        kwargs={"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row, "connect_timeout": int(_SECONDS)},
        check=AsyncConnectionPool.check_connection,
        open=False,
    )
    with explained():
        await pool.open(wait=True, timeout=_SECONDS)
    try:
        yield pool
    finally:
        await pool.close()


async def make_tables(pool: AsyncConnectionPool[Any], *others: Callable[[], Awaitable[None]]) -> None:
    """Make what is missing, one server at a time: of two that begin at once one would trip over the other.

    Args:
        pool: The database.
        others: What else makes tables in it.

    Raises:
        KeepingError: It can't be done.
    """
    with explained():
        async with pool.connection() as connection, _alone(connection):
            for table in _TABLES:
                await connection.execute(table)
            for make in others:
                await make()


@asynccontextmanager
async def _alone(connection: Any) -> AsyncIterator[None]:  # noqa: ANN401 - psycopg may not be installed
    """Hold a lock. It is asked for again and again: who waits in the database keeps an index from being made."""
    deadline = time.monotonic() + _PATIENCE
    while not (await (await connection.execute("SELECT pg_try_advisory_lock(%s) AS mine", (_LOCK,))).fetchone())[
        "mine"
    ]:
        if time.monotonic() > deadline:
            raise KeepingError("Another server is making the tables of the database.", "Start this one later.")
        await asyncio.sleep(0.2)
    try:
        yield
    finally:
        await connection.execute("SELECT pg_advisory_unlock(%s)", (_LOCK,))


@contextmanager
def explained() -> Iterator[None]:
    """Turn what the driver says into an error that says what to do, and names neither host nor password.

    Raises:
        KeepingError: The database can't be reached, read or written.
    """
    from psycopg import Error
    from psycopg_pool import PoolTimeout

    try:
        yield
    except (Error, PoolTimeout) as error:
        raise KeepingError(
            f"The database of STYLEGRAPH_SERVER_DATABASE can't be used ({type(error).__name__}).",
            "Check that it runs, and the address, name and password.",
        ) from error
