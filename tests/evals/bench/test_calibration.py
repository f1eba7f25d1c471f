"""The bench of calibration asks what it says, and the shipped probabilities are worth more than saying the same of all."""

import pytest

from stylegraph.evals.bench.calibration import Predicted, answers, balanced, groundedness, relevance, report
from stylegraph.evals.bench.reliability import reliability


def test_balanced_accuracy_does_not_reward_saying_the_same_of_all():
    rows = [Predicted("ko", 0.9, came=True)] * 9 + [Predicted("ko", 0.9, came=False)]
    assert balanced(rows) == 0.5


def test_the_report_has_a_line_for_the_whole_and_one_for_each_language():
    rows = [Predicted(language, 0.8, came=came) for language in ("ko", "en") for came in (True, True, False)]
    lines = [line for line in report("routing", rows).splitlines() if "Brier" in line]
    assert [line.split()[0] for line in lines] == ["routing", "ko", "en"]


@pytest.mark.parametrize("ask", [groundedness, relevance, answers])
async def test_on_tune_data_the_probabilities_beat_the_base_rate(ask):
    rows = await ask("tune")
    for language in ("ko", "en"):
        own = [row for row in rows if row.language == language]
        share = sum(row.came for row in own) / len(own)
        found = reliability([row.said for row in own], [row.came for row in own])
        assert found.brier < share * (1 - share)
        assert found.error < 0.15
