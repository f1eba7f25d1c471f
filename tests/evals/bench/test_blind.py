"""The table of a blind round says what its reader found."""

from __future__ import annotations

import sys

import pytest
from pydantic import ValidationError

from stylegraph.evals.bench.blind import BlindTurn, blind_turns, main, table


def turn(ours: str, react: str, better: str) -> BlindTurn:
    verdicts = {
        side: {"judged": how, "calls": calls, "tokens_in": 1_000 * calls}
        for side, how, calls in (("ours", ours, 3), ("react", react, 2))
    }
    return BlindTurn.model_validate({"ask": "How?", "must": ["says how"], "better": better, **verdicts})


def test_a_row_a_side_counts_verdicts_and_means_what_turns_cost():
    told = table([turn("right", "partly", "ours"), turn("right", "right", "same")])
    assert "| ours | 2 | 0 | 0 | 1 | 3.00 | 3,000 |" in told
    assert "| react | 1 | 1 | 0 | 0 | 2.00 | 2,000 |" in told


def test_all_rounds_are_told_together_at_the_end(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["blind"])
    main()
    assert "together: 124 turns" in capsys.readouterr().out.splitlines()


def test_a_verdict_that_is_none_is_refused():
    with pytest.raises(ValidationError, match="judged"):
        turn("fine", "right", "same")


@pytest.mark.parametrize(("name", "count"), [("round1", 42), ("round2", 40), ("round3", 42)])
def test_each_turn_of_a_round_has_points_written_before(name, count):
    turns = blind_turns(name)
    assert len(turns) == count
    assert all(one.must for one in turns)
