"""Pictures are kept for a while, by content, for the one who sent them."""

import asyncio
import io
import os
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from stylegraph.agent.errors import InputError
from stylegraph.agent.settings import load_settings
from stylegraph.tools.image.picture import Picture, open_picture, read_picture
from stylegraph.tools.image.store import PictureStore

PHOTOS = Path(__file__).parent / "photos"


@pytest.fixture
def store(tmp_path):
    return PictureStore(load_settings(home=tmp_path))


async def photo(store, name="jacket"):
    return await open_picture(PHOTOS / f"{name}.webp", store.settings)


def files(store):
    return sorted(store.settings.pictures.glob("*/*"))


async def test_a_kept_picture_opens_again_after_a_restart(store):
    stored = await store.keep(await photo(store), "mina")
    again = await PictureStore(store.settings).open(stored["reference"], "mina")
    assert stored["reference"].startswith("picture:")
    assert (stored["width"], stored["height"]) == again.size == (299, 224)


async def test_the_state_holds_a_reference_and_no_pixels(store):
    stored = await store.keep(await photo(store), "mina")
    assert len(str(stored)) < 200


async def test_the_same_picture_is_kept_once(store):
    first, second = [await store.keep(await photo(store), "mina") for _ in range(2)]
    assert first == second
    assert len(files(store)) == 1


async def test_what_is_kept_carries_no_metadata(store):
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (37.0, 33.0, 0.0)}
    file = io.BytesIO()
    Image.new("RGB", (50, 50), "red").save(file, "JPEG", exif=exif)
    await store.keep(read_picture(file.getvalue(), store.settings), "mina")
    with Image.open(files(store)[0]) as kept:
        assert not kept.getexif()


async def test_nobody_else_opens_it(store):
    stored = await store.keep(await photo(store), "mina")
    with pytest.raises(InputError, match="no longer kept"):
        await store.open(stored["reference"], "joon")


async def test_forgetting_a_person_removes_all_of_theirs_and_nothing_else(store):
    mine = [await store.keep(await photo(store, name), "mina") for name in ("jacket", "hat")]
    theirs = await store.keep(await photo(store), "joon")
    assert await store.forget("mina") == 2
    for stored in mine:
        with pytest.raises(InputError):
            await store.open(stored["reference"], "mina")
    assert (await store.open(theirs["reference"], "joon")).size
    assert await store.forget("nobody") == 0


async def test_an_unused_picture_goes_after_its_time_and_use_prolongs_it(store):
    names = ("jacket", "hat", "dress")
    old, used, _ = [await store.keep(await photo(store, name), "mina") for name in names]
    long_ago = time.time() - 31 * 86_400
    for file in files(store):
        os.utime(file, (long_ago, long_ago))
    await store.open(used["reference"], "mina")
    await store.keep(await photo(store, "shoes"), "mina")
    assert (await store.open(used["reference"], "mina")).size
    with pytest.raises(InputError, match="Send it again"):
        await store.open(old["reference"], "mina")


async def test_the_longest_unused_goes_when_room_is_short(store):
    rng = np.random.default_rng(0)
    small = PictureStore(store.settings.model_copy(update={"picture_keep_bytes": 200_000}))
    for _ in range(12):
        noise = Image.fromarray(rng.integers(0, 256, (200, 200, 3), dtype=np.uint8))
        last = await small.keep(Picture(noise, "PNG"), "mina")
        for file in files(small):
            os.utime(file, (file.stat().st_atime, file.stat().st_mtime - 10))
    assert sum(file.stat().st_size for file in files(small)) <= 200_000
    assert (await small.open(last["reference"], "mina")).size
    assert 1 <= len(files(small)) < 12


async def test_many_at_once(store):
    pictures = [await photo(store, name) for name in ("jacket", "hat", "dress", "jacket", "hat", "dress")]
    stored = await asyncio.gather(*(store.keep(picture, "mina") for picture in pictures))
    assert len({s["reference"] for s in stored}) == len(files(store)) == 3


@pytest.mark.parametrize(
    "reference", ["", "picture:", "picture:../../etc/passwd", "/etc/passwd", "picture:" + "g" * 64]
)
async def test_what_is_no_reference_opens_nothing(store, reference):
    with pytest.raises(InputError, match="no reference"):
        await store.open(reference, "mina")


async def test_a_user_s_name_never_becomes_a_path(store):
    await store.keep(await photo(store), "../../outside")
    assert all(store.settings.pictures in file.parents for file in files(store))
    assert len(files(store)) == 1


async def test_a_disk_that_does_not_take_it_is_a_clear_error(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    store = PictureStore(load_settings(home=blocked))
    with pytest.raises(InputError, match="STYLEGRAPH_HOME"):
        await store.keep(await photo(store), "mina")
