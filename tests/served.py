"""A real server for tests, in a process of its own, on a free port."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from homes import with_samples

ROOT = Path(__file__).resolve().parents[1]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_serving(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Wait until a server answers; say the end of its log if it ends or does not within five minutes."""
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/ok", timeout=5).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    pytest.fail(f"the server did not start:\n{log.read_text(encoding='utf-8', errors='replace')[-3000:]}")


class Server:
    """One that was started."""

    def __init__(self, folder, environment, port=None, config=ROOT / "langgraph.json"):
        if not (folder / "home").exists() and environment.get("STYLEGRAPH_SAMPLES") != "false":
            with_samples(folder / "home")
        self.folder = folder
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / f"log-{time.monotonic_ns()}"
        kept = {name: value for name, value in os.environ.items() if "API_KEY" not in name}
        kept |= {
            "STYLEGRAPH_HOME": str(folder / "home"),
            "LANGGRAPH_CLI_NO_ANALYTICS": "1",
            "LANGGRAPH_NO_VERSION_CHECK": "1",
            "LANGSMITH_TRACING": "false",
            "NO_COLOR": "1",
            **environment,
        }
        command = [sys.executable, "-m", "langgraph_cli", "dev", "--no-browser", "--no-reload"]
        command += ["--port", str(self.port), "--n-jobs-per-worker", "10", "--config", str(config)]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, cwd=folder, env=kept, stdout=log, stderr=log)
        wait_until_serving(self.process, self.url, self.log)

    def said(self):
        return self.log.read_text(encoding="utf-8", errors="replace")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.kill()


@contextmanager
def served(folder, **environment):
    """A server for as long as the block lasts."""
    server = Server(folder, environment)
    try:
        yield server
    finally:
        server.stop()


def keys(*users):
    """A key for each user, and what is set for them."""
    made = {user: f"{user}-key-that-is-long-enough" for user in users}
    return made, {"STYLEGRAPH_SERVER_KEYS": json.dumps(made)}
