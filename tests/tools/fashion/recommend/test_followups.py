"""Words that change a wish, whatever politeness surrounds them."""

from __future__ import annotations

import pytest

from stylegraph.tools.fashion.query.parser import WishReader
from stylegraph.tools.fashion.query.wish import Wish
from stylegraph.tools.fashion.recommend.followups import followed, is_edit


def change(reader: WishReader, first: str, then: str) -> Wish:
    return followed(reader.read(first), then, then, [], reader)


@pytest.mark.parametrize(
    ("text", "edits"),
    [
        ("under 80,000 won please", True), ("thanks, in blue?", True), ("너무 비싸다", True), ("여자꺼로요", True), ("그럼 겨울에는?", True),
        ("그 중에 제일 싼 거", True), ("the cheapest of those", True), ("a blue dress for a wedding", False),
        ("셔츠 보여줘", False), ("면접에 입을 옷", False), ("a kayak please", False),
    ],
)  # fmt: skip
def test_an_edit_names_no_other_thing(reader: WishReader, text: str, edits: bool) -> None:
    assert is_edit(reader.read(text), text) is edits


def test_politeness_changes_nothing(reader: WishReader) -> None:
    wish = change(reader, "recommend a coat", "under 80,000 won please")
    assert wish["wanted"]["category"] == ["coat"]
    assert wish["price"] is not None
    assert wish["price"]["lte"] == 80_000
    assert not [one for one in wish["unexpressed"] if one["field"] == "noun"]
    blue = followed(wish, "thanks, in blue?", "thanks, in blue?", [], reader)
    assert (blue["wanted"]["category"], blue["wanted"]["colours"]) == (["coat"], ["blue"])


def test_too_expensive_asks_for_cheaper(reader: WishReader) -> None:
    for text in ("너무 비싸다", "너무 비싸요", "that's too expensive"):
        about = change(reader, "여자 코트", text)["about"]
        assert about is not None
        assert about["relations"] == ["cheaper"]


def test_whom_it_is_for_is_read_with_its_everyday_endings(reader: WishReader) -> None:
    assert change(reader, "셔츠 추천해줘", "여자꺼로요")["wanted"]["audience"] == ["women"]


@pytest.mark.parametrize(
    ("first", "then"), [("여름에 입을 시원한 셔츠", "그럼 겨울에는?"), ("a cool summer dress", "and for winter?")]
)
def test_another_season_takes_what_belonged_to_the_first_with_it(reader: WishReader, first: str, then: str) -> None:
    assert reader.read(first)["wanted"]["weather"] == ["hot"]
    wish = change(reader, first, then)
    assert wish["wanted"]["seasons"] == ["winter"]
    assert "weather" not in wish["wanted"]
    assert "category" in wish["wanted"]


@pytest.mark.parametrize("then", ["그 중에 제일 싼 거", "the cheapest of those"])
def test_the_cheapest_of_those_is_one_of_what_was_shown(reader: WishReader, then: str) -> None:
    wish = change(reader, "원피스 추천해줘", then)
    assert (wish["order"], wish["about"], wish["count"]) == ("cheapest", {"relations": []}, 1)


def test_a_price_that_may_be_exceeded_is_no_bound(reader: WishReader) -> None:
    assert reader.read("원피스, 10만원 넘어도 돼")["price"] is None
    assert reader.read("원피스, 10만원 넘는 걸로")["price"] == {
        "gte": 100_000,
        "said": "",
        "currency": "KRW",
        "rate": 1.0,
    }


def test_a_new_price_is_for_all_of_it_where_the_last_was(reader: WishReader) -> None:
    for text in ("15만원까지는 괜찮아", "up to 150,000 won is fine"):
        wish = change(reader, "two shirts and a skirt, 120,000 won in all", text)
        assert (wish["price"], wish["budget"]["lte"]) == (None, 150_000)
        assert [one["count"] for one in wish["things"]] == [2, 1]


def test_cheaper_is_meant_of_the_sum_of_what_was_shown(reader: WishReader) -> None:
    shown = [{"id": str(price), "name_ko": "", "name_en": "", "price_krw": price} for price in (40_000, 30_000)]
    first = reader.read("셔츠 하나 치마 하나 합쳐서 10만원")
    wish = followed(first, "너무 비싸요", "너무 비싸요", shown, reader)
    assert (wish["budget"]["lte"], wish["about"]) == (69_999, None)


def test_another_thing_has_no_part_in_the_sum(reader: WishReader) -> None:
    wish = change(reader, "two shirts and a skirt, 120,000 won in all", "show me coats")
    assert "budget" not in wish
    assert not wish["things"]
