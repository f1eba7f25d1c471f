"""Fills in what no column says: read from the name, then from the description; each marked, with how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stylegraph.tools.fashion.catalogue.words import concept_of, is_group, read_traits
from stylegraph.tools.fashion.items.items import DESCRIPTIONS, LIST_FIELDS, NAMES, Inferred, Item
from stylegraph.tools.fashion.items.pieces import SEASONS, piece_of
from stylegraph.tools.fashion.query.nouns import heads_of, words_of

FILLED = ("category", "colours", "pattern", "material", "sleeve", "seasons", "styles", "moods", "occasions", "audience")
SURE: Mapping[str, Mapping[str, float]] = {
    "name": {"category": 0.96, "colours": 0.95, "pattern": 0.9, "material": 0.94, "sleeve": 0.97, "seasons": 0.97,
             "styles": 0.9, "moods": 0.6, "occasions": 0.9, "audience": 0.9},
    "description": {"colours": 0.9, "pattern": 0.58, "material": 0.72, "sleeve": 0.98, "seasons": 0.99, "styles": 0.82,
                    "moods": 0.72, "occasions": 0.97},
    "kind": {"seasons": 0.87},
}  # fmt: skip
"""By, field -> share of what is read so that is right, on the tune half of what
`python -m stylegraph.evals.bench.filling` measures; where that has fewer than ten, a guess below the others. Of the
category, descriptions speak where another garment is meant."""
LEAST = 0.5
"""What is right less often than this is not filled in."""
_FIBRES = frozenset({"cotton", "synthetic", "silk", "wool", "linen"})
_FABRICS = frozenset({"padded", "denim", "fleece", "satin", "sheer", "lace", "corduroy", "velvet", "tweed"})
_SUREST = 0.99
_NOT_SAID = frozenset({"audience"})
"""Of which a description speaks where another person is meant."""


def fill(item: Item) -> None:
    """Fill in, in place, what an item's columns leave open and its texts say. What is filled stands in `inferred`."""
    _settle_category(item)
    _settle_material(item)
    if all(item.get(field) for field in FILLED):
        return
    for by, said in _told(item):
        for field, values in said.items():
            sure = SURE[by].get(field, 0.0)
            if not item.get(field) and sure >= LEAST:
                infer(item, field, values, by, sure)


def fill_by_kind(item: Item) -> None:
    """Fill in, in place, what is usual for such a garment where nothing else told: the seasons of wool, of sandals."""
    if not item.get("seasons") and item.get("category"):
        seasons = piece_of(item).seasons
        if len(seasons) < len(SEASONS):
            infer(item, "seasons", sorted(seasons, key=SEASONS.index), "kind", SURE["kind"]["seasons"])


def infer(item: Item, field: str, value: Any, by: str, confidence: float) -> None:  # noqa: ANN401 (a field's value)
    """Set a value that no column says, and note where it is from."""
    values = list(value) if isinstance(value, list | tuple) else [value]
    item[field] = values if field in LIST_FIELDS else values[-1 if field == "category" else 0]
    note: Inferred = {"by": by, "confidence": round(min(confidence, _SUREST), 2)}  # type: ignore[typeddict-item]
    item.setdefault("inferred", {})[field] = note


def _settle_category(item: Item) -> None:
    """Let a shelf that is no kind of garment ("상의", "SALE") make room for what the name says; it is kept as `shelf`."""
    category = item.get("category")
    if category and concept_of("category", category) is None and _named(item).get("category"):
        if not is_group(category) and _is_called(item, category):
            return
        item["shelf"] = item.pop("category")


def _is_called(item: Item, category: str) -> bool:
    """Check whether an item's own name ends in its kind: a "Wall Coat Rack" among coat racks is one, and no coat."""
    last = words_of(category)[-1:]
    return bool(last) and any(last[0] in head.split()[-1] for name in NAMES for head in heads_of(str(item[name])))


def _settle_material(item: Item) -> None:
    """Let a fibre make room for the fabric that the name says: a nylon "패딩" is padded; kept as `composition`."""
    material = item.get("material")
    if material and concept_of("material", material) in _FIBRES:
        named = _said(item, NAMES).get("material", ())
        if named and named[0] in _FABRICS:
            item["composition"] = item.pop("material")


def _told(item: Item) -> Iterator[tuple[str, dict[str, tuple[str, ...]]]]:
    yield "name", _named(item)
    described = _said(item, DESCRIPTIONS)
    yield "description", {field: values for field, values in described.items() if field not in _NOT_SAID}


def _named(item: Item) -> dict[str, tuple[str, ...]]:
    """Return what an item's names say; 롱패딩 names no garment and is one."""
    named = _said(item, NAMES)
    if "category" not in named and "padded" in named.get("material", ()):
        named["category"] = ("jacket",)
    return named


def _said(item: Item, fields: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Return what some of an item's texts say; of two languages the first that says something of a field counts."""
    said: dict[str, tuple[str, ...]] = {}
    for text in dict.fromkeys(str(item.get(field, "")) for field in fields):
        if text:
            said = {**read_traits(text), **said}
    return said
