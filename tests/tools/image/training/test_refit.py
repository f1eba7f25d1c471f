"""A finished file learns more annotations: its trunk stays, its heads say what they were taught."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the extra `training`")
pytest.importorskip("onnxscript", reason="needs the extra `training`")

import torch

from stylegraph.tools.image.palette import Palette, Trust
from stylegraph.tools.image.training.calibrate import Calibration
from stylegraph.tools.image.training.export import export
from stylegraph.tools.image.training.fit import LOCAL, predict
from stylegraph.tools.image.training.items import Item, vocabulary
from stylegraph.tools.image.training.linear import fit_linear
from stylegraph.tools.image.training.network import GarmentNetwork
from stylegraph.tools.image.training.refit import read_network, refit, reread, share_right

SIDE = 64


def item(i):
    colour = ["red", "blue"][i % 2]
    known = {"category": ["coat"], "pattern": [["solid", "striped"][i % 2]], "colour": [colour], "colours": [colour]}
    return Item(str(i), "Outwear", "train", known)


ITEMS = [item(i) for i in range(60)]
WORDS = vocabulary(ITEMS)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    torch.manual_seed(0)
    network = GarmentNetwork("lite0", {name: len(values) for name, values in WORDS.items()}, LOCAL).eval()
    for values in network.state_dict().values():
        if values.is_floating_point():  # a trained network has no two layers alike, which would be written once
            values.add_(torch.rand_like(values) * 0.01)
    flat = np.zeros((2, 3), np.float32)
    eyes = np.repeat(np.eye(3, dtype=np.float32)[None], 2, 0)
    palette = Palette(WORDS["colours"], flat, eyes, flat[:, 0], np.zeros((2, 35), np.float32), Trust(1, 1, 1))
    path = tmp_path_factory.mktemp("model") / "m.onnx"
    export(network, SIDE, WORDS, Calibration({}, {"not_sure": 0.5}, {}, palette), path)
    return network, path


def test_a_finished_file_is_read_back_as_the_network_it_was(finished):
    network, path = finished
    again, words = read_network(path)
    assert words == WORDS
    pictures = np.random.default_rng(0).integers(0, 255, (3, SIDE, SIDE, 3), dtype=np.uint8)
    before, after = predict(network, pictures, SIDE), predict(again, pictures, SIDE)
    assert all(after[name] == pytest.approx(before[name], abs=0.05) for name in ("label", "pattern", "outline"))


def test_heads_learn_what_is_annotated_and_the_trunk_stays(finished):
    network, _ = read_network(finished[1])
    before = network.trunk.head.conv.weight.clone()
    label = network.heads["label"].weight.clone()
    features = np.random.default_rng(1).normal(size=(60, network.heads["pattern"].in_features)).astype(np.float32)
    features[:, 5] += np.arange(60) % 2 * 6
    refit(network, ITEMS, features, WORDS)
    said = reread(network, features)
    wanted = np.arange(60) % 2
    assert (said["pattern"].argmax(1) == wanted).all()
    assert share_right(ITEMS, said, WORDS) == {"pattern": 1.0, "colour": 1.0}
    assert ((said["colours"][:, WORDS["colours"].index("blue")] > 0) == (wanted == 1)).all()
    assert torch.equal(before, network.trunk.head.conv.weight)
    assert torch.equal(label, network.heads["label"].weight)


def test_a_linear_model_is_given_for_inputs_as_they_come():
    rng = np.random.default_rng(0)
    inputs = (rng.normal(size=(400, 4)) * [1, 10, 100, 1] + [0, 5, 1000, 0]).astype(np.float32)
    right = (inputs[:, 2] > 1000).astype(int)
    model = fit_linear(inputs, np.eye(2, dtype=np.float32)[right], 1.0)
    assert ((inputs @ model[:, :-1].T + model[:, -1]).argmax(1) == right).mean() > 0.97
