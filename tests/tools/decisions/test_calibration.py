"""What was fitted to tune data is what is shipped, and log odds of certainty are finite."""

import math

import pytest

from stylegraph.agent.local.probability import Line, log_odds
from stylegraph.evals.training import decisions
from stylegraph.tools.decisions.calibration import calibration


def test_a_line_is_a_logistic_curve():
    assert Line(1.0, 0.0).probability(log_odds(0.3)) == pytest.approx(0.3)
    assert math.isfinite(log_odds(0.0))
    assert math.isfinite(log_odds(1.0))


def test_fitting_finds_a_curve_that_says_what_comes():
    rows = [decisions.Scored("ko", 2.0, label=True)] * 80 + [decisions.Scored("ko", 2.0, label=False)] * 20
    rows += [decisions.Scored("ko", -2.0, label=True)] * 30 + [decisions.Scored("ko", -2.0, label=False)] * 70
    line = decisions.line_of(rows)
    assert line.probability(2.0) == pytest.approx(0.8, abs=0.02)
    assert line.probability(-2.0) == pytest.approx(0.3, abs=0.02)


async def test_the_shipped_relevance_is_what_the_tune_split_gives():
    lines = decisions._by_language(await decisions.relevant("tune"))
    for language, line in lines.items():
        assert line == pytest.approx(calibration().relevant[language], abs=1e-3)
