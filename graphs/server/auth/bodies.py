"""Requests that are looked into before LangGraph acts on a part of them.

It makes a thread before it looks at the state that should be written into it, and starts some runs of a batch before it
refuses another; here such a request is refused as a whole. What the store would fail over is refused too, of anybody.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from stylegraph.agent.settings import Settings
from stylegraph.graphs.server.auth.admission import RefusedError, check_run, refuse_state
from stylegraph.graphs.server.auth.bounds import check_query, check_stored, is_stored
from stylegraph.graphs.server.auth.gate import inside, path_of, person_in
from stylegraph.graphs.server.auth.limits import A_MOMENT, at_once, too_many
from stylegraph.graphs.server.inmem.records import under_way

_STATE = re.compile(r"/threads/[^/]+/state")
_BATCH = "/runs/batch"
_THREADS = "/threads"


class Bodies:
    """Looks into requests that would otherwise be acted on in parts.

    Args:
        app: What is behind it.
        settings: `server_runs` applies.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._coming: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        person = person_in(scope)
        if scope["type"] != "http" or inside(scope) or person is None:
            await self._app(scope, receive, send)
            return
        try:
            receive = await _within_bounds(scope, receive)
            if person.trusted:
                await self._app(scope, receive, send)
            else:
                await self._looked_into(person.identity, scope, receive, send)
        except RefusedError as error:
            await JSONResponse({"detail": error.detail}, error.status)(scope, receive, send)

    async def _looked_into(self, user: str, scope: Scope, receive: Receive, send: Send) -> None:
        path, writing = path_of(scope).rstrip("/"), scope["method"] in ("POST", "PATCH")
        if writing and _STATE.fullmatch(path):
            refuse_state()
        if not writing or path not in (_BATCH, _THREADS):
            await self._app(scope, receive, send)
            return
        body = await Request(scope, receive).body()
        runs = _runs_of(_read(body))
        if refusal := self._too_many(user, len(runs)):
            await refusal(scope, receive, send)
            return
        self._coming[user] += len(runs)
        try:
            await self._app(scope, _again(body, receive), send)
        finally:
            self._coming[user] -= len(runs)

    def _too_many(self, user: str, wanted: int) -> Response | None:
        """Refuse a batch that would not be accepted whole."""
        if not wanted or self._coming[user] + (under_way(user) or 0) + wanted <= self._settings.server_runs:
            return None
        return too_many(at_once(self._settings), A_MOMENT)


async def _within_bounds(scope: Scope, receive: Receive) -> Receive:
    """Return what gives the body of a request which the databases can take.

    Raises:
        RefusedError: They can't.
    """
    check_query(QueryParams(scope["query_string"]))
    path = path_of(scope).rstrip("/")
    if not is_stored(path) or scope["method"] == "GET":
        return receive
    body = await Request(scope, receive).body()
    check_stored(path, _read(body))
    return _again(body, receive)


def _runs_of(wanted: Any) -> list[Any]:  # noqa: ANN401 - whatever a client has sent
    """Return the runs of a batch, each of which may be run.

    Raises:
        RefusedError: One may not, or it is a thread that comes with a state.
    """
    if isinstance(wanted, Mapping) and wanted.get("supersteps"):
        refuse_state()
    runs = wanted if isinstance(wanted, list) else []
    for run in runs:
        if isinstance(run, Mapping):
            check_run(run, str(run.get("assistant_id")))
    return runs


def _read(body: bytes) -> Any:  # noqa: ANN401 - whatever a client has sent
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None  # LangGraph says so itself


def _again(body: bytes, receive: Receive) -> Receive:
    """Return a body once more that has been read."""
    given = False

    async def once_more() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once_more
