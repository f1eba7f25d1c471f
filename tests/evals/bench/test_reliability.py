"""Probabilities are held against what came true."""

import pytest

from stylegraph.evals.bench.reliability import diagram, reliability


def test_probabilities_that_come_true_as_often_as_they_say_have_no_calibration_error():
    found = reliability([0.8] * 10, [True] * 8 + [False] * 2)
    assert found.error == pytest.approx(0)
    assert found.brier == pytest.approx(0.16)
    assert found.right == 0.8


def test_being_sure_and_wrong_costs_most():
    sure, unsure = reliability([0.95, 0.95], [True, False]), reliability([0.5, 0.5], [True, False])
    assert sure.brier > unsure.brier
    assert sure.error == pytest.approx(0.45)


def test_the_diagram_has_a_line_for_each_tenth_that_was_said():
    lines = diagram(reliability([0.05, 0.15, 0.95, 1.0], [False, False, True, True])).splitlines()
    assert [line.split()[0] for line in lines] == ["0.0-0.1", "0.1-0.2", "0.9-1.0"]
    assert lines[-1].count("#") > lines[0].count("#") == 0
