"""One item of the catalogue, for a page of its own."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from stylegraph.agent.errors import InputError
from stylegraph.agent.reply import Recommendation
from stylegraph.agent.text.language import LANGUAGES, Language
from stylegraph.graphs.server.routes.photos import catalogue


async def show(request: Request) -> Response:
    """Return an item with its attributes and those like it, in the language that is asked for.

    Raises:
        HTTPException: There is no such item.
        InputError: There is no such language.
    """
    piece = await (await catalogue()).piece(request.path_params["item"], _language(request))
    if piece is None:
        raise HTTPException(404, "There is no such item.")
    told = {"item": _shown(piece.item), "similar": [_shown(one) for one in piece.similar]}
    return JSONResponse({**told, "description": piece.description, "attributes": piece.attributes})


def _language(request: Request) -> Language:
    asked = request.query_params.get("language", "en")
    for language in LANGUAGES:
        if asked == language:
            return language
    raise InputError(f"{asked[:20]!r} is no language of this page.", f"Ask for one of {', '.join(LANGUAGES)}.")


def _shown(item: Recommendation) -> dict[str, Any]:
    """Return an item as plain data, its photo by its address here and not by where it lies."""
    image = f"/photos/{quote(item.id, safe='')}" if item.image else None
    return item.model_copy(update={"image": image}).model_dump(mode="json")
