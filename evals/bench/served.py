"""A server of ours in a process of its own, on loopback, without a chat model: what is measured through HTTP."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from langgraph_sdk import get_client
from langgraph_sdk.client import LangGraphClient

_PATIENCE = 300


@dataclass(frozen=True)
class Server:
    """One that runs."""

    url: str
    process: subprocess.Popen[bytes]
    keys: dict[str, str]
    """User -> key."""
    log: Path

    def client(self, user: str) -> LangGraphClient:
        """Return the Python SDK for a user."""
        return get_client(url=self.url, api_key=self.keys[user])

    def logged(self, event: str) -> list[dict[str, object]]:
        """Return what was logged of an event."""
        lines = (line for line in self.log.read_text("utf-8").splitlines() if line.startswith("{"))
        return [line for line in map(json.loads, lines) if line.get("event") == event]


@asynccontextmanager
async def serving(folder: Path, users: Sequence[str] | Mapping[str, str], **settings: str) -> AsyncIterator[Server]:
    """Run a server with these users for as long as the block lasts.

    Args:
        folder: For its home and its log.
        users: Who may use it, and their keys where several servers must know them.
        settings: Further environment variables.
    """
    keys = dict(users) if isinstance(users, Mapping) else {user: secrets.token_urlsafe(24) for user in users}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if "API_KEY" not in name}
    told = {"STYLEGRAPH_SERVER_KEYS": json.dumps(keys), "STYLEGRAPH_HOME": str(folder / "home"), "LOG_JSON": "true"}
    told["STYLEGRAPH_SERVER_ADDRESS"] = url = f"http://127.0.0.1:{port}"
    environment = {**kept, **told, "LANGSMITH_TRACING": "false", **settings}
    log = folder / "log"
    command = [sys.executable, "-m", "stylegraph.graphs.cli", "serve", "--port", str(port)]
    with log.open("wb") as file:
        process = subprocess.Popen(command, env=environment, cwd=folder, stdout=file, stderr=file)  # noqa: ASYNC220, S603
    try:
        server = Server(url, process, keys, log)
        await _ready(server)
        yield server
    finally:
        process.kill()
        await asyncio.to_thread(process.wait)


async def _ready(server: Server) -> None:
    async with httpx.AsyncClient() as client:
        for _ in range(_PATIENCE * 2):
            try:
                if (await client.get(f"{server.url}/ready", timeout=_PATIENCE)).is_success:
                    return
            except httpx.TransportError:
                await asyncio.sleep(0.5)
    raise RuntimeError(f"the server did not start: {server.log.read_text('utf-8')[-2_000:]}")
