"""Where a question is asked: in a conversation that the server keeps, or with all that was said and nothing kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from langgraph_sdk import get_client
from langgraph_sdk.errors import NotFoundError
from starlette.requests import Request

from stylegraph.graphs.server.routes.openai.asked import Asked, Said, text_of
from stylegraph.graphs.server.routes.openai.errors import ApiError

THREAD = "X-Thread-Id"
"""The header that names a conversation, in requests and in answers."""
_RESPONSE = "resp_"
_FIRST_STEP = -1
"""LangGraph's number of the step that takes a conversation's first question in."""
_MOST = 20
"""Turns back from the end at which an edited question is still found to belong."""


class Place(NamedTuple):
    """Where a run begins."""

    messages: list[dict[str, Any]]
    """What is said there that the conversation does not know yet."""
    thread: str | None = None
    """None: nothing is kept."""
    checkpoint: str | None = None
    """None: at the end."""


def thread_of(request: Request) -> str | None:
    """Return the conversation that a header names; what is no UUID, as front-ends send for a chat not yet saved, names none."""
    try:
        return str(UUID(request.headers.get(THREAD, "")))
    except ValueError:
        return None


async def place_in(thread: str | None, asked: Asked) -> Place:
    """Return where in a conversation a question belongs.

    Front-ends send all that was said with each question. What the conversation knows of it is not said again; where a
    question was edited or is asked anew, it is asked where the conversation stood before. One that comes alone goes on, as
    a bot's does that sends only what is new, unless it is all that was asked so far: then it is asked anew.

    Args:
        thread: The conversation; None: there is none, and all is said anew.
        asked: The question and what was said before.
    """
    whole = [*_messages(asked.before), asked.question]
    if thread is None:
        return Place(whole)
    states = await _states(thread)
    if not asked.before:
        return Place(whole, thread, await _beginning(thread) if _asks_only(states, asked.text) else None)
    for back, state in enumerate(states):
        if _ends_with((state.get("values") or {}).get("messages") or [], asked.before):
            checkpoint = str(state["checkpoint"]["checkpoint_id"]) if back else None
            return Place([asked.question], thread, checkpoint)
    return Place(whole, thread)


async def place_after(response: str, asked: Asked) -> Place:
    """Return where a question belongs that follows a response.

    Raises:
        ApiError: Whoever asks has no such response.
    """
    ids = response.removeprefix(_RESPONSE)
    refusal = ApiError(
        404,
        f"There is no response {response[:100]!r} of yours that was stored.",
        code="previous_response_not_found",
        param="previous_response_id",
    )
    if not response.startswith(_RESPONSE) or len(ids) != 64:
        raise refusal
    try:
        thread, run = str(UUID(ids[:32])), str(UUID(ids[32:]))
        found = await get_client().threads.get_history(thread, limit=1, metadata={"run_id": run})
    except (ValueError, NotFoundError):
        raise refusal from None
    if not found:
        raise refusal
    return Place([*_messages(asked.before), asked.question], thread, str(found[0]["checkpoint"]["checkpoint_id"]))


def response_id(run: str, thread: str | None) -> str:
    """Return a response's id; one that was kept says where."""
    return _RESPONSE + (UUID(thread).hex if thread else "") + UUID(run).hex


async def _states(thread: str) -> Sequence[Mapping[str, Any]]:
    """Return a conversation's states, newest first; none where there is no such conversation of whoever asks."""
    try:
        return await get_client().threads.get_history(thread, limit=_MOST)
    except NotFoundError:
        return []


def _asks_only(states: Sequence[Mapping[str, Any]], question: str) -> bool:
    """Check whether nothing else than a question has been asked in a conversation."""
    kept = (states[0].get("values") or {}).get("messages") or [] if states else []
    asked = [one for one in kept if one.get("type") == "human"]
    return len(asked) == 1 and _is(asked[0], Said("user", question))


async def _beginning(thread: str) -> str | None:
    """Return where a conversation stood before anything was said."""
    for state in await get_client().threads.get_history(thread, limit=1, metadata={"step": _FIRST_STEP}):
        return str(state["checkpoint"]["checkpoint_id"])
    return None


def _ends_with(kept: Sequence[dict[str, Any]], said: Sequence[Said]) -> bool:
    """Check whether a conversation ends with what a front-end says was said; it may show an answer with more beneath it."""
    last = kept[-len(said) :]
    return len(last) == len(said) and all(_is(one, other) for one, other in zip(last, said, strict=True))


def _is(kept: dict[str, Any], said: Said) -> bool:
    text = text_of(kept.get("content")).strip()
    if kept.get("type") == "human":
        return said.role == "user" and said.text.strip() == text
    return kept.get("type") == "ai" and said.role == "assistant" and said.text.strip().startswith(text)


def _messages(said: Sequence[Said]) -> list[dict[str, Any]]:
    return [{"role": one.role, "content": one.text} for one in said]
