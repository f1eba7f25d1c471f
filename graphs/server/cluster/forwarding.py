"""Requests that go to the home of whoever asks, whichever server they came to."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import AsyncIterator

import anyio
import httpx
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from stylegraph.agent.errors import KeepingError
from stylegraph.graphs.server.auth.gate import inside, is_public, person_in
from stylegraph.graphs.server.cluster.homes import DEAD
from stylegraph.graphs.server.cluster.membership import homes

logger = logging.getLogger(__name__)

_SENT_ON = "x-stylegraph-sent-on"
"""Header of a request that another server has sent on. Whoever sets it themselves is at most told to ask again."""
_OF_ONE_CONNECTION = frozenset(
    (
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    )
)
_PATIENCE = DEAD + 10
"""Seconds that somebody waits whose home has died; then they are told to ask again."""
_AGAIN = 0.5
_TRY_LATER = 1013
_TAKEN_OVER = {"detail": "Another server is taking over: ask again."}


class ToHome:
    """Sends a request on to the server that answers whoever asks; answers it here where that is this one.

    Args:
        app: What is behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=50)
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(None, connect=3.0),  # how long an answer takes is for whoever asks to say
            trust_env=False,
            transport=httpx.AsyncHTTPTransport(limits=limits, trust_env=False, socket_options=_noticing()),
        )
        self._client.headers.clear()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or have it answered."""
        person = person_in(scope)
        if homes() is None or person is None or inside(scope) or is_public(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await WebSocketClose(_TRY_LATER, "Where there are several servers, WebSockets are not offered.")(
                scope, receive, send
            )
        else:
            await self._at_home(person.identity, scope, receive, send)

    async def _at_home(self, person: str, scope: Scope, receive: Receive, send: Send) -> None:
        body = _Body(receive)
        try:
            answer = await self._elsewhere(person, scope, body)
        except (KeepingError, httpx.HTTPError) as error:
            logger.warning("a request did not get to its server: %s", type(error).__name__)
            await JSONResponse(_TAKEN_OVER, 503, {"Retry-After": "2"})(scope, receive, send)
            return
        if answer is None:
            await self._app(scope, receive, send)
        else:
            await _pass_on(answer, body, send)

    async def _elsewhere(self, person: str, scope: Scope, body: _Body) -> httpx.Response | None:
        """Return what another server answers; None: this one does. If the other has died, that turns out in a while.

        Raises:
            KeepingError: Nobody can tell whose it is, or another server thinks that it is this one's.
            HTTPError: The other can't be reached, or is lost on the way.
        """
        sent_on, among = _SENT_ON in Headers(scope=scope), homes()
        deadline = time.monotonic() + (0 if sent_on else _PATIENCE)
        while among is not None:
            try:
                address = await among.elsewhere(person)
                if address is None:
                    return None
                if not sent_on:  # else two servers might send it to and fro
                    return await self._client.send(self._request(address, scope, body), stream=True)
            except (KeepingError, httpx.ConnectError, httpx.ConnectTimeout):
                if time.monotonic() > deadline:
                    raise
            if time.monotonic() > deadline:
                raise KeepingError("Another server answers this user.", "Ask again.")
            await asyncio.sleep(_AGAIN)
        return None

    def _request(self, address: str, scope: Scope, body: _Body) -> httpx.Request:
        headers = [
            (name, value) for name, value in scope["headers"] if name.decode("latin-1") not in _OF_ONE_CONNECTION
        ]
        names = Headers(scope=scope)
        sends = names.get("content-length", "0") != "0" or "transfer-encoding" in names
        path = scope.get("raw_path") or scope["path"].encode()
        query = b"?" + scope["query_string"] if scope["query_string"] else b""
        return self._client.build_request(
            scope["method"],
            httpx.URL(address).copy_with(raw_path=path + query),
            headers=[*headers, (_SENT_ON.encode(), b"1")],
            content=body.parts() if sends else None,
        )


def _noticing() -> list[tuple[int, int, int]]:
    """Return options by which a connection ends in some 20 seconds when its other end has lost its network."""
    wanted = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 2, "TCP_USER_TIMEOUT": 20_000}
    there = [
        (socket.IPPROTO_TCP, getattr(socket, name), most) for name, most in wanted.items() if hasattr(socket, name)
    ]
    return [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1), *there]


class _Body:
    """What somebody sends, and that they have gone."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive

    async def parts(self) -> AsyncIterator[bytes]:
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise httpx.ReadError("whoever asked has gone")
            yield message.get("body", b"")
            more = message.get("more_body", False)

    async def gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass


async def _pass_on(answer: httpx.Response, body: _Body, send: Send) -> None:
    """Give an answer part by part as it comes; let go of it when whoever asked has gone, as if they had asked there."""

    async def until_gone() -> None:
        await body.gone()
        group.cancel_scope.cancel()

    headers = [
        (name.lower(), value) for name, value in answer.headers.raw if name.lower().decode() not in _OF_ONE_CONNECTION
    ]
    try:
        await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
        async with anyio.create_task_group() as group:
            group.start_soon(until_gone)
            async for part in answer.aiter_raw():
                await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            group.cancel_scope.cancel()
    finally:
        with anyio.CancelScope(shield=True):
            await answer.aclose()
