"""Changes to training pictures that leave their labels true, made on whole batches where the network runs."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F


def augment(pictures: Tensor, outlines: Tensor, side: int) -> tuple[Tensor, Tensor, Tensor]:
    """Turn, stretch, cut, recolour and blur.

    Args:
        pictures: Shape (n, 3, s, s), values 0..1.
        outlines: Shape (n, 1, h, h), values 0..1; where a picture has none, whatever stands there.
        side: Width and height of the result in pixels.

    Returns:
        Pictures (n, 3, side, side), outlines (n, 1, side / 8, side / 8), and shape (n,): 1 where the colours are still
        those of the garment, 0 where they were changed on purpose.
    """
    pictures, outlines = _reground(pictures, outlines)
    grid = _grid(len(pictures), pictures.device)
    pictures, outlines = _sample(pictures, grid, side), _sample(outlines, grid, -(-side // 8))
    pictures = _light(pictures)
    pictures, natural = _recolour(pictures)
    return _erase(_blur(pictures)), outlines.clamp(0, 1), natural


def _uniform(n: int, low: float, high: float, like: Tensor) -> Tensor:
    return torch.empty(n, device=like.device).uniform_(low, high)


def _chance(n: int, share: float, like: Tensor) -> Tensor:
    return torch.rand(n, device=like.device) < share


def _column(values: Tensor) -> Tensor:
    return values.view(-1, 1, 1, 1)


def _reground(pictures: Tensor, outlines: Tensor) -> tuple[Tensor, Tensor]:
    """Lay every fifth garment on white, a colour or another photo's surroundings: shops' photos look like that."""
    n = len(pictures)
    area = outlines.mean((1, 2, 3))
    chosen = _chance(n, 0.2, pictures) & (area > 0.1) & (area < 0.8)
    if not bool(chosen.any()):
        return pictures, outlines
    wide = F.interpolate(outlines, size=pictures.shape[2:], mode="bilinear", align_corners=False)
    share = ((wide - 0.3) / 0.4).clamp(0, 1) * _column(chosen.float()) + _column((~chosen).float())
    plain = torch.rand(n, 3, 1, 1, device=pictures.device).expand_as(pictures)
    white = _column(_chance(n, 0.5, pictures).float())
    other = _column(_chance(n, 0.3, pictures).float())
    ground = white + (1 - white) * plain
    soft = F.interpolate(F.interpolate(pictures.flip(0), size=(12, 12), mode="area"), size=pictures.shape[2:])
    ground = other * soft + (1 - other) * ground
    return pictures * share + ground * (1 - share), outlines


def _grid(n: int, device: torch.device) -> Tensor:
    """Affine maps from the result to the source: shape (n, 2, 3)."""
    like = torch.empty(0, device=device)
    angle = _uniform(n, -0.3, 0.3, like) + _chance(n, 0.06, like) * _uniform(n, -math.pi, math.pi, like)
    scale = torch.exp(_uniform(n, -0.45, 0.2, like))
    aspect = torch.exp(_uniform(n, -0.07, 0.07, like))
    flip = 1 - 2 * _chance(n, 0.5, like).float()
    cos, sin = torch.cos(angle), torch.sin(angle)
    wide, high = scale * aspect, scale / aspect
    room = (1 - scale).abs() * 0.7 + 0.05
    x, y = _uniform(n, -1, 1, like) * room, _uniform(n, -1, 1, like) * room
    top = torch.stack([cos * wide * flip, -sin * high, x], 1)
    bottom = torch.stack([sin * wide * flip, cos * high, y], 1)
    return torch.stack([top, bottom], 1)


def _sample(pictures: Tensor, maps: Tensor, side: int) -> Tensor:
    grid = F.affine_grid(maps, [len(pictures), pictures.shape[1], side, side], align_corners=False)
    mode = "reflection" if torch.rand(()) < 0.5 else "border"
    return F.grid_sample(pictures, grid, mode="bilinear", padding_mode=mode, align_corners=False)


def _light(pictures: Tensor) -> Tensor:
    """Brightness, contrast, gamma and a little colour of the light: what cameras and lamps do."""
    n = len(pictures)
    bright = _column(torch.exp(_uniform(n, -0.25, 0.25, pictures)))
    contrast = _column(torch.exp(_uniform(n, -0.25, 0.25, pictures)))
    gains = torch.exp(torch.empty(n, 3, 1, 1, device=pictures.device).uniform_(-0.06, 0.06))
    mean = pictures.mean((1, 2, 3), keepdim=True)
    pictures = ((pictures - mean) * contrast + mean) * bright * gains
    return pictures.clamp(1e-4, 1) ** _column(torch.exp(_uniform(n, -0.25, 0.25, pictures)))


def _recolour(pictures: Tensor) -> tuple[Tensor, Tensor]:
    """Turn the hue, drop or boost colour, invert or reduce levels for three pictures in ten."""
    n = len(pictures)
    chosen = _chance(n, 0.3, pictures)
    angle = _uniform(n, -math.pi, math.pi, pictures) * chosen
    strength = 1 + chosen * (_uniform(n, 0, 2, pictures) * ~_chance(n, 0.2, pictures) - 1)
    red, green, blue = pictures.unbind(1)
    grey = 0.299 * red + 0.587 * green + 0.114 * blue
    u, v = (blue - grey) * 0.492, (red - grey) * 0.877
    cos, sin = (f(angle).view(-1, 1, 1) * strength.view(-1, 1, 1) for f in (torch.cos, torch.sin))
    u, v = u * cos - v * sin, u * sin + v * cos
    turned = torch.stack([grey + 1.14 * v, grey - 0.395 * u - 0.581 * v, grey + 2.033 * u], 1).clamp(0, 1)
    levels = _column(torch.where(chosen & _chance(n, 0.2, pictures), 4.0, 255.0))
    return (turned * levels).round() / levels, (~chosen).float()


def _blur(pictures: Tensor) -> Tensor:
    """Reduce the resolution of every sixth picture, and add grain to every sixth."""
    n, side = len(pictures), pictures.shape[2]
    small = F.interpolate(pictures, size=(side * 2 // 5,) * 2, mode="bilinear", antialias=True, align_corners=False)
    soft = F.interpolate(small, size=(side, side), mode="bilinear", align_corners=False)
    chosen = _column(_chance(n, 1 / 6, pictures).float())
    pictures = chosen * soft + (1 - chosen) * pictures
    grain = torch.randn_like(pictures) * _column(_chance(n, 1 / 6, pictures) * _uniform(n, 0, 0.06, pictures))
    return (pictures + grain).clamp(0, 1)


def _erase(pictures: Tensor) -> Tensor:
    """Cover a rectangle of every fourth picture (Zhong et al. 2017, https://arxiv.org/abs/1708.04896)."""
    n, side = len(pictures), pictures.shape[2]
    middle, half = torch.rand(n, 2, device=pictures.device), _uniform(2 * n, 0.05, 0.22, pictures).view(n, 2)
    at = (torch.arange(side, device=pictures.device) + 0.5) / side
    rows = (at[None] - middle[:, :1]).abs() < half[:, :1]
    columns = (at[None] - middle[:, 1:]).abs() < half[:, 1:]
    covered = rows[:, None, :, None] & columns[:, None, None, :] & _column(_chance(n, 0.25, pictures))
    return torch.where(covered, torch.rand(n, 3, 1, 1, device=pictures.device), pictures)
