"""What could be wished for next of pieces that are shown: what tells them apart, a lower price, an outfit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stylegraph.agent.reply import ItemSet, Recommendation, Reply
from stylegraph.agent.text.resources import read_yaml
from stylegraph.tools.fashion.items.item_text import values_of
from stylegraph.tools.fashion.items.items import Item
from stylegraph.tools.fashion.query.binding import BoundLexicon

_FEWEST = 2
"""Pieces of which one must have what the others lack, to be worth asking for."""
_NO_PATTERN = "plain"


def next_wishes(reply: Reply, route: str, lexicon: BoundLexicon) -> list[str]:
    """Return wishes that follow what a reply shows, in its language.

    Args:
        reply: The reply.
        route: The source that found the pieces.
        lexicon: Names the values.
    """
    words = read_yaml("stylegraph.tools.fashion", "words/follow_ups.yaml")[reply.language]
    if (made := reply.item_set) is not None:
        return list(_of_outfit(made, words))
    shown = {one.id for one in reply.recommendations}
    pieces = [one["data"]["item"] for one in reply.evidence if one["route"] == route and "item" in one["data"]]
    items: list[Item] = [item for item in pieces if item["id"] in shown]
    if len(items) < _FEWEST:
        return []
    wished = {reason.field for one in reply.recommendations for reason in one.reasons}
    apart = _apart(items, wished, words["only"], reply, lexicon)
    cheaper = [words["cheaper"]] if "price_krw" not in wished and _priced(reply.recommendations) else []
    return [*apart, *cheaper, words["outfit"]]


def _of_outfit(made: ItemSet, words: Mapping[str, Any]) -> Iterator[str]:
    """Offer to wear something cheaper in the place of the dearest piece."""
    priced = [piece for piece in made.pieces if piece.item.price_krw is not None]
    if len(priced) >= _FEWEST:
        dearest = max(priced, key=lambda piece: piece.item.price_krw or 0)
        yield words["swap"].format(place=dearest.label.lower())


def _apart(
    items: Sequence[Item], wished: set[str], words: Mapping[str, str], reply: Reply, lexicon: BoundLexicon
) -> list[str]:
    """Return the wish for what most of the pieces have and some lack, by the first field that tells them apart."""
    for field, asks in words.items():
        counted = Counter(value for item in items for value in values_of(item, field)[:1] if value != _NO_PATTERN)
        telling = [value for value, count in counted.most_common() if count < len(items)]
        if telling and field not in wished:
            return [asks.format(name=lexicon.label(field, telling[0], reply.language).lower())]
    return []


def _priced(items: Sequence[Recommendation]) -> bool:
    return len({item.price_krw for item in items if item.price_krw is not None}) > 1
