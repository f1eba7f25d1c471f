"""Photos of items whose image stands at a shop's web address: fetched with care, and shown as ours."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace

import httpx
import pytest
import pytest_asyncio
from ingestion_web import Web
from picture_parts import PHOTOS
from PIL import Image
from standins.http import serving
from starlette.applications import Starlette
from starlette.routing import Route

from stylegraph.agent.errors import FetchError, InputError
from stylegraph.agent.settings import load_settings
from stylegraph.graphs.server.routes import photos
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.fashion.source import FashionSource

PHOTO = (PHOTOS / "dress.webp").read_bytes()
AS_IMAGE = {"content-type": "image/png"}
LIMIT = 200_000


@pytest_asyncio.fixture
async def shop():
    """A stand-in for a shop's server, on loopback."""
    web = Web()
    async with serving(web.handle) as url:
        web.url = url
        web.pages = {
            "/dress.webp": (200, PHOTO, {"content-type": "image/webp", "set-cookie": "visitor=1"}),
            "/unnamed": (200, PHOTO, {"content-type": "application/octet-stream"}),
            "/page.png": (200, "<html><script>alert(1)</script></html>", AS_IMAGE),
            "/drawing.svg": (200, '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', {"content-type": "image/svg+xml"}),
            "/listing": (200, "<html>a shop</html>", {"content-type": "text/html"}),
            "/huge.png": (200, PHOTO + b"\0" * LIMIT, AS_IMAGE),
            "/inside": (302, "", {"location": url.replace("127.0.0.1", "localhost") + "/dress.webp"}),
        }  # fmt: skip
        yield web


@pytest_asyncio.fixture
async def ask(shop, tmp_path, monkeypatch):
    """Asks for the photo of an item by where its image stands."""
    inside = shop.url.replace("127.0.0.1", "localhost")
    images = {name.strip("/").partition(".")[0]: f"{shop.url}{name}" for name in [*shop.pages, "/sold-out.png"]}
    images |= {"private": f"{inside}/dress.webp", "metadata": "http://169.254.169.254/latest/photo.png"}
    rows = [{"id": name, "category": "dress", "name_en": name, "image": image} for name, image in images.items()]
    catalogue = tmp_path / "items.jsonl"
    catalogue.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    home = tmp_path / "home"
    settings = load_settings(home=home, fetch_allow_hosts=["127.0.0.1"], picture_max_bytes=LIMIT)
    source = await FashionSource.open(home, LocalEmbedder(), catalogue)
    parts = SimpleNamespace(settings=settings, sources=[source])

    async def opened():
        return parts

    monkeypatch.setattr(photos, "parts", opened)
    served = Starlette(routes=[Route("/photos/{item}", photos.of_item)])
    transport = httpx.ASGITransport(served)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield lambda item: client.get(f"/photos/{item}")
    await source.close()


@pytest.mark.parametrize("item", ["dress", "unnamed"])
async def test_a_shops_photo_is_given_as_a_picture_of_our_own_for_a_day(ask, item):
    answer = await ask(item)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
    assert answer.headers["cache-control"] == "private, max-age=86400"
    assert "set-cookie" not in answer.headers
    with Image.open(io.BytesIO(answer.content)) as shown, Image.open(io.BytesIO(PHOTO)) as photo:
        assert (shown.format, shown.size) == ("WEBP", photo.size)


async def test_the_shop_learns_nothing_of_who_looks(ask, shop):
    await ask("dress")
    (asked,) = shop.asked
    assert asked.headers["user-agent"] == "stylegraph"
    assert not {"authorization", "cookie", "referer", "origin"} & set(asked.headers)


@pytest.mark.parametrize(
    ("item", "why"),
    [("page", "a web page"), ("drawing", "an SVG drawing"), ("listing", "text/html"), ("huge", "200,000 bytes"), ("sold-out", "404")],
)  # fmt: skip
async def test_what_is_no_picture_or_too_big_is_refused_and_said_why(ask, item, why):
    with pytest.raises(InputError, match=why):
        await ask(item)


@pytest.mark.parametrize("item", ["private", "metadata", "inside"])
async def test_a_private_address_is_not_asked_unless_it_is_allowed_by_name(ask, shop, item):
    with pytest.raises(FetchError, match="on the public internet"):
        await ask(item)
    assert all(one.path != "/dress.webp" for one in shop.asked)


async def test_an_item_that_is_not_there_has_no_photo(ask):
    assert (await ask("nothing")).status_code == 404
