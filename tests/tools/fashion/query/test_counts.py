"""How many of what a wish is for, and whether its price is for all of it together."""

from __future__ import annotations

import pytest

from stylegraph.tools.fashion.query.parser import WishReader
from stylegraph.tools.fashion.query.vocabulary import vocabulary_of
from stylegraph.tools.fashion.query.wish import Wish, is_counted, wishes_of

FURNITURE = [
    {"id": str(number), "name_ko": name, "name_en": name, "category": kind, "price_krw": 50_000 + number}
    for number, (name, kind) in enumerate([
        ("Fenn Dining Chair", "Chairs"), ("Set of 2 Dining Chairs", "Chairs"), ("Ostra Round Dining Table", "Tables"), ("Ida Bar Stool", "Stools"),
        ("Hoxton 2 Seater Sofa", "Sofas"), ("Tilda 3 Seater Sofa", "Sofas"), ("Ada Area Rug", "Rugs"),
    ])
]  # fmt: skip


@pytest.fixture(scope="module")
def furniture() -> WishReader:
    return WishReader(vocabulary_of(FURNITURE))


def read(wish: Wish) -> tuple[list[tuple[str, int | None]], int | None]:
    """Return what is wanted in which number, and what it may cost together."""
    named = [
        " ".join([*one["wanted"].get("colours", []), *one["wanted"].get("category", [])[:1]]) for one in wishes_of(wish)
    ]
    return list(zip(named, [one["count"] for one in wishes_of(wish)], strict=True)), wish.get("budget", {}).get("lte")


@pytest.mark.parametrize(
    ("text", "pieces", "budget"),
    [
        ("three t-shirts under 60,000 won in all", [("tshirt", 3)], 60_000),
        ("티셔츠 세 장 합쳐서 6만원 이하로", [("tshirt", 3)], 60_000),
        ("two shirts and a skirt, 120,000 won together", [("shirt", 2), ("skirt", 1)], 120_000),
        ("블라우스 하나 치마 하나 둘이 합쳐서 12만원 안으로", [("blouse", 1), ("skirt", 1)], 120_000),
        ("a shirt, a skirt and a coat, 300,000 won in all", [("shirt", 1), ("skirt", 1), ("coat", 1)], 300_000),
        ("셔츠 두 벌하고 청바지 하나, 전부 합해서 15만원", [("shirt", 2), ("jeans", 1)], 150_000),
        ("2 white shirts, 1 pair of jeans and 3 t-shirts for 200,000 won in total", [("white shirt", 2), ("jeans", 1), ("tshirt", 3)], 200_000),
        ("화이트 셔츠 두 장, 검정 셔츠 한 장 다 합쳐서 12만원", [("white shirt", 2), ("black shirt", 1)], 120_000),
        ("a shirt and a skirt, both white, 100,000 won in all", [("white shirt", 1), ("white skirt", 1)], 100_000),
        ("셔츠 세 벌에 10만원", [("shirt", 3)], 100_000),
        ("티셔츠 셋 반바지 둘 합해서 15만원", [("tshirt", 3), ("shorts", 2)], 150_000),
        ("두 벌의 셔츠랑 치마 하나 합쳐서 12만원", [("shirt", 2), ("skirt", 1)], 120_000),
        ("셔츠랑 치마 합쳐서 15만원", [("shirt", 1), ("skirt", 1)], 150_000),
        ("200,000 won in total for a sweater, a skirt and two shirts", [("sweater", 1), ("skirt", 1), ("shirt", 2)], 200_000),
        ("two shirts and a skirt for 120,000 won", [("shirt", 2), ("skirt", 1)], 120_000),  # a list with one sum below it
        ("셔츠 두 벌이랑 치마 하나 골라줘", [("shirt", 2), ("skirt", 1)], None),
        ("I have 150,000 won for two shirts and one skirt", [("shirt", 2), ("skirt", 1)], 150_000),
        ("a navy blazer plus two white shirts; the total should stay below 250,000 won", [("navy blazer", 1), ("white shirt", 2)], 250_000),
        ("티셔츠 3장하고 반바지 2벌, 다 합쳐 15만원 정도", [("tshirt", 3), ("shorts", 2)], 150_000),
        ("shirts x2, skirt x1, 120,000 won in total", [("shirt", 2), ("skirt", 1)], 120_000),
        ("블라우스, 치마, 코트 세 개 합쳐서 20만원", [("blouse", 1), ("skirt", 1), ("coat", 1)], 200_000),
        ("four t-shirts, max 80,000 won for all four", [("tshirt", 4)], 80_000),
        ("티셔츠 다섯 장 10만원에", [("tshirt", 5)], 100_000),
    ],
)  # fmt: skip
def test_each_kind_has_its_number_and_all_have_one_budget(
    reader: WishReader, text: str, pieces: list[tuple[str, int]], budget: int | None
) -> None:
    wish = reader.read(text)
    assert read(wish) == (pieces, budget)
    assert wish["price"] is None
    assert wish["count"] == sum(number for _, number in pieces)
    assert is_counted(wish)


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("two shirts under 60,000 won", 60_000), ("티셔츠 3장 5만원 이하", 50_000), ("three t-shirts under 20,000 won each", 20_000),
        ("잠옷 세 벌 한 벌에 3만원 이하로", 30_000), ("a coat, 200,000 won in total", 200_000), ("코트 하나 총 20만원", 200_000),
        ("여행용으로 3벌, 각각 5만원 이하로", 50_000),
        ("전부 합쳐서 20만원 이하로 출근룩 코디", 200_000), ("two shirts that go well together under 60,000 won", 60_000),
        ("출근에 적합해 보이는 셔츠 두 장 6만원 이하", 60_000), ("two jackets for all seasons under 90,000 won", 90_000),
        ("shirt with a 2 year warranty under 50,000 won", 50_000),
    ],
)  # fmt: skip
def test_a_price_of_each_and_of_one_stays_what_it_is(reader: WishReader, text: str, price: int) -> None:
    wish = reader.read(text)
    assert not is_counted(wish)
    assert wish["price"] is not None
    assert wish["price"]["lte"] == price


def test_a_price_for_each_holds_beside_the_numbers(reader: WishReader) -> None:
    wish = reader.read("two shirts and a skirt under 40,000 won each")
    assert read(wish) == ([("shirt", 2), ("skirt", 1)], None)
    assert wish["price"] is not None
    assert wish["price"]["lte"] == 40_000


def test_whom_each_is_for_is_its_own(reader: WishReader) -> None:
    singles = wishes_of(reader.read("아빠 셔츠 하나랑 엄마 블라우스 하나 합쳐서 10만원"))
    assert [one["wanted"]["audience"] for one in singles] == [["men"], ["women"]]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("four dining chairs and a table, 900,000 won all in", [4, 1]), ("네 개 의자랑 테이블 하나 합쳐서 50만원", [4, 1]),
        ("식탁 의자 네 개랑 식탁 하나 합쳐서 90만원", [4, 1]), ("two bar stools + 1 rug, 300,000 won total", [2, 1]),
        ("a 2 seater sofa and two rugs, 900,000 won in all", [1, 2]),
    ],
)  # fmt: skip
def test_kinds_are_what_the_shop_calls_them(furniture: WishReader, text: str, found: list[int]) -> None:
    wish = furniture.read(text)
    assert [one["count"] for one in wishes_of(wish)] == found
    assert all(one["named"] or one["unexpressed"] or "category" in one["wanted"] for one in wishes_of(wish))
    assert "budget" in wish


@pytest.mark.parametrize(
    ("text", "number", "seasons"),
    [
        ("capsule wardrobe for autumn, 8 pieces, 500,000 won", 8, ["autumn"]), ("여행용으로 5벌, 30만원 안으로", 5, None),
        ("여름 캡슐 옷장 10벌 50만원", 10, ["summer"]), ("10-piece capsule wardrobe, 900,000 won", 10, None), ("캡슐 옷장 30만원", 8, None),
    ],
)  # fmt: skip
def test_a_small_wardrobe_is_tops_bottoms_and_something_over_them(
    reader: WishReader, text: str, number: int, seasons: list[str] | None
) -> None:
    wish = reader.read(text)
    slots = [{reader.lexicon.slot(kind) for kind in one["wanted"]["category"]} for one in wishes_of(wish)]
    assert slots == [{"top"}, {"bottom"}, {"outer"}]
    assert sum(one["count"] or 0 for one in wishes_of(wish)) == wish["count"] == number
    assert wish["wanted"].get("seasons") == seasons
    assert "budget" in wish
    assert not wish["unexpressed"]


def test_a_shop_without_clothes_has_no_wardrobe_and_says_so(furniture: WishReader) -> None:
    wish = furniture.read("capsule wardrobe, 8 pieces, 500,000 won")
    assert [(one["field"], one["said"]) for one in wish["unexpressed"]] == [("category", "capsule wardrobe")]
