"""Makes what the network says honest, on photos that it did not learn from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from stylegraph.evals.training.images.items import ANY_OF, ONE_OF, Item, answers_of
from stylegraph.evals.training.images.measure import Values, softmax, temperature
from stylegraph.evals.training.images.network import GarmentNetwork
from stylegraph.evals.training.images.palette import fit_palette
from stylegraph.tools.fashion.vision.colours import clusters, surroundings
from stylegraph.tools.fashion.vision.palette import Palette, Trust

Seen = Mapping[str, Values]
_MISTAKEN = 0.01
"""Share of garments that may be taken for none."""
_GUESS = 0.5
"""A label that is right less often than this is a guess."""
_TRUSTS = ((0.0, 0.25, 0.5, 1.0), (0.0, 0.5, 1.0, 1.5, 2.0), (0.0, 0.25, 0.5, 1.0, 1.5, 2.0))
"""What is tried for each part of `Trust`."""
_COMMON = 0.03
"""Share of the photos from which a label is common."""
_FEW = 30
"""Photos without which a head keeps its own temperature."""


@dataclass(frozen=True)
class Calibration:
    """What is written into the model's file beside the weights."""

    temperatures: Mapping[str, float]
    thresholds: Mapping[str, float]
    categories: Mapping[str, Sequence[str]]
    palette: Palette


def calibrate(
    items: Sequence[Item], seen: Seen, pictures: NDArray[np.uint8], learnt: int, words: Mapping[str, Sequence[str]]
) -> Calibration:
    """Fit temperatures, thresholds and colour names.

    Args:
        items: Photos: first those that were learnt from (for what colours are called), then those kept for tuning.
        seen: The network's logits of all of them.
        pictures: Their pixels, shape (n, s, s, 3).
        learnt: How many come first.
        words: Head -> values.
    """
    kept = items[learnt:]
    tuned = {name: values[learnt:] for name, values in seen.items()}
    temperatures = {name: _temperature(name, kept, tuned, words) for name in ("label", *ONE_OF) if name in words}
    temperatures["label"] = _temperature("label", *_clean(kept, tuned), words)
    none = softmax(tuned["label"] / temperatures["label"])[:, -1]
    thresholds = {"not_a_garment": float(np.clip(np.quantile(none, 1 - _MISTAKEN), 0.25, 0.6)), "not_sure": _GUESS}
    thresholds |= {name: 0.0 if name in ("pattern", "sleeve") else 0.4 for name in ONE_OF}
    thresholds |= dict.fromkeys(ANY_OF, 0.5)
    palette = _palette(items, seen, pictures, learnt, words)
    return Calibration(temperatures, thresholds, _categories(items[:learnt], words), palette)


def _clean(items: Sequence[Item], seen: Seen) -> tuple[list[Item], Seen]:
    """Return the photos whose labels can be trusted: common ones, of adults' clothes.

    Rare labels overlap with common ones (Top, Undershirt, T-Shirt), so people mixed them up. Fitted on those, too, the
    network is shy where labels are clean.
    """
    counts = Counter(item.label for item in items)
    clean = [
        i
        for i, item in enumerate(items)
        if counts[item.label] >= _COMMON * len(items) and not item.attributes.get("kids")
    ]
    return [items[i] for i in clean], {"label": seen["label"][clean]}


def _temperature(name: str, items: Sequence[Item], seen: Seen, words: Mapping[str, Sequence[str]]) -> float:
    known = [
        (i, item.label if name == "label" else next(iter(item.attributes.get(name, ())), None))
        for i, item in enumerate(items)
    ]
    pairs = [(i, words[name].index(value)) for i, value in known if value in words[name]]
    if len(pairs) < _FEW:
        return 1.0
    return temperature(seen[name][[i for i, _ in pairs]], np.array([right for _, right in pairs]))


def _categories(items: Sequence[Item], words: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """For each label the categories that its photos were given, slips of one in fifty left out."""
    given: dict[str, list[str]] = {label: [] for label in words["label"][:-1]}
    for item in items:
        given[item.label].extend(item.attributes.get("category", ()))
    return {
        label: sorted({c for c in found if found.count(c) > max(1, len(found) // 50)}) or list(words["category"])
        for label, found in given.items()
    }


def _palette(
    items: Sequence[Item], seen: Seen, pictures: NDArray[np.uint8], learnt: int, words: Mapping[str, Sequence[str]]
) -> Palette:
    """Fit what colours are called to what was learnt from, and whom to trust how far to what was kept."""
    known = [i for i, item in enumerate(items) if item.attributes.get("colours")]
    outlines = {i: 1 / (1 + np.exp(-seen["outline"][i])) for i in known}
    groups = {i: clusters(Image.fromarray(pictures[i]), outlines[i]) for i in known}
    lights = {
        i: np.concatenate([surroundings(Image.fromarray(pictures[i]), outlines[i]), seen["texture"][i]]) for i in known
    }
    first, rest = [i for i in known if i < learnt], [i for i in known if i >= learnt]
    given = [answers_of(items[i], "colours") for i in first]
    palette = fit_palette(words["colours"], [groups[i] for i in first], np.array([lights[i] for i in first]), given)
    main = softmax(seen["colour"])[:, [words["colour"].index(name) for name in words["colours"]]]
    any_of = 1 / (1 + np.exp(-seen["colours"]))

    def right(trust: Trust) -> float:
        judge = replace(palette, trust=trust)
        said = [judge.named(groups[i], lights[i], any_of[i], main[i])[0]["name"] for i in rest]
        worths = [_worth(name, items[i].attributes["colours"]) for name, i in zip(said, rest, strict=True)]
        return float(np.mean(worths))

    return replace(palette, trust=max((Trust(*t) for t in product(*_TRUSTS)), key=right))


def _worth(name: str, given: Sequence[str]) -> float:
    """The main colour is right; another of the garment's is half right."""
    return 1.0 if name == given[0] else 0.5 if name in given else 0.0


@torch.no_grad()
def fit_embedding(network: GarmentNetwork, features: Values) -> None:
    """Set the embedding to the features' principal components, large ones damped by a square root.

    Args:
        network: Changed in place.
        features: Shape (n, d), of garments.
    """
    middle = features.mean(0)
    _, scales, directions = np.linalg.svd(features - middle, full_matrices=False)
    length = network.embedding.out_features
    spread = scales[:length] / np.sqrt(len(features))
    weight = directions[:length] / np.sqrt(spread + 0.05 * spread[0])[:, None]
    network.embedding.weight.copy_(torch.from_numpy(weight.astype(np.float32)))
    network.embedding.bias.copy_(torch.from_numpy((-weight @ middle).astype(np.float32)))
