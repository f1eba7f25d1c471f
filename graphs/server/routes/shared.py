"""Conversations that are shared by a link: made and taken back by their owner, read by whoever has the link and may.

The link comes in a header, not in the address: addresses end up in logs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, cast

from langgraph_api.store import get_store
from langgraph_sdk import get_client
from langgraph_sdk.errors import NotFoundError, UnprocessableEntityError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from stylegraph.agent import shares
from stylegraph.agent.errors import InputError
from stylegraph.agent.shares import Share, SharedTurn
from stylegraph.graphs.nodes.identity import placeless_data
from stylegraph.graphs.server.auth.gate import person_in
from stylegraph.graphs.server.auth.person import person_of
from stylegraph.graphs.server.deployed.assistant import parts
from stylegraph.graphs.server.routes.photos import photo_of
from stylegraph.graphs.server.routes.profile import body_of

LINK = "Shared-Link"
"""The header that a link comes in."""
_PAGE, _MOST_PAGES = 50, 40
_GONE = "There is no such link, or it was taken back."
_PRIVATE = {"Cache-Control": "no-store", "Vary": LINK}


async def make(request: Request) -> Response:
    """Make a link to a conversation of whoever asks, as it is now.

    Raises:
        HTTPException: They have no such conversation, or there are no links here.
        InputError: Nothing has been answered in it.
    """
    await _check_offered()
    thread, body = request.path_params["thread"], await body_of(request)
    turns = await _answered(thread)
    title = str(body.get("title") or turns[0]["question"])
    share = await shares.keep(await get_store(), person_of(request), thread, title, turns)
    return JSONResponse(_told(share), 201)


async def show(request: Request) -> Response:
    """Return the link to a conversation of whoever asks; where there is none, what a link would show.

    Raises:
        HTTPException: They have no such conversation.
        InputError: Nothing has been answered in it.
    """
    thread = request.path_params["thread"]
    share = await shares.of_thread(await get_store(), person_of(request), thread)
    return JSONResponse(_told(share) if share else {"link": None, **_summed(await _answered(thread))})


async def withdraw(request: Request) -> Response:
    """Take a link back."""
    gone = await shares.withdraw(await get_store(), person_of(request), request.path_params["thread"])
    return JSONResponse({"withdrawn": gone})


async def read(request: Request) -> Response:
    """Return what a link shows.

    Raises:
        HTTPException: There is no such link, or whoever asks may not read by one.
    """
    share = await _opened(request)
    told = {"title": share["title"], "at": share["at"], "turns": share["turns"]}
    return JSONResponse(told, headers=_PRIVATE)


async def photo(request: Request) -> Response:
    """Return the photo of an item that a link shows.

    Raises:
        HTTPException: There is no such link, it does not show this item, or there is no photo of it.
        FetchError: The address is refused, too slow, or not a picture.
    """
    item, share = request.path_params["item"], await _opened(request)
    if item not in {one for turn in share["turns"] for one in _items(turn["reply"])}:
        raise HTTPException(404, _GONE)
    return await photo_of(item)


async def _opened(request: Request) -> Share:
    allowed = await _check_offered()
    if allowed != "anyone" and person_in(request.scope) is None:
        raise HTTPException(401, "Send your key as `Authorization: Bearer KEY`.")
    share = await shares.of_link(await get_store(), request.headers.get(LINK, ""))
    if share is None:
        raise HTTPException(404, _GONE)
    return share


async def _check_offered() -> str:
    allowed: str = (await parts()).settings.server_shared
    if allowed == "off":
        raise HTTPException(403, "Links to conversations are off on this server.")
    return allowed


def _told(share: Share) -> dict[str, Any]:
    return {"link": share["link"], "at": share["at"], **_summed(share["turns"])}


def _summed(turns: Sequence[SharedTurn]) -> dict[str, Any]:
    """Return what the owner is told of what a reader sees: how many turns, and whose sentences are quoted."""
    quoted = {one["title"] for turn in turns for one in turn["reply"].get("citations", [])}
    return {"turns": len(turns), "sources": sorted(quoted)}


async def _answered(thread: str) -> list[SharedTurn]:
    if turns := await _turns(thread):
        return turns
    raise InputError("There is nothing to share yet.", "Wait for an answer, then share it.")


def _items(shown: Any) -> Iterator[str]:  # noqa: ANN401 - plain data of any depth
    """Return the ids of all items in a reply."""
    if isinstance(shown, Mapping):
        if "swatches" in shown and isinstance(shown.get("id"), str):
            yield shown["id"]
        shown = list(shown.values())
    if isinstance(shown, list):
        for one in shown:
            yield from _items(one)


async def _turns(thread: str) -> list[SharedTurn]:
    """Return the turns of a conversation of whoever asks, as others read them.

    Raises:
        HTTPException: They have no such conversation.
    """
    states = [state async for state in _states(thread)]
    messages = (states[0]["values"] or {}).get("messages") or [] if states else []
    replies = {_last(state): state["values"]["reply"] for state in reversed(states) if _ended(state)}
    pairs = pairwise(messages)
    return [
        shares.shown(_words(question), _pictures(question), cast(dict[str, Any], placeless_data(replies[answer["id"]])))
        for question, answer in pairs
        if question.get("type") == "human" and answer.get("id") in replies
    ]


async def _states(thread: str) -> Any:  # noqa: ANN401 - an iterator of the SDK's states
    before: Any = None
    for _ in range(_MOST_PAGES):
        try:
            page = await get_client().threads.get_history(thread, limit=_PAGE, before=before)
        except (NotFoundError, UnprocessableEntityError):
            raise HTTPException(404, "There is no such conversation of yours.") from None
        for state in page:
            yield state
        if len(page) < _PAGE:
            return
        before = page[-1]["checkpoint"]


def _ended(state: Mapping[str, Any]) -> bool:
    values = state["values"] or {}
    return not state.get("next") and bool(values.get("reply")) and bool(values.get("messages"))


def _last(state: Mapping[str, Any]) -> str:
    return str(state["values"]["messages"][-1].get("id"))


def _words(message: Mapping[str, Any]) -> str:
    content = message.get("content")
    blocks: Sequence[Any] = content if isinstance(content, list) else []
    return content if isinstance(content, str) else "\n".join(str(one["text"]) for one in blocks if "text" in one)


def _pictures(message: Mapping[str, Any]) -> int:
    return len((message.get("additional_kwargs") or {}).get("pictures") or ())
