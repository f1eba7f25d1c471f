"""A draft's figures are borne by what it cites, by what was said before, or by reckoning that code can do."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from stylegraph.agent.llm.figures import Stated, are_borne

FEES = "A check-up costs 20,000 won. An X-ray costs 9,000 won. Cleaning takes 40 minutes."


def borne(*texts, told="", source=FEES):
    """Check a draft whose every sentence cites the fees."""
    return are_borne([Stated(text, source, cites=True) for text in texts], told)


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (["A check-up is 20,000 won."], ""),
        (["검진은 2만 원입니다."], ""),
        (["Both come to 29,000 won."], ""),
        (["검진 20,000원과 엑스레이 9,000원을 더하면 29,000원입니다."], ""),
        (["All in all 29,000 won.", "Check-up: 20,000 won", "X-ray: 9,000 won"], ""),
        (["An X-ray is 11,000 won cheaper than a check-up of 20,000 won."], ""),
        (["A check-up of 20,000 won leaves 30,000 won."], "I have 50,000 won."),
        (["50,000 − 20,000 − 9,000 = 21,000 won"], "I have 50,000 won."),
        (["Three check-ups at 20,000 won are 60,000 won."], ""),
        (["At 20,000 won a day it is 60,000 won for 3 days."], "I stay for 3 days."),
        (["With 10 % off, a check-up of 20,000 won costs 18,000 won, 2,000 won less."], "I get 10 % off."),
        (["Your order 2041 is one check-up."], "Where is my order 2041?"),
    ],
)
def test_what_stands_there_or_is_rightly_reckoned_is_borne(texts, told):
    assert borne(*texts, told=told)


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (["A check-up is 25,000 won."], ""),
        (["Both come to 28,000 won."], ""),
        (["검진 20,000원과 엑스레이 9,000원을 더하면 39,000원입니다."], ""),
        (["A check-up is 21,000 won.", "Both come to 30,000 won, which is 21,000 won and 9,000 won."], ""),
        (["A check-up of 20,000 won leaves 40,000 won."], "I have 50,000 won."),
        (["Cleaning takes 31 minutes."], ""),
        (["Order 2042 is one check-up."], "Where is my order 2041?"),
    ],
    ids=[
        "another",
        "a wrong sum",
        "a wrong sum in Korean",
        "one wrong figure bears another",
        "a wrong rest",
        "small",
        "order",
    ],
)
def test_what_stands_nowhere_and_does_not_follow_is_not_borne(texts, told):
    assert not borne(*texts, told=told)


def test_a_small_figure_follows_from_its_own_sentence_alone():
    assert borne("With 12 workers at 6 cores it is twice as many: 12.", told="I have 6 cores.")
    assert not borne("Wait for 31 minutes.", source="It takes 40 minutes, or 9 less.")


@given(st.integers(1_000, 10**7), st.integers(1_000, 10**7), st.integers(1, 10**6))
def test_a_sum_is_borne_and_any_other_figure_is_not(one, other, off):
    assume(off > 1e-5 * (one + other) and one * other != one + other + off)  # nearer than that is the same
    source = f"This costs {one:,} won and that {other:,} won."
    assert are_borne([Stated(f"Together {one + other:,} won.", source, cites=True)], "")
    assert not are_borne([Stated(f"Together {one + other + off:,} won.", source, cites=True)], "")


@given(st.lists(st.text(max_size=120), max_size=4), st.text(max_size=80))
def test_any_text_is_read_to_its_end(texts, told):
    assert are_borne([Stated(text, text, cites=True) for text in texts], told)
