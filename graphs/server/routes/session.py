"""The session of a browser: begun with a key, and ended; and what whoever asks may do here."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from stylegraph.agent.errors import InputError
from stylegraph.graphs.server.auth.gate import accounts_in, credential_in
from stylegraph.graphs.server.auth.person import person_of
from stylegraph.graphs.server.auth.sessions import forget, remember
from stylegraph.graphs.server.deployed.assistant import parts
from stylegraph.graphs.server.routes.usage import is_operator


async def show(request: Request) -> Response:
    """Tell what whoever asks may do here: see what turns cost, share conversations with whom, choose which chat model."""
    settings = (await parts()).settings
    return JSONResponse(
        {"operator": is_operator(request), "shares": settings.server_shared, "models": settings.choices}
    )


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
    return remember(Response(status_code=204), token, request.scope)


async def end(request: Request) -> Response:
    """Let the browser forget its session."""
    return forget(Response(status_code=204), request.scope)
