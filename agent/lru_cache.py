"""What was used lately, up to a number of values."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class LRUCache(OrderedDict[Key, Value]):
    """Values by key, those that were used last at the end; what was not used longest is forgotten.

    Args:
        most: How many values are kept.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def recall(self, keys: Iterable[Key]) -> dict[Key, Value]:
        """Return what is kept under some keys; it has been used now."""
        known = {key: self[key] for key in keys if key in self}
        for key in known:
            self.move_to_end(key)
        return known

    def keep(self, values: Mapping[Key, Value]) -> None:
        """Keep values as those that were used last, and forget what is too many."""
        self.update(values)
        while len(self) > self._most:
            self.popitem(last=False)
