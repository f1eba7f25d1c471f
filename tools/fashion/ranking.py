"""Ranks items by how far they meet a wish, with variety."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from stylegraph.tools.fashion.describe import mentions, values_of
from stylegraph.tools.fashion.items import Item
from stylegraph.tools.fashion.lexicon import BoundLexicon
from stylegraph.tools.fashion.wish import SOFT_FIELDS, WARMTH, Values, Wish

WEIGHTS: Mapping[str, float] = {
    "category": 3.0, "price_krw": 2.5, "colours": 2.0, "material": 1.6, "pattern": 1.6, "sleeve": 1.6, "seasons": 1.6,
    "occasions": 1.3, "styles": 1.2, "warmth": 1.2, "weather": 1.2, "details": 1.0, "moods": 0.9, "audience": 0.6,
}  # fmt: skip
"""How much a wish for a field counts; a column of the user's own counts 1."""
_PREFERRED = 0.35
"""What an implied or softened wish counts beside a plain one."""
_AVOIDED = 0.25
_TEXT = 0.25
_LIKED = 0.12
_NOT_CLOTHES = 0.12
_PRICE_LEANING = 0.35
_MAIN_COLOUR = (1.0, 0.7, 0.5)
_VARIETY = 0.22
"""Weight of being unlike what was chosen, in maximal marginal relevance (Carbonell and Goldstein 1998)."""
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


@dataclass(frozen=True)
class Taste:
    """What is known of the person, in the values of the catalogue."""

    likes: Values
    dislikes: Values


def rank(
    found: Iterable[tuple[Item, float]], wish: Wish, lexicon: BoundLexicon, taste: Taste, *, relaxed: bool = False
) -> list[Ranked]:
    """Score items against a wish, best first.

    Args:
        found: Items with how well their words fit, 0..1.
        wish: The wish.
        lexicon: The words of the catalogue.
        taste: Raises what the person likes.
        relaxed: Whether a condition was given up to find them.
    """
    scorer = _Scorer(wish, lexicon, taste)
    ranked = [scorer.score(item, text, relaxed) for item, text in found]
    return sorted(ranked, key=lambda one: (-one.score, one.item["id"]))


def choose(ranked: Sequence[Ranked], k: int, parts: Sequence[Values] = ()) -> list[Ranked]:
    """Choose k items that are good and unlike one another; of several garments wished for, some of each."""
    if len(parts) < 2:
        return _diverse(ranked, k)
    groups = [[one for one in ranked if _belongs(one.item, part)] for part in parts]
    each = [_diverse(group, k) for group in groups if group]
    chosen: dict[str, Ranked] = {}
    for turn in range(k):
        for group in each:
            if turn < len(group) and len(chosen) < k:
                chosen.setdefault(group[turn].item["id"], group[turn])
    return list(chosen.values())


def part_of(item: Item, wish: Wish) -> Values:
    """Give what is wanted of an item: the whole wish, or its own part of a wish for several garments."""
    part = next((part for part in wish["parts"] if _belongs(item, part)), None)
    if part is None:
        return wish["wanted"]
    owned = {kind for one in wish["parts"] for kind in one}
    return {kind: values for kind, values in wish["wanted"].items() if kind not in owned} | part


def _belongs(item: Item, part: Values) -> bool:
    return item.get("category") in part.get("category", [])


class _Scorer:
    def __init__(self, wish: Wish, lexicon: BoundLexicon, taste: Taste) -> None:
        self._wish = wish
        self._lexicon = lexicon
        self._taste = taste
        self._price_spread = lexicon.vocabulary["ranges"].get("price_krw")

    def score(self, item: Item, text: float, relaxed: bool) -> Ranked:
        wanted = part_of(item, self._wish)
        met = {kind: self.meets(item, kind, values) for kind, values in wanted.items() if kind != "audience"}
        if self._wish["price"] is not None and "price_krw" in item:
            met["price_krw"] = float(self._in_price(item["price_krw"]))
        total = sum(WEIGHTS.get(kind, 1.0) for kind in met)
        share = sum(WEIGHTS.get(kind, 1.0) * value for kind, value in met.items()) / total if total else 0.5
        raw = share + self._leanings(item) + _TEXT * text + self._liking(item) - self._not_clothes(item)
        return Ranked(item, max(0.0, min(1.0, raw / (1 + _PREFERRED + _TEXT))), met, relaxed)

    def meets(self, item: Item, kind: str, values: Sequence[str]) -> float:
        """Tell how far an item meets what is wanted of one field, 0..1."""
        if kind == "details":
            return sum(mentions(self._lexicon, item, value) for value in values) / len(values)
        if kind == "warmth":
            return max(_warmth_fit(item.get("warmth"), level) for level in values)
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
        """Give the share of what a kind of weather asks for that an item has, less what it speaks against."""
        leaning = self._lexicon.lexicon.leanings["weather"].get(weather, {})
        asked = [
            kind for kind in leaning.get("prefers", {}) if kind == "details" or item.get(kind) not in (None, "none")
        ]
        fits = sum(self._leans(item, kind, leaning["prefers"][kind]) > 0 for kind in asked)
        against = sum(self._leans(item, kind, names) > 0 for kind, names in leaning.get("avoids", {}).items())
        return max(0.0, fits / max(1, len(asked)) - 0.5 * against)

    def _leans(self, item: Item, kind: str, names: str | list[str]) -> float:
        listed = names if isinstance(names, list) else [names]
        if kind in {"details", "warmth"}:
            return self.meets(item, kind, listed)
        return self.meets(item, kind, [value for name in listed for value in self._lexicon.values(kind, name)])

    def _leanings(self, item: Item) -> float:
        """Give what the softened and implied wishes add, up to 0.35, and what is spoken against takes away."""
        preferred = self._wish["preferred"]
        kept = {kind: values for kind, values in preferred.items() if kind == "details" or item.get(kind) is not None}
        total = sum(WEIGHTS.get(kind, 1.0) for kind in kept)
        gain = sum(WEIGHTS.get(kind, 1.0) * self.meets(item, kind, values) for kind, values in kept.items())
        against = sum(self.meets(item, kind, values) > 0 for kind, values in self._wish["avoided"].items())
        return (_PREFERRED * gain / total if total else 0.0) - _AVOIDED * min(2, against) + self._price_leaning(item)

    def _price_leaning(self, item: Item) -> float:
        leaning, spread = self._wish["price_leaning"], self._price_spread
        if leaning is None or spread is None or not item.get("price_krw") or spread[0] == spread[-1]:
            return 0.0
        low, high = math.log1p(spread[0]), math.log1p(spread[-1])
        place = (math.log1p(item["price_krw"]) - low) / (high - low)
        return _PRICE_LEANING * ((1 - place) if leaning == "low" else place)

    def _liking(self, item: Item) -> float:
        liked = sum(self.meets(item, kind, values) > 0 for kind, values in self._taste.likes.items())
        return _LIKED * min(2, liked)

    def _not_clothes(self, item: Item) -> float:
        """Lower shoes and hats a little where "something to wear" names no garment."""
        if "category" in self._wish["wanted"]:
            return 0.0
        return _NOT_CLOTHES * (self._lexicon.slot(item.get("category", "")) in {"shoes", "hat", "bag", "accessory"})

    def _in_price(self, price: float) -> bool:
        wanted = self._wish["price"] or {}
        return wanted.get("gte", 0) <= price <= wanted.get("lte", math.inf)


def _warmth_fit(warmth: float | None, level: str) -> float:
    if warmth is None:
        return 0.0
    low, high = WARMTH[level]
    if level == "low" and warmth <= high:
        return 1.0 if warmth == low else 0.8
    if low <= warmth <= high:
        return 1.0
    return 0.4 if level == "high" and warmth == low - 1 else 0.0


def _diverse(ranked: Sequence[Ranked], k: int) -> list[Ranked]:
    left, chosen = list(ranked[: max(40, 4 * k)]), list[Ranked]()
    traits = {one.item["id"]: _traits(one.item) for one in left}
    nearest = dict.fromkeys(traits, 0.0)
    while left and len(chosen) < k:
        best = max(left, key=lambda one: (one.score - _VARIETY * nearest[one.item["id"]], -left.index(one)))
        left.remove(best)
        chosen.append(best)
        for one in left:
            likeness = _likeness(traits[one.item["id"]], traits[best.item["id"]])
            nearest[one.item["id"]] = max(nearest[one.item["id"]], likeness)
    return chosen


def _traits(item: Item) -> frozenset[tuple[str, str]]:
    return frozenset((kind, value) for kind in _TRAITS for value in values_of(item, kind)[:1])


def _likeness(left: Collection[tuple[str, str]], right: Collection[tuple[str, str]]) -> float:
    """Give the share of traits that two items have in common (Jaccard)."""
    both = len(set(left) & set(right))
    return both / max(1, len(left) + len(right) - both)
