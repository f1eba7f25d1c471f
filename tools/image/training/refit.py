"""Teaches a finished network more annotations without training its trunk: minutes where a whole training takes hours.

Attributes that lie in the fabric can be read off features that were learnt for something else. What the heads for
them know is then bounded by how many photos are annotated, and annotating is cheap.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from torch import nn

from stylegraph.tools.image.training.fit import LOCAL
from stylegraph.tools.image.training.items import ANY_OF, Item, targets
from stylegraph.tools.image.training.linear import fit_linear
from stylegraph.tools.image.training.network import SCALES, GarmentNetwork

HEADS = ("pattern", "colour", "colours")
"""Heads that are taught."""
_DECAYS = {"pattern": 100.0}
_DECAY = 300.0
_BY_HABIT = frozenset({"pattern"})
"""Heads whose words the annotators of the catalogue and of the rest use differently: "other" for an abstract print."""
_SMOOTHING = 0.1
_FOLDS = 4

Values = NDArray[np.float32]
Words = Mapping[str, Sequence[str]]


def read_network(path: Path) -> tuple[GarmentNetwork, dict[str, list[str]]]:
    """Read a finished file back: the network, and the words of its heads."""
    model = onnx.load(path)
    words = json.loads(next(p.value for p in model.metadata_props if p.key == "words"))
    state = {
        tensor.name.removesuffix(".half").removeprefix("network."): torch.from_numpy(
            numpy_helper.to_array(tensor).astype(np.float32)
        )
        for tensor in model.graph.initializer
        if tensor.name.startswith("network.")
    }
    network = GarmentNetwork(_size(state), {name: len(values) for name, values in words.items()}, LOCAL)
    left = network.load_state_dict(state, strict=False)
    missing = [name for name in left.missing_keys if not name.endswith("num_batches_tracked")]
    if missing or left.unexpected_keys:
        raise ValueError(f"{path} is no file of this training: {missing[:3]} are missing.")
    return network.eval(), words


def _size(state: Mapping[str, torch.Tensor]) -> str:
    """Tell the trunk's size by the shape of its layers."""
    for size in SCALES:
        own = GarmentNetwork(size, {}, ()).trunk.state_dict()
        if all(
            f"trunk.{name}" in state and state[f"trunk.{name}"].shape == values.shape
            for name, values in own.items()
            if not name.endswith("num_batches_tracked")
        ):
            return size
    raise ValueError("The file's network is of no size that is known here.")


def refit(
    network: GarmentNetwork, items: Sequence[Item], features: Values, words: Words, learnt: int
) -> dict[str, Values]:
    """Fit the heads again to all annotated photos.

    The photos kept for tuning teach, too: the trunk has not seen them, so their features are as honest as those of any
    photo to come, where it knows those that it learnt from by heart.

    Args:
        network: Changed in place.
        items: Photos: first those that the trunk learnt from, then those kept for tuning.
        features: What the network makes of them, shape (n, d).
        words: Head -> values.
        learnt: How many come first.

    Returns:
        The heads' logits. Those of photos kept for tuning are from fits that left them out, so that they can be
        measured and calibrated on.
    """
    rows, tuning = targets(items, words, _SMOOTHING), np.arange(len(items)) - learnt
    return {
        name: _taught(network.heads[name], _Lesson(name, items, features, rows[name]), np.maximum(tuning, -1))
        for name in HEADS
    }


@dataclass(frozen=True)
class _Lesson:
    """What one head is taught."""

    name: str
    items: Sequence[Item]
    features: Values
    rows: Values

    def fitted(self, chosen: NDArray[np.bool_]) -> Values:
        """Fit to those of the chosen photos that are annotated."""
        any_of = self.name in ANY_OF
        known = np.flatnonzero(chosen & self.rows.any(1))
        wanted = self.rows[known, : self.rows.shape[1] // 2] if any_of else self.rows[known]
        ours = np.array([self.items[i].in_catalogue for i in known.tolist()], np.bool_)
        return fit_linear(
            self.features[known],
            wanted,
            _DECAYS.get(self.name, _DECAY),
            "any" if any_of else "one",
            ours=ours if self.name in _BY_HABIT and ours.any() else None,
        )

    def read(self, model: Values) -> Values:
        """Give a model's logits of all photos."""
        given: Values = self.features @ model[:, :-1].T + model[:, -1]
        return given


def _taught(head: nn.Module, lesson: _Lesson, tuning: NDArray[np.int64]) -> Values:
    """Set a head, and give its logits; `tuning` is the place among those kept for tuning, -1 for the others."""
    assert isinstance(head, nn.Linear)
    model = lesson.fitted(np.ones(len(tuning), np.bool_))
    with torch.no_grad():
        head.weight.copy_(torch.from_numpy(model[:, :-1]))
        head.bias.copy_(torch.from_numpy(model[:, -1]))
    logits = lesson.read(model)
    for fold in range(_FOLDS):
        out = (tuning >= 0) & (tuning % _FOLDS == fold)
        if out.any():
            logits[out] = lesson.read(lesson.fitted(~out))[out]
    return logits


def share_right(items: Sequence[Item], seen: Mapping[str, Values], words: Words) -> dict[str, float]:
    """Count how often the likeliest pattern and colour are the annotated ones, among annotated photos."""
    shares = {}
    for name in HEADS:
        if name in ANY_OF:
            continue
        said = [words[name][i] for i in seen[name].argmax(1).tolist()]
        hits = [
            word == item.attributes[name][0]
            for word, item in zip(said, items, strict=True)
            if item.attributes.get(name)
        ]
        shares[name] = float(np.mean(hits)) if hits else 0.0
    return shares
