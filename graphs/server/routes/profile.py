"""What is known of whoever asks: shown, corrected, added to by opinions on items, forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from langgraph.store.base import BaseStore
from langgraph_api.store import get_store  # langgraph.config's gives routes the default store, whichever is configured
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from stylegraph.agent import profile as memory
from stylegraph.agent import verdicts
from stylegraph.agent.errors import InputError
from stylegraph.agent.profile import Feedback, Profile
from stylegraph.graphs.server.auth.person import person_of
from stylegraph.graphs.server.deployed.assistant import parts
from stylegraph.graphs.server.routes import photos
from stylegraph.tools.image.store import PictureStore

_LONGEST_BODY = 20_000


async def show(request: Request) -> Response:
    """Show what is known of whoever asks."""
    return await _shown(await memory.read_profile(await people(), person_of(request)))


async def correct(request: Request) -> Response:
    """Place words in the place of what a field says.

    Raises:
        InputError: The field or a word can't be used.
    """
    words = (await body_of(request)).get("words")
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise InputError("`words` is not a list of texts.", 'Send it as {"words": ["navy"]}.')
    return await _shown(await memory.correct(await people(), person_of(request), request.path_params["field"], words))


async def judge(request: Request) -> Response:
    """Keep that whoever asks likes an item, or does not, or has no opinion on it any more.

    Raises:
        InputError: There is no such item, or no such opinion.
    """
    body = await body_of(request)
    item, feedback = body.get("item"), body.get("feedback")
    if not isinstance(item, str) or not await photos.items([item]):
        raise InputError(f"The catalogue has no item {str(item)[:80]!r}.", "Use the id of a recommended one.")
    store, person = await people(), person_of(request)
    if feedback is None:
        return await _shown(await _without_opinion(store, person, item))
    if feedback not in ("like", "dislike"):
        raise InputError(f"Feedback {str(feedback)[:80]!r} can't be used.", "Send like, dislike, or null.")
    return await _shown(await memory.give_feedback(store, person, item, cast(Feedback, feedback)))


async def forget(request: Request) -> Response:
    """Forget a field or one word of whoever asks, or everything: also the pictures that they sent, and what they said of answers."""
    word, person = request.path_params.get("field"), person_of(request)
    left = await memory.forget(await people(), person, word)
    if word is None:
        await PictureStore((await parts()).settings).forget(person)
        await verdicts.forget(await people(), person)
    return await _shown(left)


async def _without_opinion(store: BaseStore, person: str, item: str) -> Profile:
    profile = await memory.read_profile(store, person)
    return await memory.forget(store, person, item) if item in _judged(profile) else profile


async def people() -> BaseStore:
    """Return the server's store, if profiles are on.

    Raises:
        InputError: They are off.
    """
    if not (await parts()).settings.profile:
        raise InputError("The profile is off, so nothing is kept.", "Set STYLEGRAPH_PROFILE=true on the server.")
    store: BaseStore = await get_store()
    return store


async def body_of(request: Request) -> dict[str, Any]:
    """Return the object that a request sends.

    Raises:
        InputError: It sends none, or a very large one.
    """
    try:
        body = await request.json() if len(await request.body()) <= _LONGEST_BODY else None
    except (ValueError, RecursionError):  # nested too deep
        body = None
    if not isinstance(body, dict):
        raise InputError("The body is no JSON object.", "Send one, of up to 20 kB.")
    return body


async def _shown(profile: Profile) -> JSONResponse:
    """Return a profile, with the names of the items that it judges."""
    return JSONResponse({"profile": profile, "items": await photos.items(_judged(profile))})


def _judged(profile: Profile) -> Sequence[str]:
    return [*profile.get("liked", []), *profile.get("disliked", [])]
