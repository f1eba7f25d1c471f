"""How well colours go together, by their hue and chroma in CIELAB.

Hues that are alike or neighbours agree, as in the templates of Matsuda that Cohen-Or et al. ("Color Harmonization",
2006) give; opposite ones do so less, and what lies between is discord. What has little chroma takes little part in it,
and black, white, grey, navy, beige, brown and denim go with anything, as people wear them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

from stylegraph.tools.fashion.items.word_files import pairing_words
from stylegraph.tools.fashion.vision.colours import to_lab

_VIVID = 45.0
"""CIELAB chroma from which a colour plays its part in full."""


@dataclass(frozen=True)
class Shade:
    """A colour in CIELAB's polar form."""

    lightness: float
    """0..100."""
    chroma: float
    hue: float
    """Degrees, 0..360."""
    neutral: bool
    """Whether it goes with any other."""

    @property
    def vividness(self) -> float:
        """How much it takes part in discord, 0..1."""
        return 0.0 if self.neutral else min(1.0, self.chroma / _VIVID)


@cache
def shade(name: str) -> Shade | None:
    """Return the shade of a colour's name; None for a name that is not known."""
    words = pairing_words()
    code = words["colours"].get(name)
    if code is None:
        return None
    rgb = np.array([int(code[at : at + 2], 16) for at in (1, 3, 5)], np.uint8)
    lightness, a, b = (float(value) for value in to_lab(rgb))
    return Shade(lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360, name in words["neutral"])


@cache
def harmony(one: str, other: str) -> float:
    """Return how well two named colours go together, 0..1; a name that is not known goes with any."""
    left, right = shade(one), shade(other)
    if left is None or right is None:
        return 1.0
    apart = abs(left.hue - right.hue)
    agreement = _between(min(apart, 360 - apart))
    return 1 - (1 - agreement) * math.sqrt(left.vividness * right.vividness)


def kinship(colours: Sequence[str]) -> str:
    """Name what colours have in common: `neutral`, `accent` (one beside neutrals), `tonal` (of one hue), `near`, or ``."""
    strong = [found for name in dict.fromkeys(colours) if (found := shade(name)) is not None and not found.neutral]
    if len(strong) < 2:
        return ("neutral", "accent")[len(strong)]
    apart = max(min(gap, 360 - gap) for gap in (abs(one.hue - two.hue) for one in strong for two in strong))
    if apart <= _NEIGHBOURS[0]:
        return "tonal"
    return "near" if apart <= _NEIGHBOURS[1] else ""


_NEIGHBOURS = (27.5, 45)
"""Degrees within which hues are of one family, and within which they are neighbours."""


def _between(degrees: float) -> float:
    for (low, at_low), (high, at_high) in pairwise(pairing_words()["hues"]):
        if degrees <= high:
            return float(at_low + (at_high - at_low) * (degrees - low) / (high - low))
    return float(pairing_words()["hues"][-1][1])
