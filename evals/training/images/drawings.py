"""Draws what is no garment, so that the network learns to say so: papers, charts, textures, scenes, things.

Every kind is a function of a random generator; no two drawings of a kind are alike. The tests draw other kinds.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Rng = np.random.Generator
Colour = tuple[int, int, int]
SIDE = 288
"""Width and height of a drawing in pixels."""


def draw(rng: Rng) -> Image.Image:
    """Draw one picture of a kind chosen by chance."""
    return KINDS[int(rng.integers(len(KINDS)))](rng)


def colour(rng: Rng, low: int = 0, high: int = 256) -> Colour:
    """Choose a colour with channels in low..high."""
    red, green, blue = rng.integers(low, high, 3).tolist()
    return red, green, blue


def _sheet(rng: Rng, low: int = 200) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", (SIDE, SIDE), colour(rng, low))
    return picture, ImageDraw.Draw(picture)


def _picture(values: NDArray[np.floating]) -> Image.Image:
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def _smooth(rng: Rng, cells: int) -> NDArray[np.floating]:
    """Random field 0..1 that changes slowly: `cells` bumps a side."""
    small = Image.fromarray(rng.integers(0, 256, (cells, cells), dtype=np.uint8))
    return np.asarray(small.resize((SIDE, SIDE), Image.Resampling.BICUBIC), np.float32) / 255


def _between(first: Colour, second: Colour, share: NDArray[np.floating]) -> Image.Image:
    mixed = np.array(first) * (1 - share[..., None]) + np.array(second) * share[..., None]
    return _picture(mixed)


def noise(rng: Rng) -> Image.Image:
    """Coloured noise, fine or coarse."""
    cells = int(rng.choice([16, 48, 144, 288]))
    values = rng.integers(0, 256, (cells, cells, 3), dtype=np.uint8)
    return Image.fromarray(values).resize((SIDE, SIDE), Image.Resampling.NEAREST)


def gradient(rng: Rng) -> Image.Image:
    """One colour fading into another."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    angle = rng.uniform(0, math.tau)
    share = np.clip(0.5 + (x - 0.5) * math.cos(angle) + (y - 0.5) * math.sin(angle), 0, 1)
    return _between(colour(rng), colour(rng), share)


def clouds(rng: Rng) -> Image.Image:
    """Soft fields of two colours: sky, fog, marble."""
    share = sum(_smooth(rng, cells) / weight for cells, weight in ((4, 2), (9, 4), (20, 8), (44, 8)))
    return _between(colour(rng), colour(rng), np.asarray(share))


def floor(rng: Rng) -> Image.Image:
    """Wooden boards."""
    picture, pen = _sheet(rng)
    base, step = np.array(colour(rng, 60, 200)), int(rng.integers(24, 70))
    for x in range(0, SIDE, step):
        tint = tuple(int(v) for v in np.clip(base + rng.integers(-25, 25), 0, 255))
        pen.rectangle((x, 0, x + step, SIDE), fill=tint, outline=(60, 40, 30))
    grain = _smooth(rng, 90)[:, :1] * np.ones((1, SIDE), np.float32)
    return _picture(np.asarray(picture) * (0.85 + 0.3 * grain.T[..., None]))


def tiles(rng: Rng) -> Image.Image:
    """A tiled floor or wall."""
    picture, pen = _sheet(rng, 150)
    step, line = int(rng.integers(30, 110)), colour(rng)
    for at in range(int(rng.integers(step)), SIDE, step):
        pen.line((at, 0, at, SIDE), fill=line, width=3)
        pen.line((0, at, SIDE, at), fill=line, width=3)
    return picture.rotate(float(rng.uniform(-45, 45)), fillcolor=picture.getpixel((1, 1)))


def bricks(rng: Rng) -> Image.Image:
    """A brick wall."""
    picture, pen = _sheet(rng, 120)
    high, wide, base = int(rng.integers(14, 30)), int(rng.integers(40, 80)), np.array(colour(rng, 60, 220))
    for row, y in enumerate(range(0, SIDE, high)):
        for x in range(-wide * (row % 2) // 2, SIDE, wide):
            tint = tuple(int(v) for v in np.clip(base + rng.integers(-30, 30, 3), 0, 255))
            pen.rectangle((x + 2, y + 2, x + wide - 2, y + high - 2), fill=tint)
    return picture


def page(rng: Rng) -> Image.Image:
    """A page of text."""
    picture, pen = _sheet(rng, 225)
    ink, step, margin = colour(rng, 0, 90), int(rng.integers(8, 18)), int(rng.integers(10, 50))
    for y in range(margin, SIDE - margin, step):
        x, end = margin, SIDE - margin - (int(rng.integers(0, 120)) if rng.random() < 0.2 else 0)
        while x < end:
            word = int(rng.integers(6, 34))
            pen.rectangle((x, y, min(x + word, end), y + step * 0.45), fill=ink)
            x += word + 5
    return picture


def table(rng: Rng) -> Image.Image:
    """A spreadsheet."""
    picture, pen = _sheet(rng, 230)
    row, column, ink = int(rng.integers(14, 30)), int(rng.integers(40, 90)), colour(rng, 0, 120)
    pen.rectangle((0, 0, SIDE, row), fill=colour(rng, 80, 230))
    for y in range(0, SIDE, row):
        pen.line((0, y, SIDE, y), fill=(190, 190, 190))
        for x in range(0, SIDE, column):
            pen.rectangle((x + 6, y + row * 0.35, x + 6 + int(rng.integers(5, column - 8)), y + row * 0.65), fill=ink)
    for x in range(0, SIDE, column):
        pen.line((x, 0, x, SIDE), fill=(190, 190, 190))
    return picture


def bars(rng: Rng) -> Image.Image:
    """A bar chart."""
    picture, pen = _sheet(rng, 225)
    count, ink = int(rng.integers(4, 14)), colour(rng, 0, 200)
    wide = (SIDE - 50) / count
    for i in range(count):
        top = int(rng.integers(30, SIDE - 40))
        pen.rectangle((40 + i * wide, top, 40 + (i + 0.7) * wide, SIDE - 30), fill=ink)
    pen.line((38, 20, 38, SIDE - 30, SIDE - 10, SIDE - 30), fill=(40, 40, 40), width=2)
    return picture


def curves(rng: Rng) -> Image.Image:
    """A line chart."""
    picture, pen = _sheet(rng, 225)
    for _ in range(int(rng.integers(1, 5))):
        heights = np.cumsum(rng.normal(0, 14, 40)) + rng.integers(80, 200)
        pen.line([(30 + i * 6.4, float(h)) for i, h in enumerate(heights)], fill=colour(rng, 0, 200), width=3)
    pen.line((28, 10, 28, SIDE - 20, SIDE - 5, SIDE - 20), fill=(60, 60, 60), width=2)
    return picture


def pie(rng: Rng) -> Image.Image:
    """A pie chart."""
    picture, pen = _sheet(rng, 225)
    at = 0.0
    for share in rng.dirichlet(np.ones(int(rng.integers(3, 8)))) * 360:
        pen.pieslice((50, 50, SIDE - 50, SIDE - 50), at, at + share, fill=colour(rng), outline=(255, 255, 255))
        at += share
    return picture


def chat(rng: Rng) -> Image.Image:
    """A screenshot of a conversation."""
    picture, pen = _sheet(rng, 215)
    y, tints = 12, (colour(rng, 120, 256), colour(rng, 200, 256))
    while y < SIDE - 30:
        high, wide, right = int(rng.integers(18, 60)), int(rng.integers(60, 190)), bool(rng.integers(2))
        x = SIDE - wide - 10 if right else 10
        pen.rounded_rectangle((x, y, x + wide, y + high), 10, fill=tints[right])
        for line in range(y + 6, y + high - 6, 9):
            pen.rectangle((x + 8, line, x + wide - int(rng.integers(8, 40)), line + 4), fill=(60, 60, 60))
        y += high + 10
    return picture


def code(rng: Rng) -> Image.Image:
    """A code editor, often dark."""
    dark = rng.random() < 0.7
    picture, pen = _sheet(rng, 0) if not dark else (None, None)
    if picture is None or pen is None:
        picture = Image.new("RGB", (SIDE, SIDE), colour(rng, 10, 50))
        pen = ImageDraw.Draw(picture)
    inks = [colour(rng, 120, 256) for _ in range(5)]
    for y in range(8, SIDE, 11):
        x = 12 + 14 * int(rng.integers(0, 5))
        for _ in range(int(rng.integers(0, 7))):
            word = int(rng.integers(8, 40))
            pen.rectangle((x, y, x + word, y + 5), fill=inks[int(rng.integers(5))])
            x += word + 6
    return picture


def matrix_code(rng: Rng) -> Image.Image:
    """A square code as on tickets."""
    cells = int(rng.integers(21, 45))
    values = (rng.random((cells, cells)) < 0.5).astype(np.uint8) * 255
    for y, x in ((0, 0), (0, cells - 7), (cells - 7, 0)):
        values[y : y + 7, x : x + 7] = 0
        values[y + 1 : y + 6, x + 1 : x + 6] = 255
        values[y + 2 : y + 5, x + 2 : x + 5] = 0
    inner = Image.fromarray(values).resize((220, 220), Image.Resampling.NEAREST).convert("RGB")
    picture, _ = _sheet(rng, 220)
    picture.paste(inner, (34, 34))
    return picture


def scene(rng: Rng) -> Image.Image:
    """Hills under a sky with a sun."""
    picture = _between(colour(rng, 90, 256), colour(rng, 90, 256), np.mgrid[0:SIDE, 0:SIDE][0] / SIDE)
    pen = ImageDraw.Draw(picture)
    x, y, r = (int(v) for v in rng.integers((20, 20, 12), (260, 110, 40)))
    pen.ellipse((x - r, y - r, x + r, y + r), fill=colour(rng, 180, 256))
    for level in (150, 190, 230):
        ridge = level + 60 * (_smooth(rng, 6)[0] - 0.5)
        pen.polygon([(0, SIDE), *[(i, float(h)) for i, h in enumerate(ridge)], (SIDE, SIDE)], fill=colour(rng, 20, 180))
    return picture


def sea(rng: Rng) -> Image.Image:
    """Water to the horizon."""
    picture, pen = _sheet(rng, 140)
    top = int(rng.integers(90, 180))
    for y in range(top, SIDE, 2):
        shade = int(rng.integers(-18, 18)) + (y - top) // 4
        pen.line((0, y, SIDE, y), fill=(max(0, 40 - shade), max(0, 110 - shade), max(0, 170 - shade)), width=2)
    return picture


def stars(rng: Rng) -> Image.Image:
    """A night sky."""
    picture = Image.new("RGB", (SIDE, SIDE), colour(rng, 0, 40))
    pen = ImageDraw.Draw(picture)
    for x, y, r in rng.uniform((0, 0, 0.3), (SIDE, SIDE, 2.2), (int(rng.integers(60, 400)), 3)):
        pen.ellipse((x - r, y - r, x + r, y + r), fill=colour(rng, 170, 256))
    return picture


def skyline(rng: Rng) -> Image.Image:
    """Tall houses with windows."""
    picture, pen = _sheet(rng, 100)
    x = 0
    while x < SIDE:
        wide, top, tint = int(rng.integers(25, 60)), int(rng.integers(40, 180)), colour(rng, 20, 150)
        pen.rectangle((x, top, x + wide, SIDE), fill=tint)
        for wy in range(top + 8, SIDE, 16):
            for wx in range(x + 5, x + wide - 8, 12):
                pen.rectangle((wx, wy, wx + 6, wy + 8), fill=(250, 240, 150) if rng.random() < 0.5 else (60, 60, 80))
        x += wide
    return picture


def house(rng: Rng) -> Image.Image:
    """A house as children draw it."""
    picture, pen = _sheet(rng, 150)
    pen.rectangle((0, 220, SIDE, SIDE), fill=(90, int(rng.integers(120, 200)), 70))
    pen.rectangle((70, 120, 220, 240), fill=colour(rng, 100, 256), outline=(40, 40, 40))
    pen.polygon([(55, 120), (145, int(rng.integers(30, 80))), (235, 120)], fill=colour(rng, 80, 220))
    pen.rectangle((125, 170, 165, 240), fill=colour(rng, 40, 160))
    pen.rectangle((85, 140, 115, 170), fill=(190, 220, 250), outline=(40, 40, 40), width=3)
    return picture


def tree(rng: Rng) -> Image.Image:
    """A tree."""
    picture, pen = _sheet(rng, 150)
    pen.rectangle((130, 150, 158, 270), fill=(110, 70, 40))
    for x, y in rng.integers((70, 40), (220, 150), (40, 2)).tolist():
        r = int(rng.integers(15, 40))
        pen.ellipse((x - r, y - r, x + r, y + r), fill=(int(rng.integers(20, 90)), int(rng.integers(90, 190)), 40))
    return picture


def petals(rng: Rng) -> Image.Image:
    """A flower."""
    picture, pen = _sheet(rng, 120)
    count, tint, r = int(rng.integers(5, 12)), colour(rng, 90, 256), int(rng.integers(25, 45))
    pen.line((144, 150, 144, 288), fill=(50, 140, 60), width=8)
    for i in range(count):
        x, y = 144 + 60 * math.cos(i * math.tau / count), 120 + 60 * math.sin(i * math.tau / count)
        pen.ellipse((x - r, y - r, x + r, y + r), fill=tint)
    pen.ellipse((118, 94, 170, 146), fill=colour(rng, 150, 256))
    return picture


def smiley(rng: Rng) -> Image.Image:
    """A round face."""
    picture, pen = _sheet(rng, 120)
    pen.ellipse((44, 44, 244, 244), fill=colour(rng, 150, 256), outline=(30, 30, 30), width=4)
    for x in (105, 183):
        pen.ellipse((x - 12, 108, x + 12, 136), fill=(20, 20, 20))
    pen.arc((95, 120, 193, 210), 10, 170, fill=(20, 20, 20), width=6)
    return picture


def car(rng: Rng) -> Image.Image:
    """A car from the side."""
    picture, pen = _sheet(rng, 150)
    tint = colour(rng)
    pen.rectangle((0, 215, SIDE, SIDE), fill=(110, 110, 115))
    pen.rounded_rectangle((30, 140, 258, 205), 18, fill=tint)
    pen.polygon([(75, 142), (105, 95), (185, 95), (220, 142)], fill=tint)
    pen.polygon([(92, 138), (112, 104), (178, 104), (202, 138)], fill=(190, 220, 240))
    for x in (85, 205):
        pen.ellipse((x - 26, 180, x + 26, 232), fill=(25, 25, 25))
        pen.ellipse((x - 11, 195, x + 11, 217), fill=(180, 180, 180))
    return picture


def fish(rng: Rng) -> Image.Image:
    """A fish."""
    picture, pen = _sheet(rng, 100)
    tint = colour(rng, 60, 256)
    pen.ellipse((60, 95, 220, 195), fill=tint)
    pen.polygon([(210, 145), (268, 95), (268, 195)], fill=tint)
    pen.ellipse((88, 125, 108, 145), fill=(255, 255, 255))
    pen.ellipse((95, 130, 103, 140), fill=(0, 0, 0))
    return picture


def cup(rng: Rng) -> Image.Image:
    """A cup."""
    picture, pen = _sheet(rng, 120)
    tint = colour(rng)
    pen.arc((180, 110, 250, 200), -90, 90, fill=tint, width=14)
    pen.rounded_rectangle((70, 80, 210, 240), 22, fill=tint)
    pen.ellipse((70, 64, 210, 104), fill=colour(rng, 40, 140), outline=tint, width=6)
    return picture


def bottle(rng: Rng) -> Image.Image:
    """A bottle."""
    picture, pen = _sheet(rng, 120)
    tint = colour(rng, 20, 200)
    pen.rounded_rectangle((100, 110, 188, 275), 16, fill=tint)
    pen.rectangle((128, 30, 160, 120), fill=tint)
    pen.rectangle((100, 160, 188, 220), fill=colour(rng, 180, 256))
    return picture


def ball(rng: Rng) -> Image.Image:
    """A shaded ball."""
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    cx, cy, r = rng.uniform((100, 100, 40), (190, 190, 110))
    light = np.clip(1.1 - np.hypot(x - cx + r / 3, y - cy + r / 3) / (1.6 * r), 0.1, 1)
    inside = np.hypot(x - cx, y - cy) < r
    ground = np.array(colour(rng, 120, 256)) * np.ones((SIDE, SIDE, 1))
    return _picture(np.where(inside[..., None], np.array(colour(rng, 80)) * light[..., None], ground))


def clock(rng: Rng) -> Image.Image:
    """A clock's face."""
    picture, pen = _sheet(rng, 90)
    pen.ellipse((40, 40, 248, 248), fill=colour(rng, 210, 256), outline=colour(rng, 0, 120), width=10)
    for i in range(12):
        dx, dy = math.cos(i * math.tau / 12), math.sin(i * math.tau / 12)
        pen.line((144 + 80 * dx, 144 + 80 * dy, 144 + 94 * dx, 144 + 94 * dy), fill=(20, 20, 20), width=4)
    for length in (50, 80):
        angle = rng.uniform(0, math.tau)
        pen.line((144, 144, 144 + length * math.cos(angle), 144 + length * math.sin(angle)), fill=(20, 20, 20), width=5)
    return picture


def books(rng: Rng) -> Image.Image:
    """A shelf of books."""
    picture, pen = _sheet(rng, 60)
    for shelf in (10, 105, 200):
        x = 5
        while x < SIDE - 10:
            wide, top = int(rng.integers(10, 28)), shelf + int(rng.integers(0, 25))
            pen.rectangle((x, top, x + wide, shelf + 80), fill=colour(rng), outline=(30, 30, 30))
            x += wide
        pen.rectangle((0, shelf + 80, SIDE, shelf + 90), fill=(120, 80, 50))
    return picture


def cells(rng: Rng) -> Image.Image:
    """Regions around random points: a map, glass, skin of an animal."""
    points, y, x = rng.uniform(0, SIDE, (int(rng.integers(8, 60)), 2)), *np.mgrid[0:SIDE, 0:SIDE]
    nearest = np.argmin([(x - px) ** 2 + (y - py) ** 2 for px, py in points], axis=0)
    return Image.fromarray(rng.integers(0, 256, (len(points), 3), dtype=np.uint8)[nearest])


def rings(rng: Rng) -> Image.Image:
    """Rings around a middle: a target, a fingerprint, a cut trunk."""
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    bent = np.hypot(x - rng.uniform(80, 210), y - rng.uniform(80, 210)) + 25 * _smooth(rng, 5)
    return _between(colour(rng), colour(rng), (np.sin(bent / rng.uniform(1.5, 9)) > 0).astype(float))


def scribble(rng: Rng) -> Image.Image:
    """Strokes of a pen."""
    picture, pen = _sheet(rng, 200)
    for _ in range(int(rng.integers(2, 12))):
        at = np.cumsum(rng.normal(0, 22, (30, 2)), axis=0) + rng.uniform(60, 220, 2)
        pen.line([(float(a), float(b)) for a, b in at], fill=colour(rng), width=int(rng.integers(1, 9)))
    return picture


def shapes(rng: Rng) -> Image.Image:
    """Flat shapes thrown on a ground: a poster, a logo."""
    picture, pen = _sheet(rng, 0)
    for _ in range(int(rng.integers(2, 14))):
        x, y, wide, high = rng.uniform((-30, -30, 20, 20), (250, 250, 170, 170))
        box, pick = (x, y, x + wide, y + high), rng.random()
        if pick < 0.4:
            pen.ellipse(box, fill=colour(rng))
        elif pick < 0.7:
            pen.rectangle(box, fill=colour(rng))
        else:
            pen.polygon([(float(a), float(b)) for a, b in rng.uniform(0, SIDE, (3, 2))], fill=colour(rng))
    return picture


def cloth(rng: Rng) -> Image.Image:
    """A sheet with folds that fills the frame: a fabric, but no garment."""
    folds = sum(_smooth(rng, cells) for cells in (3, 5, 9)) / 3
    shade = 0.6 + 0.55 * np.asarray(folds)
    return _picture(np.array(colour(rng, 40)) * shade[..., None]).filter(ImageFilter.GaussianBlur(2))


def room(rng: Rng) -> Image.Image:
    """A wall, a floor and a door."""
    picture, pen = _sheet(rng, 150)
    pen.rectangle((0, 210, SIDE, SIDE), fill=colour(rng, 70, 180))
    x = int(rng.integers(20, 180))
    pen.rectangle((x, 60, x + 80, 212), fill=colour(rng, 90, 230), outline=(60, 50, 40), width=4)
    pen.ellipse((x + 64, 135, x + 74, 145), fill=(200, 180, 80))
    return picture


def keyboard(rng: Rng) -> Image.Image:
    """Rows of keys."""
    picture, pen = _sheet(rng, 30)
    tint, step = colour(rng, 20, 240), int(rng.integers(20, 34))
    for row, y in enumerate(range(60, 230, step)):
        for x in range(4 + row * 5, SIDE - step, step):
            pen.rounded_rectangle((x, y, x + step - 4, y + step - 4), 4, fill=tint)
    return picture


KINDS: tuple[Callable[[Rng], Image.Image], ...] = (
    *(noise, gradient, clouds, floor, tiles, bricks, page, table, bars, curves, pie, chat, code, matrix_code),
    *(scene, sea, stars, skyline, house, tree, petals, smiley, car, fish, cup, bottle, ball, clock, books),
    *(cells, rings, scribble, shapes, cloth, room, keyboard),
)
"""All kinds that training draws."""
