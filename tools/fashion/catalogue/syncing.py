"""Prices and stock of an imported catalogue, brought in line with the shop's feed; all else stays, and nothing is embedded.

The feed is read to its end before anything is written, so that a broken one changes nothing.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from typing_extensions import TypedDict

from stylegraph.agent.errors import CatalogueError
from stylegraph.tools.fashion.catalogue.columns import Columns
from stylegraph.tools.fashion.catalogue.importing import name_in
from stylegraph.tools.fashion.catalogue.preparing import SOURCE, shelved
from stylegraph.tools.fashion.catalogue.reading import Reading
from stylegraph.tools.fashion.items.items import SOLD_OUT, Item, Problems
from stylegraph.tools.retrieval.hybrid.index import Document, EncodedDocument
from stylegraph.tools.retrieval.sqlite.index import EmbeddedIndex

_PRICE = ("price_krw", "price_shown", "currency")
_LIVE = (*_PRICE, "size", "availability")
_AT_ONCE = 500
_SHOWN = 20
_MOST_GONE = 0.5
"""With a larger share of a catalogue missing, a feed is taken for a part of it, or for another shop's."""


class Synced(TypedDict):
    """What bringing a catalogue in line came to: numbers of items."""

    items: int
    """In the feed, of those that the catalogue has."""
    prices: int
    """With another price."""
    sizes: int
    """With other sizes in stock."""
    sold_out: int
    back: int
    """That can be bought again."""
    gone: int
    """That the feed does not have."""
    gone_closed: bool
    """Whether those are taken for sold out: not where more than half are missing, or the feed broke off."""
    unknown: int
    """That the catalogue does not have."""
    unknown_ids: list[str]
    """The first of them."""
    skipped: int
    """Rows that can't be used."""
    complete: bool
    """Whether the feed was read to its end."""


class Offers:
    """What a feed says of the prices and the stock of items.

    Args:
        file: The feed.
        columns: Which field each column is.

    Raises:
        CatalogueError: It can't be read, or holds no row that can be used.
    """

    def __init__(self, file: Path, columns: Columns) -> None:
        problems = Problems()
        reading = Reading(file, problems, columns, named=False)
        self.of: dict[str, Item] = {item["id"]: _offer(item) for _, item in reading}
        """Id -> the live fields."""
        self.complete = reading.rows.complete
        self.skipped = problems.counts["skipped"]
        fields = {column["field"] for column in columns.told}
        self.tells_stock = "availability" in fields
        if not self.of:
            first = problems.listed[0]["text"] if problems.listed else "It has no row."
            raise CatalogueError(f"The feed holds no item that can be used. {first}", "Nothing was changed.")


class Stocktaking:
    """Brings the items of one catalogue in line with offers.

    Args:
        index: Of the imported catalogues.
        name: The catalogue's.
        offers: What the feed says.
    """

    def __init__(self, index: EmbeddedIndex, name: str, offers: Offers) -> None:
        self._index, self._name, self._offers = index, name, offers
        self._counts: Counter[str] = Counter()

    async def run(self) -> Synced:
        """Write what has changed, some items at a time; each part whole or not at all.

        Raises:
            CatalogueError: The feed has no item of this catalogue.
            IndexStoreError: The index can't be written; what was written before is kept.
        """
        known = await self._index.known(SOURCE)
        own = {identity for identity, mark in known.items() if name_in(mark) == self._name}
        there, unknown = own & self._offers.of.keys(), [one for one in self._offers.of if one not in own]
        if not there:
            raise CatalogueError(
                f"The feed names none of the {len(own):,} items of {self._name}, but {_few(unknown)}.",
                "Nothing was changed. See that it is the feed of this shop, with the ids that were imported.",
            )
        gone, closing = own - there, self._offers.complete and len(there) >= _MOST_GONE * len(own)
        await self._revise(sorted(there | gone if closing else there))
        return Synced(
            items=len(there),
            prices=self._counts["prices"],
            sizes=self._counts["sizes"],
            sold_out=self._counts["sold_out"],
            back=self._counts["back"],
            gone=len(gone),
            gone_closed=closing,
            unknown=len(unknown),
            unknown_ids=unknown[:_SHOWN],
            skipped=self._offers.skipped,
            complete=self._offers.complete,
        )

    async def _revise(self, ids: Sequence[str]) -> None:
        waiting = iter(ids)
        while batch := list(islice(waiting, _AT_ONCE)):
            noted: Counter[str] = Counter()
            await self._index.revise(SOURCE, batch, lambda mark, item, noted=noted: self._changed(mark, item, noted))  # type: ignore[misc]
            self._counts.update(noted)

    def _changed(self, mark: str, item: Item, noted: Counter[str]) -> tuple[Document, EncodedDocument] | None:
        now = self._now(item)
        if now == item:
            return None
        noted.update(_differences(item, now))
        prepared = shelved(now, mark)
        return prepared.document, prepared.encoded

    def _now(self, item: Item) -> Item:
        """Return an item as the feed has it; what the feed doesn't say stays as it is."""
        offer = self._offers.of.get(item["id"])
        if offer is None:
            return {**item, "availability": SOLD_OUT}
        said = set(_PRICE) if "price_krw" in offer else set()
        said |= {"size"} & offer.keys()
        said |= {"availability"} if self._offers.tells_stock or "size" in offer else set()
        kept = {name: value for name, value in item.items() if name not in said}
        return {**kept, **{name: value for name, value in offer.items() if name in said}}


async def usual_currency(index: EmbeddedIndex, name: str) -> str | None:
    """Return what most prices of a catalogue are in; None: won."""
    counts: Counter[str | None] = Counter()

    def read(mark: str, item: Item) -> None:
        counts[item.get("currency")] += name_in(mark) == name and "price_krw" in item

    await index.survey(read)
    return counts.most_common(1)[0][0] if counts else None


async def offers_in(file: Path, columns: Mapping[str, str], currency: str | None, *, given: bool) -> Offers:
    """Return what a feed says, read beside the event loop.

    Args:
        file: The feed.
        columns: Column -> field.
        currency: What prices are in where nothing in it says it.
        given: Whether the columns were named for this feed, so that each has to be there.

    Raises:
        CatalogueError: It can't be read, or holds no row that can be used.
        InputError: A column that the user named is not there, or the currency is not known.
    """
    return await asyncio.to_thread(lambda: Offers(file, Columns(columns, currency, required=given)))


def _offer(item: Item) -> Item:
    return {name: item[name] for name in _LIVE if name in item}


def _differences(before: Item, now: Item) -> Iterator[str]:
    if any(before.get(name) != now.get(name) for name in _PRICE):
        yield "prices"
    if before.get("size") != now.get("size"):
        yield "sizes"
    if before.get("availability") != now.get("availability"):
        yield "sold_out" if now.get("availability") == SOLD_OUT else "back"


def _few(ids: Sequence[str]) -> str:
    return ", ".join(ids[:3]) + (f" and {len(ids) - 3:,} more" if len(ids) > 3 else "")
