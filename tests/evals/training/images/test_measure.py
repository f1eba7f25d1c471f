"""Figures mean what their papers say."""

import numpy as np
import pytest

from stylegraph.evals.training.images.measure import calibration_error, macro_f1, softmax, temperature


def test_macro_f1_counts_every_label_alike():
    right = np.array([0] * 8 + [1] * 2)
    said = np.array([0] * 8 + [1, 0])
    assert macro_f1(said, right) == pytest.approx((16 / 17 + 2 / 3) / 2)


def test_honest_confidence_has_no_calibration_error():
    confidences = np.full(1000, 0.8)
    hits = np.arange(1000) % 10 < 8
    assert calibration_error(confidences, hits) == pytest.approx(0)
    assert calibration_error(np.full(1000, 0.99), hits) == pytest.approx(0.19)


def test_the_temperature_makes_overconfident_logits_honest():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(5000, 4)) * 1.5
    right = np.array([rng.choice(4, p=p) for p in softmax(logits)])
    assert temperature(logits * 3, right) == pytest.approx(3, rel=0.15)
    assert temperature(logits, right) == pytest.approx(1, rel=0.15)
