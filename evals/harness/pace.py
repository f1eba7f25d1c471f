"""How long something took, as a ratio: seconds are of a machine, and of how busy it was; a ratio can be compared."""

from __future__ import annotations

import time
from functools import cache
from statistics import median

_ROUNDS = 5
_COUNTED_TO = 200_000


@cache
def yardstick() -> float:
    """Return how many seconds this machine takes for a fixed piece of work in Python, the median of a few rounds."""
    return median(_timed() for _ in range(_ROUNDS))


def _timed() -> float:
    began = time.perf_counter()
    total = 0
    for number in range(_COUNTED_TO):
        total += number * number % 7
    return time.perf_counter() - began
