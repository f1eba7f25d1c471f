"""Teaches a finished network more annotations without training its trunk: minutes where a whole training takes hours.

Attributes that lie in the fabric can be read off features that were learnt for something else. What the heads for
them know is then bounded by how many photos are annotated, and annotating is cheap.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
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
_DECAY = 300.0
_SMOOTHING = 0.1

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


@torch.no_grad()
def refit(network: GarmentNetwork, items: Sequence[Item], features: Values, words: Words) -> None:
    """Fit the heads again to all annotated photos.

    Args:
        network: Changed in place.
        items: Photos to learn from.
        features: What the network makes of them, shape (n, d).
        words: Head -> values.
    """
    rows = targets(items, words, _SMOOTHING)
    for name in HEADS:
        known = rows[name].any(1)
        wanted = rows[name][known]
        if name in ANY_OF:
            wanted = wanted[:, : wanted.shape[1] // 2]
        head = network.heads[name]
        assert isinstance(head, nn.Linear)
        with torch.enable_grad():
            fitted = fit_linear(features[known], wanted, _DECAY, "any" if name in ANY_OF else "one")
        head.weight.copy_(torch.from_numpy(fitted[:, :-1]))
        head.bias.copy_(torch.from_numpy(fitted[:, -1]))


def reread(network: GarmentNetwork, features: Values) -> dict[str, Values]:
    """Give the logits of the heads that were taught."""
    with torch.no_grad():
        return {name: network.heads[name](torch.from_numpy(features)).numpy() for name in HEADS}


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
