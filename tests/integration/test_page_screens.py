"""The page looks as it is kept in `tests/data/screens/`: `python tests/page_screens.py --write` keeps what it looks like now."""

from __future__ import annotations

import pytest

pytest.importorskip("playwright", reason="the browser's driver is not installed: uv sync --group dev")

from page_screens import KEPT, ROOT, Taken, compare, differing, opened, sheet, take
from page_site import accessibility
from page_states import STATES
from PIL import Image, ImageDraw

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]


async def test_every_state_looks_as_it_is_kept_in_each_width_theme_and_language(browser):
    assert {file.stem for file in KEPT.glob("*.webp")} == set(STATES)
    assert compare(await take(browser), ROOT / "runs" / "screens") == []


async def test_what_has_moved_is_told_and_shown(browser, tmp_path):
    taken = await take(browser, {"start": STATES["start"]})
    moved = {shot: picture.copy() for shot, picture in taken.pictures.items()}
    for picture in moved.values():
        ImageDraw.Draw(picture).rectangle((0, 0, picture.width, 12), "black")
    layout = {name: boxes[1:] for name, boxes in taken.layout.items()}
    wrong = compare(Taken(moved, layout, taken.fonts), tmp_path)
    assert sum("parts lie elsewhere" in line for line in wrong) == len(layout)
    share, shown = differing(sheet(taken.pictures, "start"), sheet(moved, "start"))
    assert share > 0.01
    assert (220, 20, 20) in {colour for _, colour in shown.getcolors(1 << 20)}
    assert differing(sheet(taken.pictures, "start"), sheet(taken.pictures, "start"))[0] == 0
    assert differing(Image.new("RGB", (2, 2)), Image.new("RGB", (3, 2)))[0] == 1


async def test_a_machine_with_other_fonts_compares_where_parts_lie_alone(browser, tmp_path):
    taken = await take(browser, {"start": STATES["start"]})
    black = {shot: Image.new("RGB", picture.size) for shot, picture in taken.pictures.items()}
    assert compare(Taken(black, taken.layout, "other fonts"), tmp_path) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("state", STATES)
async def test_no_state_has_anything_that_axe_finds_or_is_wider_than_its_window(browser, state):
    async with opened(browser, "en-US") as page:
        await STATES[state](page, "en")
        assert await accessibility(page) == []
        for width in (320, 1440):
            await page.set_viewport_size({"width": width, "height": 900})
            assert not await page.evaluate(WIDER)


WIDER = """document.documentElement.scrollWidth > innerWidth
  || [...document.querySelectorAll('.scroll, dialog .content')].some((one) => one.scrollWidth > one.clientWidth + 1)"""
