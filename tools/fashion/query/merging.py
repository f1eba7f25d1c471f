"""Joins a wish with conditions that came from elsewhere, such as a router that is a model."""

from __future__ import annotations

from collections.abc import Iterable

from stylegraph.agent.evidence import Condition, Filters
from stylegraph.tools.fashion.query.binding import BoundLexicon
from stylegraph.tools.fashion.query.lexicon import compact
from stylegraph.tools.fashion.query.prices import Price
from stylegraph.tools.fashion.query.wish import SOFT_FIELDS, Unexpressed, Wish, wish_filters


def with_conditions(wish: Wish, given: Filters, lexicon: BoundLexicon, *, again: bool) -> Wish:
    """Let conditions win over what the words imply; exclusions of both add up.

    Args:
        wish: What the words say.
        given: The conditions; values under any of their spellings. The wish notes what the catalogue can't express.
        lexicon: The words of the catalogue.
        again: Whether this is another try: then a condition of the words that is no longer among those given was given
            up on purpose, and only ranks.
    """
    if again:
        soften(wish, [field for field in wish_filters(wish, lexicon) if field not in given])
    for field, condition in given.items():
        if field == "price_krw":
            wish["price"] = _price(condition, lexicon) or wish["price"]
        if "any" in condition:
            values = list(_bound(wish, field, condition["any"], lexicon))
            if values:
                wish["wanted"][field] = values
        if "none" in condition:
            ruled_out = [value for name in condition["none"] for value in resolved(field, name, lexicon)]
            wish["excluded"][field] = list(dict.fromkeys([*wish["excluded"].get(field, []), *ruled_out]))
    return wish


def _price(condition: Condition, lexicon: BoundLexicon) -> Price | None:
    price = Price(said="", currency=lexicon.currency, rate=lexicon.money.rates[lexicon.currency])
    if "gte" in condition:
        price["gte"] = round(condition["gte"])
    if "lte" in condition:
        price["lte"] = round(condition["lte"])
    return price if len(price) > 3 else None


def resolved(field: str, name: str, lexicon: BoundLexicon) -> tuple[str, ...]:
    """Return the catalogue's values for a name of one of them, under any of its spellings."""
    if name in lexicon.vocabulary["values"].get(field, {}):
        return (name,)
    plain = compact(name)
    if own := tuple(value for value in lexicon.vocabulary["values"].get(field, {}) if compact(value) == plain):
        return own
    concept = lexicon.lexicon.by_spelling.get(field, {}).get(compact(name))
    return lexicon.values(field, concept) if concept else ()


def _bound(wish: Wish, field: str, names: Iterable[str], lexicon: BoundLexicon) -> Iterable[str]:
    everybody = lexicon.values(field, "unisex") if field == "audience" else ()
    asked = [name for name in names if name not in everybody] or list(names)
    if field == "audience":
        asked = _named_alone(asked, lexicon)
    for name in asked:
        values = resolved(field, name, lexicon)
        if not values:
            wish["unexpressed"].append(Unexpressed(field=field, concept=name, said=name, must=False))
        yield from values


def _named_alone(names: list[str], lexicon: BoundLexicon) -> list[str]:
    """Leave out what is for a boy as well as for children: taken for a wish, it would let in what is for girls."""
    girls, boys = (set(lexicon.values("audience", one)) & set(names) for one in ("girls", "boys"))
    kids = set(lexicon.values("audience", "kids")) if bool(girls) != bool(boys) else set()
    return [name for name in names if name not in kids]


def soften(wish: Wish, fields: Iterable[str]) -> None:
    """Let what is wanted of some fields rank, and be no condition any more."""
    for field in fields:
        if field in wish["wanted"] and field not in {*SOFT_FIELDS, "audience"}:
            wish["preferred"][field] = wish["wanted"].pop(field)
        if field == "price_krw":
            wish["price"] = None
