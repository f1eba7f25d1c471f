"""Web search without a key, through `ddgs` (extra `stylegraph[ddgs]`), which asks several public search engines.

Good enough to try; the engines may refuse at any time, give no dates and no scores, and their terms apply.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from stylegraph.agent.errors import SettingsError, SourceError
from stylegraph.agent.settings import Settings
from stylegraph.agent.text.language import Language, detect_language
from stylegraph.tools.web.search import Freshness, WebResult

_SPANS: Mapping[Freshness, str] = {"day": "d", "week": "w", "month": "m", "year": "y"}
_REGIONS: Mapping[Language, str] = {"ko": "kr-kr", "en": "us-en"}


class DdgsSearch:
    """A `WebSearch` that needs no key.

    Args:
        settings: `web_timeout` and the domains apply.

    Raises:
        SettingsError: The library is not installed.
    """

    name = "ddgs"

    def __init__(self, settings: Settings) -> None:
        try:
            import ddgs
        except ImportError:
            raise SettingsError(
                "STYLEGRAPH_WEB_PROVIDER is ddgs, which is not installed.", "Run: pip install 'stylegraph[ddgs]'."
            ) from None
        self._settings = settings
        self._library = ddgs

    async def search(self, query: str, count: int, freshness: Freshness | None) -> Sequence[WebResult]:
        """Find pages, best first.

        Raises:
            SourceError: No engine answered in time, or all of them refused.
        """
        try:
            async with asyncio.timeout(self._settings.web_timeout):
                found = await asyncio.to_thread(self._text, _within(query, self._settings), count, freshness)
        except (TimeoutError, self._library.exceptions.TimeoutException):
            raise SourceError("The web search took too long.", "Raise STYLEGRAPH_WEB_TIMEOUT.") from None
        except self._library.exceptions.DDGSException as error:
            if "No results" in str(error):
                return []
            raise SourceError("The free web search did not answer.", "Try later, or set TAVILY_API_KEY.") from None
        return results(found)

    def _text(self, query: str, count: int, freshness: Freshness | None) -> list[dict[str, Any]]:
        return self._library.DDGS(timeout=max(1, int(self._settings.web_timeout / 2))).text(
            query,
            region=_REGIONS[detect_language(query)],
            timelimit=_SPANS[freshness] if freshness else None,
            max_results=count,
        )


def results(found: Sequence[Mapping[str, Any]]) -> list[WebResult]:
    """Return what the library found as results; the engines rank without scores, so the place makes one."""
    return [
        WebResult(
            title=str(result.get("title") or result["href"]),
            url=str(result["href"]),
            text=str(result["body"]),
            published=None,
            score=round(1 / (1 + 0.2 * place), 3),
        )
        for place, result in enumerate(found)
        if result.get("href") and result.get("body")
    ]


def _within(query: str, settings: Settings) -> str:
    """Place the domains into the query, as the engines take them."""
    only = " OR ".join(f"site:{domain}" for domain in settings.web_include_domains)
    never = " ".join(f"-site:{domain}" for domain in settings.web_exclude_domains)
    return " ".join(part for part in (query, f"({only})" if only else "", never) if part)
