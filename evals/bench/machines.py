"""A hundred people at two servers over one Postgres and one Elasticsearch, behind a proxy that takes them in turn.

    STYLEGRAPH_SERVER_DATABASE=postgresql://… STYLEGRAPH_ELASTICSEARCH_URL=http://… python -m stylegraph.evals.bench.machines

The database and the cluster are yours, and what is made there stays. Elasticsearch may be left out: then documents are
in files, which servers on one machine can share.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from stylegraph.agent.settings import load_settings
from stylegraph.evals.bench.proxy import proxied
from stylegraph.evals.bench.served import Server, serving
from stylegraph.evals.bench.soak import Soaked, amounts, report, soak
from stylegraph.graphs.server.cluster.database import open_database

USERS, MINUTES, PAUSE = 100, 5.0, 30.0


async def measure(users: int, minutes: float, pause: float) -> Soaked:
    """Run the servers and let everybody ask; print what came of it."""
    before, keys = await kept_threads(), {f"user {number}": secrets.token_urlsafe(24) for number in range(users)}
    with tempfile.TemporaryDirectory() as folder:
        shared, own = Path(folder) / "shared", [Path(folder) / name for name in ("first", "second")]
        for one in own:
            one.mkdir()
        async with AsyncExitStack() as stack:
            starting = (serving(one, keys, STYLEGRAPH_HOME=str(shared)) for one in own)
            first, second = await asyncio.gather(*(stack.enter_async_context(server) for server in starting))
            ports = [urlsplit(server.url).port or 0 for server in (first, second)]
            proxy = await stack.enter_async_context(proxied(lambda: ports))
            soaked = await soak(Server(proxy.url, first.process, keys, first.log), minutes, pause)
            other = psutil.Process(second.process.pid).memory_info().rss
    report(soaked, users, minutes, pause)
    print(f"resident MB of the second server at the end: {other / 1e6:,.0f}")
    print(f"{await kept_threads() - before} conversations in Postgres after both were killed")
    print(f"{await conversations_of_each()} conversations of each server's people")
    return soaked


async def kept_threads() -> int:
    """Count the conversations in the database."""
    return (await _numbers("SELECT count(DISTINCT thread_id) FROM checkpoints"))[0]


async def conversations_of_each() -> list[int]:
    """Count the conversations of each server's people."""
    return await _numbers(
        "SELECT count(*) FROM stylegraph_records JOIN stylegraph_homes ON owner = person WHERE kind = 'thread' GROUP BY server"
    )


async def _numbers(query: str) -> list[int]:
    async with open_database(load_settings(), 1) as pool, pool.connection() as connection:
        there = await (await connection.execute("SELECT to_regclass('checkpoints') AS it")).fetchone()
        rows = await (await connection.execute(query)).fetchall() if there["it"] else [{"count": 0}]
    return [int(row["count"]) for row in rows]


def main(arguments: Sequence[str] = ()) -> None:
    """Run it; `python -m stylegraph.evals.bench.machines --users 10 --minutes 1` asks for less."""
    wanted = amounts(arguments, __doc__ or "", USERS, MINUTES, PAUSE)
    if not os.environ.get("STYLEGRAPH_SERVER_DATABASE"):
        raise SystemExit("Set STYLEGRAPH_SERVER_DATABASE to a Postgres database that may be written.")
    asyncio.run(measure(*wanted))


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
