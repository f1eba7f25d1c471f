"""What each user of the server may see and do: the rules that langgraph.json names.

Whose request it is was found out at the gate. Everything that somebody makes is marked with its owner, and everything
that is read, changed or deleted is looked for among what they own. Who owns this machine sees all of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from langgraph_api.store import get_store
from langgraph_sdk import Auth, get_client
from starlette.types import Scope

from stylegraph.agent.profile import label
from stylegraph.agent.settings import load_settings
from stylegraph.graphs.nodes.usage import tokens_today, until_tomorrow
from stylegraph.graphs.server.auth.gate import person_in
from stylegraph.graphs.server.auth.limits import at_once

OWNER = "owner"
"""Metadata of threads, runs, assistants and crons: whose they are."""
_SYSTEM = {"created_by": "system"}
"""Metadata of the assistants that come with the graphs; everybody may use them, nobody change them."""

auth = Auth()
_settings = load_settings()

Filter = dict[str, Any] | None


@auth.authenticate
async def authenticate(scope: Scope) -> Auth.types.MinimalUserDict:
    """Return whose request it is.

    Raises:
        HTTPException: Nobody was let in at the gate; also where somebody has taken the gate out of langgraph.json.
    """
    person = person_in(scope)
    if person is None:
        raise Auth.exceptions.HTTPException(status_code=401, detail="Nobody is signed in.")
    return {  # type: ignore[typeddict-unknown-key]
        "identity": person.identity,
        "is_authenticated": True,
        "permissions": [],
        "groups": list(person.groups),
        "trusted": person.trusted,
    }


@auth.on
async def refuse(ctx: Auth.types.AuthContext, value: Any) -> bool:  # noqa: ANN401 - whatever comes to be
    """Refuse what no rule below is about."""
    return False


@auth.on.threads
async def threads(ctx: Auth.types.AuthContext, value: dict[str, Any]) -> Filter:
    """Threads are their owner's."""
    return _owned(ctx, value)


@auth.on.threads.create_run
async def runs(ctx: Auth.types.AuthContext, value: Auth.types.RunsCreate) -> Filter:
    """So are their runs."""
    _without_webhook(ctx, value["kwargs"])
    await _within_limits(ctx, value)
    _written_once(value["kwargs"])
    return _owned(ctx, cast(dict[str, Any], value))


@auth.on.crons
async def crons(ctx: Auth.types.AuthContext, value: dict[str, Any]) -> Filter:
    """So is what is to be run at set times."""
    _without_webhook(ctx, value.get("payload") or {})
    return _owned(ctx, value)


@auth.on.assistants
async def assistants(ctx: Auth.types.AuthContext, value: dict[str, Any]) -> Filter:
    """Everybody may use the assistants that come with the graphs, and make others for themselves."""
    owned = _owned(ctx, value)
    if owned is None or ctx.action not in ("read", "search"):
        return owned
    return {"$or": [owned, _SYSTEM]}


@auth.on.store
async def store(ctx: Auth.types.AuthContext, value: dict[str, Any]) -> None:
    """What somebody stores lies under their own name, whatever else they call it."""
    if _trusted(ctx):
        return
    mine, asked = own_namespace(ctx.user.identity), tuple(value.get("namespace") or ())
    value["namespace"] = asked if asked[:1] == mine else (*mine, *asked)


def own_namespace(user: str) -> tuple[str]:
    """Return where in the store the things of one user lie; nothing else begins so."""
    return (f"user:{label(user)}",)


def _owned(ctx: Auth.types.AuthContext, value: dict[str, Any]) -> Filter:
    """Mark what is made or changed with its owner; give what all else is looked for by."""
    if _trusted(ctx):
        return None
    owner = {OWNER: ctx.user.identity}
    if ctx.action in ("create", "create_run", "update"):
        metadata = value.get("metadata")
        if metadata is None:
            metadata = value["metadata"] = {}
        metadata.pop("created_by", None)
        metadata.update(owner)
    return owner


async def _within_limits(ctx: Auth.types.AuthContext, value: Auth.types.RunsCreate) -> None:
    """Refuse a run to somebody who has as many as they may, or has spent today what they may.

    Raises:
        HTTPException: With the seconds after which to come back.
    """
    if _trusted(ctx):
        return
    user, settings, client = ctx.user.identity, _settings, get_client()
    busy = await client.threads.count(metadata={OWNER: user}, status="busy")
    thread = value["thread_id"]
    waiting = (
        await client.runs.list(str(thread), status="pending", limit=settings.server_runs) if thread and busy else []
    )
    if max(busy, len(waiting)) >= settings.server_runs:
        raise _too_many(at_once(settings), 2)
    if settings.server_tokens and await tokens_today(await get_store(), user) >= settings.server_tokens:
        raise _too_many(f"{settings.server_tokens:,} tokens a day are the limit.", until_tomorrow())


def _too_many(detail: str, again: int) -> Exception:
    return Auth.exceptions.HTTPException(status_code=429, detail=detail, headers={"Retry-After": str(again)})


def _written_once(wanted: dict[str, Any]) -> None:
    """Keep a turn when it is finished, not after each of its steps: 2 ms instead of 11, and a tenth of the disk."""
    if wanted.get("durability") == "async":
        wanted["durability"] = "exit"


def _without_webhook(ctx: Auth.types.AuthContext, wanted: Mapping[str, Any]) -> None:
    """Refuse to call an address that somebody names: it would be called from inside this network."""
    if wanted.get("webhook") and not _trusted(ctx):
        raise Auth.exceptions.HTTPException(status_code=403, detail="Webhooks are not offered here.")


def _trusted(ctx: Auth.types.AuthContext) -> bool:
    return bool(getattr(ctx.user, "trusted", False))
