"""The session of a browser: begun with a key, and ended."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from stylegraph.agent.errors import InputError
from stylegraph.graphs.server.auth.gate import accounts_in, credential_in
from stylegraph.graphs.server.auth.person import person_of
from stylegraph.graphs.server.auth.sessions import forget, remember


async def begin(request: Request) -> Response:
    """Let the browser that has sent a key keep a session for it.

    Raises:
        InputError: It has sent none.
    """
    headers = Headers(scope=request.scope)
    credential, accounts = credential_in(headers), accounts_in(request.scope)
    if credential is None or not accounts.required:
        raise InputError("A session begins with a key.", "Send your key as `Authorization: Bearer KEY`.")
    token = await accounts.session(person_of(request), credential)
    secure = request.url.scheme == "https" or headers.get("x-forwarded-proto") == "https"
    return remember(Response(status_code=204), token, secure=secure)


async def end(request: Request) -> Response:
    """Let the browser forget its session."""
    return forget(Response(status_code=204))
