"""Agreement with labels: the share, and what is left of it when chance is taken off."""

import pytest

from stylegraph.evals.grading.agreement import Verdict, kappa, share, verdicts
from stylegraph.evals.grading.cases import support_cases
from stylegraph.evals.grading.records import Graded, Supported

CASE = support_cases()[0]


def graded(**more):
    texts = [text for said in CASE.said for text in said.values()]
    found = [Supported(text=text, supported=True, evidence=["1"], cited=[]) for text in texts[:-1]]
    given = {"id": "a", "groundedness": 1.0, "answers_question": True, "answers": 1.0, "citations": None}
    return Graded(**{**given, "sentences": found, "graded_by": "judge", **more})


def test_each_labelled_sentence_is_paired_and_one_that_was_passed_over_is_not_borne():
    found = verdicts(CASE, graded())
    assert [borne for borne, _ in found] == [True] * (len(found) - 1) + [False]
    assert [label for _, label in found] == [True] * 4 + [False] * 5


def test_a_grader_that_failed_has_no_verdicts():
    assert verdicts(CASE, graded(note="Graded locally: broken")) == []


def test_kappa_is_cohen_s():
    """Of fifty, 35 agree and 25 would by chance."""
    pairs = [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15
    found = [Verdict(*pair) for pair in pairs]
    assert share(found) == pytest.approx(0.7)
    assert kappa(found) == pytest.approx(0.4)


def test_one_that_always_says_the_same_agrees_no_more_than_by_chance():
    assert kappa([Verdict(True, True), Verdict(True, False)]) == 0.0


def test_where_both_say_the_same_of_everything_there_is_nothing_to_take_chance_off():
    assert kappa([Verdict(True, True), Verdict(True, True)]) is None
