"""A gallery finds what looks alike."""

import numpy as np
import pytest

from stylegraph.agent.errors import CatalogueError
from stylegraph.tools.fashion.vision.gallery import Gallery


@pytest.fixture
def gallery():
    vectors = np.random.default_rng(0).normal(size=(500, 128)).astype(np.float32)
    return Gallery([f"item{i}" for i in range(500)], vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def test_the_same_item_comes_first_and_the_rest_in_order(gallery):
    found = gallery.nearest(gallery.vectors[7], 10)
    assert found[0] == {"id": "item7", "score": 1.0}
    assert [s["score"] for s in found] == sorted((s["score"] for s in found), reverse=True)
    exact = np.sort(gallery.vectors @ gallery.vectors[7])[::-1][:10]
    assert [s["score"] for s in found] == pytest.approx(exact, abs=1e-4)


def test_only_among_the_items_asked_for(gallery):
    assert [s["id"] for s in gallery.nearest(gallery.vectors[7], 10, within={"item3", "item7", "nothing"})] == [
        "item7",
        "item3",
    ]


def test_no_more_than_there_are(gallery):
    assert len(gallery.nearest(gallery.vectors[0], 1000)) == 500
    assert Gallery([], np.empty((0, 128), np.float32)).nearest(gallery.vectors[0], 5) == []


def test_it_is_the_same_after_being_written(gallery, tmp_path):
    gallery.save(tmp_path / "gallery.npz")
    again = Gallery.open(tmp_path / "gallery.npz")
    assert again.ids == gallery.ids
    assert again.vectors == pytest.approx(gallery.vectors, abs=1e-3)


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 broken", b"text"])
def test_what_is_no_gallery_is_a_clear_error(content, tmp_path):
    path = tmp_path / "gallery.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CatalogueError, match="can't be read"):
        Gallery.open(path)
