"""Strangers' catalogues: Korean only, English only, with columns of their own; asked without a change of code."""

from __future__ import annotations

import json

import pytest

from stylegraph.tools.fashion.source import FashionSource

KOREAN = [
    {"id": "k1", "name": "리본 블라우스", "category": "블라우스", "colours": "아이보리", "material": "폴리", "seasons": "봄|가을",
     "price_krw": 39000, "핏": "루즈핏", "마을": "북촌"},
    {"id": "k2", "name": "단정 슬랙스", "category": "슬랙스", "colours": "차콜", "material": "울", "seasons": "가을|겨울",
     "price_krw": 59000, "핏": "세미와이드", "마을": "서촌"},
    {"id": "k3", "name": "트위드 자켓", "category": "자켓", "colours": "베이지", "material": "트위드", "seasons": "봄|가을",
     "price_krw": 129000, "핏": "정핏", "마을": "북촌"},
    {"id": "k4", "name": "생활 저고리", "category": "한복", "colours": "옥색", "material": "모시", "seasons": "여름",
     "price_krw": 89000, "핏": "루즈핏", "마을": "익선"},
    {"id": "k5", "name": "차이나카라 셔츠", "category": "셔츠", "colours": "흰색", "material": "린넨", "seasons": "사계절",
     "price_krw": 52000, "핏": "루즈핏", "마을": "북촌"},
]  # fmt: skip
ENGLISH = [
    {"id": "e1", "name": "Storm trench", "category": "trench", "colour": "sand", "material": "gabardine", "season": "fall",
     "price_krw": 189000, "brand": "Norrland", "fit": "relaxed", "length": "midi", "size": "S/M"},
    {"id": "e2", "name": "Harbour peacoat", "category": "peacoat", "colour": "ink", "material": "wool", "season": "winter",
     "price_krw": 229000, "brand": "Norrland", "fit": "slim", "length": "short", "size": "L"},
    {"id": "e3", "name": "Everyday tee", "category": "tee", "colour": "ecru", "material": "organic cotton", "season": "summer",
     "price_krw": 29000, "brand": "Basics & Co", "fit": "boxy", "length": "short", "size": "M"},
    {"id": "e4", "name": "Column skirt", "category": "skirt", "colour": "aubergine", "material": "viscose", "season": "fall",
     "price_krw": 69000, "brand": "Basics & Co", "fit": "slim", "length": "maxi", "size": "L"},
    {"id": "e5", "name": "Culottes", "category": "culottes", "colour": "moss", "material": "tencel", "season": "summer",
     "price_krw": 79000, "brand": "Maeve", "fit": "relaxed", "length": "midi", "size": "M"},
    {"id": "e6", "name": "Ceremony hanbok", "category": "hanbok", "colour": "jade", "material": "ramie", "season": "all year",
     "price_krw": 250000, "brand": "Maeve", "fit": "relaxed", "length": "maxi", "size": "XL"},
]  # fmt: skip
PLAIN = [
    {"id": "p1", "name": "Alpine shell", "kind": "shell", "waterproof": "taped", "rating": 4},
    {"id": "p2", "name": "City shell", "kind": "shell", "waterproof": "coated", "rating": 3},
    {"id": "p3", "name": "Fleece mid", "kind": "midlayer", "waterproof": "none", "rating": 5},
    {"id": "p4", "name": "Merino base", "kind": "baselayer", "waterproof": "none", "rating": 4},
]
"""A catalogue without a single usual column."""


@pytest.fixture
def opened(tmp_path, embedder):
    sources = []

    async def open_rows(rows):
        file = tmp_path / "rows.jsonl"
        file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
        sources.append(await FashionSource.open(tmp_path, embedder, file))
        return sources[-1]

    return open_rows


async def asked(source, wish):
    """Return the ids that meet a wish in full, those that come with something given up, and the codes of the notes."""
    pieces, notes = await source.recommend(wish, 5)
    return [one.id for one in pieces if not one.missed], [one.id for one in pieces], {note["code"] for note in notes}


@pytest.mark.parametrize(
    ("wish", "full"),
    [
        ("옥색 한복", ["k4"]), ("a hanbok", ["k4"]), ("북촌 자켓 보여줘", ["k3"]), ("세미와이드 바지", ["k2"]),
        ("모시로 된 거", ["k4"]), ("아이보리 블라우스", ["k1"]), ("여름 셔츠", ["k5"]), ("겨울 셔츠", ["k5"]), ("넉넉한 핏 셔츠", ["k5"]),
    ],
)  # fmt: skip
async def test_a_korean_catalogue_is_asked_by_its_own_values_and_by_other_words_for_them(opened, wish, full):
    found, _, _ = await asked(await opened(KOREAN), wish)
    assert found == full


@pytest.mark.parametrize(
    ("wish", "full"),
    [
        ("a trench by Norrland", ["e1"]), ("트렌치코트 추천해줘", ["e1"]), ("moss culottes", ["e5"]), ("a maxi skirt", ["e4"]),
        ("루즈핏 한복", ["e6"]), ("a boxy tee", ["e3"]), ("viscose", ["e4"]), ("a hanbok for winter", ["e6"]), ("skirt in size L", ["e4"]),
    ],
)  # fmt: skip
async def test_an_english_catalogue_is_asked_by_its_own_values_in_both_languages(opened, wish, full):
    found, _, _ = await asked(await opened(ENGLISH), wish)
    assert found == full


@pytest.mark.parametrize(
    ("wish", "gone"),
    [
        ("no slim fit", {"e2", "e4"}), ("Norrland 말고", {"e1", "e2"}), ("슬림핏은 싫어", {"e2", "e4"}),
        ("anything but maxi", {"e4", "e6"}), ("no wool or viscose", {"e2", "e4"}), ("nothing in moss", {"e5"}),
    ],
)  # fmt: skip
async def test_what_is_ruled_out_of_a_column_of_its_own_never_comes(opened, wish, gone):
    _, given, _ = await asked(await opened(ENGLISH), wish)
    assert given
    assert not gone & set(given)


async def test_a_catalogue_without_a_usual_column_is_asked_by_those_it_has(opened):
    source = await opened(PLAIN)
    assert set((await asked(source, "a shell"))[0]) == {"p1", "p2"}
    assert (await asked(source, "taped shell"))[0] == ["p1"]
    assert not {"p1", "p2"} & set((await asked(source, "no shell"))[1])


@pytest.mark.parametrize(
    ("rows", "wish", "told"),
    [
        (KOREAN, "꼭 실크로 된 블라우스", "실크"), (KOREAN, "나이키 셔츠", "나이키"), (KOREAN, "레오파드 무늬 셔츠", "동물무늬"),
        (ENGLISH, "it must be silk", "silk"), (ENGLISH, "Nike skirt", "Nike"), (ENGLISH, "size XS skirt", "xs"),
        (ENGLISH, "skirt, must be sanforised", "sanforised"), (KOREAN, "고어텍스여야 해, 자켓", "고어텍스"), (PLAIN, "under 50 dollars", "price"),
    ],
)  # fmt: skip
async def test_what_it_cant_express_is_said_and_not_guessed(opened, rows, wish, told):
    _, notes = await (await opened(rows)).recommend(wish, 5)
    said = [note["text"] for note in notes if note["code"] == "wish_unexpressed"]
    assert any(told.lower() in text.lower() for text in said), said


async def test_an_unknown_word_that_is_ruled_out_is_looked_for_in_the_items_own_words(opened):
    _, given, codes = await asked(await opened(ENGLISH), "no harbour")
    assert "e2" not in given
    assert "wish_unexpressed" in codes


async def test_reasons_are_true_of_its_columns_and_name_its_values(opened):
    (piece, *_), _ = await (await opened(KOREAN)).recommend("모시 옷", 1)
    assert any("모시" in reason.text for reason in piece.reasons)
    assert not any("린넨" in reason.text for reason in piece.reasons)


async def test_both_routers_are_told_what_it_holds(opened):
    source = await opened(ENGLISH)
    assert "culottes" in source.description
    assert "brand" in source.description
    assert any("culottes" in example for example in source.examples)


async def test_what_no_column_says_of_the_weather_its_description_does(opened):
    rows = [{"id": f"w{number}", "name": f"{line} shell jacket", "category": "jacket", "description": told}
            for number, (line, told) in enumerate([("Alder", "Fully waterproof."), ("Tarn", "Packs small."), ("Skye", "Breathes well.")])]  # fmt: skip
    source = await opened(rows)
    pieces, _ = await source.recommend("a jacket for rainy days")
    assert pieces[0].id == "w0"
    assert {piece.id: bool(piece.missed) for piece in pieces} == {"w0": False, "w1": True, "w2": True}
