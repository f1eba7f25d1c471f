"""Sizes in letters, in words and as an age."""

from __future__ import annotations

import pytest

from stylegraph.tools.fashion.query.parser import WishReader
from stylegraph.tools.fashion.query.vocabulary import vocabulary_of


def _shop(*rows: tuple[str, list[str]], category: str = "shirt") -> WishReader:
    return WishReader(vocabulary_of(
        {"id": str(number), "name_ko": category, "name_en": category, "category": category, "audience": audience, "size": sizes}
        for number, (audience, sizes) in enumerate(rows)
    ))  # fmt: skip


@pytest.fixture(scope="module")
def reader() -> WishReader:
    return _shop(
        ("men", ["S", "M", "L"]),
        ("women", ["M", "XL", "2XL"]),
        ("girls", ["100", "110", "120"]),
        ("boys", ["110", "130"]),
    )


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("셔츠, 라지 사이즈", ["L"]),
        ("셔츠 미디엄으로", ["M"]),
        ("a men's shirt in large", ["L"]),
        ("an extra large shirt, size extra large", ["XL"]),
        ("a shirt in XXL", ["2XL"]),
        ("셔츠 2XL", ["2XL"]),
        ("a shirt, not too large", None),
    ],
)
def test_a_size_is_read_as_people_say_it(reader: WishReader, text: str, sizes: list[str] | None) -> None:
    assert reader.read(text)["wanted"].get("size") == sizes


def test_a_size_that_nothing_has_is_said(reader: WishReader) -> None:
    assert [one["said"] for one in reader.read("a shirt in 4XL")["unexpressed"]] == ["4XL"]


@pytest.mark.parametrize("text", ["a shirt for my daughter, she's 7", "shirt for my daughter, aged 7", "딸 7살 셔츠"])
def test_an_age_makes_a_girl_of_a_daughter_and_finds_the_sizes_that_are_heights(reader: WishReader, text: str) -> None:
    wanted = reader.read(text)["wanted"]
    assert (wanted["audience"], wanted["size"]) == (["girls"], ["120"])


def test_an_age_is_an_american_childs_size_of_clothes_and_never_of_shoes() -> None:
    american = _shop(("kids", ["4", "6", "8"]), ("men", ["9", "10"]))
    assert american.read("a shirt for a 6 year old")["wanted"]["size"] == ["6"]
    assert american.read("a shirt for a 5 year old")["wanted"]["size"] == ["6"]  # which is made to grow into
    shoes = _shop(("kids", ["4", "6", "8"]), ("men", ["9", "10"]), category="boots")
    assert "size" not in shoes.read("boots for a 6 year old")["wanted"]


@pytest.mark.parametrize("text", ["a plus size shirt", "plus-size shirts for women", "빅사이즈 셔츠"])
def test_plus_sizes_are_the_shops_largest_or_are_said_to_be_missing(reader: WishReader, text: str) -> None:
    wish = reader.read(text)
    assert wish["wanted"]["size"] == ["2XL"]
    assert wish["unexpressed"] == []
    missing = _shop(("men", ["S", "XL"])).read(text)
    assert "size" not in missing["wanted"]
    assert [one["field"] for one in missing["unexpressed"] if one["field"] != "audience"] == ["noun"]


def test_a_size_that_nothing_has_is_named_without_the_word_for_it(reader: WishReader) -> None:
    assert [one["said"] for one in reader.read("a shirt in size 13")["unexpressed"]] == ["13"]
    assert [one["said"] for one in reader.read("300 사이즈 셔츠")["unexpressed"]] == ["300"]
