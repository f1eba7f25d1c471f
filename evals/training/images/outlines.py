"""Outlines of garments for training, without a person drawing them: graph cuts on colour, started from the middle.

GrabCut (Rother et al. 2004, https://doi.org/10.1145/1015706.1015720) is right for about nine photos in ten and fails
loudly on the rest (almost nothing or almost everything is garment), so those are left out and the network, which
sees thousands, learns what they have in common.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from stylegraph.tools.image.picture import squared

SIDE = 72
"""Width and height of an outline."""
_WORK = 160
_PLAUSIBLE = (0.08, 0.85)


def outline(photo: Image.Image) -> NDArray[np.uint8] | None:
    """Find the garment.

    Args:
        photo: RGB, any size.

    Returns:
        Shape (72, 72), 255 on the garment, the photo fitted into the square; None where the cut failed.
    """
    small = photo.copy()
    small.thumbnail((_WORK, _WORK))
    lab = cv2.bilateralFilter(cv2.cvtColor(np.asarray(small), cv2.COLOR_RGB2LAB), 5, 20, 5)
    mask = _guess(*lab.shape[:2])
    try:
        cv2.grabCut(lab, mask, None, np.zeros((1, 65)), np.zeros((1, 65)), 6, cv2.GC_INIT_WITH_MASK)
    except cv2.error:  # a photo of one colour has no two parts
        return None
    found = np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8) * 255
    found = cv2.morphologyEx(found, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    found = cv2.morphologyEx(found, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    if not _PLAUSIBLE[0] < found.mean() / 255 < _PLAUSIBLE[1]:
        return None
    return np.asarray(squared(Image.fromarray(found).convert("RGB"), SIDE, beside=(0, 0, 0)).getchannel("R"))


def _guess(height: int, width: int) -> NDArray[np.uint8]:
    """The edge is background, the middle is probably garment."""
    y, x = np.mgrid[0:height, 0:width]
    away_x, away_y = abs(x / width - 0.5), abs(y / height - 0.5)
    mask = np.full((height, width), cv2.GC_PR_BGD, np.uint8)
    mask[(away_x < 0.32) & (away_y < 0.36)] = cv2.GC_PR_FGD
    mask[(away_x > 0.47) | (away_y > 0.47)] = cv2.GC_BGD
    return mask
