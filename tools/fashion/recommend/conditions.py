"""The conditions that a wish sets beside those of its own fields: what was shown, what it cost, what ranks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stylegraph.agent.evidence import Condition, Filters
from stylegraph.tools.fashion.items.items import Item
from stylegraph.tools.fashion.query.binding import BoundLexicon
from stylegraph.tools.fashion.query.prices import Price
from stylegraph.tools.fashion.query.wish import SOFT_FIELDS, WARMTH, Wish, young


def none_of(ids: Sequence[str]) -> Filters:
    """Return the condition that keeps items out by their ids."""
    return {"id": Condition(none=list(dict.fromkeys(ids)))} if ids else {}


def of_their_kind(wish: Wish, before: Sequence[Item], lexicon: BoundLexicon) -> Filters:
    """Return what goes on from what was shown: its kind where alike is wanted, and no children's wear where none of it was."""
    relations = wish["about"]["relations"] if wish["about"] else []
    kinds = list(dict.fromkeys(item["category"] for item in before if "category" in item))
    found: Filters = {}
    if "similar" in relations and kinds and "category" not in wish["wanted"]:
        found["category"] = Condition(any=kinds)
    children = young(lexicon)
    if children and "audience" not in wish["wanted"] and not any(item.get("audience") in children for item in before):
        found["audience"] = Condition(none=children)
    return found


def price_limits(wish: Wish, before: Sequence[Item]) -> list[Condition]:
    """Return the prices that are cheaper or dearer than all items that are pointed at, than most, and than any."""
    relations = wish["about"]["relations"] if wish["about"] else []
    prices = sorted(item["price_krw"] for item in before if "price_krw" in item)
    marks = list(dict.fromkeys([prices[0], prices[len(prices) // 2], prices[-1]])) if prices else []
    if "cheaper" in relations:
        return [Condition(lte=mark - 1) for mark in marks]
    if "dearer" in relations:
        return [Condition(gte=mark + 1) for mark in reversed(marks)]
    return []


def farthest(wish: Wish, before: Sequence[Item]) -> Item:
    """Return the cheapest of what is pointed at, or the dearest where dearer is wanted."""
    ordered = sorted((item for item in before if "price_krw" in item), key=lambda item: float(item["price_krw"]))
    return ordered[0 if wish["about"] and "cheaper" in wish["about"]["relations"] else -1]


def priced(condition: Condition, currency: str) -> Price:
    """Return what a comparison with other items came to as a price."""
    price = Price(said="", currency=currency, rate=1.0, relative=True)
    if "gte" in condition:
        price["gte"] = round(condition["gte"])
    if "lte" in condition:
        price["lte"] = round(condition["lte"])
    return price


def soft_conditions(wish: Wish, columns: Mapping[str, Mapping[str, int]]) -> Filters:
    """Return the softer half of a wish as conditions: in a large catalogue what meets it is looked for first."""
    soft: Filters = {
        kind: Condition(any=values)
        for kind, values in wish["wanted"].items()
        if kind in SOFT_FIELDS and kind in columns
    }
    levels = [WARMTH[level] for level in wish["wanted"].get("warmth", [])]
    if levels:
        soft["warmth"] = Condition(gte=min(low for low, _ in levels), lte=max(high for _, high in levels))
    return soft
