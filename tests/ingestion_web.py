"""A server on loopback, and what fetches from it as indexing does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from standins.http import Exchange, serving

from stylegraph.agent.settings import Settings, load_settings
from stylegraph.tools.ingestion.formats.record import Item
from stylegraph.tools.ingestion.remote.cache import Fetcher
from stylegraph.tools.net import robots


@dataclass
class Web:
    """Pages by path; a page is its content, or status, content and headers, or what gives one of these.

    Remembers what was asked, and how.
    """

    url: str = ""
    pages: dict[str, Any] = field(default_factory=dict)
    asked: list[Exchange] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        return [one.path for one in self.asked]

    async def handle(self, exchange: Exchange) -> None:
        self.asked.append(exchange)
        page = self.pages.get(exchange.path, (404, "nothing here", {}))
        page = page() if callable(page) else page
        status, payload, headers = page if isinstance(page, tuple) else (200, page, {})
        validator = headers.get("etag") or headers.get("last-modified")
        told = exchange.headers.get("if-none-match") or exchange.headers.get("if-modified-since")
        if validator and told == validator:
            await exchange.answer(304, "", headers)
            return
        await exchange.answer(status, payload, headers)


@pytest.fixture
def allowing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings under which loopback may be fetched, with a home of their own."""
    monkeypatch.setattr(robots, "PAUSE", 0.0)
    return load_settings(home=tmp_path / "home", fetch_allow_hosts=["127.0.0.1", "localhost"], fetch_timeout=5.0)


@pytest.fixture
async def web(allowing: Settings) -> AsyncIterator[Web]:
    served = Web()
    async with serving(served.handle) as url:
        served.url = url
        yield served


@pytest.fixture
async def fetcher(allowing: Settings) -> Fetcher:
    return Fetcher(allowing)


async def read(reading: Any) -> list[Item]:
    """Read all of a source in a thread, as indexing does."""
    return await asyncio.to_thread(list, reading)
