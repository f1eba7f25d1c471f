"""Which provider searches the web."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from stylegraph.agent.extras import needed
from stylegraph.agent.settings import Settings
from stylegraph.tools.web.search import WebSearch


@asynccontextmanager
async def open_search(settings: Settings) -> AsyncIterator[WebSearch]:
    """Open the provider that `web_provider` names.

    Raises:
        SettingsError: Its library is not installed.
    """
    if settings.web_provider == "ddgs":
        from stylegraph.tools.web.ddgs import DdgsSearch

        yield DdgsSearch(settings)
        return
    with needed("Web search"):
        from stylegraph.tools.web.tavily import TavilySearch

    search = TavilySearch(settings)
    try:
        yield search
    finally:
        await search.close()
