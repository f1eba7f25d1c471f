"""One question that asks for several things."""

from __future__ import annotations

import pytest

from stylegraph.agent.text.clauses import asking_clauses


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        (
            "흰 운동화에 흙탕물이 튀었어요. 어떻게 빨아요? 그리고 비 오는 날 신을 신발 골라 주세요",
            ["흰 운동화에 흙탕물이 튀었어요. 어떻게 빨아요?", "비 오는 날 신을 신발 골라 주세요"],
        ),
        (
            "I spilled coffee on my silk blouse. How do I get it out? Also recommend a jacket.",
            ["I spilled coffee on my silk blouse. How do I get it out?", "Also recommend a jacket."],
        ),
        (
            "키가 작아요. 어떻게 입어야 해요? 그리고 바지 하나 골라줘",  # it is about the person: both need it
            ["어떻게 입어야 해요?", "바지 하나 골라줘"],
        ),
        (
            "린넨 셔츠를 샀어요. 실크는 어떻게 빨아요? 그리고 재킷 골라줘",
            ["실크는 어떻게 빨아요?", "재킷 골라줘"],
        ),
        ("흰 운동화에 흙탕물이 튀었어요. 어떻게 빨아요?", ["흰 운동화에 흙탕물이 튀었어요. 어떻게 빨아요?"]),
    ],
)  # fmt: skip
def test_what_is_told_of_a_thing_stands_with_the_clause_that_asks_about_it(text, clauses):
    assert asking_clauses(text) == clauses
