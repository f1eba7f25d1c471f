"""`stylegraph serve`: the LangGraph server with the same assistant."""

from __future__ import annotations

import importlib.util
import json
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stylegraph.agent.errors import InputError, SettingsError

if TYPE_CHECKING:
    from stylegraph.agent.settings import Settings
    from stylegraph.graphs.cli.screen import Screen

Host = Annotated[str, typer.Option("--host", metavar="HOST", help="Address to listen on; others can reach 0.0.0.0.")]
Port = Annotated[int, typer.Option("--port", metavar="PORT", min=1, max=65535, help="Port to listen on.")]

EXAMPLES = (
    "stylegraph serve",
    "stylegraph serve --port 8123",
    "curl -s localhost:2024/runs/wait -H 'content-type: application/json' "
    """-d '{"assistant_id": "assistant", "input": {"messages": [{"role": "user", "content": "니트 세탁법"}]}}'""",
)
_JOBS = 10

CONFIG: Mapping[str, Any] = {
    "graphs": {
        "assistant": {
            "path": "stylegraph.graphs.server.graph:graph",
            "description": "Answers from documents, the web, pictures and a fashion catalogue, in Korean and English.",
        }
    },
    "http": {"app": "stylegraph.graphs.server.app:app"},
}
"""What the repository's langgraph.json says of the graphs and the page; a test keeps the two alike."""


def serve(screen: Screen, *, host: Host = "127.0.0.1", port: Port = 2024) -> None:
    """Serve the assistant over HTTP with the LangGraph development server, on this machine."""
    from stylegraph.agent.settings import load_settings

    _check_installed()
    _check_free(host, port)
    home = _written_config(load_settings())
    url = f"http://{host}:{port}"
    if screen.json:
        screen.record({"url": url, "pid": os.getpid()})
    else:
        screen.say(f"{url}  (its API: {url}/docs; Ctrl-C ends it)")
    _become_server(home, host, port, load_settings())


def _check_installed() -> None:
    missing = [name for name in ("langgraph_cli", "langgraph_api") if importlib.util.find_spec(name) is None]
    if missing:
        raise SettingsError("The server's packages are not installed.", "Install them: pip install 'stylegraph[serve]'")


def _check_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"{host}:{port} can't be listened on: {reason}.", "Choose another --host or --port.") from None


def _written_config(settings: Settings) -> Path:
    """Write the server's configuration into the home folder, so that it works from any folder; give that folder."""
    home = settings.home.absolute()
    home.mkdir(parents=True, exist_ok=True)
    config = {"dependencies": ["."], **CONFIG}
    (home / "langgraph.json").write_text(json.dumps(config, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return home


def _become_server(home: Path, host: str, port: int, settings: Settings) -> None:
    """Let the server take this process over: Ctrl-C, signals and the exit code are then its own.

    It keeps its files in the folder that it runs in, so it runs at home; what was set relative to here is told it.
    """
    command = [sys.executable, "-m", "langgraph_cli", "dev", "--config", str(home / "langgraph.json")]
    command += ["--host", host, "--port", str(port), "--no-browser", "--no-reload", "--n-jobs-per-worker", str(_JOBS)]
    environment = {**_dotenv(), **os.environ, "STYLEGRAPH_HOME": str(home), **_QUIET}
    if settings.catalogue is not None:
        environment["STYLEGRAPH_CATALOGUE"] = str(settings.catalogue.absolute())
    sys.stdout.flush()
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # its log is no result
    os.chdir(home)
    os.execve(sys.executable, command, environment)  # noqa: S606 - no shell is wanted


_QUIET = {"LANGGRAPH_CLI_NO_ANALYTICS": "1", "LANGGRAPH_NO_VERSION_CHECK": "1"}


def _dotenv() -> dict[str, str]:
    from dotenv import dotenv_values

    return {name: value for name, value in dotenv_values(".env").items() if value is not None}
