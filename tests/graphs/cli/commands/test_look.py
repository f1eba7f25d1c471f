"""`stylegraph look`, over real photos."""

from __future__ import annotations

import asyncio
import json
import shutil

import pytest
from picture_parts import PHOTOS

from stylegraph.agent.settings import load_settings
from stylegraph.tools.fashion.vision.gallery import Gallery
from stylegraph.tools.fashion.vision.network import MODEL
from stylegraph.tools.image.picture import read_picture
from stylegraph.tools.image.store import PictureStore

needs_network = pytest.mark.skipif(not MODEL.exists(), reason="no trained network is in the package yet")


@needs_network
def test_one_line_a_picture_holds_all_that_is_known(cli):
    [record] = cli("look", PHOTOS / "dress.webp", "--json").records
    assert list(record) == [
        *("file", "verdict", "category", "label", "confidence", "alternatives", "attributes", "colours", "similar"),
    ]
    assert (record["category"], record["label"]) == ("dress", "Dress")
    assert set(record["colours"][0]) == {"name", "hex", "share"}
    assert set(record["similar"][0]) == {"id", "score"}


@needs_network
def test_a_folder_is_looked_through_in_order_and_a_bad_file_is_not_the_end(cli, tmp_path):
    folder = tmp_path / "wardrobe"
    shutil.copytree(PHOTOS, folder / "summer")
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    (folder / "notes.txt").write_text("not a picture")
    result = cli("look", folder, "--json")
    files = [record["file"] for record in result.records]
    assert files == sorted(files)
    assert len(files) == len(list(PHOTOS.glob("*.webp")))
    error = json.loads(result.stderr)
    assert (result.exit_code, error["file"], error["error"]["type"]) == (1, str(folder / "broken.jpg"), "InputError")


@needs_network
def test_people_read_what_it_is_with_its_colours_and_what_looks_alike(cli):
    shown = cli("look", PHOTOS / "dress.webp").stdout
    assert "red" in shown
    assert "dress  Dress" in shown
    assert "███" in shown
    assert "like: " in shown


@needs_network
def test_a_gallery_of_ones_own_is_written_by_file_name(cli, tmp_path):
    result = cli("look", PHOTOS, "--gallery", tmp_path / "mine.npz", "--json")
    gallery = Gallery.open(tmp_path / "mine.npz")
    assert result.exit_code == 0
    assert sorted(gallery.ids) == sorted(photo.stem for photo in PHOTOS.glob("*.webp"))
    assert gallery.nearest(gallery.vectors[0], 1)[0]["id"] == gallery.ids[0]


@pytest.mark.parametrize("args", [[], ["empty"]])
def test_nothing_to_look_at_is_refused(cli, home, args):
    (home.parent / "empty").mkdir()
    assert cli("look", *args).exit_code == 2


def test_forgetting_a_person_removes_their_pictures_and_nobody_elses(cli, home):
    store = PictureStore(load_settings())
    picture = read_picture((PHOTOS / "hat.webp").read_bytes(), load_settings())
    for user in ("local", "kim"):
        asyncio.run(store.keep(picture, user))
    result = cli("profile", "forget")
    assert "1 picture removed." in result.stderr
    assert len(list((home / "pictures").rglob("*.webp"))) == 1
    cli("profile", "forget", "--user", "kim")
    assert not list((home / "pictures").rglob("*.webp"))
