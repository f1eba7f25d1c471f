"""Web search by Tavily (https://docs.tavily.com), through its official client."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import httpx
from tavily import AsyncTavilyClient
from tavily.errors import (
    BadRequestError,
    ForbiddenError,
    InvalidAPIKeyError,
    MissingAPIKeyError,
    UsageLimitExceededError,
)
from tavily.errors import TimeoutError as TavilyTimeoutError

from stylegraph.agent.errors import SourceError
from stylegraph.agent.settings import Settings
from stylegraph.tools.web.search import Freshness, WebResult

_LONGEST_QUERY = 400
"""Characters that Tavily takes."""
_RETRIES = 2
_PAUSE = 0.5


class TavilySearch:
    """A `WebSearch` with a key of https://tavily.com, or any server that speaks its protocol."""

    name = "tavily"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        key = settings.tavily_api_key.get_secret_value() if settings.tavily_api_key else "none"
        self._client = AsyncTavilyClient(api_key=key, api_base_url=settings.tavily_base_url)

    async def search(self, query: str, count: int, freshness: Freshness | None) -> Sequence[WebResult]:
        """Find pages, best first; a passing fault is tried again twice.

        Raises:
            SourceError: The key is refused, the quota is used up, or the server does not answer.
        """
        for attempt in range(_RETRIES + 1):
            try:
                return _results(await self._ask(query, count, freshness))
            except (InvalidAPIKeyError, MissingAPIKeyError, ForbiddenError):
                raise SourceError("The web search's key was refused.", "Set TAVILY_API_KEY to a valid key.") from None
            except UsageLimitExceededError:
                raise SourceError("The web search's quota is used up (429).", "Wait, or check your plan.") from None
            except BadRequestError:
                raise SourceError("The web search did not accept the query.", "Ask it in other words.") from None
            except (TavilyTimeoutError, httpx.HTTPError, ValueError, TypeError, KeyError) as error:
                failure = error
            await asyncio.sleep(_PAUSE * 2**attempt)
        raise SourceError(f"The web search did not answer ({type(failure).__name__}).", "Try again later.")

    async def _ask(self, query: str, count: int, freshness: Freshness | None) -> dict[str, Any]:
        answer: dict[str, Any] = await self._client.search(
            query[:_LONGEST_QUERY],
            search_depth=self._settings.web_search_depth,
            max_results=count,
            time_range=freshness,
            include_domains=self._settings.web_include_domains or None,
            exclude_domains=self._settings.web_exclude_domains or None,
            timeout=self._settings.web_timeout,
        )
        return answer

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()


def _results(answer: dict[str, Any]) -> list[WebResult]:
    """Give the answer's results; what has no address or text is left out.

    Raises:
        KeyError: The answer is not Tavily's.
        TypeError: The same.
    """
    return [
        WebResult(
            title=str(found.get("title") or found["url"]),
            url=str(found["url"]),
            text=str(found["content"]),
            published=found.get("published_date"),
            score=min(1.0, max(0.0, float(found.get("score") or 0.0))),
        )
        for found in answer["results"]
        if found.get("url") and found.get("content")
    ]
