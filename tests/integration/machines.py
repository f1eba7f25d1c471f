"""Two servers beside one another over one Postgres, behind a proxy that sends each request to the next of them."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack, asynccontextmanager

import httpx
from langgraph_sdk import get_client
from served import Server, free_port, keys

from stylegraph.evals.bench.proxy import proxied

KEYS, USERS = keys(*(f"user-{number}" for number in range(6)))


class Machines:
    """The servers. They have a disk of their own each, and one that they share."""

    def __init__(self, folder, database, **environment):
        self.folder, self.started = folder, []
        self.environment = {
            **USERS,
            "STYLEGRAPH_HOME": str(folder / "shared"),
            "STYLEGRAPH_SERVER_DATABASE": database,
            **environment,
        }

    def start(self):
        """Start one more."""
        port = free_port()
        own = self.folder / f"server-{port}"
        own.mkdir()
        address = {"STYLEGRAPH_SERVER_ADDRESS": f"http://127.0.0.1:{port}"}
        server = Server(own, {**self.environment, **address}, port)
        self.started.append(server)
        httpx.get(f"{server.url}/ready", timeout=180).raise_for_status()  # its models are read
        return server

    @property
    def alive(self):
        return [server for server in self.started if server.process.poll() is None]

    def stop(self):
        for server in self.alive:
            server.stop()

    def client(self, server, user):
        """Return the SDK for a user at a server, or at the proxy: a connection for each request, and so the next server."""
        return get_client(url=server.url, api_key=None, headers={"X-Api-Key": KEYS[user], "Connection": "close"})


@asynccontextmanager
async def two(folder, database, **environment):
    """Run two servers and the proxy."""
    machines = Machines(folder, database, **environment)
    with ExitStack() as stack:
        stack.callback(machines.stop)
        await asyncio.gather(asyncio.to_thread(machines.start), asyncio.to_thread(machines.start))
        async with proxied(lambda: [server.port for server in machines.alive]) as proxy:
            yield machines, proxy
