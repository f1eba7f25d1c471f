"""Who asks: whoever the server's auth knows, else whom the caller names.

It is read anew by each node that acts for a person, never from the state: on a server somebody may write into the state
of their own thread, and it must not make them another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, NamedTuple, cast
from urllib.parse import quote

from langgraph.runtime import Runtime, get_runtime

from stylegraph.agent.budget import Budget
from stylegraph.agent.evidence import AUDIENCE, Condition, Filters, Gathered, Note, SourceTask
from stylegraph.agent.redaction import without_places
from stylegraph.agent.settings import Settings
from stylegraph.agent.state import AssistantContext, Turn
from stylegraph.graphs.nodes.context import context_of

LOCAL = "local"
_WITH_AUDIENCES = "documents"
"""The source whose pieces are for somebody."""


_WIDEST = 24
"""Pieces that a revision may ask for, however few are asked for first."""
_MOST_REVISIONS = 3


class Most(NamedTuple):
    """What a user of somebody else's server may have at most."""

    k: int
    """Pieces of evidence of one source at once."""
    budget: Budget
    """What one turn may spend."""


def most_for(settings: Settings) -> Most:
    """Return what the settings allow such a user; a thorough turn may revise once more than they say."""
    budget = Budget(**{**settings.budget, "revisions": min(_MOST_REVISIONS, settings.budget_revisions + 1)})
    return Most(max(_WIDEST, settings.evidence_k), budget)


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


def asker(runtime: Runtime[AssistantContext]) -> Asker:
    """Return who asks.

    A server that has no auth, which ours always has, shows only what is for everybody.
    """
    named = context_of(runtime).get("user", LOCAL)
    return Asker(named, None) if runtime.server_info is None else asker_over(runtime.server_info.user, named)


def asker_over(user: Any, named: str = LOCAL) -> Asker:  # noqa: ANN401 - the server's own class
    """Return who asks over a server.

    Args:
        user: Whom the server's auth has found out; None: nobody.
        named: Whom the caller names; the owner of this machine may speak for others.
    """
    if user is not None and getattr(user, "trusted", False):
        return Asker(named, None, served=True)
    if user is None:
        return Asker(named, [], capped=True, served=True)
    return Asker(user.identity, [user.identity, *getattr(user, "groups", ())], capped=True, served=True)


def authorised(task: SourceTask, by: Asker, most: Most, route: str) -> SourceTask:
    """Return a task as whoever asks may put it, whatever the state says that it came from.

    Args:
        task: What a source is asked.
        by: Who asks, as the runtime knows them.
        most: What they may have at most.
        route: The source's name.
    """
    own = SourceTask(**{**task, "user": by.user})
    if by.audience is not None and route == _WITH_AUDIENCES:
        own["filters"] = {**task["filters"], **shown_to(by, task["filters"].get(AUDIENCE))}
    if by.capped:
        own["k"] = min(task["k"], most.k)
        own["seconds"] = min(task["seconds"], most.budget["seconds"])
        own["web_searches"] = min(task["web_searches"], most.budget["web_searches"])
    return own


def shown_to(by: Asker, wanted: Condition | None = None) -> Filters:
    """Return what documents must be for, for somebody who may not see all: for everybody, or for one of theirs.

    Args:
        by: Who asks.
        wanted: What they want them to be for; it narrows what they may see and never widens it.
    """
    if by.audience is None:
        return {}
    if not wanted or "any" not in wanted:
        return {AUDIENCE: Condition(**{**(wanted or {}), "any": by.audience, "lacking": True})}
    return {AUDIENCE: Condition(**{**wanted, "any": [one for one in wanted["any"] if one in by.audience]})}


def visible_now() -> Filters:
    """Return what documents must be like to be seen by whoever the running node acts for; outside of one, anything."""
    try:
        return shown_to(asker(get_runtime(AssistantContext)))
    except RuntimeError:
        return {}


def own_turn(turn: Turn, by: Asker, most: Most) -> Turn:
    """Return a turn as whoever asks may have it: theirs, and with no larger budget than they have here."""
    budget, limits = cast(Mapping[str, float], turn["budget"]), cast(Mapping[str, float], most.budget)
    if by.capped:
        budget = {**budget, **{part: min(budget.get(part, limit), limit) for part, limit in limits.items()}}
    return Turn(**{**turn, "user": by.user, "budget": cast(Budget, budget)})


def placeless(gathered: Gathered) -> Gathered:
    """Name files as they are called, not by where they lie on the machine of the server; photos by their address there."""
    told = cast(Gathered, _placeless(cast(Any, gathered)))
    return {**told, "notes": [Note(**{**note, "text": without_places(note["text"])}) for note in told.get("notes", [])]}


def placeless_data(value: Any) -> Any:  # noqa: ANN401 - plain data of any depth
    """Return data in which files are named as they are called."""
    return _placeless(value)


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
