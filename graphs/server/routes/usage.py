"""What turns have cost and how they ended, for whoever runs the server."""

from __future__ import annotations

from langgraph_api.store import get_store
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from stylegraph.agent.errors import InputError
from stylegraph.agent.llm.prices import listed_on
from stylegraph.agent.usage import last_days, usage, usage_by_day
from stylegraph.agent.verdicts import by_day

OPERATORS = "operators"
"""The group whose members see what all users' turns cost."""
_DAYS = 7
_MOST_DAYS = 366


def is_operator(request: Request) -> bool:
    """Check whether whoever asks runs the server: its owner, or a member of the group `operators`."""
    user = request.scope.get("user")
    return bool(getattr(user, "trusted", False)) or OPERATORS in getattr(user, "groups", ())


async def show(request: Request) -> Response:
    """Return a row for each day and user of the last `days`; for each day one of all, what was said of answers, and when prices were listed.

    Raises:
        HTTPException: Whoever asks does not run the server.
        InputError: `days` is no number of days.
    """
    if not is_operator(request):
        raise HTTPException(403, f"Only members of the group {OPERATORS} see what turns cost.")
    asked = request.query_params.get("days", str(_DAYS))
    if not asked.isdecimal() or not 0 < int(asked) <= _MOST_DAYS:
        raise InputError(f"{asked[:20]!r} is no number of days.", f"Ask for 1 to {_MOST_DAYS}.")
    store, days = await get_store(), int(asked)
    judged = await by_day(store, last_days(days))
    told = {"usage": await usage(store, days), "days": await usage_by_day(store, days), "verdicts": judged}
    return JSONResponse({**told, "prices": listed_on()})
