"""Fits linear models to features that stay as they are: names of colours, and heads on a finished network."""

from __future__ import annotations

from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

Values = NDArray[np.float32]
Kind = Literal["one", "any"]
"""Whether one value holds or any number of them."""
_OURS = 4.0
"""How much more examples count whose targets were given as the model is to give them."""


def fit_linear(
    inputs: Values,
    rows: Values,
    decay: float,
    kind: Kind = "one",
    balance: float = 0.0,
    ours: NDArray[np.bool_] | None = None,
) -> Values:
    """Fit a logistic regression by L-BFGS, on standardised inputs; give it for the inputs as they come.

    Args:
        inputs: Shape (n, d).
        rows: Targets, shape (n, values): a distribution each, or with `any` a probability for each value.
        decay: Penalty on squared weights, counted as so many examples.
        kind: What the targets are.
        balance: How far examples of rare values count more: 0 not at all, 1 all values alike.
        ours: Shape (n,): examples whose targets were given as the model is to give them. They count more, and the
            others have constants of their own, which are left behind: two people call the same print floral and other
            (after Daume 2007, arXiv 0907.1815).

    Returns:
        Shape (values, d + 1), the constants last.
    """
    middle, spread = inputs.mean(0), inputs.std(0) + 1e-4
    given, wanted = torch.from_numpy((inputs - middle) / spread), torch.from_numpy(rows)
    weights = torch.zeros(rows.shape[1], inputs.shape[1], requires_grad=True)
    constants, habit = (torch.zeros(rows.shape[1], requires_grad=True) for _ in range(2))
    theirs = torch.zeros(len(rows), 1) if ours is None else torch.from_numpy(~ours).float()[:, None]
    worth = torch.from_numpy(_worth(rows, balance)) * (1 + (_OURS - 1) * (1 - theirs[:, 0]) * (ours is not None))
    optimiser = torch.optim.LBFGS([weights, constants, habit], max_iter=80, line_search_fn="strong_wolfe")

    def cost() -> torch.Tensor:
        optimiser.zero_grad()
        logits = given @ weights.T + constants + theirs * habit
        loss = (worth * _losses(logits, wanted, kind)).sum() / worth.sum() + decay / len(rows) * (weights**2).sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimiser.step(cost)  # type: ignore[no-untyped-call]
    plain = weights.detach().numpy() / spread
    return np.concatenate([plain, (constants.detach().numpy() - plain @ middle)[:, None]], 1).astype(np.float32)


def _worth(rows: Values, balance: float) -> Values:
    """Say how much each example counts, 1 on average, by how frequent its likeliest value is."""
    values = rows.argmax(1)
    worth = np.bincount(values)[values] ** -balance
    given: Values = (worth / worth.mean()).astype(np.float32)
    return given


def _losses(logits: torch.Tensor, wanted: torch.Tensor, kind: Kind) -> torch.Tensor:
    if kind == "one":
        return F.cross_entropy(logits, wanted, reduction="none")
    return F.binary_cross_entropy_with_logits(logits, wanted, reduction="none").sum(1)
