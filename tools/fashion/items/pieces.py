"""A piece of an outfit: what is known of one garment, read from a catalogue's item or from words alone.

Everything is named by the concepts of the word files, so pieces of any catalogue, and pieces of none, can be compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any

from stylegraph.tools.fashion.items.items import Item
from stylegraph.tools.fashion.items.word_files import pairing_words
from stylegraph.tools.fashion.query.binding import ALL_YEAR
from stylegraph.tools.fashion.query.lexicon import compact, load_lexicon, normalise
from stylegraph.tools.fashion.query.parser import WishReader
from stylegraph.tools.fashion.query.vocabulary import Vocabulary
from stylegraph.tools.fashion.query.wish import Values

SEASONS = ("spring", "summer", "autumn", "winter")
SLOTS = ("top", "bottom", "dress", "outer", "shoes", "accessory")
"""Where pieces are worn; hats, bags and the like are accessories."""
_FIELDS = ("category", "colours", "pattern", "material", "sleeve", "seasons", "styles", "occasions", "audience")
_NOT_READ = frozenset({"details", "weather"})
_WORN_AS = {"hat": "accessory", "bag": "accessory"}
_MIDDLE = 1.9
_DENIM_BLUES = frozenset({"blue", "light-blue", "navy"})
_STYLE_SHARE, _OCCASION_SHARE, _HINT_SHARE = 0.4, 0.15, 0.75


@dataclass(frozen=True)
class Piece:
    """One garment as part of an outfit."""

    name: str
    traits: Mapping[str, tuple[str, ...]]
    """Field -> concepts: `category`, `colours` (main first), `pattern`, `material`, `sleeve`, `seasons`, ..."""
    slot: str
    """One of `SLOTS`, or empty when nothing tells."""
    formality: float
    """0 (sport and home) to 4 (formal)."""
    seasons: frozenset[str]
    """When it is worn; all of them where nothing tells."""
    loudness: float
    """How much its pattern takes of the eye, 0..1."""
    rainproof: bool
    price: float | None
    item: Item | None = None
    """The catalogue's item, if it is one."""

    @property
    def category(self) -> str:
        """Its kind, or an empty string."""
        return self.first("category")

    @property
    def audience(self) -> str:
        """`women`, `men`, `kids`, or empty for anybody."""
        named = self.first("audience")
        return "" if named == "unisex" else named

    @cached_property
    def colours(self) -> tuple[str, ...]:
        """Its colours as others see them beside it, the main one first: blue denim counts as neutral, as navy."""
        colours = self.traits.get("colours", ())
        if self.category == "jeans" or self.first("material") == "denim":
            return tuple("navy" if colour in _DENIM_BLUES else colour for colour in colours or ("navy",))
        return colours

    def first(self, field: str) -> str:
        """Return the first concept of a field, or an empty string."""
        return next(iter(self.traits.get(field, ())), "")


def piece_of(thing: Item | str) -> Piece:
    """Read a piece.

    Args:
        thing: An item, whatever columns it has, or its name in Korean or English. What an item's columns don't say is
            read from its names.
    """
    if isinstance(thing, str):
        return _piece(thing, _read(thing[:_LONGEST]), None)
    name = str(thing.get("name_en") or thing.get("name_ko") or thing.get("name") or thing.get("id", ""))
    traits = {field: concepts_of(field, thing[field]) for field in _FIELDS if thing.get(field)}
    said = " / ".join(dict.fromkeys(str(thing[key]) for key in ("name_en", "name_ko", "name") if thing.get(key)))
    if any(field not in traits for field in ("category", "colours", "material", "pattern")):
        traits = _read(said[:_LONGEST]) | traits
    return _piece(name, traits, thing, said)


_LONGEST = 300


def universal_reader() -> WishReader:
    """Return a reader of wishes that knows every concept and no catalogue."""
    return _reader()


@cache
def _reader() -> WishReader:
    values: dict[str, dict[str, int]] = {}
    for (field, name), concept in load_lexicon().concepts.items():
        if not concept.members and field not in _NOT_READ and name != ALL_YEAR:
            values.setdefault(field, {})[name] = 1
    ranges = {"price_krw": [0.0] * 5, "warmth": [1.0, 2.0, 3.0, 4.0, 5.0]}
    return WishReader(Vocabulary(items=0, values=values, ranges=ranges))


@lru_cache(maxsize=4096)
def _read(text: str) -> dict[str, tuple[str, ...]]:
    wanted: Values = universal_reader().read(text)["wanted"]
    return {field: tuple(values) for field, values in wanted.items() if field in _FIELDS}


def concepts_of(field: str, value: object) -> tuple[str, ...]:
    """Return the concepts behind a catalogue's own value, or several: the values themselves where none is known."""
    values: Sequence[Any] = value if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(_concept(field, str(one)) for one in values))


@lru_cache(maxsize=4096)
def _concept(field: str, value: str) -> str:
    """Return the concept behind a catalogue's own value; the value itself if none is known."""
    known = load_lexicon().by_spelling.get(field, {}).get(compact(value))
    return known or next(iter(_read(value).get(field, ())), value)


def _piece(name: str, traits: dict[str, tuple[str, ...]], item: Item | None, said: str | None = None) -> Piece:
    hints = _hints(normalise(said or name))
    traits = traits if "category" in traits else traits | _usual_category(traits)
    price = item.get("price_krw") if item else None
    return Piece(
        name=name,
        traits=traits,
        slot=_slot(next(iter(traits.get("category", ())), "")),
        formality=_formality(traits, hints),
        seasons=_seasons(traits, hints),
        loudness=_loudness(traits, hints),
        rainproof=any(hint.get("rainproof") for hint in hints),
        price=float(price) if isinstance(price, int | float) else None,
        item=item,
    )


def _usual_category(traits: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Take "롱패딩" and "a fleece", which name no garment, for what they usually are."""
    return {"category": ("jacket",)} if {"padded", "fleece"} & set(traits.get("material", ())) else {}


@cache
def _slots() -> Mapping[str, str]:
    groups = [concept for concept in load_lexicon().concepts.values() if concept.field == "category" and concept.slot]
    known: dict[str, str] = {member: group.slot for group in groups for member in group.members}
    return {**known, **pairing_words()["slots"]}


@lru_cache(maxsize=1024)
def slot_of(category: str) -> str:
    """Return where a catalogue's own kind of garment is worn: one of `SLOTS`, or an empty string."""
    return _slot(_concept("category", category))


def _slot(category: str) -> str:
    if category in pairing_words()["suits"]:
        return "outer"
    slot = "top" if category == "undershirt" else _slots().get(category, "")
    return _WORN_AS.get(slot, slot)


def _formality(traits: Mapping[str, tuple[str, ...]], hints: Sequence[Mapping[str, Any]]) -> float:
    tables = pairing_words()["formality"]
    material = sum(tables["material"].get(name, 0.0) for name in traits.get("material", ())[:1])
    level = _mean(tables["category"].get(name) for name in traits.get("category", ())[:1])
    level = (_MIDDLE if level is None else level) + material
    for field, share in (("styles", _STYLE_SHARE), ("occasions", _OCCASION_SHARE)):
        told = _mean(tables[field].get(name) for name in traits.get(field, ()))
        level = level if told is None else (1 - share) * level + share * told
    told = _mean(hint.get("formality") for hint in hints)
    level = level if told is None else (1 - _HINT_SHARE) * level + _HINT_SHARE * told
    return float(min([level, *(tables["most"].get(name, level) for name in traits.get("category", ()))]))


def _seasons(traits: Mapping[str, tuple[str, ...]], hints: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    if traits.get("seasons"):
        return frozenset(traits["seasons"]) & frozenset(SEASONS) or frozenset(SEASONS)
    tables = pairing_words()["seasons"]
    told = [hint["seasons"] for hint in hints if "seasons" in hint]
    told += [tables[field][name] for field in ("material", "category", "sleeve") for name in traits.get(field, ())[:1]
             if name in tables[field]]  # fmt: skip
    left = frozenset(SEASONS)
    for seasons in told:  # the most telling comes first: what contradicts it is left out
        left = left & frozenset(seasons) or left
    return left


def _loudness(traits: Mapping[str, tuple[str, ...]], hints: Sequence[Mapping[str, Any]]) -> float:
    told = pairing_words()["loudness"].get(next(iter(traits.get("pattern", ())), ""), 0.0)
    return float(max([told, *(hint.get("loud", 0.0) for hint in hints)]))


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


@lru_cache(maxsize=4096)
def _hints(text: str) -> tuple[Mapping[str, Any], ...]:
    return tuple(hint for pattern, hint in _patterns() if pattern.search(text))


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Mapping[str, Any]], ...]:
    return tuple((re.compile("|".join(map(_spoken, hint["words"]))), hint) for hint in pairing_words()["hints"])


def _spoken(word: str) -> str:
    """Return a pattern for a word: whole words in Latin letters, Korean ones also inside a compound."""
    return rf"(?<![a-z]){re.escape(word)}(?:es|s)?(?![a-z])" if word.isascii() else re.escape(word)
