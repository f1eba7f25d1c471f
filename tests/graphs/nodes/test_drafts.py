"""Which of several drafts a turn ends with."""

from __future__ import annotations

import pytest

from stylegraph.graphs.nodes.drafts import best_draft


def grade(answers=1.0, grounded=1.0, supported=3, good=False, in_language=True):
    sentences = [{"text": "x", "supported": True, "citations": []}] * supported
    return {"good": good, "grounded": grounded, "answers": answers, "in_language": in_language, "sentences": sentences}


def better(newer, older):
    """Return which of two drafts wins."""
    state = {"draft": {"text": "newer"}, "grade": newer, "best": {"draft": {"text": "older"}, "grade": older}}
    return best_draft(state)["draft"]["text"]


def test_the_first_draft_is_the_best_so_far():
    only = best_draft({"draft": {"text": "only"}, "grade": grade(), "best": None})
    assert (only["draft"]["text"], only["grade"]) == ("only", grade())


@pytest.mark.parametrize(
    ("newer", "older", "wins"),
    [
        (grade(answers=1.0), grade(answers=0.5), "newer"),
        (grade(answers=0.5), grade(answers=1.0), "older"),
        (grade(answers=1.0, grounded=0.7), grade(answers=0.5, grounded=1.0), "newer"),  # enough of it is borne
        (grade(answers=1.0, grounded=0.5), grade(answers=0.5, grounded=0.7), "older"),  # too little is
        (grade(good=True), grade(), "newer"),
        (grade(in_language=False), grade(answers=0.5), "older"),
        (grade(supported=3), grade(supported=3), "newer"),
        (grade(supported=4), grade(supported=3), "newer"),
        (grade(supported=2), grade(supported=3), "older"),  # it says less, and is no better grounded
        (grade(supported=2, grounded=0.9), grade(supported=3, grounded=0.7), "newer"),  # what was wrong is gone
    ],
)
def test_the_better_one_wins_and_one_that_says_less_never_replaces_one_that_says_more(newer, older, wins):
    assert better(newer, older) == wins


def test_a_draft_that_was_not_graded_does_not_replace_one_that_was():
    assert better(None, grade(answers=0.5)) == "older"
    assert better(grade(answers=0.1), None) == "newer"
