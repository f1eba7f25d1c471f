"""Fits what colours are called to annotated photos."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from stylegraph.tools.image.colours import Cluster, Values
from stylegraph.tools.image.palette import Palette, Trust

PROTOTYPES = {"gold": (65.0, 5.0, 35.0), "silver": (75.0, 0.0, 1.0)}
"""CIELAB of names that are too rare to fit."""
_PRIOR = 12.0
"""Photos that the common spread of colours counts for."""
_DECAY = 1.0
"""Penalty on the linear model's squared weights, per photo."""


def fit_palette(
    names: Sequence[str], groups: Sequence[Sequence[Cluster]], lights: Values, given: Sequence[Sequence[str]]
) -> Palette:
    """Fit one normal distribution a name, and the linear model.

    Args:
        names: All names.
        groups: Clusters of each photo, largest first.
        lights: Shape (photos, 34), from `surroundings`.
        given: Names annotated for each photo, main colour first. Only the pair of largest cluster and main colour is
            certain, so only that is used.
    """
    seen = np.array([clusters[0].lab for clusters in groups])
    said = np.array([names.index(colours[0]) for colours in given])
    means = np.array([_mean(names[i], seen[said == i]) for i in range(len(names))])
    away = seen - means[said]
    common = np.cov(away.T) + np.eye(3) * 4
    covariances, priors = [], []
    for i in range(len(names)):
        own = away[said == i]
        covariances.append((common * _PRIOR + own.T @ own) / (_PRIOR + len(own)))
        priors.append((len(own) + 2) / (len(seen) + 2 * len(names)))
    offsets = np.log(priors) - 0.5 * np.linalg.slogdet(np.array(covariances))[1]
    precisions = np.linalg.inv(np.array(covariances)).astype(np.float32)
    light = _linear(lights, said, len(names))
    return Palette(list(names), means.astype(np.float32), precisions, offsets.astype(np.float32), light, Trust(1, 1, 1))


def _linear(lights: Values, said: NDArray[np.int64], count: int) -> Values:
    """Fit a multinomial logistic regression on standardised numbers; give it for the numbers as they come."""
    middle, spread = lights.mean(0), lights.std(0) + 1e-6
    inputs, right = torch.from_numpy((lights - middle) / spread), torch.from_numpy(said)
    weights, constants = torch.zeros(count, lights.shape[1], requires_grad=True), torch.zeros(count, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights, constants], max_iter=300, line_search_fn="strong_wolfe")

    def cost() -> torch.Tensor:
        optimiser.zero_grad()
        loss = F.cross_entropy(inputs @ weights.T + constants, right) + _DECAY / len(said) * (weights**2).sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimiser.step(cost)  # type: ignore[no-untyped-call]
    plain = weights.detach().numpy() / spread
    return np.concatenate([plain, (constants.detach().numpy() - plain @ middle)[:, None]], 1).astype(np.float32)


def _mean(name: str, own: Values) -> Values:
    """Average robustly: wrong annotations and wrong outlines lie far off."""
    if len(own) < 5:
        return np.array(PROTOTYPES.get(name, own.mean(0) if len(own) else (50.0, 0.0, 0.0)), np.float32)
    median: Values = np.median(own, axis=0)
    return median
