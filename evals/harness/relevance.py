"""Whether an item of a catalogue is what was wanted: by its attributes alone, no code of the recommender is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import mean
from typing import Any

from stylegraph.evals.cases import Judged, PriceRange, RecommendationCase

Item = Mapping[str, Any]


def grade(case: RecommendationCase, item: Item) -> int:
    """Judge one item, 0..3, by the rules of `evals/cases/README.md`."""
    if item["id"] in case.seen:
        return case.seen[item["id"]]
    first, *others = case.must
    if not meets(item, first) or any(meets(item, group) for group in case.never) or not affordable(case.price, item):
        return 0
    unmet = sum(not meets(item, group) for group in others)
    soft = mean(meets(item, group) for group in case.should) if case.should else 1.0
    if unmet:
        return int(unmet == 1 and soft >= 0.5)
    best = 3 if soft == 1 else 2 if soft >= 0.5 else 1
    return min(best, 2) if any(_by_second_colour(item, group) for group in case.must) else best


def meets(item: Item, group: Judged) -> bool:
    """Check whether any of the fields has any of its values."""
    return any(_has(item, field, values) for field, values in group.items())


def _has(item: Item, field: str, values: Sequence[str]) -> bool:
    value = item.get(field)
    if field == "price_krw":
        return value is not None and value <= int(values[0])
    listed = value if isinstance(value, list) else [value]
    return bool({str(one) for one in listed} & set(values))


def affordable(price: PriceRange | None, item: Item) -> bool:
    """Check whether an item's price lies in a range."""
    return price is None or (price.gte or 0) <= item["price_krw"] <= (price.lte or 10**12)


def _by_second_colour(item: Item, group: Judged) -> bool:
    return "colours" in group and item["colours"][0] not in group["colours"]
