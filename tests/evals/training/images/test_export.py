"""A trained network is written as a file that says the same, and a training can go on from it."""

import io

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("torch", reason="needs the extra `training`")
pytest.importorskip("cv2", reason="needs the extra `training`")
pytest.importorskip("onnxscript", reason="needs the extra `training`")

import torch

from stylegraph.agent.settings import load_settings
from stylegraph.evals.training.images.__main__ import main
from stylegraph.evals.training.images.fit import LOCAL, predict
from stylegraph.evals.training.images.items import Item, vocabulary
from stylegraph.evals.training.images.network import GarmentNetwork
from stylegraph.tools.fashion.vision.network import Garments
from stylegraph.tools.image.picture import read_picture

SIDE = 64


def item(i):
    colour = ["red", "blue"][i % 2]
    known = {"category": ["coat"], "pattern": [["solid", "striped"][i % 2]], "colour": [colour], "colours": [colour]}
    return Item(str(i), "Outwear", "train", known)


ITEMS = [item(i) for i in range(60)]
WORDS = vocabulary(ITEMS)


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return GarmentNetwork("lite0", {name: len(values) for name, values in WORDS.items()}, LOCAL).eval()


def picture(i):
    """Red and plain, or blue and striped, with enough grain that no two are alike."""
    pixels = np.full((80, 60, 3), (200, 30, 40) if i % 2 == 0 else (40, 60, 190), np.uint8)
    if i % 2:
        pixels[::8] = 240
    noise = np.random.default_rng(i).integers(0, 12, pixels.shape, dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels + noise).save(file, "PNG")
    return file.getvalue()


def test_the_command_writes_what_was_trained(network, tmp_path):
    names = [f"photo{i}" for i in range(160)]  # more than the embedding is long
    (tmp_path / "photos").mkdir()
    for i, name in enumerate(names):
        (tmp_path / "photos" / f"{name}.png").write_bytes(picture(i))
    labels = "image,label,kids,split\n" + "".join(f"{name},Outwear,False,train\n" for name in names)
    (tmp_path / "labels.csv").write_text(labels, encoding="utf-8")
    rows = (f"{name},coat,{['solid', 'striped'][i % 2]},{['red', 'blue'][i % 2]}\n" for i, name in enumerate(names))
    (tmp_path / "more.csv").write_text("image,category,pattern,colours\n" + "".join(rows), encoding="utf-8")
    torch.save({"state": network.state_dict(), "recipe": {"size": "lite0"}}, tmp_path / "network.pt")
    given = {"photos": "photos", "labels": "labels.csv", "attributes": "more.csv", "work": "", "out": "new.onnx"}
    main(["export", "--read", str(SIDE), *(str(w) for k, v in given.items() for w in (f"--{k}", tmp_path / v))])
    garments = Garments(tmp_path / "new.onnx")
    assert garments.knowledge.words == WORDS
    shown = [read_picture(picture(i), load_settings()) for i in (100, 101)]
    seen = garments.see(shown)
    pixels = np.stack([np.asarray(one.square(SIDE)) for one in shown])
    for head in ("pattern", "label"):
        assert seen[head].argmax(1).tolist() == predict(network, pixels, SIDE)[head].argmax(1).tolist()
    assert (garments.knowledge.side, garments.knowledge.palette.names) == (SIDE, ["blue", "red"])


def test_a_training_goes_on_only_from_a_network_of_the_same_words(network, tmp_path):
    (tmp_path / "photos").mkdir()
    for i in range(4):
        (tmp_path / "photos" / f"p{i}.png").write_bytes(picture(i))
    rows = "".join(f"p{i},Dress,False,train\n" for i in range(4))
    (tmp_path / "labels.csv").write_text("image,label,kids,split\n" + rows, encoding="utf-8")
    given = {
        "photos": tmp_path / "photos",
        "labels": tmp_path / "labels.csv",
        "work": tmp_path / "new",
        "start": tmp_path,
    }
    options = ["fit", *(str(word) for name, file in given.items() for word in (f"--{name}", file)), "--size", "lite0"]
    with pytest.raises(SystemExit, match=r"network\.pt is not there: run `fit"):
        main(options)
    torch.save({"state": network.state_dict(), "recipe": {"size": "lite0"}}, tmp_path / "network.pt")
    with pytest.raises(SystemExit, match="other words were learnt"):
        main(options)
