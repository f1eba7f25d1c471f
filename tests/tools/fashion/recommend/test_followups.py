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
