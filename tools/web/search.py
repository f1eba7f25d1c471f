"""What a web search is, whoever provides it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal, Protocol, runtime_checkable
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from typing_extensions import TypedDict

Freshness = Literal["day", "week", "month", "year"]
"""How old a page may be."""

_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|msclkid|yclid|igshid|mc_[ce]id|ref|ref_src|ref_url|spm|_ga|n_media|n_query",
    re.IGNORECASE,
)
_INDEX = re.compile(r"/(?:index\.(?:html?|php|jsp|aspx?))$", re.IGNORECASE)
_FRESH: tuple[tuple[Freshness, re.Pattern[str]], ...] = (
    (
        "day",
        re.compile(r"오늘|방금|지금|실시간|현재|\b(?:today|tonight|right now|just now|currently)\b", re.IGNORECASE),
    ),
    ("week", re.compile(r"이번\s?주|어제|며칠|\b(?:this week|yesterday|past few days|breaking)\b", re.IGNORECASE)),
    (
        "month",
        re.compile(r"이번\s?달|최근|요즘|최신|새로 나온|\b(?:this month|latest|recent(?:ly)?|newest)\b", re.IGNORECASE),
    ),
    ("year", re.compile(r"올해|금년|이번 시즌|\b(?:this (?:year|season))\b", re.IGNORECASE)),
)


class WebResult(TypedDict):
    """One page that a search found."""

    title: str
    url: str
    text: str
    """The provider's snippet."""
    published: str | None
    """Date of publication as the provider gives it, if it does."""
    score: float
    """0..1, comparable within one search."""


class WebSearch(Protocol):
    """A provider of web search."""

    @property
    def name(self) -> str:
        """What the provider is called in notes."""

    async def search(self, query: str, count: int, freshness: Freshness | None) -> Sequence[WebResult]:
        """Find pages, best first.

        Raises:
            SourceError: The provider did not answer, or refused.
        """


@runtime_checkable
class PageReader(Protocol):
    """A provider that can also read pages which can't be fetched from here."""

    async def read(self, urls: Sequence[str]) -> Mapping[str, str]:
        """Return address -> text of those that could be read.

        Raises:
            SourceError: The provider did not answer, or refused.
        """


def freshness(question: str) -> Freshness | None:
    """Read from the words how old a page may be; None when they don't say. The narrowest word wins."""
    return next((span for span, pattern in _FRESH if pattern.search(question)), None)


def as_freshness(word: str) -> Freshness | None:
    """Return a word as a freshness; None when it is none."""
    return next((span for span, _ in _FRESH if span == word), None)


def canonical_url(url: str) -> str:
    """Return the form in which two addresses of one page are the same.

    No tracking, no fragment, no `www.`, `m.` or `amp.`, no default port, no index page, parameters in order.
    """
    parts = urlsplit(url)
    host = re.sub(r"^(?:www|m|mobile|amp)\.", "", (parts.hostname or "").lower())
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    query = urlencode(sorted(pair for pair in parse_qsl(parts.query) if not _TRACKING.fullmatch(pair[0])))
    path = _INDEX.sub("", parts.path).rstrip("/").removesuffix("/amp")
    return urlunsplit(("https", host + port, path, query, ""))


def deduplicated(results: Sequence[WebResult]) -> list[WebResult]:
    """Keep the best-scored result of each page, best first; what is no http(s) address is left out."""
    best: dict[str, WebResult] = {}
    for result in sorted(results, key=lambda result: -result["score"]):
        if url := _page(result["url"]):
            best.setdefault(url, result)
    return list(best.values())


def _page(url: str) -> str | None:
    try:
        return canonical_url(url) if urlsplit(url).scheme in ("http", "https") and urlsplit(url).hostname else None
    except ValueError:  # a port that is no number, brackets that don't close
        return None
