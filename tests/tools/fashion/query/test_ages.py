"""Ages as sizes: of children's wear, as shops write them and as people say them."""

from __future__ import annotations

import pytest

from stylegraph.tools.fashion.items.pieces import universal_reader
from stylegraph.tools.fashion.query.ages import audience_of, months_in, sizes_for
from stylegraph.tools.fashion.query.parser import WishReader
from stylegraph.tools.fashion.query.vocabulary import vocabulary_of

SIZES = ["0-3M", "3-6M", "2-3Y", "4-5Y", "6-7Y", "S", "UK 6"]
ROWS = [
    {"id": "1", "name_ko": "Romper", "name_en": "Romper", "category": "Rompers", "audience": "baby", "size": SIZES[:2]},
    {"id": "2", "name_ko": "Frock", "name_en": "Frock", "category": "Dresses", "audience": "girls", "size": SIZES[2:5]},
    {"id": "3", "name_ko": "Shirt", "name_en": "Shirt", "category": "Shirts", "audience": "women", "size": SIZES[5:]},
]


@pytest.mark.parametrize(
    ("said", "sizes"),
    [
        ("6-7 years", ["6-7Y"]), ("for a 6 year old", ["6-7Y"]), ("5살 아이", ["4-5Y"]), ("0-3 months", ["0-3M"]),
        ("생후 4개월", ["3-6M"]), ("3~5세", ["4-5Y", "2-3Y"]), ("a 30 year old", []), ("size 6", []), ("12 years", []),
    ],
)  # fmt: skip
def test_an_age_finds_the_sizes_that_fit_it(said: str, sizes: list[str]) -> None:
    age = months_in(said)
    assert (sizes_for(age, SIZES) if age else []) == sizes


def test_an_age_tells_whom_it_is_for() -> None:
    assert audience_of((0, 3)) == "baby"
    assert audience_of((72, 96)) == "kids"


def test_a_wish_with_an_age_asks_for_its_sizes_and_for_children() -> None:
    reader = WishReader(vocabulary_of(ROWS))
    wish = reader.read("a dress for a 6 year old")
    assert wish["wanted"]["size"] == ["6-7Y"]
    assert wish["wanted"]["audience"] == ["girls"]
    assert "size" not in reader.read("a shirt for a 30 year old woman")["wanted"]


NO_AGES = [
    "10 years warranty watch", "shirt with a 10-year warranty", "boots bought 5 years ago", "30m 방수 시계",
    "a watch waterproof to 30m", "3M 셔츠", "에어팟 3세대 케이스", "셔츠 3세트", "셔츠 3 세트", "19세기 셔츠", "셔츠 2개월 안에 배송",
    "12개월 무이자 셔츠", "3개월 동안 입을 셔츠", "shirt for our 10 year anniversary", "a 10 year wedding anniversary shirt",
    "shirt, 10 years of experience", "아이보리 3m 셔츠", "shirt with a 2 year limited warranty",
    "a shirt with a 5-year full money-back guarantee", "24개월 무상 보증 셔츠", "12개월 품질보증 시계",
]  # fmt: skip


@pytest.mark.parametrize("said", NO_AGES)
def test_what_is_no_age_asks_for_no_child_and_no_size(said: str) -> None:
    assert months_in(said) is None
    wish = WishReader(vocabulary_of(ROWS)).read(said)
    assert "size" not in wish["wanted"]
    assert not {"girls", "baby"} & set(wish["wanted"].get("audience", []))
    assert "size" not in [one["field"] for one in wish["unexpressed"]]
    assert wish["count"] is None
    assert "winter" not in wish["wanted"].get("details", [])


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("24개월 여아 원피스", "girls"), ("a dress for a 24-month-old girl", "girls"), ("a girl's dress, 30 months", "girls"),
        ("girl, 23, a dress", "women"), ("a dress for a 24 year old girl", "women"),
    ],
)  # fmt: skip
def test_a_girl_of_two_dozen_months_is_no_grown_up(said: str, wanted: str) -> None:
    assert universal_reader().read(said)["wanted"]["audience"] == [wanted]


@pytest.mark.parametrize(
    ("said", "sizes"),
    [
        ("dress, 6-7 years", ["6-7Y"]), ("5살 원피스", ["4-5Y"]), ("dress for my 5 year old", ["4-5Y"]), ("romper 3-6m", ["3-6M"]),
        ("dress 6-7y", ["6-7Y"]), ("dress for 6-year-olds", ["6-7Y"]), ("아기 옷 3m", ["3-6M"]), ("baby romper 3m", ["3-6M"]),
        ("a dress for a girl, 6y", ["6-7Y"]), ("3세 세트", ["2-3Y"]), ("dress for 6 yo", ["6-7Y"]),
        ("5세대상 원피스", ["4-5Y"]), ("5세기준 원피스", ["4-5Y"]), ("생후 4개월 아기", ["3-6M"]),
    ],
)  # fmt: skip
def test_an_age_in_a_wish_asks_for_its_sizes(said: str, sizes: list[str]) -> None:
    assert WishReader(vocabulary_of(ROWS)).read(said)["wanted"]["size"] == sizes


@pytest.mark.parametrize(
    ("size", "months"),
    [("3M", (3, 4)), ("6Y", (72, 84)), ("6Y (116 cm)", (72, 84)), ("Age 6Y", (72, 84)), ("12M-18M", (12, 13))],
)
def test_a_size_of_one_bare_age_is_one(size: str, months: tuple[int, int]) -> None:
    assert months_in(size) == months


def test_what_is_for_children_stands_behind_where_nobody_is_named() -> None:
    reader = WishReader(vocabulary_of(ROWS))
    assert set(reader.read("a dress")["avoided"]["audience"]) == {"girls", "baby"}
    assert "audience" not in reader.read("a dress for girls")["avoided"]
