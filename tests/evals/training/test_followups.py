"""Where follow-ups go is learned from conversations, and judged on those left out."""

import numpy as np
import pytest

from stylegraph.evals.training.followups import Example, fit, left_out

ROUTES = ("documents", "web", "chat")


def conversations(told_of, number=60):
    """Follow-ups of which one weight tells the route, by `told_of`, and the other nothing."""
    random = np.random.default_rng(0)
    examples = []
    for _ in range(number):
        wanted = np.eye(3)[random.integers(3)]
        examples.append(Example(ROUTES, np.stack([told_of(wanted), random.normal(size=3)], axis=1), wanted))
    return examples


def test_what_tells_is_weighed_and_what_does_not_is_not():
    telling, idle = fit(conversations(lambda wanted: 2 * wanted - 1))
    assert telling > 1.5
    assert abs(idle) < 0.3


@pytest.mark.parametrize(
    ("told_of", "least", "most"), [(lambda wanted: 2 * wanted - 1, 1.0, 1.0), (np.zeros_like, 0.0, 0.6)]
)
def test_the_figure_is_of_conversations_that_were_left_out(told_of, least, most):
    assert least <= left_out(conversations(told_of)) <= most
