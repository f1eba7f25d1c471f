"""What tests of the page share: a server with its stand-ins, a browser, and people who come to the page.

The browser's driver is imported by what needs it only: the tests beside run without it.
"""

from __future__ import annotations

import asyncio

import pytest
import pytest_asyncio
from standins.http import serving
from standins.tavily import tavily_server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def web():
    """A stand-in for the web search, which a test may hold back: a turn runs for as long."""
    async with tavily_server() as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop():
    """A stand-in for a shop's server, which has a photo."""
    from page_site import PHOTOS

    async def photo(exchange):
        await exchange.answer(200, (PHOTOS / "dress.webp").read_bytes(), {"content-type": "image/webp"})

    async with serving(photo) as url:
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(tmp_path_factory, web, shop):
    from page_site import Site

    site = Site(tmp_path_factory.mktemp("page"), {"STYLEGRAPH_TAVILY_BASE_URL": web.url})
    await asyncio.to_thread(site.fill, f"{shop}/overvest.webp")
    await asyncio.to_thread(site.start)
    yield site
    await asyncio.to_thread(site.stop)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser():
    from page_site import browser_path, browsing

    path = browser_path()
    if path is None:
        pytest.skip("there is no Chromium or Chrome on PATH: apt-get install chromium")
    async with browsing(path) as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="module")
async def visitors(browser, site, web):
    from page_site import Visitors

    visitors = Visitors(browser, site)
    yield visitors
    web.gate.set()  # whoever left a turn waiting lets it end
    await visitors.leave()
