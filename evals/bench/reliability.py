"""How far probabilities can be taken at their word: Brier score, expected calibration error, and the table behind them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_BINS = 10
_BAR = 30
"""Characters of a bar that stands for 1."""


class Bin(NamedTuple):
    """Predictions that are about as sure."""

    low: float
    high: float
    size: int
    said: float
    """Their mean probability."""
    came: float
    """The share of them that came true."""


class Reliability(NamedTuple):
    """What a set of probabilities is worth."""

    size: int
    right: float
    """Share that is right where a half decides."""
    brier: float
    """Mean squared distance of the probability from what came (Brier 1950): 0 is best, a coin's is .25."""
    error: float
    """Expected calibration error (Naeini et al. 2015): how far said and came are apart, by bins of a tenth."""
    bins: list[Bin]


def reliability(said: Sequence[float], came: Sequence[bool]) -> Reliability:
    """Compare probabilities with what came true."""
    likely, true = np.asarray(said, dtype=np.float64), np.asarray(came, dtype=np.float64)
    places = np.minimum((likely * _BINS).astype(int), _BINS - 1)
    bins = [_bin(place, likely[places == place], true[places == place]) for place in np.unique(places)]
    error = sum(one.size * abs(one.said - one.came) for one in bins) / len(likely)
    right = float(np.mean((likely >= 0.5) == (true > 0.5)))
    return Reliability(len(likely), right, float(np.mean((likely - true) ** 2)), float(error), bins)


def diagram(found: Reliability) -> str:
    """Return the reliability diagram as lines of text: `#` up to what came, `|` where what was said stands."""
    return "\n".join(
        f"  {one.low:.1f}-{one.high:.1f} {one.size:5}  said {one.said:.2f}  came {one.came:.2f}  {_bar(one)}"
        for one in found.bins
    )


def _bin(place: int, said: NDArray[np.float64], came: NDArray[np.float64]) -> Bin:
    return Bin(place / _BINS, (place + 1) / _BINS, len(said), float(said.mean()), float(came.mean()))


def _bar(one: Bin) -> str:
    line = list("#" * round(one.came * _BAR) + " " * (_BAR - round(one.came * _BAR)))
    line[min(_BAR - 1, round(one.said * _BAR))] = "|"
    return "".join(line)
