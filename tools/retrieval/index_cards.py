"""What there is to be read, in a few lines: indexes, their languages, and titles."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from stylegraph.agent.evidence import Filters
from stylegraph.agent.injection import gives_orders, plain
from stylegraph.agent.llm.usage import estimated_tokens
from stylegraph.tools.retrieval.hybrid.index import Listing
from stylegraph.tools.retrieval.library import Library, chosen_indexes

_LISTED = 200
_TITLE_CHARS = 60


async def titles(library: Library, filters: Filters | None = None, most: int = _LISTED) -> list[tuple[str, str]]:
    """Return index and title of documents that meet the filters, the indexes in turns, without those that speak to the assistant.

    Args:
        library: The indexes.
        filters: What must hold for every document that is seen.
        most: Titles of one index at most.

    Raises:
        IndexStoreError: An index can't be read.
    """
    indexes = await chosen_indexes(library, None)
    listings = await asyncio.gather(*(one.listing(filters, most) for one in indexes.values()))
    named = [
        [(name, entry["title"] or entry["document"]) for entry in one["documents"]]
        for name, one in zip(indexes, listings, strict=True)
    ]
    in_turns = (one for row in zip_longest(*named) for one in row if one and not gives_orders(one[1]))
    return list(dict.fromkeys(in_turns))


async def index_card(
    library: Library, filters: Filters | None = None, *, index: str | None = None, max_tokens: int = 400
) -> str:
    """Return in a few lines what there is to be read: each index with its languages, its number of documents, and titles.

    Args:
        library: The indexes.
        filters: What must hold for every document that is seen.
        index: The only index to describe.
        max_tokens: The bound, by `estimated_tokens`. Of more titles, some from all over the index are named.

    Returns:
        Text for a model; empty where there is nothing to be seen.

    Raises:
        InputError: There is no index of that name.
        IndexStoreError: An index can't be read.
    """
    indexes = await chosen_indexes(library, index)
    listings = await asyncio.gather(*(one.listing(filters, _LISTED) for one in indexes.values()))
    seen = {name: listing for name, listing in zip(indexes, listings, strict=True) if listing["total"]}
    return _card(seen, max_tokens)


def _card(listings: Mapping[str, Listing], max_tokens: int) -> str:
    heads = {name: _head(name, listing) for name, listing in listings.items()}
    titles: dict[str, list[str]] = {name: [] for name in listings}
    left = max_tokens - sum(estimated_tokens(head) + 4 for head in heads.values())
    for row in zip_longest(*(_titles(listing) for listing in listings.values())):
        for name, title in zip(listings, row, strict=True):
            left -= estimated_tokens(title) + 1 if title else 0
            if title and left >= 0:
                titles[name].append(title)
        if left < 0:
            break
    return "\n".join(_told(heads[name], titles[name], listing["total"]) for name, listing in listings.items())


def _head(name: str, listing: Listing) -> str:
    languages = ", ".join(f"{language} {count}" for language, count in listing["languages"].items())
    return f"{name}: {listing['total']} documents" + (f" ({languages})" if languages else "")


def _titles(listing: Listing) -> Iterator[str]:
    """Return the titles of some documents from all over an index, without those that speak to the assistant."""
    documents = listing["documents"]
    step = max(1, int(len(documents) ** 0.5))
    spread = [entry for first in range(step) for entry in documents[first::step]]
    shown = (" ".join(plain(entry["title"] or entry["document"]).split())[:_TITLE_CHARS] for entry in spread)
    yield from dict.fromkeys(title for title in shown if title and not gives_orders(title))


def _told(head: str, titles: Sequence[str], total: int) -> str:
    more = "; …" if total > len(titles) else ""
    return f"{head}: {'; '.join(titles)}{more}" if titles else head
