"""What each user of the server may see and do: the rules that langgraph.json names.

Whose request it is was found out at the gate. Everything that somebody makes is marked with its owner, and everything
that is read, changed or deleted is looked for among what they own. Who owns this machine sees all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

import httpx
from langgraph_api._checkpointer import get_checkpointer
from langgraph_api.graph import get_assistant_id
from langgraph_api.store import get_store
from langgraph_sdk import Auth, get_client
from starlette.types import Scope

from stylegraph.agent.profile import label
from stylegraph.agent.settings import load_settings
from stylegraph.agent.shares import withdraw
from stylegraph.graphs.nodes.usage import tokens_today, until_tomorrow
from stylegraph.graphs.regenerating import asked_again
from stylegraph.graphs.server.auth.admission import INPUT, RefusedError, check_run, check_settings, refuse_state
from stylegraph.graphs.server.auth.bounds import check_numbers
from stylegraph.graphs.server.auth.gate import person_in
from stylegraph.graphs.server.auth.limits import at_once
from stylegraph.graphs.server.inmem.records import crons_of, under_way

OWNER = "owner"
"""Metadata of threads, runs, assistants and crons: whose they are."""
_SYSTEM = {"created_by": "system"}
"""Metadata of the assistants that come with the graphs; everybody may use them, nobody change them."""

_FIELDS = 5
_NO_ASSISTANTS = "Where there are several servers, assistants of one's own are not offered."
_NO_CRONS = "Crons are off on this server; STYLEGRAPH_SERVER_CRONS says how many each user may have."

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


@auth.on.threads.update
async def thread_update(ctx: Auth.types.AuthContext, value: Auth.types.ThreadsUpdate) -> Filter:
    """What is changed in a thread is what is said of it, never its state: LangGraph names no metadata where that is meant."""
    if "metadata" not in value:
        _admit(ctx, refuse_state)
    return _owned(ctx, cast(dict[str, Any], value))


@auth.on.threads.delete
async def thread_delete(ctx: Auth.types.AuthContext, value: Auth.types.ThreadsDelete) -> Filter:
    """What is shared of a thread goes with it."""
    await withdraw(await get_store(), ctx.user.identity, str(value["thread_id"]))
    return _owned(ctx, cast(dict[str, Any], value))


@auth.on.threads.create_run
async def runs(ctx: Auth.types.AuthContext, value: Auth.types.RunsCreate) -> Filter:
    """So are their runs; they start a turn or answer an interrupt."""
    _bounded(value)
    _without_webhook(ctx, value["kwargs"])
    await _admit_run(ctx, value)
    await _within_limits(ctx, value)
    _written_once(value["kwargs"])
    await _regenerated(value)
    return _owned(ctx, cast(dict[str, Any], value))


@auth.on.crons
async def crons(ctx: Auth.types.AuthContext, value: dict[str, Any]) -> Filter:
    """So is what is to be run at set times."""
    payload = value.get("payload") or {}
    _without_webhook(ctx, payload)
    if ctx.action in ("create", "update"):
        await _admit_payload(ctx, payload)
        _check_schedule(ctx, value)
    if ctx.action == "create":
        _check_crons(ctx)
    return _owned(ctx, value)


@auth.on.assistants
async def assistants(ctx: Auth.types.AuthContext, value: dict[str, Any]) -> Filter:
    """Everybody may use the assistants that come with the graphs, and make others for themselves.

    Raises:
        HTTPException: Somebody would make or change one where several servers would not all know it.
    """
    if _settings.server_database and ctx.action not in ("read", "search"):
        raise Auth.exceptions.HTTPException(status_code=403, detail=_NO_ASSISTANTS)
    _admit(ctx, lambda: check_settings(value))
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


async def _admit_run(ctx: Auth.types.AuthContext, value: Auth.types.RunsCreate) -> None:
    if not _trusted(ctx):
        if not _settings.server_crons and "cron_id" in (
            (value["kwargs"].get("config") or {}).get("configurable") or {}
        ):
            raise Auth.exceptions.HTTPException(status_code=403, detail=_NO_CRONS)  # one that was made before
        graph = await _graph_of(str(value["assistant_id"]))
        _admit(ctx, lambda: check_run(value["kwargs"], graph, by_server=True))


async def _admit_payload(ctx: Auth.types.AuthContext, payload: Mapping[str, Any]) -> None:
    """Check what is to be run at set times as if it were run now: then nobody would be there to be told."""
    if not _trusted(ctx):
        graph = await _graph_of(str(payload.get("assistant_id", "")))
        _admit(ctx, lambda: check_run(payload, graph))


def _admit(ctx: Auth.types.AuthContext, check: Callable[[], None]) -> None:
    """Check what a user of this server asks for; who owns this machine may do what they like with it.

    Raises:
        HTTPException: They may not have it.
    """
    if _trusted(ctx):
        return
    try:
        check()
    except RefusedError as error:
        raise Auth.exceptions.HTTPException(status_code=error.status, detail=error.detail) from None


async def _graph_of(assistant: str) -> str:
    """Return the graph of an assistant: by its own id, or by that of one which somebody has made."""
    if assistant in INPUT:
        return assistant
    systems = {get_assistant_id(graph): graph for graph in INPUT}
    if assistant in systems or not assistant:
        return systems.get(assistant, "")
    try:
        return (await get_client().assistants.get(assistant))["graph_id"]
    except httpx.HTTPError:
        return ""  # there is none: the server says so itself


async def _within_limits(ctx: Auth.types.AuthContext, value: Auth.types.RunsCreate) -> None:
    """Refuse a run to somebody who has as many as they may, or has spent today what they may.

    Raises:
        HTTPException: With the seconds after which to come back.
    """
    if _trusted(ctx):
        return
    user, settings = ctx.user.identity, _settings
    if await _runs_of(user, value["thread_id"]) >= settings.server_runs:
        raise _too_many(at_once(settings), 2)
    if settings.server_tokens and await tokens_today(await get_store(), user) >= settings.server_tokens:
        raise _too_many(f"{settings.server_tokens:,} tokens a day are the limit.", until_tomorrow())


def _check_schedule(ctx: Auth.types.AuthContext, value: Mapping[str, Any]) -> None:
    """Refuse what would run more often than once a minute: a sixth field of a schedule counts seconds."""
    if not _trusted(ctx) and len(str(value.get("schedule") or "").split()) > _FIELDS:
        raise Auth.exceptions.HTTPException(
            status_code=422, detail="A schedule has five fields: once a minute at most."
        )


def _check_crons(ctx: Auth.types.AuthContext) -> None:
    """Refuse one more cron to somebody who has as many as they may.

    Raises:
        HTTPException: They have, or crons are off.
    """
    most = _settings.server_crons
    if _trusted(ctx):
        return
    if not most:
        raise Auth.exceptions.HTTPException(status_code=403, detail=_NO_CRONS)
    if crons_of(ctx.user.identity) >= most:
        raise _too_many(f"{most} crons are the limit: delete one.", until_tomorrow())


async def _runs_of(user: str, thread: object) -> int:
    """Count the runs of a user that are not done; where the runtime keeps them elsewhere, their busy threads."""
    if (counted := under_way(user)) is not None:
        return counted
    client = get_client()
    busy = await client.threads.count(metadata={OWNER: user}, status="busy")
    waiting = (
        await client.runs.list(str(thread), status="pending", limit=_settings.server_runs) if thread and busy else []
    )
    return max(busy, len(waiting))


def _too_many(detail: str, again: int) -> Exception:
    return Auth.exceptions.HTTPException(status_code=429, detail=detail, headers={"Retry-After": str(again)})


async def _regenerated(value: Auth.types.RunsCreate) -> None:
    """Let a run that brings nothing and would go on from the end of a turn ask again what was asked there."""
    wanted, thread = value["kwargs"], value["thread_id"]
    if thread is None or wanted.get("input") is not None or wanted.get("command"):
        return
    place = (wanted.get("config") or {}).setdefault("configurable", {})
    again = await asked_again(await get_checkpointer(), str(thread), place.get("checkpoint_id"))
    if again:
        wanted["input"], place["checkpoint_id"] = again


def _written_once(wanted: dict[str, Any]) -> None:
    """Keep a turn when it is finished, not after each of its steps: 2 ms instead of 11, and a tenth of the disk."""
    if wanted.get("durability") == "async":
        wanted["durability"] = "exit"


def _bounded(value: Mapping[str, Any]) -> None:
    """Refuse a run that is to begin at a time which no calendar has.

    Raises:
        HTTPException: It is.
    """
    try:
        check_numbers(value)
    except RefusedError as error:
        raise Auth.exceptions.HTTPException(status_code=error.status, detail=error.detail) from None


def _without_webhook(ctx: Auth.types.AuthContext, wanted: Mapping[str, Any]) -> None:
    """Refuse to call an address that somebody names: it would be called from inside this network."""
    if wanted.get("webhook") and not _trusted(ctx):
        raise Auth.exceptions.HTTPException(status_code=403, detail="Webhooks are not offered here.")


def _trusted(ctx: Auth.types.AuthContext) -> bool:
    return bool(getattr(ctx.user, "trusted", False))
