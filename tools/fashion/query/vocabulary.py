"""What can be asked of a catalogue: its fields and values, read from what is loaded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NotRequired

from typing_extensions import TypedDict

from stylegraph.tools.fashion.query.nouns import WordReader, Words

TEXT_FIELDS = frozenset({"id", "name_ko", "name_en", "description_ko", "description_en", "image", "image_url", "url", "price_shown",
                         "inferred", "shelf", "composition"})  # fmt: skip
"""What describes one item, and is not filtered by."""

_LONGEST_VALUE = 40
_MOST_VALUES = 400
_SHARE_OF_SINGLES = 0.5
_FEWEST_ON_A_SHELF = 3
_SHARE_OF_A_SHELF = 0.25
"""So many of a shelf's items say by their names what its others are as well."""


class Vocabulary(TypedDict):
    """The values that a catalogue's items have: plain data, kept beside the index."""

    items: int
    values: dict[str, dict[str, int]]
    """Field -> value -> number of items. Fields may be columns of the user's own."""
    ranges: dict[str, list[float]]
    """Numeric field -> its lowest, lower third, median, upper third and highest value."""
    words: NotRequired[Words]
    """What the items' own words are."""
    shelves: NotRequired[dict[str, str]]
    """A kind of the shop's own -> the one kind of garment that names of its items say: rucksacks among Packs are bags."""


class VocabularyReader:
    """Collects a vocabulary while items pass by."""

    def __init__(self) -> None:
        self._items = 0
        self._values: dict[str, Counter[str]] = {}
        self._numbers: dict[str, Counter[float]] = {}
        self._words = WordReader()
        self._shelves: dict[str, Counter[str]] = {}

    @property
    def items(self) -> int:
        """How many items have passed."""
        return self._items

    def read(self, item: Mapping[str, Any]) -> None:
        """Take note of one item's values."""
        self._items += 1
        self._words.read(item)
        if item.get("shelf") and item.get("category"):
            self._shelves.setdefault(str(item["shelf"]), Counter())[str(item["category"])] += 1
        for field, value in item.items():
            if field in TEXT_FIELDS:
                continue
            if isinstance(value, int | float) and not isinstance(value, bool):
                self._numbers.setdefault(field, Counter())[float(value)] += 1
                continue
            for single in value if isinstance(value, list) else [value]:
                self._note(field, single)

    def _note(self, field: str, value: object) -> None:
        counts = self._values.setdefault(field, Counter())
        if isinstance(value, str) and value and len(value) <= _LONGEST_VALUE and len(counts) <= _MOST_VALUES:
            counts[value] += 1

    def vocabulary(self) -> Vocabulary:
        """Return what was collected. A column whose values are mostly different for every item is no vocabulary."""
        return Vocabulary(
            items=self._items,
            values={
                field: dict(sorted(counts.items()))
                for field, counts in sorted(self._values.items())
                if _is_shared(counts, self._items)
            },
            ranges={field: _spread(counts) for field, counts in sorted(self._numbers.items())},
            words=self._words.words(),
            shelves=dict(self._taught()),
        )

    def _taught(self) -> Iterator[tuple[str, str]]:
        """Return the shelves whose items' names say one kind of garment, or none."""
        for shelf, counts in self._shelves.items():
            (kind, there), left = counts.most_common(1)[0], self._values.get("category", Counter())[shelf]
            if len(counts) == 1 and left and there >= max(_FEWEST_ON_A_SHELF, _SHARE_OF_A_SHELF * (there + left)):
                yield shelf, kind


def vocabulary_of(items: Iterable[Mapping[str, Any]]) -> Vocabulary:
    """Return the vocabulary of some items."""
    reader = VocabularyReader()
    for item in items:
        reader.read(item)
    return reader.vocabulary()


def _is_shared(counts: Counter[str], items: int) -> bool:
    if not counts or len(counts) > _MOST_VALUES:
        return False
    return len(counts) <= 20 or len(counts) < items * _SHARE_OF_SINGLES


def _spread(counts: Counter[float]) -> list[float]:
    ordered = sorted(counts)
    total, marks, seen = sum(counts.values()), [1 / 3, 1 / 2, 2 / 3], 0
    quantiles: list[float] = []
    for value in ordered:
        seen += counts[value]
        while len(quantiles) < len(marks) and seen >= marks[len(quantiles)] * total:
            quantiles.append(value)
    return [ordered[0], *quantiles, ordered[-1]]
