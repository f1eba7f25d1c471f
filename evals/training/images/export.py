"""Writes the network as an ONNX file that needs nothing beside it: calibrated, in half precision, with its words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from torch import Tensor, nn

from stylegraph.evals.training.images.calibrate import Calibration
from stylegraph.evals.training.images.items import ANY_OF
from stylegraph.evals.training.images.network import GarmentNetwork

_SMALL = 256
"""Tensors up to this many numbers stay in full precision."""


class _Finished(nn.Module):
    """Bytes in, probabilities out."""

    def __init__(self, network: GarmentNetwork, names: Sequence[str], temperatures: Mapping[str, float]) -> None:
        super().__init__()
        self.network, self.names, self.temperatures = network, list(names), dict(temperatures)

    def forward(self, pictures: Tensor) -> tuple[Tensor, ...]:
        given = self.network(pictures.permute(0, 3, 1, 2).float() / 127.5 - 1)
        heads = [
            torch.sigmoid(given[name])
            if name in ANY_OF
            else torch.softmax(given[name] / self.temperatures.get(name, 1.0), 1)
            for name in self.names
        ]
        return (*heads, torch.sigmoid(given["outline"]), given["texture"], given["embedding"])


def export(
    network: GarmentNetwork, side: int, words: Mapping[str, Sequence[str]], calibration: Calibration, path: Path
) -> None:
    """Write the file.

    Args:
        network: Trained.
        side: Width and height of the pictures that it will read.
        words: Head -> values.
        calibration: What makes it honest.
        path: Where to.
    """
    finished = _Finished(network, list(words), calibration.temperatures).eval().cpu()
    pictures = torch.zeros(2, side, side, 3, dtype=torch.uint8)
    outputs = [*words, "outline", "texture", "embedding"]
    program = torch.onnx.export(
        finished,
        (pictures,),
        input_names=["pictures"],
        output_names=outputs,
        dynamic_shapes=({0: torch.export.Dim("n", min=1, max=256)},),
        dynamo=True,
        opset_version=18,
    )
    model = halved(program.model_proto)
    told = {
        "side": side,
        "words": dict(words),
        "categories": dict(calibration.categories),
        "thresholds": dict(calibration.thresholds),
        "palette": calibration.palette.to_json(),
    }
    helper.set_model_props(model, {name: json.dumps(value) for name, value in told.items()})
    onnx.save(model, path)


def halved(model: onnx.ModelProto) -> onnx.ModelProto:
    """Keep large weights as float16 and widen them when the file is loaded, where the runtime folds that away.

    Computing stays in float32: a CPU is faster so.
    """
    widened = []
    for tensor in model.graph.initializer:
        if tensor.data_type != onnx.TensorProto.FLOAT or np.prod(tensor.dims) <= _SMALL:
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), f"{name}.half"))
        widened.append(helper.make_node("Cast", [f"{name}.half"], [name], to=onnx.TensorProto.FLOAT))
    nodes = [*widened, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model
