"""A daughter is a girl, unless something says that she is grown up."""

from __future__ import annotations

import pytest

from stylegraph.tools.fashion.query.parser import WishReader
from stylegraph.tools.fashion.query.vocabulary import vocabulary_of


def _shop(*audiences: str, sizes: tuple[str, ...] = ()) -> WishReader:
    return WishReader(vocabulary_of(
        {"id": str(number), "name_ko": "재킷", "name_en": "jacket", "category": "jacket", "audience": audience, "size": [*sizes]}
        for number, audience in enumerate(audiences)
    ))  # fmt: skip


@pytest.fixture(scope="module")
def family() -> WishReader:
    return _shop("men", "women", "girls", "boys", "kids")


@pytest.mark.parametrize(
    ("text", "audience"),
    [
        ("jacket for my daughter", ["girls"]),
        ("딸 입힐 자켓", ["girls"]),
        ("아들 자켓 추천해줘", ["boys"]),
        ("a jacket for my nephew", ["boys"]),
        ("a gift for my niece", ["girls"]),
        ("조카 선물할 자켓", ["kids"]),
        ("손자 자켓", ["boys"]),
        ("a jacket for my 25-year-old daughter", ["women"]),
        ("25살 딸 자켓", ["women"]),
        ("대학생 딸 자켓", ["women"]),
        ("a jacket for my grown-up son", ["men"]),
        ("my college daughter needs a jacket", ["women"]),
        ("아들 면접 자켓", ["men"]),
        ("a jacket for my son-in-law", ["men"]),
        ("대학생 조카 자켓", None),
        ("a jacket for girls", ["girls"]),
        ("a jacket for my mother", ["women"]),
    ],
)
def test_a_relation_says_child_unless_words_say_grown(
    family: WishReader, text: str, audience: list[str] | None
) -> None:
    wish = family.read(text)
    assert wish["wanted"].get("audience") == audience
    assert all(one["field"] != "audience" for one in wish["unexpressed"])


def test_a_shop_for_children_has_what_is_for_girls_and_boys() -> None:
    assert _shop("men", "kids").read("jacket for my daughter")["wanted"]["audience"] == ["kids"]
    assert _shop("men", "kids").read("a jacket for boys")["wanted"]["audience"] == ["kids"]


def test_a_grown_son_is_no_woman_where_one_word_is_for_girls_and_boys() -> None:
    shop = _shop("men", "women", "kids")
    assert shop.read("a jacket for my grown-up son")["wanted"]["audience"] == ["men"]
    assert shop.read("대학생 딸 자켓")["wanted"]["audience"] == ["women"]


def test_a_size_that_no_child_wears_makes_an_adult() -> None:
    shop = _shop("men", "women", "girls", sizes=("110", "120", "130", "L"))
    assert shop.read("a jacket for my daughter in size L")["wanted"]["audience"] == ["women"]
    assert shop.read("딸 120 사이즈 자켓")["wanted"]["audience"] == ["girls"]


def test_a_shop_for_adults_lacks_what_is_for_a_child() -> None:
    wish = _shop("men", "women").read("jacket for my daughter")
    assert "audience" not in wish["wanted"]
    assert [(one["field"], one["concept"]) for one in wish["unexpressed"]] == [("audience", "girls")]


@pytest.mark.parametrize("text", ["딸 유치원 졸업식에 입을 재킷", "a jacket for my daughter's graduation"])
def test_whose_event_it_is_is_not_who_wears_it(family: WishReader, text: str) -> None:
    assert "audience" not in family.read(text)["wanted"]
