"""Only answers that were graded good, are new, and are nobody's secret are learned from; each other has its reason."""

import pytest

from stylegraph.evals.tuning.alike import Alike
from stylegraph.evals.tuning.examples import Example, Message
from stylegraph.evals.tuning.filters import Limits, sifted


def example(question="울 니트는 어떻게 빨아요?", answer="30도 이하의 물에서 울 세제로 눌러 빱니다.", **more):
    given = {
        "language": "ko",
        "origin": "run r s/c",
        "made_by": "local",
        "answered": True,
        "grounded": 1.0,
        "in_language": True,
    }
    messages = (Message(role="user", content=question), Message(role="assistant", content=answer))
    return Example(messages=messages, **{**given, **more})


def reasons(*examples, held_out=(), **limits):
    return [reason for _, reason in sifted(examples, held_out, Limits(**limits))]


def test_a_good_new_answer_is_kept():
    assert reasons(example()) == [None]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"answered": False}, "not graded good"),
        ({"grounded": 0.5}, "not grounded"),
        ({"in_language": False}, "another language"),
        ({"answer": "네."}, "too short"),
        ({"answer": "가나다라 " * 2_000}, "too long"),
        ({"answer": "담당자는 kim.jiho@example.com 입니다. 연락 주세요."}, "personal data"),
        ({"question": "제 번호는 010-1234-5678인데 등록돼 있나요?"}, "personal data"),
        ({"question": "주민번호 900101-1234567 로 조회해 줘"}, "personal data"),
        ({"answer": "Call +82 10-1234-5678 to reach the team lead."}, "personal data"),
    ],
)
def test_what_is_left_out_has_its_reason(given, reason):
    assert reasons(example(**given)) == [reason]


@pytest.mark.parametrize(
    "text", ["가격은 39,000원이고 2026년 11월 24일에 나왔습니다.", "Wash at 30-40 degrees for 20 minutes, 1,200 rpm."]
)
def test_prices_dates_and_temperatures_are_nobodys_secret(text):
    assert reasons(example(answer=text)) == [None]


def test_the_second_of_two_near_duplicates_is_left_out():
    other = example(answer="30도 이하의 물에서 울 세제로 눌러 빱니다!")
    different = example("캐시미어는 어떻게 보관해요?", "깨끗이 빨아 말린 다음 방충제와 함께 밀폐 용기에 넣어 둡니다.")
    assert reasons(example(), other, different) == [None, "near-duplicate", None]


def test_what_is_like_a_question_of_the_test_split_is_never_learned():
    assert reasons(example(), held_out=["울 니트는 어떻게 빨아요"]) == ["in the test split"]
    assert reasons(example(), held_out=["청바지는 얼마나 자주 빨아요?"]) == [None]


def test_less_grounding_can_be_allowed():
    assert reasons(example(grounded=0.8), least_grounded=0.75) == [None]


def test_likeness_is_by_letters_not_by_case_or_space():
    known = Alike(0.8)
    known.add("How do I wash a wool sweater?")
    assert known.has("how do i  wash a wool sweater")
    assert not known.has("How do I store a winter coat?")
