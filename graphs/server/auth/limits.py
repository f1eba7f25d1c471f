"""How much one user may ask for: requests, their size, and questions at once."""

from __future__ import annotations

import asyncio
import math
import re
import time
from collections import Counter
from contextlib import suppress
from typing import cast

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import ConfigurationError
from limits.storage import storage_from_string
from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from stylegraph.agent.errors import SettingsError
from stylegraph.agent.settings import Settings
from stylegraph.graphs.server.auth.accounts import Person
from stylegraph.graphs.server.auth.gate import inside, is_public, is_shared, path_of, person_in

_ASKING = re.compile(r"(?:/threads/[^/]+)?/runs(?:/wait|/stream|/batch)?|/mcp|/v1/chat/completions|/v1/responses")
"""What a question is put to."""
_UPLOADS = ("/documents", "/catalogues")
_FREE = ("/photos/", "/pictures/")
"""What a page shows many of, and browsers keep: it is not counted."""
_TOO_BIG, _TRY_LATER = 1009, 1013
_CLOSED = {_TOO_BIG: "That message is too large.", _TRY_LATER: "Too many messages a minute: come back later."}
"""Why a WebSocket is closed (RFC 6455)."""
_DRAINING = 5.0
A_MOMENT = 2
"""Seconds after which somebody may ask again who has asked too much at once."""


class TooLargeError(Exception):
    """More came than may come."""


class Limits:
    """Turns away what is too much, and says when to come back.

    Who owns this machine is limited in nothing but the size of a request.

    Args:
        app: What is behind it.
        settings: `server_requests`, `server_runs`, `server_body_max_bytes`, `document_max_bytes` and `server_limits` apply.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._each_minute = RateLimitItemPerMinute(settings.server_requests)
        self._window = SlidingWindowCounterRateLimiter(_storage(settings.server_limits))
        self._asking: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] == "websocket" and not inside(scope):
            await self._spoken_with(scope, receive, send)
            return
        if scope["type"] != "http" or inside(scope):
            await self._app(scope, receive, send)
            return
        person = person_in(scope)
        refusal = self._too_large(scope) or await self._too_often(scope, person)
        if refusal is not None:
            await refusal(scope, receive, send)
        elif person is not None and not person.trusted and _asks(scope):
            await self._among_ones_own(person.identity, scope, receive, send)
        else:
            await self._measured(scope, receive, send)

    def _too_large(self, scope: Scope) -> Response | None:
        told = Headers(scope=scope).get("content-length", "")
        return _larger_than(self._most(scope)) if told.isdigit() and int(told) > self._most(scope) else None

    def _most(self, scope: Scope) -> int:
        uploading = path_of(scope).startswith(_UPLOADS)
        return max(self._settings.server_body_max_bytes, self._settings.document_max_bytes if uploading else 0)

    async def _too_often(self, scope: Scope, person: Person | None) -> Response | None:
        whose = _reader(scope) if person is None else None if person.trusted else person.identity
        if whose is None or is_public(scope) or path_of(scope).startswith(_FREE):
            return None
        if await self._window.hit(self._each_minute, whose):
            return None
        again = (await self._window.get_window_stats(self._each_minute, whose)).reset_time - time.time()
        return too_many(f"{self._settings.server_requests} requests a minute are the limit.", max(1, math.ceil(again)))

    async def _among_ones_own(self, user: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a question through unless so many of this user are being answered; background runs are counted later."""
        if self._asking[user] >= self._settings.server_runs:
            await too_many(at_once(self._settings), A_MOMENT)(scope, receive, send)
            return
        self._asking[user] += 1
        try:
            await self._measured(scope, receive, send)
        finally:
            self._asking[user] -= 1
            if not self._asking[user]:
                del self._asking[user]

    async def _spoken_with(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a WebSocket through; each message on it counts as a request, and is as large as one at most."""
        person, closed = person_in(scope), False

        async def counted() -> Message:
            nonlocal closed
            message = await receive()
            if message["type"] == "websocket.disconnect" or closed:
                return {"type": "websocket.disconnect", "code": 1006}
            code = await self._why_to_close(message, scope, person)
            if code is None:
                return message
            closed = True
            await send({"type": "websocket.close", "code": code, "reason": _CLOSED[code]})
            return {"type": "websocket.disconnect", "code": code}

        async def unless_closed(message: Message) -> None:
            if not closed:
                await send(message)

        await self._app(scope, counted, unless_closed)

    async def _why_to_close(self, message: Message, scope: Scope, person: Person | None) -> int | None:
        said = message.get("text") or message.get("bytes") or ""
        if len(said if isinstance(said, bytes) else said.encode()) > self._most(scope):
            return _TOO_BIG
        return _TRY_LATER if await self._too_often(scope, person) else None

    async def _measured(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count what comes, whatever its header told, and stop reading where it is too much."""
        most, read, begun, over = self._most(scope), 0, False, False

        async def measured() -> Message:
            nonlocal read, over
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                over = True
                raise TooLargeError
            return message

        async def noting(message: Message) -> None:
            nonlocal begun
            if over and not begun:
                return  # what is said behind of a request that could not be read
            begun = True
            await send(message)

        try:
            await self._app(scope, measured, noting)
        except Exception:  # whatever is behind may have made another error of it
            if not over or begun:
                raise
        if over and not begun:
            await _drained(receive, most)
            await _larger_than(most)(scope, receive, send)


def _reader(scope: Scope) -> str | None:
    """Return by what somebody is counted who reads by a link and is nobody in particular: the address they ask from."""
    return f"reader {(scope.get('client') or ['?'])[0]}" if is_shared(scope) else None


def _storage(address: str) -> MemoryStorage | RedisStorage:
    """Open where requests are counted.

    Raises:
        SettingsError: It is none that there is.
    """
    options = {"implementation": "redispy"} if "redis" in address else {}
    try:
        return cast(MemoryStorage | RedisStorage, storage_from_string(address, **options))
    except (ConfigurationError, ValueError) as error:
        raise SettingsError(
            f"STYLEGRAPH_SERVER_LIMITS can't be used: {error}.", "Set async+memory:// or async+redis://HOST:PORT."
        ) from None


def at_once(settings: Settings) -> str:
    """Return how many questions may be asked at once."""
    return f"{settings.server_runs} questions at once are the limit: wait for an answer."


def too_many(detail: str, again: int) -> JSONResponse:
    """Return the answer that tells when to come back, in seconds."""
    return JSONResponse({"detail": detail}, 429, {"Retry-After": str(again)})


async def _drained(receive: Receive, most: int) -> None:
    """Let go by what is still being sent, for a while: who is cut off while they send never reads why."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_DRAINING):
            while most > 0:
                message = await receive()
                most -= len(message.get("body", b""))
                if not message.get("more_body"):
                    return


def _larger_than(most: int) -> JSONResponse:
    return JSONResponse({"detail": f"More than {most:,} bytes can't be sent at once."}, 413, {"Connection": "close"})


def _asks(scope: Scope) -> bool:
    return scope["method"] == "POST" and _ASKING.fullmatch(path_of(scope)) is not None
