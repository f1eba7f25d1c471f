"""What a person likes, in the values of one catalogue: from their words, and from the items that they liked."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stylegraph.tools.fashion.items.item_text import values_of
from stylegraph.tools.fashion.items.items import Item
from stylegraph.tools.fashion.query.parser import WishReader
from stylegraph.tools.fashion.query.prices import Price
from stylegraph.tools.fashion.query.vocabulary import Vocabulary
from stylegraph.tools.fashion.query.wish import Values, Wish

SIZES = ("size", "sizes", "사이즈", "치수")
"""What a column of sizes is called."""
_NOT_TASTE = frozenset({"category", "seasons", "occasions", "audience", *SIZES})
_MOST_LIFT = 1.5
_DISLIKED = 0.5
"""What a disliked item says against its traits, beside what a liked one says for them."""
_TOLD = 0.4
"""Lift from which a trait is told as a reason: it is clearly more frequent among what is liked than elsewhere."""

Lifts = Mapping[tuple[str, str], float]
"""Field and value -> how much more frequent it is among liked items than in the catalogue, natural log, bounded."""


@dataclass(frozen=True)
class Taste:
    """What is known of the person, in the values of the catalogue, and of the picture that they sent."""

    likes: Values
    dislikes: Values
    likeness: Mapping[str, float] = field(default_factory=dict)
    """Item id -> how much it looks like the picture, 0..1."""
    lifts: Lifts = field(default_factory=dict)
    """What the items that they liked have in common."""
    refused: Sequence[str] = ()
    """Ids of items that they disliked: never given again."""
    budget: Price | None = None
    """What they usually spend, where the wish names no price."""
    sizes: Values = field(default_factory=dict)
    """Column of sizes -> those that they wear."""

    def affinity(self, item: Item) -> float:
        """Return how much an item is like those that were liked: the mean of its traits' lifts, about -1..1."""
        if not self.lifts:
            return 0.0
        known = [max(found) for name in self._fields if (found := list(self._lifts_of(item, name)))]
        return sum(known) / len(self._fields) / _MOST_LIFT

    def shared(self, item: Item) -> tuple[str, str] | None:
        """Return the trait that an item most has in common with those that were liked, field and value; None if none."""
        found = [(lift, name, value) for name in self._fields for value in values_of(item, name)
                 if (lift := self.lifts.get((name, value), 0.0)) >= _TOLD]  # fmt: skip
        return max(found)[1:] if found else None

    @property
    def _fields(self) -> list[str]:
        return list(dict.fromkeys(name for name, _ in self.lifts))

    def _lifts_of(self, item: Item, name: str) -> Iterator[float]:
        return (
            self.lifts.get((name, value), 0.0) for value in values_of(item, name)[: 2 if name == "colours" else None]
        )


def taste_of(profile: Mapping[str, Any], wish: Wish, reader: WishReader) -> Taste:
    """Read a profile into the catalogue's values; what is wished for now is no dislike.

    Args:
        profile: `agent.memory.Profile`; with `liked_items` and `disliked_items`, the items that its ids name.
        wish: What is wished for.
        reader: Reads wishes over the catalogue.
    """
    likes, dislikes = (_values_of(profile.get(name, []), reader) for name in ("likes", "dislikes"))
    left = {kind: [value for value in values if value not in wish["wanted"].get(kind, [])]
            for kind, values in dislikes.items()}  # fmt: skip
    return Taste(
        likes,
        {kind: values for kind, values in left.items() if values},
        lifts=lifts_of(profile.get("liked_items", []), profile.get("disliked_items", []), reader.lexicon.vocabulary),
        refused=tuple(profile.get("disliked", ())),
        budget=_budget(profile.get("budget", []), wish, reader),
        sizes=_sizes(profile.get("sizes", []), wish, reader.lexicon.vocabulary),
    )


def lifts_of(liked: Sequence[Item], disliked: Sequence[Item], vocabulary: Vocabulary) -> dict[tuple[str, str], float]:
    """Return which traits are more frequent among liked items than in the catalogue.

    The log of the two shares' ratio, each liked item smoothed by one of the catalogue's average; and half as much
    against what disliked items have in common.
    """
    lifts: dict[tuple[str, str], float] = {}
    for items, sign in ((liked, 1.0), (disliked, -_DISLIKED)):
        for trait, lift in _lifts(items, vocabulary).items():
            lifts[trait] = lifts.get(trait, 0.0) + sign * lift
    return lifts


def _lifts(items: Sequence[Item], vocabulary: Vocabulary) -> dict[tuple[str, str], float]:
    counts = Counter(trait for item in items for trait in _traits(item, vocabulary))
    shares = {
        (name, value): vocabulary["values"][name].get(value, 1) / max(1, vocabulary["items"]) for name, value in counts
    }
    lifts = {
        trait: math.log((count + shares[trait]) / ((len(items) + 1) * shares[trait])) for trait, count in counts.items()
    }
    return {trait: min(_MOST_LIFT, lift) for trait, lift in lifts.items() if lift > 0}


def _traits(item: Item, vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    for name in item:
        if name in vocabulary["values"] and name not in _NOT_TASTE:
            yield from (
                (name, value) for value in dict.fromkeys(values_of(item, name)) if value not in {"none", "solid"}
            )


def _values_of(sayings: Sequence[object], reader: WishReader) -> Values:
    """Read words of a profile into the values of the catalogue's columns."""
    found: Values = {}
    for words in sayings:
        for kind, values in reader.read(str(words))["wanted"].items():
            if kind in reader.lexicon.vocabulary["values"] and kind != "audience":
                found[kind] = list(dict.fromkeys([*found.get(kind, []), *values]))
    return found


def _budget(sayings: Sequence[object], wish: Wish, reader: WishReader) -> Price | None:
    if wish["price"] is not None or not sayings or "price_krw" not in reader.lexicon.vocabulary["ranges"]:
        return None
    return reader.read(str(sayings[-1]))["price"]


def _sizes(sayings: Sequence[object], wish: Wish, vocabulary: Vocabulary) -> Values:
    column = next((name for name in SIZES if name in vocabulary["values"]), None)
    if column is None or column in wish["wanted"]:
        return {}
    worn = {str(word).lower().replace("mm", "").strip() for word in sayings}
    fitting = [
        value
        for value in vocabulary["values"][column]
        if worn & set(value.lower().replace("mm", "").replace("/", " ").split())
    ]
    return {column: fitting} if fitting else {}
