"""What a client may ask of a run: to start a turn, or to answer an interrupt. Nothing else.

LangGraph lets whoever starts a run send it to any node with any state (`command.goto`), or write into the state
(`command.update`). A client that could would put the look-ups to a source itself, and they would be for whom it likes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from stylegraph.agent.state import AssistantContext, Conversation

Payload = Mapping[str, Any]

CONTEXT = frozenset(AssistantContext.__annotations__) - {"user"}
"""What a client may set for one run; who asks is known from their key."""
_INDEXING = frozenset({"documents", "texts", "index", "audience", "catalogue", "columns"})
INPUT: Mapping[str, frozenset[str]] = {"assistant": frozenset(Conversation.__annotations__), "indexing": _INDEXING}
"""Graph -> what goes into it."""
_PLACE = frozenset({"thread_id", "checkpoint_id", "checkpoint_ns", "checkpoint_map"})
"""Where in a conversation a run begins."""
_CONFIG = frozenset({"configurable", "tags", "metadata", "recursion_limit", "run_name", "max_concurrency"})
_SERVERS = frozenset(
    {
        "langgraph_auth_user",
        "langgraph_auth_user_id",
        "langgraph_auth_permissions",
        "langgraph_request_id",
        "cron_id",
        "__context_provided__",
        "__event_streaming_v2",
        "__request_start_time_ms__",
        "__after_seconds__",
        "__langsmith_project__",
        "__langsmith_example_id__",
        "__otel_traceparent__",
        "__otel_tracestate__",
        "__dd_trace_headers__",
    }
)
"""What the server itself writes beside a client's configuration, over whatever a client has written there."""


class RefusedError(Exception):
    """A client asks for what it may not.

    Args:
        status: The HTTP status that says so.
        detail: What is not taken, and what is.
    """

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


def check_run(wanted: Payload, graph: str, *, by_server: bool = False) -> None:
    """Check what a run is asked for.

    Args:
        wanted: `input`, `command`, `config`, `context` and `checkpoint`, as far as they are there.
        graph: The graph that is to run.
        by_server: Whether the server has added to the configuration what it keeps there.

    Raises:
        RefusedError: It is more than to start a turn or to answer an interrupt.
    """
    check_command(wanted.get("command"))
    check_input(wanted.get("input"), graph)
    check_settings(wanted, by_server=by_server)


def check_command(command: Any) -> None:  # noqa: ANN401 - whatever a client has sent
    """Check a command: it may answer an interrupt.

    Raises:
        RefusedError: It would go to a node or write into the state.
    """
    if command is None:
        return
    if not isinstance(command, Mapping):
        raise RefusedError(422, '`command` is no object. Send {"resume": ...} to answer an interrupt.')
    asked = {name for name, value in command.items() if value is not None or name not in ("goto", "update")}
    if others := sorted(asked - {"resume"}):
        raise RefusedError(403, f"`command` may hold `resume` only, and not {_named(others)}: send `input` for a turn.")


def refuse_state() -> None:
    """Refuse to write into the state of a conversation.

    Raises:
        RefusedError: Always.
    """
    raise RefusedError(403, "The state of a conversation can't be written. Start a run: `input` for a turn.")


def check_input(given: Any, graph: str) -> None:  # noqa: ANN401 - whatever a client has sent
    """Check what goes into a graph.

    Raises:
        RefusedError: It is not what the graph takes.
    """
    if given is None:
        return
    taken = INPUT.get(graph, INPUT["assistant"])
    if not isinstance(given, Mapping):
        raise RefusedError(422, f"`input` is no object. Send one with {_named(sorted(taken))}.")
    _only("input", given, taken)


def check_settings(wanted: Payload, *, by_server: bool = False) -> None:
    """Check the configuration and the context of a run, an assistant or a cron.

    Raises:
        RefusedError: A key of it is not for clients to set.
    """
    config, context = _object(wanted, "config"), _object(wanted, "context")
    _only("config", config, _CONFIG)
    servers = _SERVERS if by_server else frozenset({"cron_id"})
    _only("config.configurable", _object(config, "configurable"), CONTEXT, _PLACE | servers)
    _only("context", context, CONTEXT, _PLACE | servers if by_server else frozenset())
    _only("checkpoint", _object(wanted, "checkpoint"), _PLACE)


def _object(wanted: Payload, field: str) -> Payload:
    found = wanted.get(field)
    if found is not None and not isinstance(found, Mapping):
        raise RefusedError(422, f"`{field}` is no object.")
    return found or {}


def _only(field: str, given: Payload, taken: Collection[str], beside: Collection[str] = frozenset()) -> None:
    if others := sorted(given.keys() - set(taken) - set(beside)):
        raise RefusedError(422, f"`{field}` may hold {_named(sorted(taken))}, and not {_named(others)}.")


def _named(names: Collection[str]) -> str:
    return ", ".join(f"`{name[:80]}`" for name in names)
