"""What is no garment, for the bench: twenty kinds of drawings that training does not draw, and the kept pictures."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

KEPT = Path(__file__).parent / "not_garments"
_SIDE = 256
_GROUNDS = ("white", "#e8e2d4", "#8a6a4a", "#c9d6df", "#b23a48")
"""What things are laid on: paper, linen, wood, a tablecloth."""
Pen = ImageDraw.ImageDraw


def not_garments() -> Iterator[tuple[str, Image.Image]]:
    """Return the kept pictures and the drawings, each with the name of its kind."""
    for i, file in enumerate(sorted(KEPT.glob("*.webp"))):
        with Image.open(file) as opened:
            thing = opened.convert("RGBA")
        ground = Image.new("RGB", (round(thing.width * 1.5), round(thing.height * 1.4)), _GROUNDS[i % len(_GROUNDS)])
        whole = not thing.getchannel("A").point(lambda alpha: 255 - alpha).getbbox()
        ground.paste(thing, (thing.width // 4, thing.height // 5), thing)
        yield file.stem, thing.convert("RGB") if whole else ground
    for draw in DRAWINGS:
        picture = Image.new("RGB", (_SIDE, _SIDE), "white")
        draw(ImageDraw.Draw(picture))
        yield draw.__name__, picture


def chessboard(pen: Pen) -> None:
    """A board with pieces."""
    for i in range(64):
        x, y = i % 8 * 32, i // 8 * 32
        pen.rectangle((x, y, x + 31, y + 31), fill="#b58863" if (i + i // 8) % 2 else "#f0d9b5")
        if i % 5 == 0:
            pen.ellipse((x + 8, y + 6, x + 24, y + 26), fill="#222222")


def maze(pen: Pen) -> None:
    """Walls left and right."""
    rng = np.random.default_rng(3)
    for x in range(0, _SIDE, 16):
        for y in range(0, _SIDE, 16):
            ends = (x, y, x + 16, y + 16) if rng.random() < 0.5 else (x, y + 16, x + 16, y)
            pen.line(ends, fill="#1c1c6b", width=3)


def spiral(pen: Pen) -> None:
    """A line that winds outwards."""
    pen.line([(128 + t * math.cos(t / 6), 128 + t * math.sin(t / 6)) for t in range(125)], fill="#c0392b", width=5)


def sheet_music(pen: Pen) -> None:
    """Staves and notes."""
    for top in range(24, 240, 56):
        for line in range(5):
            pen.line((8, top + line * 7, 248, top + line * 7), fill="black")
        for i in range(9):
            y = top + (i * 11) % 28
            pen.ellipse((20 + i * 25, y, 30 + i * 25, y + 8), fill="black")
            pen.line((30 + i * 25, y + 4, 30 + i * 25, y - 22), fill="black", width=2)


def street_map(pen: Pen) -> None:
    """Roads, a river and a park."""
    pen.rectangle((0, 0, 256, 256), fill="#f2efe9")
    pen.rectangle((150, 30, 230, 100), fill="#c8e6b0")
    pen.line([(0, 200), (80, 180), (160, 220), (256, 190)], fill="#9cc8e8", width=18)
    for i in range(0, 256, 42):
        pen.line((i, 0, i + 30, 256), fill="#ffffff", width=7)
        pen.line((0, i, 256, i - 12), fill="#f7d27a", width=5)


def month(pen: Pen) -> None:
    """A page of a calendar."""
    pen.rectangle((10, 10, 246, 50), fill="#d9534f")
    for i in range(35):
        x, y = 10 + i % 7 * 34, 56 + i // 7 * 38
        pen.rectangle((x, y, x + 32, y + 36), outline="#999999")
        pen.text((x + 4, y + 4), str(i + 1), fill="black")


def traffic_light(pen: Pen) -> None:
    """Red, yellow, green."""
    pen.rectangle((120, 190, 136, 256), fill="#555555")
    pen.rounded_rectangle((90, 20, 166, 200), 16, fill="#222222")
    for y, colour in ((30, "#ff3b30"), (86, "#ffcc00"), (142, "#34c759")):
        pen.ellipse((102, y, 154, y + 50), fill=colour)


def snowman(pen: Pen) -> None:
    """Three balls of snow."""
    pen.rectangle((0, 0, 256, 256), fill="#7fb2d6")
    for y, r in ((200, 52), (120, 38), (60, 26)):
        pen.ellipse((128 - r, y - r, 128 + r, y + r), fill="white")
    pen.polygon([(128, 60), (165, 66), (128, 70)], fill="#ff8c00")


def cactus(pen: Pen) -> None:
    """A cactus in a pot."""
    pen.rounded_rectangle((108, 50, 148, 200), 20, fill="#3b8c4a")
    pen.rounded_rectangle((66, 90, 86, 150), 10, fill="#3b8c4a")
    pen.rectangle((70, 135, 115, 152), fill="#3b8c4a")
    pen.polygon([(88, 195), (168, 195), (156, 250), (100, 250)], fill="#b5651d")


def mushroom(pen: Pen) -> None:
    """Red with white dots."""
    pen.rounded_rectangle((104, 120, 152, 235), 20, fill="#f5e9d0")
    pen.pieslice((40, 40, 216, 200), 180, 360, fill="#cc2b2b")
    for x, y in ((80, 95), (120, 65), (165, 90), (140, 105)):
        pen.ellipse((x - 9, y - 9, x + 9, y + 9), fill="white")


def flag(pen: Pen) -> None:
    """Three stripes on a pole."""
    pen.rectangle((40, 20, 48, 250), fill="#777777")
    for i, colour in enumerate(("#0055a4", "#ffffff", "#ef4135")):
        pen.rectangle((48 + i * 60, 24, 108 + i * 60, 140), fill=colour, outline="#cccccc")


def dice(pen: Pen) -> None:
    """Two dice."""
    for x, y, dots in ((40, 60, ((1, 1),)), (140, 120, ((0, 0), (2, 2), (0, 2), (2, 0), (1, 1)))):
        pen.rounded_rectangle((x, y, x + 84, y + 84), 14, fill="#fafafa", outline="black", width=3)
        for i, j in dots:
            pen.ellipse((x + 14 + i * 22, y + 14 + j * 22, x + 28 + i * 22, y + 28 + j * 22), fill="black")


def crossword(pen: Pen) -> None:
    """Black and white squares with numbers."""
    rng = np.random.default_rng(5)
    for i in range(144):
        x, y = 8 + i % 12 * 20, 8 + i // 12 * 20
        pen.rectangle((x, y, x + 20, y + 20), fill="black" if rng.random() < 0.25 else "white", outline="black")
        pen.text((x + 2, y), str(i) if i % 7 == 0 else "", fill="#555555")


def butterfly(pen: Pen) -> None:
    """Four wings."""
    for box in ((30, 40, 125, 135), (131, 40, 226, 135), (50, 125, 125, 210), (131, 125, 206, 210)):
        pen.ellipse(box, fill="#f39c12", outline="#3d2b1f", width=6)
    pen.ellipse((121, 50, 135, 210), fill="#3d2b1f")


def planet(pen: Pen) -> None:
    """A planet with a ring."""
    pen.rectangle((0, 0, 256, 256), fill="#0b0b2b")
    pen.ellipse((68, 68, 188, 188), fill="#d9a066")
    pen.ellipse((20, 108, 236, 148), outline="#e8d5b0", width=7)


def boat(pen: Pen) -> None:
    """A sailing boat."""
    pen.rectangle((0, 190, 256, 256), fill="#2e86c1")
    pen.polygon([(50, 180), (210, 180), (180, 215), (80, 215)], fill="#7b3f00")
    pen.polygon([(128, 30), (128, 170), (205, 170)], fill="#f4f6f6", outline="#999999")


def eye(pen: Pen) -> None:
    """An eye."""
    pen.ellipse((20, 70, 236, 186), fill="#fdfefe", outline="black", width=5)
    pen.ellipse((88, 84, 168, 172), fill="#2874a6")
    pen.ellipse((110, 108, 146, 148), fill="black")


def ruler(pen: Pen) -> None:
    """Marks along an edge."""
    pen.rectangle((6, 90, 250, 160), fill="#f7dc6f", outline="black")
    for i in range(60):
        pen.line((10 + i * 4, 90, 10 + i * 4, 104 + (14 if i % 10 == 0 else 0)), fill="black")


def bar_code(pen: Pen) -> None:
    """Thin and thick lines."""
    rng, x = np.random.default_rng(8), 20
    while x < 232:
        wide = int(rng.integers(1, 6))
        pen.rectangle((x, 40, x + wide, 200), fill="black")
        x += wide + int(rng.integers(2, 6))
    pen.text((70, 206), "8 801234 567893", fill="black")


def receipt(pen: Pen) -> None:
    """A long strip with prices."""
    pen.rectangle((0, 0, 256, 256), fill="#7d6b5d")
    pen.rectangle((70, 5, 186, 251), fill="#fcfcf8")
    for i, y in enumerate(range(16, 236, 13)):
        pen.text((78, y), f"item {i}", fill="#333333")
        pen.text((150, y), f"{(i * 37) % 90}.50", fill="#333333")


DRAWINGS: tuple[Callable[[Pen], None], ...] = (
    *(chessboard, maze, spiral, sheet_music, street_map, month, traffic_light, snowman, cactus, mushroom),
    *(flag, dice, crossword, butterfly, planet, boat, eye, ruler, bar_code, receipt),
)
"""All drawings."""
