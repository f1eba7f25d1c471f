"""Ages as sizes: 6-7Y, 3-6M, 5세, "for a six-year-old", all in months."""

from __future__ import annotations

import re
from collections.abc import Iterable

_AGE = re.compile(
    r"(?<![\d.])(?P<from>\d{1,2})(?:\s?[-~–]\s?(?P<to>\d{1,2}))?[\s-]?"
    r"(?:(?P<months>months?|mths?|mos?(?![a-z])|m(?![a-z])|개월)|(?P<years>years?|yrs?|y(?![a-z])|yo(?![a-z])|살|세))",
    re.IGNORECASE,
)
_CHILD = 14 * 12
_BABY = 24

Months = tuple[int, int]
"""From, to; the end not included."""


def months_in(text: str) -> Months | None:
    """Return the age that a size or a wish names; None where it names none, or a grown-up's."""
    match = _AGE.search(text)
    if match is None:
        return None
    unit = 1 if match["months"] else 12
    first, last = int(match["from"]), int(match["to"] or match["from"])
    found = first * unit, last * unit if unit == 1 and match["to"] else (last + 1) * unit
    return found if found[0] < found[1] and found[0] < _CHILD else None


def sizes_for(age: Months, sizes: Iterable[str]) -> list[str]:
    """Return the sizes that fit an age, most of it first."""
    shared = {size: _shared(age, own) for size in sizes if (own := months_in(size))}
    return [size for size in sorted(shared, key=lambda one: -shared[one]) if shared[size] > 0]


def audience_of(age: Months) -> str:
    """Return whom an age is: `baby`, or `kids`."""
    return "baby" if age[1] <= _BABY else "kids"


def _shared(left: Months, right: Months) -> int:
    return min(left[1], right[1]) - max(left[0], right[0])
