"""Photos of the catalogue's items, and pictures that people sent."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from typing_extensions import TypedDict

from stylegraph.agent.errors import InputError
from stylegraph.graphs.server.auth.person import person_of
from stylegraph.graphs.server.deployed.assistant import parts
from stylegraph.tools.fashion.source import FashionSource
from stylegraph.tools.image.picture import open_picture
from stylegraph.tools.image.store import SCHEME, PictureStore

_A_DAY = "private, max-age=86400"
_FOR_EVER = "private, max-age=31536000, immutable"
_ONES_OWN = {"Cache-Control": _FOR_EVER, "Vary": "Authorization, Cookie"}
"""Who signs in to the same browser after somebody is not shown what it has kept of theirs."""
_KINDS = {".webp", ".jpg", ".jpeg", ".png", ".gif", ".avif"}


class Named(TypedDict):
    """An item's names, where the catalogue has them."""

    id: str
    name_ko: str | None
    name_en: str | None


async def of_item(request: Request) -> Response:
    """Return the photo of an item: a file of the catalogue, or what stands at its address, fetched with care.

    A page that may load nothing from elsewhere can show both.

    Raises:
        HTTPException: There is no such item, or no photo of it.
        FetchError: The address is refused, too slow, or not a picture.
    """
    return await photo_of(request.path_params["item"])


async def photo_of(item: str) -> Response:
    """Return the photo of an item.

    Raises:
        HTTPException: There is no such item, or no photo of it.
        FetchError: The address is refused, too slow, or not a picture.
    """
    photo = await (await catalogue()).photo(item)
    if photo is None:
        raise HTTPException(404, "There is no photo of this item.")
    if photo.startswith(("http://", "https://")):
        picture = await open_picture(photo, (await parts()).settings)
        content = await asyncio.to_thread(picture.encoded)
        return Response(content, media_type="image/webp", headers={"Cache-Control": _A_DAY})
    path = Path(photo)
    if path.suffix.lower() not in _KINDS or not await asyncio.to_thread(path.is_file):
        raise HTTPException(404, "There is no photo of this item.")
    return FileResponse(path, headers={"Cache-Control": _A_DAY})


async def sent(request: Request) -> Response:
    """Return a picture to the person who sent it, and to nobody else.

    Raises:
        HTTPException: They sent none of this digest, or it is no longer kept.
    """
    store = PictureStore((await parts()).settings)
    try:
        picture = await store.open(SCHEME + request.path_params["digest"], person_of(request))
    except InputError as error:
        raise HTTPException(404, str(error)) from error
    content = await asyncio.to_thread(picture.encoded)
    return Response(content, media_type="image/webp", headers=_ONES_OWN)


async def items(ids: Sequence[str]) -> list[Named]:
    """Return the names of items; ids that the catalogue does not have are left out."""
    found = await (await catalogue()).items(ids)
    return [Named(id=item["id"], name_ko=item.get("name_ko"), name_en=item.get("name_en")) for item in found]


async def catalogue() -> FashionSource:
    """Return what knows the items.

    Raises:
        HTTPException: There is no catalogue here.
    """
    found = (source for source in (await parts()).sources if isinstance(source, FashionSource))
    if (source := next(found, None)) is None:
        raise HTTPException(404, "There is no catalogue here.")
    return source
