"""`stylegraph serve`: the LangGraph server with the same assistant."""

from __future__ import annotations

import importlib.util
import json
import os
import socket
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stylegraph.agent.errors import InputError, SettingsError

if TYPE_CHECKING:
    from stylegraph.agent.settings import Settings
    from stylegraph.graphs.cli.ui.screen import Screen

Host = Annotated[
    str, typer.Option("--host", metavar="HOST", help="Address to listen on; one that others can reach needs users.")
]
NewKey = Annotated[
    str | None,
    typer.Option(
        "--new-key", metavar="USER", help="Make a key for a user, show what to set for it, and serve nothing."
    ),
]
Port = Annotated[int, typer.Option("--port", metavar="PORT", min=1, max=65535, help="Port to listen on.")]

EXAMPLES = (
    "stylegraph serve",
    "stylegraph serve --port 8123",
    "stylegraph serve --new-key kim",
    "stylegraph serve --host 0.0.0.0  # where STYLEGRAPH_SERVER_KEYS is set",
    "curl -s localhost:2024/runs/wait -H 'content-type: application/json' "
    """-d '{"assistant_id": "assistant", "input": {"messages": [{"role": "user", "content": "니트 세탁법"}]}}'""",
)
_JOBS = 10

CONFIG: Mapping[str, Any] = {
    "graphs": {
        "assistant": {
            "path": "stylegraph.graphs.server.deployed.assistant:graph",
            "description": "Answers from documents, the web, pictures and a catalogue, in Korean and English.",
        },
        "indexing": {
            "path": "stylegraph.graphs.server.deployed.indexing:graph",
            "description": "Indexes uploaded documents, texts and web pages, or imports a shop's catalogue.",
        },
    },
    "auth": {"path": "stylegraph.graphs.server.auth.policies:auth", "disable_studio_auth": True},
    "checkpointer": {"backend": "custom", "path": "stylegraph.graphs.server.inmem.persistence.threads"},
    "store": {"path": "stylegraph.graphs.server.inmem.persistence.people"},
    "http": {
        "app": "stylegraph.graphs.server.app:app",
        "cors": {"allow_origins": []},
        "configurable_headers": {"excludes": ["*"]},
        "disable_mcp": True,
        "disable_a2a": True,
        "disable_ui": True,
        "disable_webhooks": True,
    },
}
"""What the repository's langgraph.json says, but for where it is found; a test keeps the two alike."""


def serve(screen: Screen, *, host: Host = "127.0.0.1", port: Port = 2024, new_key: NewKey = None) -> None:
    """Serve the assistant over HTTP, with a page to use it from.

    On this machine nobody has to say who they are. Others can reach another
    address, so it is only listened on where the server knows its users: by
    keys (STYLEGRAPH_SERVER_KEYS) or by tokens of an OpenID Connect issuer
    (STYLEGRAPH_SERVER_OIDC_*). docs/serving.md has the rest.
    """
    from stylegraph.agent.settings import load_settings

    _check_installed()
    if new_key is not None:
        _show_key(screen, new_key)
        return
    settings = load_settings()
    check_free(host, port)
    check_guarded(host, settings)
    check_together(settings)
    folder = _written_config(settings)
    url = f"http://{host}:{port}"
    if screen.json:
        screen.record({"url": url, "pid": os.getpid()})
    else:
        screen.say(f"{url}  (its API: {url}/docs; Ctrl-C ends it)")
    _become_server(folder, host, port, settings)


def _check_installed() -> None:
    missing = [name for name in ("langgraph_cli", "langgraph_api") if importlib.util.find_spec(name) is None]
    if missing:
        raise SettingsError("The server's packages are not installed.", "Install them: pip install 'stylegraph[serve]'")


def check_guarded(host: str, settings: Settings) -> None:
    """Refuse to serve others who need not say who they are.

    Raises:
        SettingsError: Others can reach the address, and no users are set.
    """
    from stylegraph.graphs.server.auth.accounts import Accounts
    from stylegraph.graphs.server.auth.gate import is_loopback

    if not Accounts(settings).required and not is_loopback(host):
        raise SettingsError(
            f"{host} can be reached by others, and the server knows no users.",
            "Set STYLEGRAPH_SERVER_KEYS (make a key: stylegraph serve --new-key USER) or STYLEGRAPH_SERVER_OIDC_ISSUER.",
        )


def check_together(settings: Settings) -> None:
    """Refuse to be one of several servers where that can't work.

    Raises:
        MissingExtraError: The database's driver is not installed.
        SettingsError: Something that is set can't be shared.
    """
    if settings.server_database:
        from stylegraph.agent.extras import needed
        from stylegraph.graphs.server.cluster.membership import check_shared

        with needed("Postgres"):
            import psycopg_pool  # noqa: F401 - whether it is there
        check_shared(settings)


def _show_key(screen: Screen, user: str) -> None:
    from stylegraph.graphs.server.auth.accounts import new_key

    key, kept = new_key()
    setting = f"STYLEGRAPH_SERVER_KEYS={json.dumps({user: kept}, ensure_ascii=False)}"
    if screen.json:
        screen.record({"user": user, "key": key, "setting": setting})
        return
    screen.say(f"For {user}, who alone should have it:\n  {key}")
    screen.say(f"For the server, which can't tell the key from it:\n  {setting}")


def check_free(host: str, port: int) -> None:
    """Refuse an address that can't be listened on.

    Raises:
        InputError: It is taken, or is none of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"{host}:{port} can't be listened on: {reason}.", "Choose another --host or --port.") from None


def _written_config(settings: Settings) -> Path:
    """Write the server's configuration into a folder, so that it works from any other; give that folder.

    It is the home folder, unless several servers share that one: what each of them keeps for itself would be in the
    others' way.
    """
    home = settings.home.absolute()
    home.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="stylegraph-")) if settings.server_database else home
    config = {"dependencies": ["."], **CONFIG}
    (folder / "langgraph.json").write_text(json.dumps(config, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return folder


def _become_server(folder: Path, host: str, port: int, settings: Settings) -> None:
    """Let the server take this process over: Ctrl-C, signals and the exit code are then its own.

    It keeps its files in the folder that it runs in; what was set relative to here is told it.
    """
    command = [sys.executable, "-m", "langgraph_cli", "dev", "--config", str(folder / "langgraph.json")]
    command += ["--host", host, "--port", str(port), "--no-browser", "--no-reload", "--n-jobs-per-worker", str(_JOBS)]
    environment = {**_dotenv(), **os.environ, "STYLEGRAPH_HOME": str(settings.home.absolute()), **_QUIET}
    if settings.server_log == "json":
        environment["LOG_JSON"] = "true"
    if settings.catalogue is not None:
        environment["STYLEGRAPH_CATALOGUE"] = str(settings.catalogue.absolute())
    sys.stdout.flush()
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # its log is no result
    os.chdir(folder)
    os.execve(sys.executable, command, environment)  # noqa: S606 - no shell is wanted


_QUIET = {"LANGGRAPH_CLI_NO_ANALYTICS": "1", "LANGGRAPH_NO_VERSION_CHECK": "1"}


def _dotenv() -> dict[str, str]:
    from dotenv import dotenv_values

    return {name: value for name, value in dotenv_values(".env").items() if value is not None}
