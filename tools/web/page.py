"""A web page read in full, cut down to what fits a question."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from typing import NamedTuple

from stylegraph.agent.settings import Settings
from stylegraph.agent.text.tokenizer import tokenize
from stylegraph.tools.net.fetch import fetch

_PASSAGES = 3
_PUBLISHED = re.compile(
    r"<meta[^>]+(?:property|name|itemprop)\s*=\s*[\"'](?:article:published_time|datePublished|pubdate|date|DC\.date[^\"']*)[\"']"
    r"[^>]+content\s*=\s*[\"'](\d{4}-\d{2}-\d{2})"
    r"|\"datePublished\"\s*:\s*\"(\d{4}-\d{2}-\d{2})"
    r"|<time[^>]+datetime\s*=\s*[\"'](\d{4}-\d{2}-\d{2})",
    re.IGNORECASE,
)
_HEAD = 200_000
"""Characters in which a page says when it was published."""


class Page(NamedTuple):
    """What is used of a page."""

    text: str
    """The passages that share the most words with the question, in the order of the page."""
    published: str | None
    """Its date, as 2026-05-31, if the page says it."""


async def read_page(url: str, question: str, settings: Settings) -> Page:
    """Fetch a page and give what fits a question.

    Raises:
        FetchError: The page can't be fetched: refused, too big, too slow, or not text.
    """
    fetched = await fetch(url, settings)
    return await asyncio.to_thread(_read, fetched.text, url, question, settings)


async def fitting(text: str, question: str, settings: Settings) -> str:
    """Return the few passages of a text that share the most words with a question, in the order of the text."""
    return await asyncio.to_thread(_fitting, text, question, settings)


def _read(html: str, url: str, question: str, settings: Settings) -> Page:
    from stylegraph.tools.ingestion.formats.html import read_html  # 0.2 s that only a page that is read costs
    from stylegraph.tools.ingestion.formats.record import Origin, Record

    record = read_html(html, Origin(id=url, place=url, name=url, max_bytes=settings.fetch_max_bytes))
    text = _fitting(record.text, question, settings) if isinstance(record, Record) else ""
    date = _PUBLISHED.search(html[:_HEAD])
    return Page(text, next(filter(None, date.groups()), None) if date else None)


def _fitting(text: str, question: str, settings: Settings) -> str:
    from stylegraph.tools.ingestion.chunks import split

    chunks = split(text, settings.chunk_size, 0)
    wanted = set(tokenize(question))
    ranked = sorted(range(len(chunks)), key=lambda at: -_shared(chunks[at]["text"], wanted))[:_PASSAGES]
    return "\n\n".join(chunks[at]["text"] for at in sorted(ranked))


def _shared(text: str, wanted: set[str]) -> float:
    counts = Counter(token for token in tokenize(text) if token in wanted)
    return len(counts) + 0.1 * sum(counts.values())
