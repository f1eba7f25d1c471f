"""The conditions that follow from a wish."""

from __future__ import annotations

from stylegraph.tools.fashion.query.parser import WishReader
from stylegraph.tools.fashion.query.wish import wish_filters, wishes_of


def filters(reader: WishReader, text: str) -> object:
    return wish_filters(reader.read(text), reader.lexicon)


def test_explicit_attributes_are_conditions_and_moods_are_not(reader: WishReader) -> None:
    assert filters(reader, "여름에 입을 시원한 흰 셔츠, 5만원 이하") == {
        "seasons": {"any": ["summer"]},
        "colours": {"any": ["white"]},
        "category": {"any": ["shirt"]},
        "price_krw": {"lte": 50_000.0},
    }


def test_everybodys_pieces_fit_a_man(reader: WishReader) -> None:
    assert filters(reader, "남자 옷") == {"audience": {"any": ["men", "unisex"]}}


def test_an_exclusion_takes_the_kinds_of_a_colour_with_it(reader: WishReader) -> None:
    assert filters(reader, "파란색 말고") == {"colours": {"none": ["blue", "light-blue", "navy"]}}
    assert filters(reader, "파란색 말고 네이비로") == {"colours": {"none": ["blue", "light-blue"], "any": ["navy"]}}


def test_thick_ruled_out_leaves_the_rest_of_the_scale(reader: WishReader) -> None:
    assert filters(reader, "두꺼운 건 싫어요") == {"warmth": {"lte": 3}}


def test_what_belongs_to_one_garment_is_no_condition_for_the_other(reader: WishReader) -> None:
    wish = reader.read("white sneakers and a denim jacket")
    assert wish_filters(wish, reader.lexicon) == {"category": {"any": ["sneakers", "jacket"]}}
    assert [wish_filters(one, reader.lexicon) for one in wishes_of(wish)] == [
        {"category": {"any": ["sneakers"]}, "colours": {"any": ["white"]}},
        {"category": {"any": ["jacket"]}, "material": {"any": ["denim"]}},
    ]
