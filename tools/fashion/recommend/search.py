"""Search of a catalogue under the conditions of a wish: what can be bought, and what could be if it were not sold out."""

from __future__ import annotations

from collections.abc import Sequence

from stylegraph.agent.evidence import Condition, Filters
from stylegraph.tools.fashion.catalogue.catalogue import Catalogue, Scored
from stylegraph.tools.fashion.items.item_text import mentions
from stylegraph.tools.fashion.items.items import SOLD_OUT, Item
from stylegraph.tools.fashion.query.binding import BoundLexicon
from stylegraph.tools.fashion.query.nouns import is_named
from stylegraph.tools.fashion.query.sizes import SIZE_COLUMNS
from stylegraph.tools.fashion.query.wish import Wish, must_words
from stylegraph.tools.fashion.recommend.conditions import soft_conditions
from stylegraph.tools.fashion.recommend.relaxation import combined

_POOL = 200
"""Items that are ranked for one wish."""
_PLENTY = 60
"""With so many that meet the softer wishes as well, nothing else is looked for."""
_NAMED_TRAITS = ("pattern", "material")
_OF_A_KIND = ("category", "audience", "id")
_GONE: Filters = {"availability": Condition(any=[SOLD_OUT])}


class WishSearch:
    """Searches one catalogue.

    Args:
        catalogue: The catalogue.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._lexicon = catalogue.reader.lexicon

    async def under(self, wish: Wish, filters: Filters, texts: Sequence[str]) -> list[tuple[Item, float]]:
        """Search under conditions; in a large catalogue first for those that meet the softer wishes as well."""
        pools: list[list[Scored]] = []
        soft = soft_conditions(wish, self._lexicon.vocabulary["values"])
        if soft and self._lexicon.vocabulary["items"] > _POOL:
            pools.append(await self._catalogue.search(texts, _POOL // 2, combined(filters, soft)))
        if not pools or len(pools[0]) < _PLENTY:
            pools.append(await self._catalogue.search(texts, _POOL, filters))
        words = must_words(wish)
        if "order" in wish:
            pools += await self._at_the_end(wish["order"], texts, filters)
        if words:
            pools.append(await self._catalogue.search([" ".join(words)], _POOL, filters))
        best = {one.item["id"]: one for pool in reversed(pools) for one in pool}
        there = [one for one in best.values() if not is_ruled_out(one.item, wish, self._lexicon)]
        must = [one for one in wish.get("named", []) if one["must"]]
        return [(one.item, one.text) for one in there if all(is_named(one.item, word) for word in must)]

    async def sold_out(self, wish: Wish, filters: Filters, texts: Sequence[str]) -> list[Item]:
        """Return what meets a wish and is sold out; else what is of its kind, where nothing of the kind is left."""
        if not self._catalogue.may_sell_out:
            return []
        unsized = {field: condition for field, condition in filters.items() if field not in SIZE_COLUMNS}
        if whole := await self.under(wish, {**unsized, **_GONE}, texts):
            return [item for item, _ in whole]
        if not names_kind(wish) or await self.of_kind(wish, filters, texts, {}):
            return []
        return [item for item, _ in await self.of_kind(wish, filters, texts, _GONE)]

    async def meeting(
        self, wish: Wish, filters: Filters, texts: Sequence[str], more: Filters
    ) -> list[tuple[Item, float]]:
        """Search under conditions and others beside them."""
        return await self.under(wish, combined(filters, more), texts)

    async def of_kind(
        self, wish: Wish, filters: Filters, texts: Sequence[str], more: Filters
    ) -> list[tuple[Item, float]]:
        """Search for the thing that is wanted, for whom it is, whatever else a wish says of it; under other conditions."""
        kind = {field: condition for field, condition in filters.items() if field in _OF_A_KIND}
        bare = Wish(**{**wish, "named": [one for one in wish.get("named", []) if one.get("called")]})
        return await self.under(bare, combined(kind, more), texts)

    async def _at_the_end(self, order: str, texts: Sequence[str], filters: Filters) -> list[list[Scored]]:
        """Search among the cheapest or the dearest third too: words alone may not bring up the very end of the prices."""
        spread = self._lexicon.vocabulary["ranges"].get("price_krw")
        if not spread:
            return []
        end = Condition(lte=spread[1]) if order == "cheapest" else Condition(gte=spread[3])
        return [await self._catalogue.search(texts, _POOL, combined(filters, {"price_krw": end}))]


def names_kind(wish: Wish) -> bool:
    """Check whether a wish names a kind of thing that the catalogue has."""
    return "category" in wish["wanted"] or any(one.get("called") for one in wish.get("named", []))


def is_ruled_out(item: Item, wish: Wish, lexicon: BoundLexicon) -> bool:
    """Check whether an item's words own to something ruled out that no column of it says: a dress with lace trim."""
    if any(mentions(lexicon, item, detail) for detail in wish["excluded"].get("details", [])):
        return True
    concepts = (lexicon.concept(kind, value) for kind in _NAMED_TRAITS for value in wish["excluded"].get(kind, []))
    return any(mentions(lexicon, item, one.name, named_only=True) for one in concepts if one is not None)
