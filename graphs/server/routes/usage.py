"""What turns have cost and how they ended, for whoever runs the server."""

from __future__ import annotations

from langgraph_api.store import get_store
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from stylegraph.agent.errors import InputError
from stylegraph.agent.usage import usage

OPERATORS = "operators"
"""The group whose members see what all users' turns cost."""
_DAYS = 7
_MOST_DAYS = 366


async def show(request: Request) -> Response:
    """Return a row for each day and user of the last `days`.

    Raises:
        HTTPException: Whoever asks does not run the server.
        InputError: `days` is no number of days.
    """
    user = request.scope.get("user")
    if not getattr(user, "trusted", False) and OPERATORS not in getattr(user, "groups", ()):
        raise HTTPException(403, f"Only members of the group {OPERATORS} see what turns cost.")
    asked = request.query_params.get("days", str(_DAYS))
    if not asked.isdecimal() or not 0 < int(asked) <= _MOST_DAYS:
        raise InputError(f"{asked[:20]!r} is no number of days.", f"Ask for 1 to {_MOST_DAYS}.")
    return JSONResponse({"usage": await usage(await get_store(), int(asked))})
