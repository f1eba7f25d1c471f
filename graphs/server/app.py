"""What the server serves beside LangGraph's own API: the page, pictures, and what is known of a person.

`http.app` of langgraph.json names it. The server puts its own routes behind these.
"""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import Any

from langgraph_api.auth.middleware import auth_middleware
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from stylegraph.agent.errors import InputError, StylegraphError
from stylegraph.agent.settings import load_settings
from stylegraph.graphs.server.auth.caller import AsCaller
from stylegraph.graphs.server.auth.middleware import front
from stylegraph.graphs.server.lifespan import life
from stylegraph.graphs.server.observability.health import ready
from stylegraph.graphs.server.routes import (
    documents,
    examples,
    items,
    mcp,
    photos,
    profile,
    session,
    shared,
    usage,
    verdicts,
)
from stylegraph.graphs.server.routes.openai import chat, errors, models, responses

PAGE = Path(__file__).with_name("page")
"""The page's files: what a browser loads, as it is."""
_WORKER = "sw.js"
"""Lies beside the page's other files, and may look after the page itself."""
mimetypes.add_type("application/manifest+json", ".webmanifest")
_ASK_AGAIN = {"Cache-Control": "no-cache"}
"""A browser keeps a file and asks each time whether it has changed, so that a new release is seen at once."""


class PageFiles(StaticFiles):
    """The page's files."""

    def file_response(self, *args: Any, **named: Any) -> Response:  # noqa: ANN401 - starlette's own
        """Return a file with what a browser may keep of it."""
        response = super().file_response(*args, **named)
        response.headers.update(_ASK_AGAIN)
        if Path(str(args[0] if args else named["full_path"])).name == _WORKER:
            response.headers["Service-Worker-Allowed"] = "/"
        return response


async def index(request: Request) -> Response:
    """Return the page."""
    return FileResponse(PAGE / "index.html", headers=_ASK_AGAIN)


async def refused(request: Request, error: Exception) -> Response:
    """Return what happened and what to do about it: 400 where another request would help, else 500."""
    told = error.model_dump() if isinstance(error, StylegraphError) else {}
    told = {"detail": told.get("message", "")} | told
    return JSONResponse(told, status_code=400 if isinstance(error, InputError) else 500)


_KNOWN = [auth_middleware]
"""What makes a route know who asks: where the server requires a key, so does the route."""
_ASKING = [auth_middleware, Middleware(AsCaller)]
"""What makes a route ask the server in the name of whoever asks it."""

app = Starlette(
    routes=[
        Route("/", index, methods=["GET"], include_in_schema=False),
        Route("/ready", ready, methods=["GET"]),
        Route("/mcp", mcp.Door(), middleware=_KNOWN),
        Route("/v1/models", models.listed, methods=["GET"], middleware=_ASKING),
        Route("/v1/models/{model}", models.shown, methods=["GET"], middleware=_ASKING),
        Route("/v1/chat/completions", chat.complete, methods=["POST"], middleware=_ASKING),
        Route("/v1/responses", responses.respond, methods=["POST"], middleware=_ASKING),
        Route("/documents", documents.send, methods=["POST"], middleware=_KNOWN),
        Route("/documents", documents.listed, methods=["GET"], middleware=_KNOWN),
        Route("/documents/{name}", documents.forget, methods=["DELETE"], middleware=_KNOWN),
        Mount("/page", app=PageFiles(directory=PAGE), middleware=[Middleware(GZipMiddleware, minimum_size=1_000)]),
        Route("/examples", examples.show, methods=["GET"], include_in_schema=False, middleware=_KNOWN),
        Route("/items/{item}", items.show, methods=["GET"], include_in_schema=False, middleware=_KNOWN),
        Route("/photos/{item}", photos.of_item, methods=["GET"], include_in_schema=False, middleware=_KNOWN),
        Route("/pictures/{digest}", photos.sent, methods=["GET"], include_in_schema=False, middleware=_KNOWN),
        Route("/profile", profile.show, methods=["GET"], include_in_schema=False, middleware=_KNOWN),
        Route("/profile", profile.forget, methods=["DELETE"], include_in_schema=False, middleware=_KNOWN),
        Route("/profile/{field:path}", profile.correct, methods=["PUT"], include_in_schema=False, middleware=_KNOWN),
        Route("/profile/{field:path}", profile.forget, methods=["DELETE"], include_in_schema=False, middleware=_KNOWN),
        Route("/feedback", profile.judge, methods=["POST"], include_in_schema=False, middleware=_KNOWN),
        Route("/session", session.show, methods=["GET"], include_in_schema=False, middleware=_KNOWN),
        Route("/session", session.begin, methods=["POST"], include_in_schema=False, middleware=_KNOWN),
        Route("/session", session.end, methods=["DELETE"], include_in_schema=False, middleware=_KNOWN),
        Route("/shares/{thread}", shared.show, methods=["GET"], include_in_schema=False, middleware=_ASKING),
        Route("/shares/{thread}", shared.make, methods=["POST"], include_in_schema=False, middleware=_ASKING),
        Route("/shares/{thread}", shared.withdraw, methods=["DELETE"], include_in_schema=False, middleware=_KNOWN),
        Route("/shared", shared.read, methods=["GET"], include_in_schema=False),
        Route("/shared/photos/{item}", shared.photo, methods=["GET"], include_in_schema=False),
        Route("/usage", usage.show, methods=["GET"], middleware=_KNOWN),
        Route("/verdicts", verdicts.give, methods=["POST"], middleware=_ASKING),
        Route("/verdicts", verdicts.listed, methods=["GET"], middleware=_KNOWN),
        Route("/verdicts", verdicts.forget, methods=["DELETE"], middleware=_KNOWN),
        Route("/verdicts/{message}", verdicts.forget, methods=["DELETE"], middleware=_KNOWN),
    ],
    middleware=front(load_settings()),
    lifespan=life,
    exception_handlers={StylegraphError: refused, errors.ApiError: errors.told},
)
"""The application."""
