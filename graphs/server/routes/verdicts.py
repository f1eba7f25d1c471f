"""What whoever asks thinks of an answer: given, shown, taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langgraph_sdk import get_client
from langgraph_sdk.errors import NotFoundError, UnprocessableEntityError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from stylegraph.agent import verdicts
from stylegraph.agent.errors import InputError
from stylegraph.agent.verdicts import Verdict, verdict_on
from stylegraph.graphs.server.auth.person import person_of
from stylegraph.graphs.server.routes.profile import body_of, people

_BRIEF = ("message", "rating", "reason", "better", "at", "question")
_TURNS = 100
"""Turns back from the end of a conversation at which an answer is still found."""


async def give(request: Request) -> Response:
    """Keep what is thought of an answer, with the turn as it was.

    Raises:
        HTTPException: Whoever asks has no such answer.
        InputError: What is thought of it can't be used, or nothing is kept here.
    """
    store, body = await people(), await body_of(request)
    thread, message = str(body.get("thread", "")), str(body.get("message", ""))
    state = await _turn(thread, message)
    verdict = _verdict(message, body, state)
    await verdicts.keep(store, person_of(request), verdict)
    return JSONResponse(verdict, 201)


async def listed(request: Request) -> Response:
    """List what whoever asks has said of answers; `brief`: without the turns that it is about."""
    given = await verdicts.verdicts_of(await people(), person_of(request))
    brief = request.query_params.get("brief") == "true"
    return JSONResponse({"verdicts": [_in_brief(one) for one in given] if brief else given})


async def forget(request: Request) -> Response:
    """Forget what was said of an answer, or of all."""
    message = request.path_params.get("message")
    return JSONResponse({"forgotten": await verdicts.forget(await people(), person_of(request), message)})


def _in_brief(verdict: Verdict) -> dict[str, str]:
    return {name: str(verdict.get(name, "")) for name in _BRIEF}


async def _turn(thread: str, message: str) -> dict[str, Any]:
    """Return the state in which a conversation of whoever asks ended in an answer.

    Raises:
        HTTPException: There is none.
    """
    try:
        states = await get_client().threads.get_history(thread, limit=_TURNS)
    except (NotFoundError, UnprocessableEntityError):
        states = []
    for state in states:
        values: dict[str, Any] = dict(state["values"] or {})  # type: ignore[arg-type]
        if values.get("reply") and (values.get("messages") or [{}])[-1].get("id") == message:
            return values
    raise HTTPException(404, "There is no such answer of yours.")


def _verdict(message: str, body: dict[str, Any], state: dict[str, Any]) -> Verdict:
    questions = [_words(one) for one in state["messages"] if one.get("type") == "human"]
    if not questions:
        raise InputError("Nothing was asked there.", "Judge an answer.")
    return verdict_on(message, body, questions[:-1], questions[-1], state["reply"])


def _words(message: dict[str, Any]) -> str:
    content = message.get("content")
    blocks: Sequence[Any] = content if isinstance(content, list) else []
    return content if isinstance(content, str) else "\n".join(str(one["text"]) for one in blocks if "text" in one)
