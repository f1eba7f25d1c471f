"""A web page read in full, cut down to what fits a question."""

from __future__ import annotations

import asyncio
from collections import Counter

from stylegraph.agent.settings import Settings
from stylegraph.agent.tokens import tokenize
from stylegraph.tools.ingestion.chunks import split
from stylegraph.tools.ingestion.fetch import fetch
from stylegraph.tools.ingestion.loaders.html import read_html
from stylegraph.tools.ingestion.loaders.record import Origin, Record

_PASSAGES = 3


async def best_passages(url: str, question: str, settings: Settings) -> str:
    """Fetch a page and give the few passages that share the most words with the question, in the page's order.

    Raises:
        FetchError: The page can't be fetched: refused, too big, too slow, or not text.
    """
    fetched = await fetch(url, settings)
    return await asyncio.to_thread(_fitting, fetched.text, url, question, settings)


def _fitting(text: str, url: str, question: str, settings: Settings) -> str:
    record = read_html(text, Origin(id=url, place=url, name=url, max_bytes=settings.fetch_max_bytes))
    if not isinstance(record, Record):
        return ""
    chunks = split(record.text, settings.chunk_size, 0)
    wanted = set(tokenize(question))
    ranked = sorted(range(len(chunks)), key=lambda at: -_shared(chunks[at]["text"], wanted))[:_PASSAGES]
    return "\n\n".join(chunks[at]["text"] for at in sorted(ranked))


def _shared(text: str, wanted: set[str]) -> float:
    counts = Counter(token for token in tokenize(text) if token in wanted)
    return len(counts) + 0.1 * sum(counts.values())
