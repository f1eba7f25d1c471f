"""Trains the network: views and soft targets in, weights averaged over the last steps out."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from stylegraph.evals.training.images.items import ANY_OF, Rows
from stylegraph.evals.training.images.network import GarmentNetwork
from stylegraph.evals.training.images.views import Views

LOCAL = ("pattern", "material", "colour", "colours")
"""Heads that read the fabric within the outline."""
_CLIP = 5.0
"""Longest gradient."""
_SHARE = 0.2
"""Weight of an attribute's cost beside the label's."""
_NEW_PACE = 4.0
"""How much faster what is new learns than the pretrained trunk."""


@dataclass(frozen=True)
class Recipe:
    """How to train."""

    size: str = "lite2"
    side: int = 224
    """Width and height of a view in pixels. A network sees things best a fifth larger than it was trained on
    (Touvron et al. 2019, https://arxiv.org/abs/1906.06423), so the finished one reads larger pictures."""
    copies: int = 8
    """Views of each photo."""
    epochs: int = 24
    batch: int = 64
    rate: float = 5e-4
    """Highest learning rate of the trunk, reached after the warm-up; falls along half a cosine."""
    decay: float = 0.05
    smoothing: float = 0.1
    mixing: float = 0.5
    """Share of batches whose pictures are mixed in pairs."""
    average: float = 0.998
    """Share of the old in the running average of weights."""
    balance: float = 0.25
    """How far rare labels are shown more often: 0 not at all, 1 all labels alike."""
    negatives: float = 0.15
    """Share of a batch that shows no garment."""
    correction: float = 0.06
    """How fast a label gives way to what the network itself makes of the photo, from a third of the training on: labels
    made by people are not all right (self-ensemble label correction: Lu and He 2022, arXiv 2205.01156)."""
    seed: int = 0


@dataclass
class Examples:
    """Views with their targets."""

    views: Views
    outlined: NDArray[np.float32]
    """Shape (n,): 1 where the outline is known."""
    rows: Rows


class Fit:
    """One training.

    Args:
        network: Changed in place.
        recipe: How.
        photos: Garments.
        others: Pictures without one.
    """

    def __init__(self, network: GarmentNetwork, recipe: Recipe, photos: Examples, others: Examples) -> None:
        self.network, self.recipe, self.photos, self.others = network, recipe, photos, others
        self.device = next(network.parameters()).device
        self.average = copy.deepcopy(network).eval()
        self.labels = photos.rows["label"].copy()
        counts = np.bincount(self.labels.argmax(1))
        chances = counts[self.labels.argmax(1)] ** -recipe.balance
        self.chances = chances / chances.sum()
        self.rng = np.random.default_rng(recipe.seed)
        self.steps = recipe.epochs * max(1, len(photos.views) // recipe.batch)
        torch.manual_seed(recipe.seed)
        network.trunk.stem.requires_grad_(False)
        for stage in network.trunk.stages[:3]:
            stage.requires_grad_(False)
        self.optimiser = torch.optim.AdamW(_groups(network, recipe), lr=recipe.rate)

    def run(self, report: Callable[[int, float], None] = lambda epoch, loss: None) -> GarmentNetwork:
        """Train, and give the network with averaged weights.

        Args:
            report: Called after every epoch with its number and mean loss.
        """
        self.network.train()
        losses: list[float] = []
        for step in range(self.steps):
            losses.append(self._step(step))
            if (step + 1) % (self.steps // self.recipe.epochs) == 0:
                report((step + 1) * self.recipe.epochs // self.steps, float(np.mean(losses)))
                losses.clear()
        return self.average

    def _step(self, step: int) -> float:
        for group in self.optimiser.param_groups:
            group["lr"] = self.recipe.rate * group["pace"] * _pace(step, self.steps)
        chosen, inputs, outlines, known, rows = self._batch()
        mixed = self.rng.random() < self.recipe.mixing
        if mixed:
            inputs, outlines, known, rows = self._mixed(inputs, outlines, known, rows)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.device.type == "cuda"):
            given = self.network.read(inputs.contiguous(memory_format=torch.channels_last))
        loss = _loss(given, outlines, known, rows)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), _CLIP)
        self.optimiser.step()
        _follow(self.average, self.network, min(self.recipe.average, (step + 1) / (step + 10)))
        if not mixed and step > self.steps / 3:
            self._correct(chosen, given["label"])
        return float(loss.detach())

    def _batch(self) -> tuple[NDArray[np.int64], Tensor, Tensor, Tensor, dict[str, Tensor]]:
        """Draw photos and others: numbers of the photos, features, outlines, weights of the outlines, rows."""
        absent = round(self.recipe.batch * self.recipe.negatives)
        of_photos = self.rng.choice(len(self.photos.views), self.recipe.batch - absent, replace=False, p=self.chances)
        of_others = self.rng.integers(len(self.others.views), size=absent)
        parts = [self.photos.views.of(of_photos, self.rng), self.others.views.of(of_others, self.rng)]
        inputs, outlines, natural = (torch.cat(pair).to(self.device) for pair in zip(*parts, strict=True))
        known = np.concatenate([self.photos.outlined[of_photos], self.others.outlined[of_others]])
        rows = {
            name: torch.from_numpy(np.concatenate([values[of_photos], self.others.rows[name][of_others]])).to(
                self.device
            )
            for name, values in (self.photos.rows | {"label": self.labels}).items()
        }
        for name in ("colour", "colours"):
            if name in rows:
                rows[name] = rows[name] * natural[:, None]
        return of_photos, inputs, outlines, torch.from_numpy(known).to(self.device), rows

    def _mixed(
        self, inputs: Tensor, outlines: Tensor, known: Tensor, rows: dict[str, Tensor]
    ) -> tuple[Tensor, Tensor, Tensor, dict[str, Tensor]]:
        """Mix pairs: all of them a little (Zhang et al. 2017, arXiv 1710.09412) or a part pasted (Yun et al. 2019)."""
        order = torch.from_numpy(self.rng.permutation(len(inputs))).to(self.device)
        if self.rng.random() < 0.5:
            share = float(self.rng.beta(0.3, 0.3))
            inputs, known = inputs * share + inputs[order] * (1 - share), known * 0
        else:
            cells = inputs.shape[2]
            half = max(1, int(cells * self.rng.random() ** 0.5 / 2))
            y, x = self.rng.integers(cells, size=2).tolist()
            rows_, columns = slice(max(0, y - half), y + half), slice(max(0, x - half), x + half)
            inputs, outlines = inputs.clone(), outlines.clone()
            inputs[:, :, rows_, columns] = inputs[order][:, :, rows_, columns]
            outlines[:, :, rows_, columns] = outlines[order][:, :, rows_, columns]
            share = 1 - outlines[0, 0, rows_, columns].numel() / cells**2
            known = known * known[order]
        return inputs, outlines, known, {n: r * share + r[order] * (1 - share) for n, r in rows.items()}

    def _correct(self, chosen: NDArray[np.int64], logits: Tensor) -> None:
        """Move the labels of these photos towards what the network says."""
        said = F.softmax(logits[: len(chosen)].detach().float(), 1).cpu().numpy()
        self.labels[chosen] += self.recipe.correction * (said - self.labels[chosen])


def _groups(network: GarmentNetwork, recipe: Recipe) -> list[dict[str, Any]]:
    """The heads start from nothing and learn faster. Weight decay is for matrices, not for biases and norms."""
    groups = []
    for new in (False, True):
        learnt = [p for n, p in network.named_parameters() if p.requires_grad and n.startswith("trunk.") != new]
        pace = _NEW_PACE if new else 1.0
        groups.append({"params": [p for p in learnt if p.ndim > 1], "weight_decay": recipe.decay, "pace": pace})
        groups.append({"params": [p for p in learnt if p.ndim <= 1], "weight_decay": 0.0, "pace": pace})
    return groups


def _pace(step: int, steps: int) -> float:
    warm = max(1, steps // 12)
    return (step + 1) / warm if step < warm else 0.5 * (1 + math.cos(math.pi * (step - warm) / (steps - warm)))


def _loss(given: dict[str, Tensor], outlines: Tensor, known: Tensor, rows: dict[str, Tensor]) -> Tensor:
    loss = _cost("label", given["label"], rows["label"])
    for name in rows.keys() - {"label"}:
        loss = loss + _SHARE * _cost(name, given[name], rows[name])
    drawn = F.binary_cross_entropy_with_logits(given["outline"].float(), outlines[:, 0], reduction="none").mean((1, 2))
    return loss + 0.5 * (drawn * known).sum() / (known.sum() + 1)


def _cost(name: str, logits: Tensor, rows: Tensor) -> Tensor:
    """Cross-entropy over what is known."""
    logits = logits.float()
    if name in ANY_OF:
        yes, no = rows.chunk(2, 1)
        cost = -(yes * F.logsigmoid(logits) + no * F.logsigmoid(-logits))
        return cost.sum() / (rows.sum() + logits.shape[1])
    return -(rows * F.log_softmax(logits, 1)).sum() / (rows.sum() + 1)


@torch.no_grad()
def _follow(average: nn.Module, network: nn.Module, keep: float) -> None:
    for slow, fast in zip(average.state_dict().values(), network.state_dict().values(), strict=True):
        if slow.is_floating_point():
            slow.lerp_(fast, 1 - keep)
        else:
            slow.copy_(fast)


@torch.no_grad()
def predict(network: GarmentNetwork, pictures: NDArray[np.uint8], side: int) -> dict[str, NDArray[np.float32]]:
    """Run the network over pictures (n, s, s, 3): every output, float32."""
    network.eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    device, parts = next(network.parameters()).device, []
    for start in range(0, len(pictures), 32):
        part = torch.from_numpy(pictures[start : start + 32]).to(device).permute(0, 3, 1, 2).float() / 127.5 - 1
        if part.shape[2] != side:
            part = F.interpolate(part, size=(side, side), mode="bilinear", antialias=True, align_corners=False)
        part = part.contiguous(memory_format=torch.channels_last)  # a CPU is a quarter faster so
        parts.append({name: values.float().cpu() for name, values in network(part).items()})
    return {name: torch.cat([part[name] for part in parts]).numpy() for name in parts[0]}
