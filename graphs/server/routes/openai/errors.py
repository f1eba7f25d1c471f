"""Errors in the shape that OpenAI's clients read, whoever behind `/v1/` refuses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from stylegraph.graphs.server.auth.gate import inside, path_of

_UNDER = "/v1/"
_KINDS: Mapping[int, tuple[str, str | None]] = {
    401: ("authentication_error", "invalid_api_key"),
    403: ("permission_error", None),
    404: ("invalid_request_error", "not_found"),
    413: ("invalid_request_error", "request_too_large"),
    429: ("rate_limit_error", "rate_limit_exceeded"),
}
"""Status -> OpenAI's type and code; all others by whose fault it is."""


class ApiError(Exception):
    """A request is not answered.

    Args:
        status: The HTTP status.
        message: What happened and what to do about it.
        code: OpenAI's code for it, where there is one.
        param: The field of the request that is meant.
        headers: What goes beside it, such as `Retry-After`.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers
        self.shape = error_shape(status, message, code, param)


def error_shape(status: int, message: str, code: str | None = None, param: str | None = None) -> dict[str, Any]:
    """Return what OpenAI's API says of an error."""
    kind, usual = _KINDS.get(status, ("invalid_request_error" if status < 500 else "server_error", None))
    return {"error": {"message": message, "type": kind, "param": param, "code": code or usual}}


async def told(request: Request, error: Exception) -> Response:
    """Return an `ApiError` as an answer."""
    if not isinstance(error, ApiError):
        raise error
    return JSONResponse(error.shape, error.status, error.headers)


class OpenAIErrors:
    """Gives refusals under `/v1/` that shape: of the gate, the limits, and what is not there."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back; one that is an error as OpenAI says it."""
        if scope["type"] != "http" or inside(scope) or not path_of(scope).startswith(_UNDER):
            await self._app(scope, receive, send)
            return
        begun: Message | None = None
        body = b""

        async def shaping(message: Message) -> None:
            nonlocal begun, body
            if message["type"] == "http.response.start" and message["status"] >= 400:
                begun = message
            elif begun is None:
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body"):
                    await _send_shaped(begun, body, send)

        await self._app(scope, receive, shaping)


async def _send_shaped(begun: Message, body: bytes, send: Send) -> None:
    content = json.dumps(_shaped(begun["status"], body), ensure_ascii=False).encode()
    headers = MutableHeaders(raw=[pair for pair in Headers(raw=begun["headers"]).raw if pair[0] != b"content-length"])
    headers["Content-Type"] = "application/json"
    headers["Content-Length"] = str(len(content))
    await send({**begun, "headers": headers.raw})
    await send({"type": "http.response.body", "body": content})


def _shaped(status: int, body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        return error_shape(status, body.decode("utf-8", "replace"))
    if not isinstance(said, dict):
        return error_shape(status, str(said))
    if isinstance(said.get("error"), dict):
        return said
    return error_shape(status, str(said.get("message") or said.get("detail") or ""))
