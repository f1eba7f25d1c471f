"""Who asks: whoever the server's auth knows, else whom the caller names.

It is read anew by each node that acts for a person, never from the state: on a server somebody may write into the state
of their own thread, and it must not make them another.
"""

from __future__ import annotations

from dataclasses import dataclass

from langgraph.runtime import Runtime

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
    """Whether the settings' budget is the most that they may spend in a turn."""


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
