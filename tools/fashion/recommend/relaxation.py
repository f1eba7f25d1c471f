"""Conditions are given up in a stated order when too little meets them all; never an exclusion, never a must."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from stylegraph.agent.evidence import Condition, Filters
from stylegraph.tools.fashion.query.binding import BoundLexicon
from stylegraph.tools.fashion.query.wish import HARD_COLUMNS

ORDER = (
    "profile",
    "own",
    "sleeve",
    "pattern",
    "material",
    "seasons",
    "colours_near",
    "colours",
    "price_krw",
    "price_any",
    "category_near",
)
"""What is given up, least missed first: what the person usually dislikes, columns of the catalogue's own, sleeve,
pattern, material, season, the colour for its neighbours, any colour, the price by 30 %, then any price, the garment for its nearest
kinds. For whom it is is never given up."""

_PRICE_ROOM = 0.3


@dataclass(frozen=True)
class Step:
    """One widening: the conditions that are left, and what was given up for them."""

    filters: Filters
    given_up: tuple[str, ...]
    """Entries of `ORDER`; a column of the catalogue's own by its name."""


def steps(filters: Filters, must: Sequence[str], disliked: Filters, lexicon: BoundLexicon) -> Iterator[Step]:
    """Return ever wider conditions: each thing alone first, in order, then more and more together.

    Args:
        filters: The conditions, without those of the profile.
        must: Fields that are kept as they are.
        disliked: Conditions of the profile.
        lexicon: Knows what is near what.
    """
    keys = [key for key in _keys(filters, disliked) if _field(key) not in must]
    singles = [(key,) for key in keys]
    together = [done for done in accumulate(singles, lambda one, other: one + other) if len(done) > 1]
    for given_up in [*singles, *together]:
        yield Step(_without(filters, given_up, disliked, lexicon), given_up)


def _keys(filters: Filters, disliked: Filters) -> Iterator[str]:
    own = [field for field, condition in filters.items() if field not in {*HARD_COLUMNS, "id"} and "any" in condition]
    for key in ORDER:
        if key == "own":
            yield from own
        elif key == "profile":
            if disliked:
                yield key
        elif _is_conditioned(key, filters):
            yield key


def _is_conditioned(key: str, filters: Filters) -> bool:
    condition = filters.get(_field(key), Condition())
    return "any" in condition or (_field(key) == "price_krw" and bool(condition))


def _field(key: str) -> str:
    return "price_krw" if key == "price_any" else key.removesuffix("_near")


def _without(filters: Filters, given_up: Sequence[str], disliked: Filters, lexicon: BoundLexicon) -> Filters:
    left = filters if "profile" in given_up else combined(filters, disliked)
    left = {field: Condition(**condition) for field, condition in left.items()}
    for key in given_up:
        field = _field(key)
        if key == "price_any":
            left.pop(field, None)
        elif key.endswith("_near"):
            left[field]["any"] = _with_near(field, left[field].get("any", []), lexicon)
        elif key == "price_krw" and field in left:
            left[field] = _roomier(left[field])
        elif field in left:
            left[field].pop("any", None)
    return {field: condition for field, condition in left.items() if condition}


def _with_near(field: str, values: Sequence[str], lexicon: BoundLexicon) -> list[str]:
    near = [other for value in values for other in (*lexicon.kinds(field, value), *lexicon.near(field, value))]
    return list(dict.fromkeys([*values, *near]))


def _roomier(price: Condition) -> Condition:
    wider = Condition()
    if "gte" in price:
        wider["gte"] = price["gte"] * (1 - _PRICE_ROOM)
    if "lte" in price:
        wider["lte"] = price["lte"] * (1 + _PRICE_ROOM)
    return wider


def combined(filters: Filters, more: Filters) -> Filters:
    """Return conditions that hold both: exclusions add up, ranges meet, values of `more` take the place of others."""
    result: Filters = {field: Condition(**condition) for field, condition in filters.items()}
    for field, condition in more.items():
        into = result.setdefault(field, Condition())
        if "any" in condition:
            into["any"] = list(condition["any"])
        if "none" in condition:
            into["none"] = list(dict.fromkeys([*into.get("none", []), *condition["none"]]))
        if "gte" in condition:
            into["gte"] = max(condition["gte"], into.get("gte", condition["gte"]))
        if "lte" in condition:
            into["lte"] = min(condition["lte"], into.get("lte", condition["lte"]))
    return result
