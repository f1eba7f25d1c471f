"""Who asks: whoever the server's auth knows, else whom the caller names.

It is read anew by each node that acts for a person, never from the state: on a server somebody may write into the state
of their own thread, and it must not make them another.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from langgraph.runtime import Runtime

from stylegraph.agent.evidence import Evidence, Gathered
from stylegraph.agent.state import AssistantContext

AUDIENCE = "audience"
"""The field of a document that says whom it is for: users and groups. One without it is for everybody."""
LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Asker:
    """One who asks."""

    user: str
    """Whose profile is used and learned."""
    audience: list[str] | None
    """What a document must be for, one of it, to be shown to them; None: they see all."""
    capped: bool = False
    """Whether they use a server of somebody else's: its settings' budget is the most that they may spend in a turn, and
    where its files lie is not told."""


def asker(runtime: Runtime[AssistantContext]) -> Asker:
    """Give who asks.

    A server that has no auth, which ours always has, shows only what is for everybody.
    """
    named = (runtime.context or AssistantContext()).get("user", LOCAL)
    server = runtime.server_info
    if server is None or (server.user is not None and getattr(server.user, "trusted", False)):
        return Asker(named, None)
    if server.user is None:
        return Asker(named, [], capped=True)
    return Asker(server.user.identity, [server.user.identity, *getattr(server.user, "groups", ())], capped=True)


def without_paths(gathered: Gathered) -> Gathered:
    """Name files as their names, not by where they lie on the machine of the server."""
    if "evidence" not in gathered:
        return gathered
    return {**gathered, "evidence": [_without_path(found) for found in gathered["evidence"]]}


def _without_path(found: Evidence) -> Evidence:
    data = {field: _name(value) if field in ("source", "document") else value for field, value in found["data"].items()}
    return Evidence(**{**found, "url": _name(found["url"]), "data": data})


def _name(value: Any) -> Any:  # noqa: ANN401 - of a field
    return os.path.basename(value) if isinstance(value, str) and os.path.isabs(value) else value  # noqa: PTH117, PTH119
