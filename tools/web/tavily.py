"""Web search by Tavily (https://docs.tavily.com), through its official client."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

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

Given = TypeVar("Given")

_LONGEST_QUERY = 400
"""Characters that Tavily takes."""
_MOST_RESULTS = 20
_RETRIES = 2
_PAUSE = 0.5
_NEWS = re.compile(r"뉴스|소식|속보|기사|보도|\b(?:news|headlines?|breaking|press)\b", re.IGNORECASE)
"""What is asked of the news is searched there, where results carry their date."""


class TavilySearch:
    """A `WebSearch` and `PageReader` with a key of https://tavily.com, or any server that speaks its protocol."""

    name = "tavily"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        key = settings.tavily_api_key.get_secret_value() if settings.tavily_api_key else "none"
        self._client = AsyncTavilyClient(api_key=key, api_base_url=settings.tavily_base_url)

    async def search(self, query: str, count: int, freshness: Freshness | None) -> Sequence[WebResult]:
        """Find pages, best first; a passing fault is tried again while the time for a search lasts.

        Raises:
            SourceError: The key is refused, the quota is used up, or the server does not answer.
        """
        settings = self._settings
        return await self._tried(
            lambda: self._client.search(
                query[:_LONGEST_QUERY],
                search_depth=settings.web_search_depth,
                topic="news" if _NEWS.search(query) else "general",
                max_results=min(count, _MOST_RESULTS),
                time_range=freshness,
                include_domains=settings.web_include_domains or None,
                exclude_domains=settings.web_exclude_domains or None,
                timeout=settings.web_timeout,
            ),
            _results,
        )

    async def read(self, urls: Sequence[str]) -> Mapping[str, str]:
        """Return the text of pages as Tavily extracts it.

        Raises:
            SourceError: As for `search`.
        """
        timeout = self._settings.web_timeout
        return await self._tried(
            lambda: self._client.extract(list(urls), format="text", timeout=timeout),
            lambda answer: {str(page["url"]): str(page["raw_content"]) for page in answer["results"]},
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def _tried(
        self, ask: Callable[[], Awaitable[dict[str, Any]]], read: Callable[[dict[str, Any]], Given]
    ) -> Given:
        try:
            async with asyncio.timeout(self._settings.web_timeout):
                return await _until_it_works(ask, read)
        except TimeoutError:
            raise SourceError("The web search took too long.", "Raise STYLEGRAPH_WEB_TIMEOUT.") from None


async def _until_it_works(
    ask: Callable[[], Awaitable[dict[str, Any]]], read: Callable[[dict[str, Any]], Given]
) -> Given:
    for attempt in range(_RETRIES + 1):
        try:
            return read(await ask())
        except (InvalidAPIKeyError, MissingAPIKeyError):
            raise SourceError(
                "The web search's key was refused.", "Set TAVILY_API_KEY to a key of https://app.tavily.com."
            ) from None
        except ForbiddenError:
            raise SourceError("The web search's quota is used up.", "Wait, or check your plan.") from None
        except BadRequestError:
            raise SourceError("The web search did not accept the query.", "Ask it in other words.") from None
        except UsageLimitExceededError:
            failure = SourceError("The web search has no capacity left (429).", "Wait a little, or check your plan.")
        except TavilyTimeoutError:
            raise TimeoutError from None
        except (httpx.HTTPError, ValueError, TypeError, KeyError, AttributeError):
            failure = SourceError("The web search did not answer.", "Try again later.")
        if attempt < _RETRIES:
            await asyncio.sleep(_PAUSE * 2**attempt)
    raise failure


def _results(answer: dict[str, Any]) -> list[WebResult]:
    """Return the answer's results; what has no address or text is left out.

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
