"""What a web search is, whoever provides it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, Protocol
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from typing_extensions import TypedDict

Freshness = Literal["day", "week", "month", "year"]
"""How old a page may be."""

_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|igshid|mc_[ce]id|ref|ref_src|spm", re.IGNORECASE)
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


def freshness(question: str) -> Freshness | None:
    """Read from the words how old a page may be; None when they don't say. The narrowest word wins."""
    return next((span for span, pattern in _FRESH if pattern.search(question)), None)


def canonical_url(url: str) -> str:
    """Give the form in which two addresses of one page are the same: no tracking, no fragment, no `www.` or `m.`."""
    parts = urlsplit(url)
    host = re.sub(r"^(?:www|m|mobile|amp)\.", "", parts.netloc.lower())
    query = urlencode(sorted(pair for pair in parse_qsl(parts.query) if not _TRACKING.fullmatch(pair[0])))
    return urlunsplit(("https", host, parts.path.rstrip("/"), query, ""))


def deduplicated(results: Sequence[WebResult]) -> list[WebResult]:
    """Keep the best-scored result of each page, best first."""
    best: dict[str, WebResult] = {}
    for result in sorted(results, key=lambda result: -result["score"]):
        best.setdefault(canonical_url(result["url"]), result)
    return list(best.values())
