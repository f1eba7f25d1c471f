"""A linear model learns what separates, and is given for inputs as they come."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the extra `training`")

from stylegraph.evals.training.images.linear import fit_linear


def test_a_linear_model_is_given_for_inputs_as_they_come():
    rng = np.random.default_rng(0)
    inputs = (rng.normal(size=(400, 4)) * [1, 10, 100, 1] + [0, 5, 1000, 0]).astype(np.float32)
    right = (inputs[:, 2] > 1000).astype(int)
    model = fit_linear(inputs, np.eye(2, dtype=np.float32)[right], 1.0)
    assert ((inputs @ model[:, :-1].T + model[:, -1]).argmax(1) == right).mean() > 0.97
