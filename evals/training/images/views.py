"""Views of photos: augmented copies whose early features are computed once and kept on disk.

The early stages stay as ImageNet taught them, so what they give of a view never changes. Training then costs a CPU
less than half, and memory stays flat however many views there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from stylegraph.evals.training.images.augment import augment
from stylegraph.evals.training.images.network import Trunk
from stylegraph.evals.training.images.pixels import Pixels

_BATCH = 32


@dataclass(frozen=True)
class Views:
    """`copies` views of each of n photos, the views of one photo side by side."""

    features: NDArray[np.float16]
    """Shape (n * copies, channels, h, h), on disk."""
    outlines: NDArray[np.uint8]
    """Shape (n * copies, h, h), 0..255."""
    natural: NDArray[np.float32]
    """Shape (n * copies,): 1 where the view kept the garment's colours."""
    copies: int

    def __len__(self) -> int:
        return len(self.natural) // self.copies

    def of(self, photos: NDArray[np.int64], rng: np.random.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """Draw one view of each photo: features, outlines (n, 1, h, h) in 0..1, natural."""
        at = photos * self.copies + rng.integers(self.copies, size=len(photos))
        outlines = torch.from_numpy(self.outlines[at]).float()[:, None] / 255
        return torch.from_numpy(self.features[at]).float(), outlines, torch.from_numpy(self.natural[at])


@torch.no_grad()
def make_views(trunk: Trunk, pixels: Pixels, copies: int, side: int, place: Path, device: torch.device) -> Views:
    """Augment photos and compute their early features.

    Args:
        trunk: On the device.
        pixels: The photos.
        copies: Views of each photo.
        side: Width and height of a view in pixels; a multiple of 8.
        place: File for the features, without ending; what is there is replaced.
        device: Where to compute.
    """
    trunk.eval()
    total, cells = len(pixels.pictures) * copies, side // 8
    features = np.lib.format.open_memmap(
        place.with_suffix(".npy"),
        "w+",
        np.float16,
        (total, trunk.stages[2][-1].project.conv.out_channels, cells, cells),
    )
    outlines, natural = np.empty((total, cells, cells), np.uint8), np.empty(total, np.float32)
    source = np.repeat(np.arange(len(pixels.pictures)), copies)
    for start in range(0, total, _BATCH):
        part = slice(start, start + _BATCH)
        pictures = torch.from_numpy(pixels.pictures[source[part]]).to(device).permute(0, 3, 1, 2).float() / 255
        drawn = torch.from_numpy(pixels.outlines[source[part]]).to(device)[:, None].float() / 255
        pictures, drawn, kept = augment(pictures, drawn, side)
        early = trunk.early((pictures * 2 - 1).contiguous(memory_format=torch.channels_last))
        features[part] = early.half().cpu().numpy()
        outlines[part] = (drawn[:, 0] * 255).byte().cpu().numpy()
        natural[part] = kept.cpu().numpy()
    return Views(features, outlines, natural, copies)
