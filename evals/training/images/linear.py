"""Fits linear models to features that stay as they are."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

Values = NDArray[np.float32]


def fit_linear(inputs: Values, rows: Values, decay: float, balance: float = 0.0) -> Values:
    """Fit a logistic regression by L-BFGS, on standardised inputs; give it for the inputs as they come.

    Args:
        inputs: Shape (n, d).
        rows: Targets, shape (n, values): a distribution each.
        decay: Penalty on squared weights, counted as so many examples.
        balance: How far examples of rare values count more: 0 not at all, 1 all values alike.

    Returns:
        Shape (values, d + 1), the constants last.
    """
    middle, spread = inputs.mean(0), inputs.std(0) + 1e-4
    given, wanted = torch.from_numpy((inputs - middle) / spread), torch.from_numpy(rows)
    weights = torch.zeros(rows.shape[1], inputs.shape[1], requires_grad=True)
    constants = torch.zeros(rows.shape[1], requires_grad=True)
    worth = torch.from_numpy(_worth(rows, balance))
    optimiser = torch.optim.LBFGS([weights, constants], max_iter=80, line_search_fn="strong_wolfe")

    def cost() -> torch.Tensor:
        optimiser.zero_grad()
        losses = F.cross_entropy(given @ weights.T + constants, wanted, reduction="none")
        loss = (worth * losses).sum() / worth.sum() + decay / len(rows) * (weights**2).sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimiser.step(cost)  # type: ignore[no-untyped-call]
    plain = weights.detach().numpy() / spread
    return np.concatenate([plain, (constants.detach().numpy() - plain @ middle)[:, None]], 1).astype(np.float32)


def _worth(rows: Values, balance: float) -> Values:
    """Return how much each example counts, 1 on average, by how frequent its likeliest value is."""
    values = rows.argmax(1)
    worth = np.bincount(values)[values] ** -balance
    given: Values = (worth / worth.mean()).astype(np.float32)
    return given
