"""The rounds of strangers' questions: each fact stands in the document that is said to hold it."""

from __future__ import annotations

import pytest

from stylegraph.evals.harness.document_cases import holds
from stylegraph.evals.harness.everyday_cases import everyday_cases, folders, rounds

TURNS = [(case, turn) for name in rounds() for case in everyday_cases(name) for turn in case.turns]


def test_a_round_has_a_hundred_turns_of_both_languages_and_many_follow_ups():
    for name in rounds():
        cases = everyday_cases(name)
        assert len({case.id for case in cases}) == len(cases)
        assert sum(len(case.turns) for case in cases) >= 100
        assert {case.language for case in cases} == {"ko", "en"}
        assert sum(len(case.turns) - 1 for case in cases) >= 25


@pytest.mark.parametrize(("case", "turn"), TURNS, ids=[f"{case.id} {turn.text[:30]}" for case, turn in TURNS])
def test_what_is_said_to_stand_in_a_document_stands_there(case, turn):
    if turn.document is None:
        assert turn.holds != "answer" or not turn.facts
        return
    [file] = [file for folder in folders() for file in folder.rglob(turn.document)]
    text = file.read_text(encoding="utf-8")
    assert turn.holds == "answer"
    assert all(any(holds(text, [form]) for form in forms) for forms in turn.facts)
