"""How often what is filled in from an item's texts is right. `python -m stylegraph.evals.bench.filling --split test`.

The items are those of the sample catalogue, whose attributes were annotated from their photos: the columns are taken away,
filled in again from name and description, in each language alone, and compared. Every other item is of the test split.
The confidences in `tools/fashion/catalogue/filling.py` are the precisions of the tune split.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence

from stylegraph.tools.fashion.catalogue.catalogue import sample_items
from stylegraph.tools.fashion.catalogue.filling import FILLED, fill, fill_by_kind
from stylegraph.tools.fashion.items.items import Item

_TEXTS = ("name", "description")


def stripped(item: Item, language: str) -> Item:
    """Return an item with nothing but its texts in one language, as a shop with few columns has it."""
    bare: Item = {"id": item["id"]}
    for text in _TEXTS:
        bare |= {f"{text}_{both}": item[f"{text}_{language}"] for both in ("ko", "en")}
    return bare


def judged(items: Sequence[Item], language: str) -> Iterator[tuple[str, str, int, int]]:
    """Return, for each field that was filled in: field, from what, how many values, how many of them are right."""
    for item in items:
        filled = stripped(item, language)
        fill(filled)
        fill_by_kind(filled)
        for field, note in filled.get("inferred", {}).items():
            values, truth = _listed(filled[field]), _listed(item[field])
            right = sum(value in truth or (field == "audience" and truth == ["unisex"]) for value in values)
            yield field, note["by"], len(values), right


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else [value]


def figures(split: str) -> Iterator[dict[str, object]]:
    """Return a line for each language and field: how many items it was filled in for, and the share of values right."""
    items = sample_items()[split == "test" :: 2]
    for language in ("ko", "en"):
        counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
        for field, by, values, right in judged(items, language):
            for at, more in enumerate((1, values, right)):
                counts[field, by][at] += more
        for field, by in sorted(counts, key=lambda key: (FILLED.index(key[0]), key[1])):
            filled, values, right = counts[field, by]
            yield {"split": split, "language": language, "field": field, "by": by, "items": len(items), "filled": filled,
                   "precision": round(right / values, 3)}  # fmt: skip


def main() -> None:
    """Print the figures of one split."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=["tune", "test"], default="tune")
    for figure in figures(parser.parse_args().split):
        print(json.dumps(figure))


if __name__ == "__main__":
    main()
