"""What a model's looks are worth, counted on what a user gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from stylegraph.agent.settings import load_settings
from stylegraph.evals.training.images.items import ONE_OF, Answers, Item
from stylegraph.evals.training.images.measure import calibration_error, macro_f1
from stylegraph.tools.fashion.vision.look import Look
from stylegraph.tools.fashion.vision.network import Garments
from stylegraph.tools.image.picture import read_picture

SAID = ("pattern", "sleeve", "material", "audience", "warmth")


def looks_of(garments: Garments, items: Sequence[Item], photos: Mapping[str, bytes]) -> list[Look]:
    """Look at the photos of items, in order."""
    settings = load_settings()
    opened = (read_picture(photos[item.image], settings) for item in items)
    found = list(garments.look_through(opened))
    return [look for look in found if not isinstance(look, Exception)]


@dataclass(frozen=True)
class LabelFigures:
    """How often the label is right, and how honest its confidence is."""

    photos: int
    labels: int
    """Labels that occur."""
    top1: float
    macro_f1: float
    calibration_error: float
    mistaken: float
    """Share of garments taken for none."""
    unsure: float
    """Share of labels said to be a guess."""
    confused: Sequence[tuple[str, str, int]]
    """Right label, what was said, how often; most often first."""


def label_figures(items: Sequence[Item], looks: Sequence[Look]) -> LabelFigures:
    """Count over photos of garments."""
    names = sorted({item.label for item in items} | {str(look["label"]) for look in looks})
    right = np.array([names.index(item.label) for item in items])
    said = np.array([names.index(str(look["label"])) for look in looks])
    pairs: dict[tuple[str, str], int] = {}
    for item, look in zip(items, looks, strict=True):
        pairs[item.label, str(look["label"])] = pairs.get((item.label, str(look["label"])), 0) + 1
    wrong = sorted(((a, b, n) for (a, b), n in pairs.items() if a != b), key=lambda pair: -pair[2])
    return LabelFigures(
        photos=len(items),
        labels=len(set(right.tolist())),
        top1=float((said == right).mean()),
        macro_f1=macro_f1(said, right),
        calibration_error=calibration_error(np.array([look["confidence"] for look in looks]), said == right),
        mistaken=_share(looks, "not_a_garment"),
        unsure=_share(looks, "not_sure"),
        confused=wrong,
    )


def _share(looks: Sequence[Look], verdict: str) -> float:
    return sum(look["verdict"] == verdict for look in looks) / max(1, len(looks))


def attribute_figures(items: Sequence[Item], looks: Sequence[Look]) -> dict[str, tuple[float, int]]:
    """Count attributes that are right: name -> share, and how many items were asked.

    What was not told counts as wrong. `colour` is the main one; `among the colours` is the main one that was said,
    found among all that were annotated.
    """
    hits: dict[str, list[bool]] = {}
    for item, look in zip(items, looks, strict=True):
        told: Mapping[str, object] = look["attributes"]
        for name in SAID:
            if item.attributes.get(name):
                hits.setdefault(name, []).append(str(told.get(name)) == item.attributes[name][0])
        if item.attributes.get("category"):
            hits.setdefault("category", []).append(look["category"] == item.attributes["category"][0])
        if item.attributes.get("colours"):
            main = look["colours"][0]["name"] if look["colours"] else ""
            hits.setdefault("colour", []).append(main == item.attributes["colours"][0])
            hits.setdefault("among the colours", []).append(main in item.attributes["colours"])
        for name in ("seasons", "styles", "occasions"):
            if item.attributes.get(name):
                hits.setdefault(name, []).extend(_agreement(item.attributes[name], told.get(name)))
    return {name: (float(np.mean(found)), len(found)) for name, found in hits.items()}


def annotators_agree(items: Sequence[Item], again: Mapping[str, Mapping[str, Answers]]) -> dict[str, tuple[float, int]]:
    """Count how often two annotators of one photo say the same, as `attribute_figures` counts a look.

    A look that agreed with the first annotator much more often than others do would know more than the photo shows.

    Args:
        items: As they were annotated.
        again: Image -> name -> answers, by others who did not know those of the item.
    """
    hits: dict[str, list[bool]] = {}
    for item in items:
        for name, answers in again.get(item.image, {}).items():
            first = item.attributes[name]
            if name in ONE_OF:
                hits.setdefault(name, []).extend(answer[0] == first[0] for answer in answers)
            elif name == "colours":
                hits.setdefault("among the colours", []).extend(answer[0] in first for answer in answers)
            else:
                hits.setdefault(name, []).extend(hit for answer in answers for hit in _agreement(first, answer))
    return {name: (float(np.mean(found)), len(found)) for name, found in hits.items()}


def _agreement(given: Sequence[str], told: object) -> list[bool]:
    """One entry a value that either names: whether both do."""
    own = set(told) if isinstance(told, list) else set()
    return [value in own and value in given for value in sorted(own | set(given))]
