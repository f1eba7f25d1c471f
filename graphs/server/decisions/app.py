"""A decision model as a server: `/v1/systemone` as Ollama and pydantic-ai speak it, `/v1/decisions` as OpenAI does."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from langchain_core.decisions import BaseDecisionModel
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from stylegraph.agent.errors import StylegraphError
from stylegraph.agent.settings import Settings
from stylegraph.graphs.server.auth.accounts import Accounts
from stylegraph.graphs.server.auth.gate import Gate
from stylegraph.graphs.server.auth.headers import SecurityHeaders
from stylegraph.graphs.server.auth.limits import Limits
from stylegraph.graphs.server.decisions.openai import DecisionsRequest
from stylegraph.graphs.server.decisions.systemone import SystemOneRequest

logger = logging.getLogger(__name__)

Told = Callable[[str], dict[str, Any]]
"""Makes the body of an answer which says what was wrong."""


def decisions_app(model: BaseDecisionModel, settings: Settings) -> Starlette:
    """Return the application.

    Args:
        model: Answers.
        settings: `server_keys`, `server_oidc_*`, `server_origins`, `server_requests` and `server_body_max_bytes` apply.

    Raises:
        SettingsError: The users can't be known as they are set.
    """
    return Starlette(
        routes=[
            Route("/v1/systemone", _answering(model, SystemOneRequest, _plainly), methods=["POST"]),
            Route("/v1/decisions", _answering(model, DecisionsRequest, _as_openai), methods=["POST"]),
            Route("/ok", _ok, methods=["GET"]),
        ],
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(Gate, accounts=Accounts(settings), origins=settings.server_origins),
            Middleware(Limits, settings=settings),
        ],
    )


def _answering(
    model: BaseDecisionModel, protocol: type[SystemOneRequest] | type[DecisionsRequest], told: Told
) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            asked = protocol.model_validate_json(await request.body())
            return JSONResponse(asked.told(await model.ainvoke(asked.request())))
        except ValidationError as error:
            return JSONResponse(told(_first(error)), 400)
        except StylegraphError as error:
            return JSONResponse(told(str(error)), 400)
        except Exception:
            logger.exception("a decision failed")
            return JSONResponse(told("The decision failed; the server's log says why."), 500)

    return answer


def _first(error: ValidationError) -> str:
    """Return the first thing that is wrong with a request, and where; never what was sent."""
    first = error.errors(include_input=False, include_url=False)[0]
    where = ".".join(map(str, first["loc"])) or "the body"
    return f"{where}: {first['msg']}."


def _plainly(message: str) -> dict[str, Any]:
    return {"error": message}


def _as_openai(message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None}}


async def _ok(request: Request) -> Response:
    return JSONResponse({"ok": True})
