"""A finished file learns more annotations: its trunk stays, its heads say what they were taught."""

import io

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("torch", reason="needs the extra `training`")
pytest.importorskip("cv2", reason="needs the extra `training`")
pytest.importorskip("onnxscript", reason="needs the extra `training`")

import torch

from stylegraph.agent.settings import load_settings
from stylegraph.tools.image.garments import Garments
from stylegraph.tools.image.palette import Palette, Trust
from stylegraph.tools.image.picture import read_picture
from stylegraph.tools.image.training.__main__ import main
from stylegraph.tools.image.training.calibrate import Calibration
from stylegraph.tools.image.training.export import export
from stylegraph.tools.image.training.fit import LOCAL, predict
from stylegraph.tools.image.training.items import Item, vocabulary
from stylegraph.tools.image.training.linear import fit_linear
from stylegraph.tools.image.training.network import GarmentNetwork
from stylegraph.tools.image.training.refit import read_network, refit, share_right

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


def features_of(network, count=60):
    """Features of which one tells pattern and colour."""
    features = np.random.default_rng(1).normal(size=(count, network.heads["pattern"].in_features)).astype(np.float32)
    features[:, 5] += np.arange(count) % 2 * 6
    return features


def test_heads_learn_what_is_annotated_and_the_trunk_stays(finished):
    network, _ = read_network(finished[1])
    before = network.trunk.head.conv.weight.clone()
    label = network.heads["label"].weight.clone()
    features = features_of(network)
    said = refit(network, ITEMS, features, WORDS, 60)
    wanted = np.arange(60) % 2
    assert (said["pattern"].argmax(1) == wanted).all()
    assert share_right(ITEMS, said, WORDS) == {"pattern": 1.0, "colour": 1.0}
    assert ((said["colours"][:, WORDS["colours"].index("blue")] > 0) == (wanted == 1)).all()
    with torch.no_grad():
        own = network.heads["pattern"](torch.from_numpy(features)).numpy()
    assert own == pytest.approx(said["pattern"], abs=1e-3)
    assert torch.equal(before, network.trunk.head.conv.weight)
    assert torch.equal(label, network.heads["label"].weight)


def test_photos_kept_for_tuning_teach_but_are_judged_by_fits_that_left_them_out(finished):
    network, _ = read_network(finished[1])
    noise = np.random.default_rng(2).normal(size=(60, network.heads["pattern"].in_features)).astype(np.float32)
    said = refit(network, ITEMS, noise, WORDS, 20)
    with torch.no_grad():
        own = network.heads["pattern"](torch.from_numpy(noise)).numpy()
    kept = [{"pattern": values[20:], "colour": said["colour"][20:]} for values in (said["pattern"], own)]
    guessed, learnt = (share_right(ITEMS[20:], one, WORDS)["pattern"] for one in kept)
    assert guessed < 0.75
    assert learnt > 0.9


def test_teaching_the_same_again_changes_nothing(finished):
    network, _ = read_network(finished[1])
    first = refit(network, ITEMS, features_of(network), WORDS, 45)
    again = refit(network, ITEMS, features_of(network), WORDS, 45)
    assert all(again[name] == pytest.approx(first[name], abs=1e-4) for name in first)


def picture(i):
    """Red and plain, or blue and striped, with enough grain that no two are alike."""
    pixels = np.full((80, 60, 3), (200, 30, 40) if i % 2 == 0 else (40, 60, 190), np.uint8)
    if i % 2:
        pixels[::8] = 240
    noise = np.random.default_rng(i).integers(0, 12, pixels.shape, dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels + noise).save(file, "PNG")
    return file.getvalue()


def test_the_command_makes_a_finished_file_from_a_finished_file(finished, tmp_path):
    names = [f"photo{i}" for i in range(80)]
    (tmp_path / "photos").mkdir()
    for i, name in enumerate(names):
        (tmp_path / "photos" / f"{name}.png").write_bytes(picture(i))
    labels = "image,label,kids,split\n" + "".join(f"{name},Outwear,False,train\n" for name in names)
    (tmp_path / "labels.csv").write_text(labels, encoding="utf-8")
    rows = (f"{name},coat,{['solid', 'striped'][i % 2]},,{['red', 'blue'][i % 2]}\n" for i, name in enumerate(names))
    (tmp_path / "more.csv").write_text("image,category,pattern,sleeve,colours\n" + "".join(rows), encoding="utf-8")
    given = {"photos": "photos", "labels": "labels.csv", "attributes": "more.csv", "out": "new.onnx"}
    options = [word for name, file in given.items() for word in (f"--{name}", str(tmp_path / file))]
    main(["refit", *options, "--model", str(finished[1])])
    garments = Garments(tmp_path / "new.onnx")
    assert garments.knowledge.words == WORDS
    seen = garments.see([read_picture(picture(i), load_settings()) for i in (100, 101)])
    for head, values in (("pattern", ["solid", "striped"]), ("colour", ["red", "blue"])):
        assert [WORDS[head][i] for i in seen[head].argmax(1)] == values


def test_a_linear_model_is_given_for_inputs_as_they_come():
    rng = np.random.default_rng(0)
    inputs = (rng.normal(size=(400, 4)) * [1, 10, 100, 1] + [0, 5, 1000, 0]).astype(np.float32)
    right = (inputs[:, 2] > 1000).astype(int)
    model = fit_linear(inputs, np.eye(2, dtype=np.float32)[right], 1.0)
    assert ((inputs @ model[:, :-1].T + model[:, -1]).argmax(1) == right).mean() > 0.97


def test_the_habits_of_other_annotators_are_left_behind():
    """What one calls floral, the other calls other."""
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(600, 3)).astype(np.float32)
    ours = np.arange(600) % 6 == 0
    print_ = inputs[:, 0] > 0
    right = np.where(print_ & (ours | (inputs[:, 1] > 1)), 1, 0)
    rows = np.eye(2, dtype=np.float32)[right]
    own, common = fit_linear(inputs, rows, 1.0, ours=ours), fit_linear(inputs, rows, 1.0)

    def said(model):
        return (inputs[ours] @ model[:, :-1].T + model[:, -1]).argmax(1)

    assert (said(own) == right[ours]).mean() > 0.85 > (said(common) == right[ours]).mean()
