"""Who asks: whoever the server's auth knows, else whom the caller names.

It is read anew by each node that acts for a person, never from the state: on a server somebody may write into the state
of their own thread, and it must not make them another.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, cast
from urllib.parse import quote

from langgraph.runtime import Runtime

from stylegraph.agent.evidence import Gathered, Note
from stylegraph.agent.redaction import without_places
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
    """Whether they use a server of somebody else's: its settings' budget is the most that they may spend in a turn."""
    served: bool = False
    """Whether they ask over a server: where its files lie is not told."""


def context_of(runtime: Runtime[Any]) -> AssistantContext:
    """Return what the caller set for this run; a context that is another graph's is left alone."""
    context = runtime.context
    return cast(AssistantContext, context) if isinstance(context, dict) else AssistantContext()


def asker(runtime: Runtime[AssistantContext]) -> Asker:
    """Return who asks.

    A server that has no auth, which ours always has, shows only what is for everybody.
    """
    named = context_of(runtime).get("user", LOCAL)
    server = runtime.server_info
    if server is None:
        return Asker(named, None)
    if server.user is not None and getattr(server.user, "trusted", False):
        return Asker(named, None, served=True)
    if server.user is None:
        return Asker(named, [], capped=True, served=True)
    groups = [server.user.identity, *getattr(server.user, "groups", ())]
    return Asker(server.user.identity, groups, capped=True, served=True)


def placeless(gathered: Gathered) -> Gathered:
    """Name files as they are called, not by where they lie on the machine of the server; photos by their address there."""
    told = cast(Gathered, _placeless(cast(Any, gathered)))
    return {**told, "notes": [Note(**{**note, "text": without_places(note["text"])}) for note in told.get("notes", [])]}


_PLACES = ("url", "source", "document", "image")
"""Fields that may hold the path of a file."""


def _placeless(value: Any, field: str = "", item: str = "") -> Any:  # noqa: ANN401 - plain data of any depth
    if isinstance(value, dict):
        return {name: _placeless(one, name, str(value.get("id", ""))) for name, one in value.items()}
    if isinstance(value, list):
        return [_placeless(one) for one in value]
    if field not in _PLACES or not isinstance(value, str) or not PurePath(value).is_absolute():
        return value
    return f"/photos/{quote(item, safe='')}" if field == "image" else PurePath(value).name
