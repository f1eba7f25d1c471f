"""Quantities are read out of Korean and English, and the same ones are known to be the same."""

import pytest

from stylegraph.agent.local.support.quantities import quantities


def same(one, other):
    (first,), (second,) = quantities(one), quantities(other)
    return first.is_as(second)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("이틀 동안", "for 48 hours"),
        ("2주", "14일"),
        ("석 달 뒤", "three months later"),
        ("half a year", "6 months"),
        ("밤 9시", "21:00"),
        ("5 pm", "17:00"),
        ("3만 5천 원", "35,000원"),
        ("75조 원", "75,000,000,000,000 won"),
        ("5.2kg", "5,200 g"),
        ("절반", "50%"),
        ("1446년에", "in 1446"),
        ("다섯 권", "5권"),
    ],
)
def test_the_same_in_other_words(one, other):
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("10분", "10시간"),
        ("30℃", "30%"),
        ("7월 15일", "7월 1일"),
        ("5만 원", "5천 원"),
        ("9시", "9시간"),
        ("12명", "13명"),
    ],
)
def test_another_number_or_unit_is_another(one, other):
    assert not same(one, other)


def test_one_thing_is_no_quantity():
    assert quantities("a new one for one of them, 한 사람이") == ()
