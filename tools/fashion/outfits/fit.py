"""How well pieces that are known by descriptions fit what was said: their character, and the likeness of the words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from stylegraph.agent.protocols import Vectors
from stylegraph.agent.text.resources import read_yaml
from stylegraph.tools.embeddings import LocalEmbedder  # whatever the settings name: the weights are fitted to it
from stylegraph.tools.fashion.outfits.character import SCALES, asked, described, phrases_of
from stylegraph.tools.fashion.outfits.dialogue import Clause

LIKENESS = ("answered", "meant", "near", "refused")
"""How far each clause finds a phrase that is like it; each phrase a clause; all of them on average; and what is refused."""


def fits(descriptions: Sequence[str], clauses: Sequence[Clause]) -> dict[str, float]:
    """Return how descriptions stand to what was said, by scale and by kind of likeness.

    Args:
        descriptions: Of the pieces of one outfit.
        clauses: What was said.

    Returns:
        Of a scale, 0 where it is as asked or nothing was, else less; of a likeness, -1 to 1.
    """
    wanted = asked(clauses)
    worn = np.mean([described(one) for one in descriptions], axis=0)
    character = dict(zip(SCALES, (wanted * worn - np.abs(wanted)).tolist(), strict=True))
    return character | dict(zip(LIKENESS, _likeness(descriptions, clauses), strict=True))


def _likeness(descriptions: Sequence[str], clauses: Sequence[Clause]) -> tuple[float, float, float, float]:
    phrases = LocalEmbedder().encode([phrase for one in descriptions for phrase in phrases_of(one)])
    wanted = [one for one in clauses if not one.refused]
    refused = [one.matter for one in clauses if one.refused]
    against = -float((phrases @ LocalEmbedder().encode(refused).T).max(axis=0).mean()) if refused else 0.0
    if not wanted:
        return 0.0, 0.0, 0.0, against
    alike = phrases @ LocalEmbedder().encode([one.text for one in wanted]).T
    weights: Vectors = np.array([one.weight for one in wanted])
    met = np.maximum(alike, 0)
    near = float(alike.mean(axis=0) @ weights / weights.sum())
    return float(met.max(axis=0) @ weights / weights.sum()), float(met.max(axis=1).mean()), near, against


@cache
def weights() -> Mapping[str, float]:
    """Return what each of them weighs, as `stylegraph.evals.training.outfits` learned it from judged outfits."""
    learned: Mapping[str, float] = read_yaml("stylegraph.tools.fashion", "outfits/weights.yaml")
    return learned


def character(found: Mapping[str, float]) -> float:
    """Weigh the scales, 0..1: 1 where nothing is asked of any, or all are as asked."""
    return math.exp(sum(weights()[name] * found[name] for name in SCALES))


def likeness(found: Mapping[str, float]) -> float:
    """Weigh the likenesses, 0..1, where 1 is the best of those that were judged."""
    return min(1.0, math.exp(sum(weights()[name] * found[name] for name in LIKENESS) - weights()["best"]))
