"""Pictures of what is no garment: drawn ones, things laid on grounds, and empty corners of the photos."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from stylegraph.evals.training.images.drawings import Rng, colour, draw
from stylegraph.evals.training.images.pixels import Pixels
from stylegraph.tools.image.picture import BESIDE, squared

_EMPTY = 0.03
"""Share of garment in a corner that still counts as none: outlines are not exact."""


def not_garments(count: int, side: int, photos: Pixels, others: Path | None, rng: Rng) -> NDArray[np.uint8]:
    """Make pictures without a garment.

    Args:
        count: How many.
        side: Width and height in pixels.
        photos: Photos whose corners may be used.
        others: Folder of pictures of things (with transparency they are laid on grounds), or None.
        rng: Decides.

    Returns:
        Shape (count, side, side, 3).
    """
    things = sorted(file for file in others.iterdir() if file.suffix in {".webp", ".png", ".jpg"}) if others else []
    grounds = _corners(photos, side, count // 4, rng)
    made = [*grounds]
    while len(made) < count:
        made.append(_thing(things, grounds, rng) if things and rng.random() < 0.6 else draw(rng))
    return np.stack([np.asarray(squared(_shaped(picture, rng), side)) for picture in made[:count]])


def _shaped(picture: Image.Image, rng: Rng) -> Image.Image:
    """Return it the proportions of photos, or what is beside a picture would tell a garment."""
    pick, width, height = rng.random(), 288, 288
    if pick < 0.85:
        width, height = (216, 288) if pick < 0.65 else (288, 216)
    return picture.convert("RGB").resize((width, height))


def _corners(photos: Pixels, side: int, count: int, rng: Rng) -> list[Image.Image]:
    """Cut floors, walls and beds from beside the garments."""
    found: list[Image.Image] = []
    known = np.flatnonzero(photos.outlined)
    for _ in range(count * 40):
        if len(found) == count or not len(known):
            break
        i, share = int(rng.choice(known)), rng.uniform(0.2, 0.45)
        x, y = rng.uniform(0, 1 - share, 2)
        box = photos.outlines[i][_span(y, share, 72), _span(x, share, 72)]
        cut = photos.pictures[i][_span(y, share, side), _span(x, share, side)]
        if box.mean() < 255 * _EMPTY and box.max() < 200 and not (cut == BESIDE).all(2).any():
            found.append(Image.fromarray(cut).resize((side, side), Image.Resampling.BICUBIC))
    return found


def _span(start: float, length: float, side: int) -> slice:
    return slice(int(start * side), int((start + length) * side))


def _thing(things: Sequence[Path], grounds: Sequence[Image.Image], rng: Rng) -> Image.Image:
    """Lay one thing, now and then several, on a ground."""
    pick = rng.random()
    if pick < 0.45 and grounds:
        ground = grounds[int(rng.integers(len(grounds)))].copy()
    else:
        ground = draw(rng) if pick < 0.6 else Image.new("RGB", (288, 288), colour(rng, 200 if pick < 0.8 else 0))
    for _ in range(1 if rng.random() < 0.8 else int(rng.integers(2, 6))):
        with Image.open(things[int(rng.integers(len(things)))]) as opened:
            thing = opened.convert("RGBA")
        wide = int(ground.width * rng.uniform(0.4, 1.0))
        thing = thing.resize((wide, wide * thing.height // thing.width)).rotate(float(rng.normal(0, 15)), expand=True)
        at = rng.uniform(-0.1, 1.0, 2) * np.maximum(1, np.array(ground.size) - np.array(thing.size))
        ground.paste(thing, (int(at[0]), int(at[1])), thing)
    return ground
