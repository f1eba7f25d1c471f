"""The network trains, is written, and says the same in the runtime as in training."""

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("torch", reason="needs the extra `training`")
pytest.importorskip("cv2", reason="needs the extra `training`")
pytest.importorskip("onnxscript", reason="needs the extra `training`")

import torch

from stylegraph.evals.training.images.augment import augment
from stylegraph.evals.training.images.calibrate import Calibration, fit_embedding
from stylegraph.evals.training.images.export import export
from stylegraph.evals.training.images.fit import LOCAL, Examples, Fit, Recipe, predict
from stylegraph.evals.training.images.items import Item, no_garments, targets, vocabulary
from stylegraph.evals.training.images.network import GarmentNetwork
from stylegraph.evals.training.images.outlines import outline
from stylegraph.evals.training.images.pixels import Pixels
from stylegraph.evals.training.images.views import make_views
from stylegraph.tools.fashion.vision.network import Garments
from stylegraph.tools.fashion.vision.palette import Palette, Trust
from stylegraph.tools.image.picture import Picture

SIDE = 64


def item(i):
    known = {
        **{"category": ["coat"], "pattern": ["solid"], "sleeve": ["long"], "material": ["wool"], "audience": ["men"]},
        **{"warmth": ["5"], "colour": ["red"], "colours": ["red"], "seasons": ["winter"], "styles": ["formal"]},
        **{"occasions": ["office"], "kids": ["kids"]},
    }
    return Item(str(i), "AB"[i % 2], "train", known)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Two labels that a glance tells apart: bright and dark."""
    place = tmp_path_factory.mktemp("views")
    items = [item(i) for i in range(24)]
    words = vocabulary(items)
    rng = np.random.default_rng(0)
    pictures = np.stack(
        [rng.integers(0, 90, (SIDE, SIDE, 3), dtype=np.uint8) + 160 * (i % 2) for i in range(24)]
    ).astype(np.uint8)
    pixels = Pixels(pictures, np.full((24, 72, 72), 255, np.uint8), np.ones(24, bool))
    recipe = Recipe(size="lite0", side=SIDE, copies=2, epochs=12, batch=12, mixing=0.0, average=0.5, negatives=0.25)
    torch.manual_seed(0)
    network = GarmentNetwork("lite0", {name: len(values) for name, values in words.items()}, LOCAL)
    views = make_views(network.trunk, pixels, 2, SIDE, place / "photos", torch.device("cpu"))
    losses = []
    photos = Examples(views, np.ones(24, np.float32), targets(items, words, 0.05))
    others = Examples(views, np.ones(24, np.float32), no_garments(24, words))
    fit = Fit(network, recipe, photos, others)
    average = fit.run(lambda _epoch, loss: losses.append(loss))
    return average, words, pictures, losses


def test_training_lowers_the_loss(trained):
    *_, losses = trained
    assert len(losses) == 12
    assert losses[-1] < losses[0] * 0.8


def test_early_features_are_left_as_they_were(trained):
    network = trained[0]
    torch.manual_seed(0)
    fresh = GarmentNetwork("lite0", {name: len(values) for name, values in trained[1].items()}, LOCAL)
    assert torch.equal(network.trunk.stem.conv.weight, fresh.trunk.stem.conv.weight)
    assert not torch.equal(network.trunk.head.conv.weight, fresh.trunk.head.conv.weight)


def test_the_file_says_what_the_network_says(trained, tmp_path):
    network, words, pictures, _ = trained
    fit_embedding(
        network, np.random.default_rng(0).normal(size=(300, network.embedding.in_features)).astype(np.float32)
    )
    flat = np.zeros((1, 3), np.float32)
    light = np.zeros((1, 35), np.float32)
    palette = Palette(words["colours"], flat, np.eye(3, dtype=np.float32)[None], flat[:, 0], light, Trust(1, 1, 1))
    thresholds = dict.fromkeys(["not_a_garment", "not_sure", *words], 0.5)
    export(network, SIDE, words, Calibration({"label": 2.0}, thresholds, {}, palette), tmp_path / "m.onnx")
    garments = Garments(tmp_path / "m.onnx")
    seen = garments.see([Picture(Image.fromarray(picture), "PNG") for picture in pictures[:4]])
    own = predict(network, pictures[:4], SIDE)
    powers = np.exp(own["label"] / 2.0)
    assert seen["label"] == pytest.approx(powers / powers.sum(1, keepdims=True), abs=2e-3)
    assert seen["kids"] == pytest.approx(1 / (1 + np.exp(-own["kids"])), abs=2e-3)
    assert np.linalg.norm(seen["embedding"], axis=1) == pytest.approx(np.ones(4), abs=1e-3)
    assert garments.knowledge.words == words
    assert (tmp_path / "m.onnx").stat().st_size < 9_000_000


def test_augmented_pictures_keep_their_shape_and_range():
    torch.manual_seed(0)
    pictures, outlines, natural = augment(torch.rand(16, 3, 80, 80), torch.rand(16, 1, 72, 72), SIDE)
    assert pictures.shape == (16, 3, SIDE, SIDE)
    assert outlines.shape == (16, 1, SIDE // 8, SIDE // 8)
    assert 0 <= float(pictures.min()) <= float(pictures.max()) <= 1
    assert set(natural.tolist()) == {0.0, 1.0}


def test_the_outline_of_a_plain_garment_is_found():
    photo = Image.new("RGB", (120, 160), (190, 160, 130))
    photo.paste((30, 40, 120), (30, 40, 90, 120))
    found = outline(photo)
    assert found is not None
    assert found[36, 36] == 255
    assert found[3, 3] == 0
    assert found.mean() / 255 == pytest.approx(60 * 80 / (160 * 160), abs=0.03)


def test_a_photo_of_one_colour_has_no_outline():
    assert outline(Image.new("RGB", (100, 100), "white")) is None
