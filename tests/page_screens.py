"""Screenshots of the page in every state: three widths, light and dark, Korean and English. A command, and what a test compares.

`python tests/page_screens.py --write` makes `tests/data/screens/`: for each state a sheet of small pictures, and in
`layout.json` where its parts lie. No server is needed: the page's files are given from here, and answers are stand-ins.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import mimetypes
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from page_site import PHOTOS, browser_path, browsing
from page_states import STATES, known_of
from PIL import Image, ImageChops
from playwright.async_api import Browser, Page, Route

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "graphs" / "server" / "page"
KEPT = Path(__file__).parent / "data" / "screens"
ADDRESS = "http://page.example"
NOW = "2026-12-01T09:00:00Z"
WIDTHS, THEMES, LOCALES = (390, 820, 1440), ("light", "dark"), ("ko-KR", "en-US")
HEIGHT = 900
SMALL = 0.2
"""How large a picture is kept: enough to see what has moved, and too small for how a machine smooths its letters."""
TOLERANCE, MOST = 40, 0.004
"""How far a point may be off in a channel (of 255), and the share of points that may be further."""
BOXES = "#side, main, #composer, .turn, .answer, .shown, .card, .sources, .follow-ups, .verdict, .notes, .draft, .trouble, dialog, dialog .content"
LAYOUT = """(selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility()).map((one) => {
  const box = one.getBoundingClientRect();
  const name = [one.localName, one.id && '#' + one.id, ...[...one.classList].slice(0, 2).map((each) => '.' + each)].filter(Boolean).join('');
  return one.matches('dialog, dialog *') ? name : `${name} ${Math.round(box.left)} ${Math.round(box.width)}`;
})"""
"""Parts in their order, with left and width: what a grid gives, and no font. A dialog is as wide as its words, so it has a name alone."""
SETTLED = (
    "document.fonts.ready.then(() => Promise.all([...document.images].map((one) => one.decode().catch(() => {}))))"
)
FONTS = """() => {
  const pen = document.createElement('canvas').getContext('2d');
  return ['--sans', '--serif', '--mono'].map((name) => {
    pen.font = `20px ${getComputedStyle(document.documentElement).getPropertyValue(name)}`;
    return ['무엇을 입을지 ABC wiM 123', 'WWWiiilll'].map((text) => Math.round(pen.measureText(text).width * 10) / 10);
  });
}"""


class Shot(NamedTuple):
    """A state, and how it is looked at."""

    state: str
    width: int
    theme: str
    locale: str


class Taken(NamedTuple):
    """What was seen."""

    pictures: Mapping[Shot, Image.Image]
    layout: Mapping[str, list[str]]
    fonts: Any
    """Widths of words in the page's fonts, and the browser: only where they are the same can pictures be compared."""


async def take(browser: Browser, states: Mapping[str, Callable[[Page, str], Awaitable[None]]] = STATES) -> Taken:
    """Return pictures and layout of states."""
    pictures: dict[Shot, Image.Image] = {}
    layout: dict[str, list[str]] = {}
    fonts: Any = None
    for (state, reach), locale in product(states.items(), LOCALES):
        async with opened(browser, locale) as page:
            await reach(page, locale[:2])
            for width in WIDTHS:
                await page.set_viewport_size({"width": width, "height": HEIGHT})
                layout[f"{state}-{width}-{locale[:2]}"] = await page.evaluate(LAYOUT, BOXES)
                for theme in THEMES:
                    pictures[Shot(state, width, theme, locale)] = await _seen(page, theme)
            fonts = fonts or [await page.evaluate(FONTS), browser.version.split(".")[0]]
    return Taken(pictures, layout, fonts)


@asynccontextmanager
async def opened(browser: Browser, locale: str) -> AsyncIterator[Page]:
    """Open the page without a server."""
    context = await browser.new_context(
        viewport={"width": WIDTHS[0], "height": HEIGHT}, locale=locale, reduced_motion="reduce",
        service_workers="block", timezone_id="Asia/Seoul",
    )  # fmt: skip
    page = await context.new_page()
    await page.clock.set_fixed_time(NOW)
    await page.route("**/*", _giving(locale[:2]))
    await page.goto(f"{ADDRESS}/")
    await page.wait_for_selector("html[data-ready]")
    yield page
    await context.close()


async def _seen(page: Page, theme: str) -> Image.Image:
    await page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    await page.evaluate(SETTLED)
    shown = await page.screenshot(animations="disabled", caret="hide")
    return _small(Image.open(io.BytesIO(shown)).convert("RGB"))


def _giving(language: str) -> Callable[[Route], Awaitable[None]]:
    async def given(route: Route) -> None:
        await _given(route, language)

    return given


async def _given(route: Route, language: str) -> None:
    """Answer a request of the page: a file of it, a photo, or what a server would know."""
    path = route.request.url.removeprefix(ADDRESS).partition("?")[0]
    file = PAGE / ("index.html" if path == "/" else path.removeprefix("/page/"))
    if path == "/" or path.startswith("/page/"):
        await route.fulfill(body=file.read_bytes(), content_type=mimetypes.guess_type(file.name)[0] or "text/plain")
    elif path.startswith(("/photos/", "/shared/photos/")):
        await route.fulfill(body=(PHOTOS / "dress.webp").read_bytes(), content_type="image/webp")
    else:
        await route.fulfill(json=known_of(path, language))


def _small(picture: Image.Image) -> Image.Image:
    return picture.resize((round(picture.width * SMALL), round(picture.height * SMALL)), Image.Resampling.BOX)


def sheet(pictures: Mapping[Shot, Image.Image], state: str) -> Image.Image:
    """Return the pictures of a state as one: a row for each theme and language, the widths beside one another."""
    rows = [
        [pictures[Shot(state, width, theme, locale)] for width in WIDTHS] for theme, locale in product(THEMES, LOCALES)
    ]
    whole = Image.new("RGB", (sum(one.width for one in rows[0]), sum(row[0].height for row in rows)))
    for down, row in enumerate(rows):
        across = 0
        for one in row:
            whole.paste(one, (across, down * one.height))
            across += one.width
    return whole


def differing(kept: Image.Image, now: Image.Image) -> tuple[float, Image.Image]:
    """Return the share of points that differ, and a picture of them: red over a pale picture of now."""
    if kept.size != now.size:
        return 1.0, now
    off = np.asarray(ImageChops.difference(kept, now)).max(axis=2) > TOLERANCE
    shown = np.asarray(now.convert("L").convert("RGB")) // 2 + 127
    shown = np.where(off[..., None], np.array([220, 20, 20], np.uint8), shown.astype(np.uint8))
    return float(off.mean()), Image.fromarray(shown)


def write(taken: Taken) -> None:
    """Keep what was seen as what is to be seen."""
    KEPT.mkdir(parents=True, exist_ok=True)
    for old in KEPT.glob("*.webp"):
        old.unlink()
    for state in {shot.state: None for shot in taken.pictures}:
        sheet(taken.pictures, state).save(KEPT / f"{state}.webp", quality=60, method=6)
    told = {"fonts": taken.fonts, "layout": taken.layout}
    (KEPT / "layout.json").write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", "utf-8")


def compare(taken: Taken, out: Path) -> list[str]:
    """Return what is not as it is kept, a line each; pictures of the differences go into a folder."""
    kept = json.loads((KEPT / "layout.json").read_text("utf-8"))
    wrong = [
        f"{name}: parts lie elsewhere" for name, boxes in taken.layout.items() if kept["layout"].get(name) != boxes
    ]
    if not same_fonts(taken):
        return wrong
    for state in {shot.state: None for shot in taken.pictures}:
        now = _as_kept(sheet(taken.pictures, state))
        share, shown = differing(Image.open(KEPT / f"{state}.webp").convert("RGB"), now)
        if share > MOST:
            out.mkdir(parents=True, exist_ok=True)
            shown.save(out / f"{state}.png")
            wrong.append(f"{state}: {share:.2%} of the picture differ, see {out / state}.png")
    return wrong


def _as_kept(picture: Image.Image) -> Image.Image:
    """Return a picture as it is after it was kept: what that loses is no difference."""
    kept = io.BytesIO()
    picture.save(kept, "webp", quality=60, method=6)
    return Image.open(kept).convert("RGB")


def same_fonts(taken: Taken) -> bool:
    """Check whether this machine writes with the fonts and the browser that the kept pictures were made with."""
    return bool(json.loads((KEPT / "layout.json").read_text("utf-8"))["fonts"] == taken.fonts)


async def _main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="keep what is seen now as what is to be seen")
    parser.add_argument("--out", type=Path, default=Path("runs/screens"), help="where pictures of differences go")
    asked = parser.parse_args()
    path = browser_path()
    if path is None:
        sys.exit("There is no Chromium or Chrome on PATH.")
    async with browsing(path) as browser:
        taken = await take(browser)
    if asked.write:
        write(taken)
        return 0
    wrong = compare(taken, asked.out)
    sys.stdout.write("\n".join([*wrong, ""]) or "Nothing differs.\n")
    if not same_fonts(taken):
        sys.stdout.write(
            "Pictures were not compared: this machine has other fonts, or another browser, than they were made with.\n"
        )
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(asyncio.run(_main()))
