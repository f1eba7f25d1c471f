"""Ranks items by how far they meet a wish, with variety."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stylegraph.tools.fashion.items.item_text import mentions, values_of
from stylegraph.tools.fashion.items.items import Item
from stylegraph.tools.fashion.query.binding import BoundLexicon
from stylegraph.tools.fashion.query.nouns import share_of
from stylegraph.tools.fashion.query.wish import SOFT_FIELDS, WARMTH, Wish
from stylegraph.tools.fashion.recommend.taste import Taste

WEIGHTS: Mapping[str, float] = {
    "category": 3.0, "price_krw": 2.5, "colours": 2.0, "material": 1.6, "pattern": 1.6, "sleeve": 1.6, "seasons": 1.6,
    "occasions": 1.3, "styles": 1.2, "warmth": 1.2, "weather": 1.2, "details": 1.0, "moods": 0.9, "audience": 0.6,
}  # fmt: skip
"""How much a wish for a field counts; a column of the user's own counts 1."""
NAMED = "named:"
"""Begins what an item's own words are asked for, in `Ranked.met`."""
_STRESSED = 2.5
"""How much more a field counts that a follow-up has just named: "something more casual"."""
_OWN_WORDS = 1.6
_PREFERRED = 0.35
"""What an implied or softened wish counts beside a plain one."""
_AVOIDED = 0.25
_TEXT = 0.25
_LIKED = 0.12
_LIKED_ITEMS = 0.6
"""What having all in common with the items that were liked adds."""
_LOOKS = 0.8
"""What looking exactly like the picture adds: more than the words say, which of a picture is little."""
_NOT_CLOTHES = 0.12
_CHILDRENS = 0.6
"""What children's wear loses where nobody young is named: more than the words of a name bring."""
_BORNE = 0.5
"""How well one field of an item has to fit a kind of weather, for the item to be for it."""
_HEAT = 0.8
"""What being two steps too warm or too cold for the temperature that is named takes."""
_COLDEST, _PER_STEP = -8.0, 9.0
"""Degrees Celsius at which the warmest is worn, and how many more make one step less; measured on nobody, as guides to dressing say."""
_VERSATILE = 0.05
_PRICE_LEANING = 0.8
_MAIN_COLOUR = (1.0, 0.5, 0.35)
_VARIETY = 0.22
"""Weight of being unlike what was chosen, in maximal marginal relevance (Carbonell and Goldstein 1998)."""
_CLOTHES = frozenset({"top", "bottom", "dress", "outer"})
_TRAITS = ("category", "colours", "pattern", "material", "sleeve", "audience")


@dataclass
class Ranked:
    """One item with how far it meets the wish."""

    item: Item
    score: float = 0.0
    """0..1; comparable within one wish."""
    met: dict[str, float] = field(default_factory=dict)
    """Wished-for field -> how far it is met, 0..1."""
    relaxed: bool = False
    """Whether a condition was given up for it."""

    @property
    def missed(self) -> list[str]:
        """The wished-for fields that it does not meet."""
        return [kind for kind, share in self.met.items() if share == 0]


def rank(
    found: Iterable[tuple[Item, float]], wish: Wish, lexicon: BoundLexicon, taste: Taste, *, relaxed: bool = False
) -> list[Ranked]:
    """Score items against a wish, best first.

    Args:
        found: Items with how well their words fit, 0..1.
        wish: The wish.
        lexicon: The words of the catalogue.
        taste: Raises what the person likes, and what looks like the picture.
        relaxed: Whether a condition was given up to find them.
    """
    pool = list(found)
    scorer = _Scorer(wish, lexicon, taste, [item["price_krw"] for item, _ in pool if item.get("price_krw")])
    ranked = [scorer.score(item, text, relaxed) for item, text in pool]
    return sorted(ranked, key=lambda one: (-one.score, one.item["id"]))


def choose(ranked: Sequence[Ranked], k: int) -> list[Ranked]:
    """Choose k items that are good and unlike one another, best first."""
    left, chosen = list(ranked[: max(40, 4 * k)]), list[Ranked]()
    traits = {one.item["id"]: _traits(one.item) for one in left}
    nearest = dict.fromkeys(traits, 0.0)
    while left and len(chosen) < k:
        best = max(left, key=lambda one: one.score - _VARIETY * nearest[one.item["id"]])
        left.remove(best)
        chosen.append(best)
        for one in left:
            likeness = _likeness(traits[one.item["id"]], traits[best.item["id"]])
            nearest[one.item["id"]] = max(nearest[one.item["id"]], likeness)
    return chosen


def alternate(groups: Sequence[Sequence[Ranked]], k: int) -> list[Ranked]:
    """Take from several garments' choices in turn, each item once, until there are k."""
    turns = (group[turn] for turn in range(k) for group in groups if turn < len(group))
    return list({one.item["id"]: one for one in turns}.values())[:k]


class _Scorer:
    def __init__(self, wish: Wish, lexicon: BoundLexicon, taste: Taste, prices: Sequence[float]) -> None:
        self._wish = wish
        self._lexicon = lexicon
        self._taste = taste
        self._prices = sorted(prices)
        self._bound: dict[tuple[str, ...], list[str]] = {}

    def score(self, item: Item, text: float, relaxed: bool) -> Ranked:
        wanted = self._wish["wanted"].items()
        met = {kind: self.meets(item, kind, values) for kind, values in wanted if kind != "audience"}
        if self._wish["price"] is not None and "price_krw" in item:
            met["price_krw"] = float(is_within(item["price_krw"], self._wish["price"]))
        met |= {f"{NAMED}{one['said']}": share_of(item, one) for one in self._wish.get("named", [])}
        total = sum(self._weight(kind) for kind in met)
        share = sum(self._weight(kind) * value for kind, value in met.items()) / total if total else 0.5
        if not met:
            share = 2 * self._leanings(item)
        raw = (
            share
            + self._leanings(item)
            + self._versatility(item)
            + _TEXT * text
            + self._liking(item)
            + _LOOKS * self._taste.likeness.get(item["id"], 0.0)
            - self._not_clothes(item)
            - self._off_heat(item)
            - _CHILDRENS * (item.get("audience") in self._wish["avoided"].get("audience", ()))
        )
        return Ranked(
            item, max(0.0, min(1.0, raw / (1 + _PREFERRED + _TEXT + _LOOKS * bool(self._taste.likeness)))), met, relaxed
        )

    def _weight(self, kind: str) -> float:
        return (_OWN_WORDS if kind.startswith(NAMED) else WEIGHTS.get(kind, 1.0)) * (
            _STRESSED if kind in self._wish["stressed"] else 1.0
        )

    def meets(self, item: Item, kind: str, values: Sequence[str]) -> float:
        """Return how far an item meets what is wanted of one field, 0..1."""
        if kind == "details":
            return sum(mentions(self._lexicon, item, value) for value in values) / len(values)
        if kind == "warmth":
            return max(warmth_fit(item.get("warmth"), level) for level in values)
        if kind == "weather":
            return max(self._weather_fit(item, weather) for weather in values)
        has = values_of(item, kind)
        if kind == "colours":
            places = [place for place, value in enumerate(has[: len(_MAIN_COLOUR)]) if value in values]
            return _MAIN_COLOUR[places[0]] if places else 0.0
        shared = len(set(has) & set(values))
        if kind in SOFT_FIELDS and len(values) > 1 and shared:
            return 0.7 + 0.3 * shared / len(values)
        return float(shared > 0)

    def _weather_fit(self, item: Item, weather: str) -> float:
        """Return the share of what a kind of weather asks for that an item has, less what it speaks against.

        Nothing where it has only what comes beside the rest: long sleeves keep nobody warm.
        """
        leaning = self._lexicon.lexicon.leanings["weather"].get(weather, {})
        asked = [
            kind for kind in leaning.get("prefers", {}) if kind == "details" or item.get(kind) not in (None, "none")
        ]
        if set(asked) <= {"details"} and "own_words" in leaning and mentions(self._lexicon, item, weather):
            return 1.0  # no column says what it is made of or for, and its own words do
        if "adds" in leaning and not self._bears(item, leaning, set(asked) - set(leaning["adds"])):
            return 0.0
        fits = sum(self._fit(item, kind, leaning["prefers"][kind]) for kind in asked)
        against = sum(self._leans(item, kind, names) > 0 for kind, names in leaning.get("avoids", {}).items())
        return max(0.0, fits / max(1, len(asked)) - 0.5 * against)

    def _bears(self, item: Item, leaning: Mapping[str, Any], kinds: Collection[str]) -> bool:
        """Check whether any of some fields of an item makes it one for a kind of weather; of warmth more than a little."""
        return any(
            (self._leans if kind == "warmth" else self._fit)(item, kind, leaning["prefers"][kind]) >= _BORNE for kind in kinds
        )  # fmt: skip

    def _fit(self, item: Item, kind: str, names: str | list[str]) -> float:
        """Return how well one field fits: of several materials, the first that is listed fits best."""
        if kind != "material" or isinstance(names, str):
            return float(self._leans(item, kind, names) > 0)
        place = next((place for place, name in enumerate(names) if self._leans(item, kind, name)), None)
        return 0.0 if place is None else 1 - place / (2 * len(names))

    def _leans(self, item: Item, kind: str, names: str | list[str]) -> float:
        listed = names if isinstance(names, list) else [names]
        if kind in {"details", "warmth"}:
            return self.meets(item, kind, listed)
        key = kind, *listed
        if key not in self._bound:
            self._bound[key] = [value for name in listed for value in self._lexicon.values(kind, name)]
        return self.meets(item, kind, self._bound[key])

    def _leanings(self, item: Item) -> float:
        """Return what the softened and implied wishes add, up to 0.35, and what is spoken against takes away."""
        preferred = self._wish["preferred"]
        kept = {kind: values for kind, values in preferred.items() if kind == "details" or item.get(kind) is not None}
        total = sum(WEIGHTS.get(kind, 1.0) for kind in kept)
        gain = sum(WEIGHTS.get(kind, 1.0) * self.meets(item, kind, values) for kind, values in kept.items())
        against = sum(self.meets(item, kind, values) >= 0.7 for kind, values in self._wish["avoided"].items())
        return (_PREFERRED * gain / total if total else 0.0) - _AVOIDED * min(2, against) + self._price_leaning(item)

    def _price_leaning(self, item: Item) -> float:
        leaning = self._wish["price_leaning"]
        if leaning is None or not self._prices or not item.get("price_krw"):
            return 0.0
        place = bisect_left(self._prices, item["price_krw"]) / len(self._prices)
        return _PRICE_LEANING * ((1 - place) if leaning == "low" else place)

    def _versatility(self, item: Item) -> float:
        """Raise what can be worn often a little: what decides where a wish says next to nothing."""
        return _VERSATILE * (len(values_of(item, "seasons")) / 4 + min(4, len(values_of(item, "occasions"))) / 4) / 2

    def _liking(self, item: Item) -> float:
        """Raise what the person likes, usually spends and wears."""
        taste = self._taste
        liked = sum(self.meets(item, kind, values) for kind, values in (*taste.likes.items(), *taste.sizes.items()))
        affordable = taste.budget is not None and "price_krw" in item and is_within(item["price_krw"], taste.budget)
        return _LIKED * (min(2, liked) + affordable) + _LIKED_ITEMS * taste.affinity(item)

    def _off_heat(self, item: Item) -> float:
        """Lower what is warmer or cooler than the temperature asks for: 12 degrees want another layer than 15."""
        degrees, warmth = self._wish.get("degrees"), item.get("warmth")
        if degrees is None or warmth is None:
            return 0.0
        wanted = max(1.0, min(5.0, 5 - (degrees - _COLDEST) / _PER_STEP))
        return _HEAT * min(1.0, abs(float(warmth) - wanted) / 2)

    def _not_clothes(self, item: Item) -> float:
        """Lower shoes, hats and underwear a little where "something to wear" names no garment."""
        if "category" in self._wish["wanted"]:
            return 0.0
        return _NOT_CLOTHES * (self._lexicon.slot(item.get("category", "")) not in _CLOTHES)


def is_within(price: float, wanted: Mapping[str, Any]) -> bool:
    """Check whether a price lies in a range."""
    return bool(wanted.get("gte", 0) <= price <= wanted.get("lte", math.inf))


def warmth_fit(warmth: float | None, level: str) -> float:
    """Return how far something as warm as that is `low`, `mid` or `high`, 0..1."""
    if warmth is None:
        return 0.0
    low, high = WARMTH[level]
    if level == "low" and warmth <= high:
        return 1.0 if warmth == low else 0.8
    if low <= warmth <= high:
        return 1.0
    return 0.4 if level == "high" and warmth == low - 1 else 0.0


def alike(item: Item, other: Item) -> float:
    """Return how much two items have in common, 0..1."""
    return _likeness(_traits(item), _traits(other))


def _traits(item: Item) -> frozenset[tuple[str, str]]:
    return frozenset((kind, value) for kind in _TRAITS for value in values_of(item, kind)[:1])


def _likeness(left: Collection[tuple[str, str]], right: Collection[tuple[str, str]]) -> float:
    """Return the share of traits that two items have in common (Jaccard)."""
    both = len(set(left) & set(right))
    return both / max(1, len(left) + len(right) - both)
