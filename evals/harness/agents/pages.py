"""Web search over the saved pages of `cases/web`, in this process: what is searched is not the point here, and nothing is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

from lxml import html as markup

import stylegraph.evals
from stylegraph.evals.harness.agents.clock import TODAY
from stylegraph.tools.web.search import Freshness, WebResult

_FOLDER = Path(stylegraph.evals.__file__).with_name("cases") / "web"
_DAYS: Mapping[Freshness, int] = {"day": 1, "week": 7, "month": 31, "year": 366}
_WHOLE = 600
"""Characters up to which a result holds the whole page."""


class SavedPage(NamedTuple):
    """A page of the made-up web."""

    url: str
    title: str
    published: str | None
    text: str


class SavedPages:
    """A `WebSearch` and `PageReader` that stands in for the web: pages rank by the words that they share with the query."""

    name = "saved pages"

    async def search(self, query: str, count: int, freshness: Freshness | None) -> Sequence[WebResult]:
        """Find pages, best first."""
        words = _words(query)
        scored = [
            (len(words & _words(f"{page.title} {page.text}")) / (len(words) or 1), page) for page in saved_pages()
        ]
        found = sorted(
            (one for one in scored if one[0] > 0 and _is_fresh(one[1], freshness)),
            key=lambda one: (-one[0], one[1].url),
        )
        return [_result(page, round(score, 4), words) for score, page in found[:count]]

    async def read(self, urls: Sequence[str]) -> Mapping[str, str]:
        """Return the whole text of pages."""
        return {page.url: page.text for page in saved_pages() if page.url in urls}


@cache
def saved_pages() -> Sequence[SavedPage]:
    """Read the pages, in the order of their files' names."""
    return [_saved(path) for path in sorted(_FOLDER.glob("*.html"))]


def _saved(path: Path) -> SavedPage:
    page = markup.fromstring(path.read_text(encoding="utf-8"))
    published = str(page.xpath("string(//meta[@property='article:published_time']/@content)"))
    parts = page.xpath("//article//*[self::h1 or self::h2 or self::p or self::li]")
    return SavedPage(
        url=str(page.xpath("string(//link[@rel='canonical']/@href)")),
        title=str(page.xpath("string(//title)")).strip(),
        published=published[:10] or None,
        text="\n".join(" ".join(part.text_content().split()) for part in parts),
    )


def _is_fresh(page: SavedPage, freshness: Freshness | None) -> bool:
    if freshness is None:
        return True
    return page.published is not None and date.fromisoformat(page.published) >= TODAY - timedelta(days=_DAYS[freshness])


def _result(page: SavedPage, score: float, words: set[str]) -> WebResult:
    text = page.text if len(page.text) <= _WHOLE else _best_lines(page.text, words)
    return WebResult(title=page.title, url=page.url, text=text, published=page.published, score=score)


def _best_lines(text: str, words: set[str]) -> str:
    lines = text.splitlines()
    best = max(range(len(lines)), key=lambda at: (len(words & _words(lines[at])), -at))
    return "\n".join(lines[best : best + 3])[:_WHOLE]


def _words(text: str) -> set[str]:
    """Return words of Latin letters and numbers, and pairs of neighbouring syllables of Korean ones."""
    lowered = text.lower()
    pairs = {run[at : at + 2] for run in re.findall(r"[가-힣]{2,}", lowered) for at in range(len(run) - 1)}
    return pairs | set(re.findall(r"[a-z]{3,}|\d{2,}", lowered))
