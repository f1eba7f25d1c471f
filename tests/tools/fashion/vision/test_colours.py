"""A garment's colours come from its own pixels, in the space in which people see differences."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from stylegraph.tools.fashion.vision.colours import clusters, surroundings, to_lab
from stylegraph.tools.fashion.vision.palette import Palette, Trust

NAMES = ["black", "blue", "grey", "red", "white", "yellow"]
RGB = np.array([[20, 20, 22], [40, 60, 160], [128, 128, 128], [190, 30, 40], [245, 245, 245], [230, 200, 40]], np.uint8)
FLAT = np.ones(len(NAMES), np.float32)


@pytest.fixture
def palette():
    precisions = np.repeat(np.diag([1 / 200, 1 / 80, 1 / 80])[None], len(NAMES), 0).astype(np.float32)
    none = np.zeros((len(NAMES), 35), np.float32)
    return Palette(NAMES, to_lab(RGB), precisions, none[:, 0], none, Trust(1, 1, 1))


def named(palette, picture, any_of=FLAT, main=FLAT):
    return palette.named(clusters(*picture), surroundings(*picture), any_of, main)


def shirt(*colours, ground="white", size=(90, 120)):
    """A garment of stripes of equal width on a ground, and its outline."""
    picture, outline = Image.new("RGB", size, ground), Image.new("F", size, 0.0)
    box = (20, 20, size[0] - 20, size[1] - 20)
    ImageDraw.Draw(outline).rectangle(box, fill=1.0)
    wide = (box[2] - box[0] + 1) / len(colours)
    for i, colour in enumerate(colours):
        ImageDraw.Draw(picture).rectangle((box[0] + i * wide, box[1], box[0] + (i + 1) * wide, box[3]), fill=colour)
    return picture, np.asarray(outline)


def test_known_colours_stand_where_cielab_says():
    lab = to_lab(np.array([[255, 255, 255], [0, 0, 0], [255, 0, 0], [0, 0, 255]], np.uint8))
    assert lab == pytest.approx(
        np.array([[100, 0, 0], [0, 0, 0], [53.24, 80.09, 67.20], [32.30, 79.19, -107.86]]), abs=0.1
    )


def test_the_background_is_left_out(palette):
    found = named(palette, shirt("#be1e28", ground="#28b040"))
    assert [colour["name"] for colour in found] == ["red"]
    assert found[0]["share"] == pytest.approx(1, abs=0.01)


def test_colours_come_with_their_share_largest_first(palette):
    found = named(palette, shirt("#be1e28", "#be1e28", "#f5f5f5"))
    assert [colour["name"] for colour in found] == ["red", "white"]
    assert [colour["share"] for colour in found] == pytest.approx([2 / 3, 1 / 3], abs=0.05)
    assert found[0]["hex"].startswith("#b")


def test_a_shadow_in_the_folds_is_no_colour_of_its_own(palette):
    found = named(palette, shirt("#be1e28", "#a81a23", "#96171f"))
    assert [colour["name"] for colour in found] == ["red"]


def test_clusters_of_one_name_are_joined(palette):
    found = named(palette, shirt("#3c5cc8", "#203078"))
    assert [colour["name"] for colour in found] == ["blue"]
    assert found[0]["share"] == pytest.approx(1)


def test_what_the_network_makes_of_the_light_decides_a_close_call(palette):
    yellowish = shirt("#e9dd96")
    alone = named(palette, yellowish)[0]["name"]
    sure_of_white = np.where(np.array(NAMES) == "white", 0.95, 0.02).astype(np.float32)
    assert named(palette, yellowish, sure_of_white, sure_of_white)[0]["name"] == "white"
    sure_of_yellow = np.where(np.array(NAMES) == "yellow", 0.95, 0.02).astype(np.float32)
    assert named(palette, yellowish, sure_of_yellow, sure_of_yellow)[0]["name"] == "yellow"
    assert alone in NAMES


def test_an_outline_of_nothing_means_the_middle(palette):
    picture, outline = shirt("#283ca0")
    found = named(palette, (picture, np.zeros_like(outline)))
    assert found[0]["name"] == "blue"


def test_a_palette_survives_being_written(palette):
    again = Palette.from_json(palette.to_json())
    picture = shirt("#be1e28", "#f5f5f5", "#141416")
    assert named(again, picture) == named(palette, picture)


@given(st.lists(st.tuples(*[st.integers(0, 255)] * 3), min_size=1, max_size=9), st.integers(0, 2**32 - 1))
def test_shares_add_up_whatever_the_picture(colours, seed):
    picture, _ = shirt(*colours)
    outline = np.random.default_rng(seed).random((17, 17), dtype=np.float32)
    found = clusters(picture, outline)
    assert sum(cluster.share for cluster in found) == pytest.approx(1)
    assert found == sorted(found, key=lambda cluster: -cluster.share)


def test_the_light_is_told_from_what_is_beside_the_garment():
    dark, bright = (surroundings(*shirt("#7a7a7a", ground=ground)) for ground in ("#202020", "#f0f0f0"))
    assert dark.shape == bright.shape == (34,)
    own, beside = slice(0, 15), slice(23, 32)
    assert dark[own] == pytest.approx(bright[own], abs=0.02)
    assert dark[beside][0] < bright[beside][0]


@pytest.mark.parametrize("colour", ["black", "white"])
def test_a_picture_of_one_colour_is_described_all_the_same(colour):
    described = surroundings(Image.new("RGB", (50, 50), colour), np.ones((5, 5), np.float32))
    assert np.isfinite(described).all()
