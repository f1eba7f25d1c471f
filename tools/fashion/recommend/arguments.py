"""Structured filters: what a chat model may ask of one catalogue, in its own fields, values and currency, and how that is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from stylegraph.tools.fashion.query.binding import BoundLexicon
from stylegraph.tools.fashion.query.merging import resolved
from stylegraph.tools.fashion.query.nouns import Nouns
from stylegraph.tools.fashion.query.prices import Price
from stylegraph.tools.fashion.query.wish import Wish
from stylegraph.tools.fashion.recommend.notes import Notes

Schema = dict[str, Any]

_LISTED = ("category", "colours", "material", "pattern", "audience", "seasons", "occasions", "styles")
"""Fields that a model may filter by, in the order in which they are told."""
_MOST_VALUES = 40
"""With more values than this a field is described by its most frequent ones, and anything may be asked."""
_EXAMPLES = 25
_OWN_COLUMNS, _OWN_VALUES = 4, 20
_NEAR, _CUTOFF = 5, 0.5
_CUTOFF_NAME = 0.7
_LONGEST_SHOWN = 80
_PLAIN = ("size", "sizes", "사이즈", "치수")


def schema_of(lexicon: BoundLexicon, nouns: Nouns) -> Schema:
    """Return the JSON schema of the tool that recommends, bounded in size whatever the catalogue holds.

    Args:
        lexicon: Knows the catalogue's fields, values and currency.
        nouns: Knows what its items are called.
    """
    properties: Schema = {
        "wish": {
            "type": "string",
            "description": "The whole wish in the person's language, with what still holds of the conversation: what, for whom, "
            "when, how it should look, what to leave out. The other arguments make conditions of its plain parts.",
        }
    }
    for field in (*_LISTED, *_own(lexicon)):
        if choices := _values(lexicon, nouns, field):
            properties[field] = _listed(field, choices)
    if spread := lexicon.vocabulary["ranges"].get("price_krw"):
        scale = lexicon.money.rates[lexicon.currency]
        low, high = (round(bound / scale, 2) for bound in (spread[0], spread[-1]))
        for name, end in (("price_min", "Lowest"), ("price_max", "Highest")):
            told = f"{end} price in {lexicon.currency}; prices here go from {low:,.10g} to {high:,.10g}. No other currency."
            properties[name] = {"type": "number", "minimum": 0, "description": told}
        properties["sort"] = {
            "type": "string",
            "enum": ["cheapest", "dearest"],
            "description": "Order by price, if asked for.",
        }
    return {"type": "object", "properties": properties, "required": ["wish"]}


def _own(lexicon: BoundLexicon) -> list[str]:
    """Return the columns of the catalogue's own that have few values, sizes first."""
    columns = lexicon.vocabulary["values"]
    sizes = [name for name in _PLAIN if name in columns]
    others = [name for name in lexicon.own_columns() if name not in sizes and 1 < len(columns[name]) <= _OWN_VALUES]
    return [*sizes, *others][:_OWN_COLUMNS]


def _values(lexicon: BoundLexicon, nouns: Nouns, field: str) -> list[str]:
    counts = lexicon.vocabulary["values"].get(field, {})
    values = sorted(counts, key=lambda value: (-counts[value], value))
    return values or (nouns.heads[:_MOST_VALUES] if field == "category" else [])


def _listed(field: str, choices: Sequence[str]) -> Schema:
    items: Schema = {"type": "string"}
    told = f"Only items whose {field} is one of these."
    if len(choices) <= _MOST_VALUES:
        items["enum"] = list(choices)
    else:
        told = f"{told} Such as: {', '.join(choices[:_EXAMPLES])}. Others are there as well."
    return {"type": "array", "items": items, "maxItems": 8, "description": told}


def with_arguments(wish: Wish, arguments: Mapping[str, Any], lexicon: BoundLexicon, nouns: Nouns, notes: Notes) -> Wish:
    """Let structured filters win over what the words of a wish imply; what is not there is noted, with what is near it.

    Args:
        wish: What the words say; changed in place.
        arguments: As a model gave them, unchecked.
        lexicon: The words of the catalogue.
        nouns: What its items are called.
        notes: Takes what can't be met.
    """
    _check_shapes(arguments, schema_of(lexicon, nouns)["properties"], notes)
    for field in (*_LISTED, *_own(lexicon)):
        asked = _texts(arguments.get(field))
        if asked and (field in lexicon.vocabulary["values"] or field == "category"):
            _ask(wish, field, asked, lexicon, nouns, notes)
    if (price := _price(arguments, lexicon)) is not None:
        wish["price"] = price
    if arguments.get("sort") in {"cheapest", "dearest"}:
        wish["order"] = arguments["sort"]
    return wish


def _check_shapes(arguments: Mapping[str, Any], properties: Schema, notes: Notes) -> None:
    """Note every filter that can't be read: no number where one is asked for, no such order, no such filter at all."""
    for name, value in arguments.items():
        known = properties.get(name)
        if known is not None and value is not None and not _has_shape(value, known):
            told = known.get("enum") or known.get("items", {}).get("enum") or []
            notes.misshapen_argument(name, known["type"], str(value)[:_LONGEST_SHOWN], told[:_NEAR])
        elif known is None and (near := get_close_matches(name.lower(), properties, n=_NEAR, cutoff=_CUTOFF_NAME)):
            notes.unknown_filter(name, near)


def _has_shape(value: object, known: Schema) -> bool:
    if known["type"] == "array":
        return isinstance(value, str) or (isinstance(value, list) and all(isinstance(one, str) for one in value))
    if known["type"] == "number":
        return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    return isinstance(value, str) and value in known.get("enum", [value])


def _ask(wish: Wish, field: str, asked: Sequence[str], lexicon: BoundLexicon, nouns: Nouns, notes: Notes) -> None:
    values = [value for name in asked for value in resolved(field, name, lexicon)]
    unknown = [name for name in asked if not resolved(field, name, lexicon)]
    if field == "category":
        called = [name for name in unknown if all(nouns.place(word) == "name" for word in name.split())]
        unknown = [name for name in unknown if name not in called]
        if called and not values:
            known = {one["said"] for one in wish.get("named", [])}
            more = [nouns.named(name, name.split(), must=True) for name in called[:1] if name not in known]
            wish["named"] = [*wish.get("named", []), *more]
    if values:
        wish["wanted"][field] = list(dict.fromkeys(values))
        wish["preferred"].pop(field, None)
        wish["unexpressed"] = [one for one in wish["unexpressed"] if one["field"] != field]
    for name in unknown:
        notes.unknown_argument(field, name, list(_near(name, field, lexicon, nouns)))


def _near(name: str, field: str, lexicon: BoundLexicon, nouns: Nouns) -> Iterator[str]:
    """Return the values that come closest to a name, most like it first; where none does, the most frequent ones."""
    values = _values(lexicon, nouns, field)
    by_lower = {value.lower(): value for value in values}
    close = get_close_matches(name.lower(), by_lower, n=_NEAR, cutoff=_CUTOFF)
    yield from (by_lower[one] for one in close) if close else values[:_NEAR]


def _price(arguments: Mapping[str, Any], lexicon: BoundLexicon) -> Price | None:
    scale = lexicon.money.rates[lexicon.currency]
    price = Price(said="", currency=lexicon.currency, rate=scale)
    for name, end in (("price_min", "gte"), ("price_max", "lte")):
        amount = arguments.get(name)
        if isinstance(amount, int | float) and not isinstance(amount, bool) and amount >= 0:
            price[end] = round(amount * scale)  # type: ignore[literal-required]
    return price if "gte" in price or "lte" in price else None


def _texts(value: object) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    return [one.strip() for one in listed if isinstance(one, str) and one.strip()]
