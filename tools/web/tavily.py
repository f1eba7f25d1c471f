"""Web search by Tavily (https://docs.tavily.com), through its official client."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, Any, TypeVar

import httpx
from pydantic import BaseModel, BeforeValidator, ValidationError
from tavily import AsyncTavilyClient
from tavily.errors import TimeoutError as TavilyTimeoutError

from stylegraph.agent.errors import SourceError
from stylegraph.agent.retries import Passing, Retries, asked_pause
from stylegraph.agent.settings import Settings
from stylegraph.tools.web.search import Freshness, WebResult

Form = TypeVar("Form", bound=BaseModel)

_LONGEST_QUERY = 400
"""Characters that Tavily takes."""
_MOST_RESULTS = 20
_RETRIES = 2
_FIRST_PAUSE = 0.5
_PASSING = (408, 429)
"""Statuses below 500 that may be over in a moment."""
_NO_QUOTA = (403, 432, 433)
_NEWS = re.compile(r"뉴스|소식|속보|기사|보도|\b(?:news|headlines?|breaking|press)\b", re.IGNORECASE)
"""What is asked of the news is searched there, where results carry their date."""


def _text(given: object) -> str:
    return str(given or "")


Text = Annotated[str, BeforeValidator(_text)]


class _Result(BaseModel):
    title: Text = ""
    url: Text = ""
    content: Text = ""
    published_date: str | None = None
    score: float | None = None


class _Results(BaseModel):
    results: list[_Result]


class _Page(BaseModel):
    url: str
    raw_content: Text


class _Pages(BaseModel):
    results: list[_Page]


class TavilySearch:
    """A `WebSearch` and `PageReader` with a key of https://tavily.com, or any server that speaks its protocol."""

    name = "tavily"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        key = settings.tavily_api_key.get_secret_value() if settings.tavily_api_key else "none"
        self._http = httpx.AsyncClient(event_hooks={"response": [_raise_for_answer]})
        self._client = AsyncTavilyClient(api_key=key, api_base_url=settings.tavily_base_url, client=self._http)

    async def search(self, query: str, count: int, freshness: Freshness | None) -> Sequence[WebResult]:
        """Find pages, best first; a passing fault is tried again while the time for a search lasts.

        Raises:
            SourceError: The key is refused, the quota is used up, or the server does not answer.
        """
        settings = self._settings
        answer = await self._tried(
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
            _Results,
        )
        return _results(answer)

    async def read(self, urls: Sequence[str]) -> Mapping[str, str]:
        """Return the text of pages as Tavily extracts it.

        Raises:
            SourceError: As for `search`.
        """
        timeout = self._settings.web_timeout
        answer = await self._tried(lambda: self._client.extract(list(urls), format="text", timeout=timeout), _Pages)
        return {page.url: page.raw_content for page in answer.results}

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _tried(self, ask: Callable[[], Awaitable[dict[str, Any]]], form: type[Form]) -> Form:
        async def once() -> Form:
            return form.model_validate(await ask())

        try:
            return await Retries(_RETRIES, self._settings.web_timeout, _FIRST_PAUSE).call(once, _passes)
        except (TimeoutError, TavilyTimeoutError):
            raise SourceError("The web search took too long.", "Raise STYLEGRAPH_WEB_TIMEOUT.") from None
        except (httpx.HTTPError, ValidationError) as error:
            raise _explained(error) from None


async def _raise_for_answer(response: httpx.Response) -> None:
    """Raise where a server answers anything but an object: Tavily's client forgets the head that says when to ask again.

    Raises:
        HTTPError: Any of httpx.
    """
    if not response.is_success:
        response.raise_for_status()
    await response.aread()
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if response.status_code != httpx.codes.OK or not isinstance(answer, dict):
        raise httpx.DecodingError("not a JSON object", request=response.request)


def _passes(error: BaseException) -> Passing | None:
    """Return how long to wait where a fault passes: an answer that can't be read is a server's that is being mended."""
    if not isinstance(error, httpx.HTTPStatusError):
        return Passing() if isinstance(error, httpx.HTTPError | ValidationError) else None
    status = error.response.status_code
    return Passing(asked_pause(error.response.headers)) if status >= 500 or status in _PASSING else None


def _explained(error: httpx.HTTPError | ValidationError) -> SourceError:
    """Return what went wrong and what to do. The server's own text may hold a key, so none of it is repeated."""
    status = error.response.status_code if isinstance(error, httpx.HTTPStatusError) else None
    if status == 401:
        return SourceError(
            "The web search's key was refused.", "Set TAVILY_API_KEY to a key of https://app.tavily.com."
        )
    if status in _NO_QUOTA:
        return SourceError("The web search's quota is used up.", "Wait, or check your plan.")
    if status == 400:
        return SourceError("The web search did not accept the query.", "Ask it in other words.")
    if status == 429:
        return SourceError("The web search has no capacity left (429).", "Wait a little, or check your plan.")
    return SourceError("The web search did not answer.", "Try again later.")


def _results(answer: _Results) -> list[WebResult]:
    """Return the answer's results; what has no address or text is left out."""
    return [
        WebResult(
            title=found.title or found.url,
            url=found.url,
            text=found.content,
            published=found.published_date,
            score=min(1.0, max(0.0, found.score or 0.0)),
        )
        for found in answer.results
        if found.url and found.content
    ]
