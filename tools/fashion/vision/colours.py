"""The colours of a garment: clusters of its pixels in CIELAB, the background left out.

Lightness counts half: a fold's shadow is darker but no other colour. What the colours are called is said in `palette`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stylegraph.tools.image.picture import BESIDE

if TYPE_CHECKING:
    from PIL import Image

Values = NDArray[np.float32]

SIDE = 72
"""Width and height of the grid of pixels that is clustered."""
_WHITE = np.array([0.95047, 1.0, 1.08883])
"""D65, which sRGB assumes."""
_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_LIGHTNESS = 0.5
"""Weight of lightness in distances between clusters."""
_CLUSTERS, _ROUNDS = 7, 8
_ALIKE = 13.0
"""Clusters nearer than this (CIE76, lightness halved) are one colour."""
_LEAST = 0.05
"""Smallest share that is worth a name."""
_SURE = 0.6
"""Outline probability from which a pixel counts as garment: its edge mixes with the background."""
_FEWEST = 0.03
"""Share of the picture under which the outline is not believed."""


def to_lab(rgb: NDArray[np.uint8]) -> Values:
    """Convert sRGB, shape (..., 3), to CIELAB (D65): L 0..100, a and b about -100..100."""
    linear = _LINEAR[rgb]
    xyz = linear @ _TO_XYZ.T / _WHITE
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    lab = np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], -1)
    return lab.astype(np.float32)


_SRGB = np.arange(256) / 255
_LINEAR = np.where(_SRGB <= 0.04045, _SRGB / 12.92, ((_SRGB + 0.055) / 1.055) ** 2.4)


@dataclass(frozen=True, slots=True)
class Cluster:
    """Pixels of one colour."""

    lab: Values
    """Shape (3,)."""
    rgb: tuple[int, int, int]
    share: float
    """Of the garment, 0..1."""


def clusters(picture: Image.Image, outline: NDArray[np.floating]) -> list[Cluster]:
    """Group the garment's pixels by colour.

    Args:
        picture: RGB; a square of `SIDE` pixels is enough.
        outline: Probability that a place is garment, any shape (h, w), the picture squeezed into it.

    Returns:
        Largest first; at least one.
    """
    pixels, weights = _pixels(picture), _weights(outline).reshape(-1)
    pixels, weights = pixels[weights > 0], weights[weights > 0]
    lab = to_lab(pixels)
    seen = lab * np.array([_LIGHTNESS, 1, 1], np.float32)
    groups = _merged(seen, weights, _grouped(seen, weights))
    return _described(pixels, lab, weights, groups)


def surroundings(picture: Image.Image, outline: NDArray[np.floating]) -> Values:
    """Describe the garment's colours and the light that they were seen in.

    Args:
        picture: RGB; a square of `SIDE` pixels is enough.
        outline: As for `clusters`.

    Returns:
        Shape (34,): quantiles of L, a, b and chroma over the garment, its mean hue, quantiles of L, a, b beside it, and
        the darkest and brightest of all.
    """
    pixels, weights = _pixels(picture), _weights(outline).reshape(-1)
    lab = to_lab(pixels)
    photo = np.abs(pixels.astype(np.int16) - BESIDE).max(1) > 3
    own, beside = lab[weights > 0], lab[(weights == 0) & photo]
    chroma = np.hypot(own[:, 1], own[:, 2])
    hue = np.arctan2(own[:, 2], own[:, 1])
    tint = chroma / max(float(chroma.sum()), 1e-6)
    beside = beside if len(beside) else own
    parts = [
        np.quantile(own, (0.1, 0.25, 0.5, 0.75, 0.9), axis=0).T.ravel(),
        np.quantile(chroma, (0.1, 0.25, 0.5, 0.75, 0.9, 0.97)),
        np.array([(np.cos(hue) * tint).sum(), (np.sin(hue) * tint).sum()]) * 50,
        np.quantile(beside, (0.1, 0.5, 0.9), axis=0).T.ravel(),
        np.quantile(lab[photo | (weights > 0), 0], (0.02, 0.98)),
    ]
    described: Values = np.concatenate(parts).astype(np.float32) / np.float32(50)
    return described


def _pixels(picture: Image.Image) -> NDArray[np.uint8]:
    from PIL import Image

    return np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BOX, reducing_gap=2.0)).reshape(-1, 3)


def _weights(outline: NDArray[np.floating]) -> Values:
    from PIL import Image

    resized = Image.fromarray(outline.astype(np.float32)).resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    chance = np.asarray(resized)
    weights = np.where(chance > _SURE, chance, 0).astype(np.float32)
    if (weights > 0).mean() >= _FEWEST:
        return weights
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE - 0.5
    middle: Values = (np.hypot(x, y) < 0.25).astype(np.float32)
    return middle


def _grouped(seen: Values, weights: Values) -> NDArray[np.int64]:
    """Weighted k-means (Lloyd 1982), begun with the pixels that lie farthest apart."""
    middle = np.average(seen, axis=0, weights=weights)
    centres = [seen[np.argmin(((seen - middle) ** 2).sum(1))]]
    nearest = np.full(len(seen), np.inf)
    for _ in range(_CLUSTERS - 1):
        nearest = np.minimum(nearest, ((seen - centres[-1]) ** 2).sum(1))
        centres.append(seen[np.argmax(nearest * weights)])
    middles = np.array(centres)
    for _ in range(_ROUNDS):
        group: NDArray[np.int64] = np.argmin(((seen[:, None] - middles[None]) ** 2).sum(2), 1)
        total = np.bincount(group, weights, _CLUSTERS)
        sums = np.stack([np.bincount(group, weights * seen[:, i], _CLUSTERS) for i in range(3)], 1)
        middles = np.where(total[:, None] > 0, sums / np.maximum(total, 1e-9)[:, None], middles)
    return group


def _merged(seen: Values, weights: Values, group: NDArray[np.int64]) -> NDArray[np.int64]:
    """Join the two nearest groups until all are apart."""
    while True:
        names = np.unique(group)
        middles = np.array([np.average(seen[group == name], axis=0, weights=weights[group == name]) for name in names])
        apart = np.sqrt(((middles[:, None] - middles[None]) ** 2).sum(2)) + np.eye(len(names)) * 1e9
        first, second = np.unravel_index(np.argmin(apart), apart.shape)
        if len(names) == 1 or apart[first, second] > _ALIKE:
            return group
        group = np.where(group == names[second], names[first], group)


def _described(pixels: NDArray[np.uint8], lab: Values, weights: Values, group: NDArray[np.int64]) -> list[Cluster]:
    found = []
    for name in np.unique(group):
        own = group == name
        rgb = np.average(pixels[own], axis=0, weights=weights[own]).round().astype(int).tolist()
        middle = np.average(lab[own], axis=0, weights=weights[own])
        found.append(Cluster(middle, (rgb[0], rgb[1], rgb[2]), float(weights[own].sum() / weights.sum())))
    found.sort(key=lambda cluster: -cluster.share)
    kept = [cluster for cluster in found if cluster.share >= _LEAST] or found[:1]
    total = sum(cluster.share for cluster in kept)
    return [Cluster(cluster.lab, cluster.rgb, cluster.share / total) for cluster in kept]
