"""Decodes photos into arrays that training can hold in memory."""

from __future__ import annotations

import io
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from stylegraph.evals.training.images.outlines import SIDE, outline
from stylegraph.tools.image.picture import squared


@dataclass
class Pixels:
    """Decoded photos."""

    pictures: NDArray[np.uint8]
    """Shape (n, side, side, 3), fitted into the square."""
    outlines: NDArray[np.uint8]
    """Shape (n, 72, 72)."""
    outlined: NDArray[np.bool_]
    """Shape (n,): whether the outline is known."""


def decode(files: Sequence[bytes], side: int, workers: int = 1, *, outlines: bool = True) -> Pixels:
    """Decode photos to squares of `side` pixels and, unless told not to, find their outlines (20 times the work)."""
    with ProcessPoolExecutor(workers) as pool:
        done = list(pool.map(_decode, files, repeat(side), repeat(outlines), chunksize=16))
    return Pixels(*(np.stack(column) for column in zip(*done, strict=True)))


def _decode(file: bytes, side: int, outlines: bool) -> tuple[NDArray[np.uint8], NDArray[np.uint8], np.bool_]:
    with Image.open(io.BytesIO(file)) as opened:
        photo = opened.convert("RGB")
    found = outline(photo) if outlines else None
    empty = np.zeros((SIDE, SIDE), np.uint8)
    return np.asarray(squared(photo, side)), empty if found is None else found, np.bool_(found is not None)
