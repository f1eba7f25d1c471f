"""How sure it is of a label is how often it is right, whether there are a few labels or many."""

import numpy as np
import pytest

from stylegraph.tools.decisions.classifier import Classifier, softmax
from stylegraph.tools.decisions.labels import Label

_DIMENSION = 64
_SPREAD = 0.12


def near(centres, spread, count, chance):
    """Draw unit vectors around each centre."""
    drawn = np.repeat(centres, count, axis=0) + spread * chance.normal(size=(len(centres) * count, _DIMENSION))
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


@pytest.mark.parametrize("labels", [4, 100])
def test_what_it_says_is_how_often_it_is_right(labels):
    chance = np.random.default_rng(labels)
    centres = near(np.zeros((labels, _DIMENSION)), 1.0, 1, chance)
    named = [Label(str(place), tuple(f"{place} {one}" for one in range(5))) for place in range(labels)]
    classifier = Classifier(named, near(centres, _SPREAD, 5, chance))
    asked = near(centres, _SPREAD, 800 // labels, chance)
    said = np.stack([classifier.probabilities("?", vector) for vector in asked])
    right = said.argmax(axis=1) == np.repeat(np.arange(labels), 800 // labels)
    assert said.sum(axis=1) == pytest.approx(1.0)
    assert said.max(axis=1).mean() == pytest.approx(right.mean(), abs=0.12)


def test_margins_become_probabilities_row_by_row():
    rows = softmax(np.array([[1000.0, 0.0], [0.0, 0.0]]))
    assert rows == pytest.approx(np.array([[1.0, 0.0], [0.5, 0.5]]))
