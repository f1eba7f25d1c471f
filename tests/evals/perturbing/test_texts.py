"""Texts are changed by rule: the same text always in the same way."""

import pytest

from stylegraph.evals.perturbing.texts import another_order, distractor, has_number, other_numbers, without


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("30℃ 물에 10분", "31℃ 물에 11분"),
        ("1,200 rpm", "1,201 rpm"),
        ("1,999원", "2,000원"),
        ("1~1.5 cm, 2024-05-01, A4, v1.2", "1~1.5 cm, 2024-05-01, A4, v1.2"),
        ("하나, ten, 1", "하나, ten, 1"),
    ],
)
def test_amounts_become_one_more(text, changed):
    assert other_numbers(text) == changed
    assert has_number(text) is (text != changed)


def test_paragraphs_are_turned_around_and_lose_nothing():
    assert another_order("First.\n\nSecond one.\n\nThird.") == "Third.\n\nSecond one.\n\nFirst."
    assert another_order("하나. 둘. 셋.") == "셋. 하나. 둘."


def test_a_fact_is_taken_away_in_each_of_its_forms_and_the_rest_stays():
    text = "울은 30℃에 빤다. 비틀지 않는다. Wash wool at 30 °C."
    assert without(text, [["30℃"]]) == "비틀지 않는다."
    assert without(text, [["31℃"]]) == text


def test_a_case_has_its_distractor_for_good():
    assert distractor("d-ko-0001", "ko") == distractor("d-ko-0001", "ko")
    assert len({distractor(f"d-en-{number}", "en") for number in range(60)}) == 8
