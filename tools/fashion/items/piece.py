"""One item by itself: what a page of its own shows of it, and which others are like it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from stylegraph.agent.evidence import Condition
from stylegraph.agent.reply import Recommendation
from stylegraph.agent.text.language import Language
from stylegraph.tools.fashion.catalogue.catalogue import Catalogue
from stylegraph.tools.fashion.items.item_text import inferences, name_of, stated
from stylegraph.tools.fashion.items.items import Item
from stylegraph.tools.fashion.recommend.ranking import Ranked, alike
from stylegraph.tools.fashion.recommend.recommender import Choice

_SIMILAR = 6
_LOOKED_AT = 40

Recommending = Callable[[Choice, Language], Recommendation]


class Piece(NamedTuple):
    """An item, with all that is known of it."""

    item: Recommendation
    description: str
    attributes: list[tuple[str, str]]
    """Heading and values, in the language that was asked for; the price last."""
    similar: list[Recommendation]
    """Of the same kind, the likest first."""


async def piece_of(catalogue: Catalogue, item: Item, language: Language, recommendation: Recommending) -> Piece:
    """Return an item with all that is known of it.

    Args:
        catalogue: Where it stands.
        item: The item.
        language: Of the words.
        recommendation: Makes the form in which items are shown.

    Raises:
        IndexStoreError: The catalogue's index can't be read.
    """
    shown = recommendation(Choice(Ranked(item, 1.0), [], []), language)
    return Piece(
        item=shown.model_copy(update={"inferred": inferences(item, language)}),
        description=str(item["description_ko" if language == "ko" else "description_en"]),
        attributes=[*stated(catalogue.reader.lexicon, item, language, sample=catalogue.sample)],
        similar=[
            recommendation(Choice(Ranked(one, 1.0), [], []), language) for one in await _like(catalogue, item, language)
        ],
    )


async def _like(catalogue: Catalogue, item: Item, language: Language) -> list[Item]:
    """Return items of the same kind, those with the most in common first, then those whose words are nearest."""
    kind = {"category": Condition(any=[item["category"]])} if item.get("category") else {}
    found = await catalogue.search([name_of(item, language)], _LOOKED_AT, kind)
    others = [one.item for one in found if one.item["id"] != item["id"]]
    return sorted(others, key=lambda other: -alike(item, other))[:_SIMILAR]
