"""Why an item fits and what it lacks, in sentences that are true of its attributes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from typing_extensions import TypedDict

from stylegraph.agent.text.language import Language
from stylegraph.agent.text.resources import read_yaml
from stylegraph.tools.fashion.items.item_text import in_list, labels, mentions, values_of
from stylegraph.tools.fashion.items.items import Item
from stylegraph.tools.fashion.items.korean import filled
from stylegraph.tools.fashion.query.binding import BoundLexicon
from stylegraph.tools.fashion.query.wish import WARMTH, Values, Wish
from stylegraph.tools.fashion.recommend.ranking import NAMED, Ranked, is_within, warmth_fit
from stylegraph.tools.fashion.recommend.taste import Taste

MOST_REASONS = 4
_ORDER = ("similar", "cheaper", "weather", "warmth", "seasons", "occasions", "styles", "colours", "material", "pattern",
          "sleeve", "details", "moods", "price_krw", "profile", "audience")  # fmt: skip
_FEWEST_REASONS = 2
_MOST_PERSONAL = 2
"""Reasons that rest on the person's profile; there is always room for them."""
_TOLD_LEANINGS = frozenset({"styles", "moods", "colours", "pattern", "material"})
"""Fields of which a reason is told although the wish only leans to them."""
_TOLD_ALONG = frozenset({"material", "sleeve", "warmth"})
"""Fields that a sentence on the weather may name as well."""
_TRAITS = ("material", "sleeve")
_LIKENESS = ("category", "colours", "pattern", "material")
_WEAR = {"shoes": "신기", "hat": "쓰기"}
_UNSAID = "none"


class Grounds(TypedDict):
    """One reason: the wish that it meets, the attribute that makes it true, and the sentence."""

    wish: str
    text: str
    attributes: dict[str, list[str]]
    """Field -> the item's own values that the sentence rests on."""


class Sentences:
    """Writes reasons in one language over one catalogue."""

    def __init__(self, lexicon: BoundLexicon, language: Language) -> None:
        self._lexicon = lexicon
        self._language = language
        self._words: Mapping[str, Any] = _templates()[language]
        self._facts: Mapping[str, list[dict[str, str]]] = _templates()["facts"]

    def reasons(self, ranked: Ranked, wish: Wish, taste: Taste, before: Sequence[Item] = ()) -> list[Grounds]:
        """Return up to four reasons, the most telling first; at least one.

        Args:
            ranked: The item.
            wish: What was wished for.
            taste: What the person likes.
            before: What they were shown before, when the wish points at it.
        """
        item = ranked.item
        found = [*self._wishes(item, wish), *self._compared(item, wish, before), *self._liked(item, taste)]
        found.sort(key=lambda ground: _ORDER.index(ground["wish"]) if ground["wish"] in _ORDER else len(_ORDER))
        found = _said_once(found)
        found += self._garment(item, wish, {pair for ground in found for pair in _pairs(ground)})
        found += self._lacks(item, wish)
        if len(found) < _FEWEST_REASONS:
            found += [one for one in self._general(item) if not found or not _pairs(one) <= _told(found)]
        kept = list({ground["text"]: ground for ground in found}.values())
        personal = [ground for ground in kept if ground["wish"] == "profile"][:_MOST_PERSONAL]
        others = [ground for ground in kept if ground["wish"] != "profile"][: MOST_REASONS - len(personal)]
        return [*others, *personal]

    def missed(self, ranked: Ranked, wish: Wish) -> list[str]:
        """Return the wishes that an item does not meet."""
        wanted = wish["wanted"]
        return list(
            dict.fromkeys(self._missing(ranked.item, wish, kind, wanted.get(kind, [])) for kind in ranked.missed)
        )

    def _wishes(self, item: Item, wish: Wish) -> Iterator[Grounds]:
        for kind, values in wish["wanted"].items():
            if kind != "category":
                yield from self._meets(item, kind, values)
        for kind, values in wish["preferred"].items():
            if kind not in wish["wanted"] and kind in _TOLD_LEANINGS:
                yield from list(self._meets(item, kind, values, leaning=True))[:1]
        yield from self._priced(item, wish)

    def _lacks(self, item: Item, wish: Wish) -> Iterator[Grounds]:
        """State that what was ruled out is not there."""
        for kind, values in wish["excluded"].items():
            if f"not_{kind}" in self._words["value"] and not set(values) & set(values_of(item, kind)):
                named = " / ".join(self._name(kind, value) for value in values[:3])
                yield self._say("excluded", {kind: values_of(item, kind)}, f"not_{kind}", value=named)

    def _meets(self, item: Item, kind: str, values: Sequence[str], *, leaning: bool = False) -> Iterator[Grounds]:
        if kind == "weather":
            yield from (ground for weather in values for ground in self._weathered(item, weather))
        elif kind == "details":
            said = [value for value in values if mentions(self._lexicon, item, value)]
            yield from (self._say(kind, {}, "details", value=self._name(kind, value)) for value in said)
        elif kind == "warmth":
            yield from self._warm(item, values)
        elif kind == "audience":
            yield from self._worn_by(item, values)
        else:
            has = [value for value in values_of(item, kind) if value in values and value != _UNSAID]
            if has:
                yield self._has(item, kind, has, leaning)

    def _has(self, item: Item, kind: str, has: Sequence[str], leaning: bool) -> Grounds:
        grounds = {kind: list(has)}
        concept = self._lexicon.concept(kind, has[0])
        named = concept is not None and self._name(kind, has[0]) == concept.label(self._language)
        own = self._words.get(kind, {}).get(concept.name if concept and named else "")
        if kind == "material":
            return self._say(kind, grounds, "material", material=own or self._material(has[0]))
        if own and isinstance(own, str):
            return Grounds(wish=kind, text=filled(own, wear=self._wear(item)), attributes=grounds)
        names = in_list([self._name(kind, value) for value in has], self._language)
        if kind == "colours" and has[0] != item["colours"][0]:
            main = self._name("colours", item["colours"][0])
            main = main if self._language == "ko" else main.capitalize()
            return self._say(kind, grounds, "colours_second", value=names, main=main)
        if kind == "colours" and leaning:
            return self._say(kind, grounds, "colours_leaning", value=names)
        template = kind if kind in self._words["value"] else "other"
        field = self._field(kind)
        return self._say(kind, grounds, template, value=names, field=field.capitalize(), wear=self._wear(item))

    def _material(self, value: str) -> str:
        name = self._name("material", value)
        if self._language == "en" or name.endswith(("소재", "짜임")):
            return name
        return f"{name} 소재"

    def _garment(self, item: Item, wish: Wish, told: set[tuple[str, str]]) -> Iterator[Grounds]:
        """Name the kind of garment, with what is not told yet of material and sleeve.

        "면 소재의 긴팔 셔츠예요", "Long-sleeved cotton shirt". The kind alone is told only if it was wished for.
        """
        kind = values_of(item, "category")
        if not kind:
            return
        wished = set(kind) & set(wish["wanted"].get("category", []))
        new = {trait: [value for value in values_of(item, trait) if (trait, value) not in told] for trait in _TRAITS}
        name = self._name("category", kind[0])
        sleeve = [word for word in labels(self._lexicon, item, "sleeve", self._language) if word not in name]
        traits = self._traits(new["material"], sleeve if new["sleeve"] else [])
        if traits or (wished and not told):
            grounds = {trait: values for trait, values in new.items() if values} | {"category": kind}
            yield self._say("category" if wished else "general", grounds, "category", value=name, traits=traits)

    def _traits(self, materials: Sequence[str], sleeve: Sequence[str]) -> str:
        named = [self._material(value) for value in materials]
        if self._language == "ko":
            return "".join([*(f"{word}의 " for word in named), *(f"{word} " for word in sleeve)])
        joined = " ".join([*sleeve, *named])
        return f"{joined[:1].upper()}{joined[1:]} " if joined else ""

    def _weathered(self, item: Item, weather: str) -> Iterator[Grounds]:
        told: dict[str, dict[str, str]] = {}
        for fact in self._facts.get(weather, []):
            if fact["field"] not in told and self._is_so(item, fact):
                told[fact["field"]] = fact
        leaning = self._lexicon.lexicon.leanings["weather"].get(weather, {})
        chosen = list(told.values())[:2]
        if not told.keys() - set(leaning.get("adds", ())) or self._is_against(item, leaning):
            yield from self._in_season(item, leaning)
            return
        parts = [fact[self._language] for fact in chosen]
        if self._language == "ko":
            joined = "에 ".join(parts)
            text = filled(self._words["weather"][weather], facts=filled("{x|이라/라}", x=joined))
        else:
            joined = " and ".join(parts)
            text = filled(self._words["weather"][weather], facts=joined[0].upper() + joined[1:])
        grounds = {fact["field"]: [fact["value"]] for fact in chosen}
        yield Grounds(wish="weather", text=text, attributes=grounds)

    def _is_against(self, item: Item, leaning: Mapping[str, Any]) -> bool:
        """Check whether an item is too warm or too thin for what a fabric or a cut of it would speak for."""
        level = leaning.get("prefers", {}).get("warmth")
        return bool(level) and "warmth" in item and warmth_fit(item["warmth"], level) == 0

    def _in_season(self, item: Item, leaning: Mapping[str, Any]) -> Iterator[Grounds]:
        """Say that an item is for the season of a kind of weather, where nothing else of it speaks for it."""
        seasons = leaning.get("prefers", {}).get("seasons", [])
        for season in [seasons] if isinstance(seasons, str) else seasons:
            yield from self._meets(item, "seasons", self._lexicon.values("seasons", season))

    def _is_so(self, item: Item, fact: Mapping[str, str]) -> bool:
        if fact["field"] == "warmth":
            return str(item.get("warmth")) == fact["value"]
        return any(
            value in self._lexicon.values(fact["field"], fact["value"]) for value in values_of(item, fact["field"])
        )

    def _warm(self, item: Item, levels: Sequence[str]) -> Iterator[Grounds]:
        for level in levels:
            low, high = WARMTH[level]
            if low <= item.get("warmth", 0) <= high:
                yield self._say("warmth", {"warmth": [str(item["warmth"])]}, f"warmth_{level}")

    def _worn_by(self, item: Item, values: Sequence[str]) -> Iterator[Grounds]:
        has = values_of(item, "audience")
        if set(has) & set(self._lexicon.values("audience", "unisex")):
            yield self._say("audience", {"audience": has}, "audience_all", wear=self._wear(item))
        elif set(has) & set(values):
            yield self._say("audience", {"audience": has}, "audience", value=self._name("audience", has[0]))

    def _priced(self, item: Item, wish: Wish) -> Iterator[Grounds]:
        price, spread = item.get("price_krw"), self._lexicon.vocabulary["ranges"].get("price_krw")
        if price is None:
            return
        grounds = {"price_krw": [str(price)]}
        named = self._lexicon.priced(price, self._language)
        if wish["price"] is not None and wish["price"].get("relative"):
            return  # nobody named that limit; that it costs less is told already
        if wish["price"] is not None:
            if wish["price"].get("gte", 0) <= price <= wish["price"].get("lte", float("inf")):
                yield self._say("price_krw", grounds, "price", price=named, bound=self._bound(wish))
        elif spread and wish["price_leaning"] == "low" and price <= spread[1]:
            yield self._say("price_krw", grounds, "price_low", price=named)
        elif spread and wish["price_leaning"] == "high" and price >= spread[3]:
            yield self._say("price_krw", grounds, "price_high", price=named)

    def _bound(self, wish: Wish) -> str:
        price: Mapping[str, Any] = wish["price"] or {}
        low, high = price.get("gte"), price.get("lte")
        korean = self._language == "ko"
        if low is not None and high is not None:
            return f"{self._lexicon.priced(low, self._language)}~{self._lexicon.priced(high, self._language)}" if korean else (
                f"{self._lexicon.priced(low, self._language)} to {self._lexicon.priced(high, self._language)}")  # fmt: skip
        if high is not None:
            return (
                f"{self._lexicon.priced(high, self._language)} 이하"
                if korean
                else f"your limit of {self._lexicon.priced(high, self._language)}"
            )
        return (
            f"{self._lexicon.priced(low or 0, self._language)} 이상"
            if korean
            else f"{self._lexicon.priced(low or 0, self._language)} and up"
        )

    def _compared(self, item: Item, wish: Wish, before: Sequence[Item]) -> Iterator[Grounds]:
        about = wish["about"]
        if about is None or not before:
            return
        in_picture = "_pictured" if not before[0]["id"] else ""
        prices = [other["price_krw"] for other in before if "price_krw" in other]
        if "cheaper" in about["relations"] and prices and item.get("price_krw", float("inf")) < min(prices):
            yield self._say("cheaper", {"price_krw": [str(item["price_krw"])]}, f"cheaper{in_picture}")
        if "similar" in about["relations"]:
            seen = {kind: {value for other in before for value in values_of(other, kind)} for kind in _LIKENESS}
            shared = [kind for kind in _LIKENESS if seen[kind] & set(values_of(item, kind))]
            if shared:
                named = in_list([self._field(kind) for kind in shared], self._language)
                yield self._say(
                    "similar", {kind: values_of(item, kind) for kind in shared}, f"similar{in_picture}", traits=named
                )

    def _liked(self, item: Item, taste: Taste) -> Iterator[Grounds]:
        """Return what of the person's profile raised it."""
        for likes, template in ((taste.likes, "profile"), (taste.sizes, "profile_size")):
            for kind, values in likes.items():
                has = [value for value in values_of(item, kind) if value in values]
                if has:
                    own = f"{template}_{kind}"
                    chosen = own if own in self._words["value"] else template
                    yield self._say("profile", {kind: has}, chosen, value=self._name(kind, has[0]))
        shared = taste.shared(item)
        if shared and shared[0] not in taste.likes:
            kind, value = shared
            yield self._say(
                "profile", {kind: [value]}, "profile_items", value=self._name(kind, value), field=self._field(kind)
            )
        price = item.get("price_krw")
        if taste.budget is not None and price is not None and is_within(price, taste.budget):
            yield self._say(
                "profile",
                {"price_krw": [str(price)]},
                "profile_budget",
                price=self._lexicon.priced(price, self._language),
            )

    def _general(self, item: Item) -> Iterator[Grounds]:
        """Return what kind of piece it is, when little was asked for that it could meet."""
        seasons = labels(self._lexicon, item, "seasons", self._language)[:2]
        styles = labels(self._lexicon, item, "styles", self._language)[:1]
        if seasons and styles:
            style = styles[0] if self._language == "ko" else styles[0].capitalize()
            named = {"seasons": in_list(seasons, self._language), "styles": style}
            grounds = {"seasons": values_of(item, "seasons")[:2], "styles": values_of(item, "styles")[:1]}
            yield self._say("general", grounds, "general", wear=self._wear(item), **named)
            return
        name = (labels(self._lexicon, item, "category", self._language) or [str(item["name_ko"])])[0]
        yield self._say("general", {"category": values_of(item, "category")}, "plain", category=name)
        for kind in self._lexicon.own_columns():
            if has := values_of(item, kind)[:1]:
                yield self._say("general", {kind: has}, "other", value=has[0], field=self._field(kind).capitalize())

    def _missing(self, item: Item, wish: Wish, kind: str, values: Sequence[str]) -> str:
        templates = self._words["missed"]
        if kind.startswith(NAMED):
            return filled(templates["details"], value=kind.removeprefix(NAMED))
        if kind == "price_krw":
            return self._off_price(item, wish)
        if kind == "warmth":
            return str(templates[f"warmth_{values[0]}"])
        has = labels(self._lexicon, item, kind, self._language) or [{"ko": "없음", "en": "none"}[self._language]]
        named = " / ".join(self._name(kind, value) for value in values[:3])
        return filled(
            templates.get(kind, templates["other"]),
            value=named,
            has=in_list(has, self._language),
            field=self._field(kind),
        )

    def _off_price(self, item: Item, wish: Wish) -> str:
        price = item["price_krw"]
        wanted: Mapping[str, Any] = wish["price"] or {}
        over = price - wanted.get("lte", float("inf"))
        key, off = ("price_over", over) if over > 0 else ("price_under", wanted.get("gte", 0) - price)
        return filled(self._words["missed"][key], difference=self._lexicon.priced(off, self._language))

    def _name(self, kind: str, value: str) -> str:
        concepts = self._lexicon.lexicon.concepts
        if kind == "details" and (kind, value) not in concepts:
            found = next((concept for (_, name), concept in concepts.items() if name == value), None)
            return found.label(self._language) if found else value
        return self._lexicon.label(kind, value, self._language)

    def _field(self, kind: str) -> str:
        return field_name(kind, self._language)

    def _wear(self, item: Item) -> str:
        return _WEAR.get(self._lexicon.slot(item.get("category", "")), "입기")

    def _say(self, wish: str, attributes: Values, template: str, **values: str) -> Grounds:
        return Grounds(wish=wish, text=filled(self._words["value"][template], **values), attributes=attributes)


def _said_once(found: Sequence[Grounds]) -> list[Grounds]:
    """Leave out what another sentence says along with more: "absorbs sweat, being cotton" and then "cotton"."""
    return [
        one
        for one in found
        if one["wish"] not in _TOLD_ALONG
        or not any(_pairs(one) <= _pairs(other) for other in found if other["wish"] == "weather")
    ]


def _told(found: Sequence[Grounds]) -> set[tuple[str, str]]:
    return {pair for ground in found for pair in _pairs(ground)}


def _pairs(ground: Grounds) -> set[tuple[str, str]]:
    return {(field, value) for field, values in ground["attributes"].items() for value in values}


def field_name(kind: str, language: Language) -> str:
    """Return the name of a field for people."""
    return str(_templates()[language]["fields"].get(kind, kind))


def field_names(kinds: Iterable[str]) -> dict[str, str]:
    """Return field -> a pattern of what people call it, in both languages: 색, 색상, colour."""
    templates = _templates()
    usual = {kind: "|".join(re.escape(name) for name in {kind, *_labels(kind)}) for kind in kinds}
    return {kind: templates["called"].get(kind, names) for kind, names in usual.items()}


def _labels(kind: str) -> set[str]:
    return {field_name(kind, "ko"), field_name(kind, "en")}


@cache
def _templates() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = read_yaml("stylegraph.tools.fashion", "words/reasons.yaml")
    return loaded
