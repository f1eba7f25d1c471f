"""Structured filters: the schema of a loaded catalogue, and how arguments are read."""

from __future__ import annotations

import json

import pytest

from stylegraph.tools.fashion.query.parser import WishReader
from stylegraph.tools.fashion.query.vocabulary import vocabulary_of
from stylegraph.tools.fashion.recommend.arguments import schema_of, with_arguments
from stylegraph.tools.fashion.recommend.notes import Notes

SAREES = [
    {"id": str(n), "name_ko": name, "name_en": name, "category": kind, "colours": [colour], "size": ["S", "M"],
     "price_krw": price, "price_shown": f"₹{price}", "currency": "INR"}
    for n, (name, kind, colour, price) in enumerate([
        ("Banarasi silk saree", "Sarees", "green", 1499), ("Cotton saree", "Sarees", "red", 899),
        ("Straight kurta", "Kurtas", "green", 650), ("Leather wallet", "Wallets", "brown", 450)])
]  # fmt: skip


@pytest.fixture(scope="module")
def reader() -> WishReader:
    return WishReader(vocabulary_of(SAREES))


def test_the_schema_speaks_the_catalogues_own_values_and_currency(reader: WishReader) -> None:
    properties = schema_of(reader.lexicon, reader.nouns)["properties"]
    assert properties["category"]["items"]["enum"] == ["Sarees", "Kurtas", "Wallets"]
    assert properties["size"]["items"]["enum"] == ["M", "S"]
    assert "INR" in properties["price_max"]["description"]
    assert "450 to 1,499" in properties["price_max"]["description"]
    assert "material" not in properties  # no column says it


def test_the_schema_stays_small_however_many_values_there_are() -> None:
    many = [{**SAREES[0], "id": str(n), "category": f"Kind {n % 300}", "brand": f"Maker {n}"} for n in range(2_000)]
    reader = WishReader(vocabulary_of(many))
    schema = schema_of(reader.lexicon, reader.nouns)
    assert "enum" not in schema["properties"]["category"]["items"]
    assert len(json.dumps(schema)) < 6_000


def test_arguments_win_over_words_and_are_checked(reader: WishReader) -> None:
    notes = Notes(reader.lexicon, "en")
    asked = {"category": ["sarees", "sari"], "colours": ["green"], "price_max": 1500, "sort": "cheapest"}
    wish = with_arguments(reader.read("something red to wear"), asked, reader.lexicon, reader.nouns, notes)
    assert wish["wanted"]["category"] == ["Sarees"]
    assert wish["wanted"]["colours"] == ["green"]
    assert wish["price"] is not None
    assert (wish["price"]["lte"], wish["price"]["currency"], wish["order"]) == (1500, "INR", "cheapest")
    (note,) = notes.listed
    assert note["code"] == "unknown_value"
    assert "sari" in note["text"]
    assert "Sarees" in note["text"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"category": 7}, 'category takes a list of texts, not "7", so that was left out. There are: Sarees, Kurtas, Wallets.'),
        ({"category": {"any": ["Sarees"]}}, "category takes a list of texts"),
        ({"price_min": "cheap"}, 'price_min takes a number of at least 0, not "cheap", so that was left out.'),
        ({"price_max": -5}, "price_max takes a number of at least 0"),
        ({"sort": "price"}, 'sort takes one of a few texts, not "price", so that was left out. There are: cheapest, dearest.'),
        ({"colour": ["red"]}, 'There is no filter "colour", so that was left out. Near it: colours.'),
    ],
)  # fmt: skip
def test_a_filter_of_another_shape_comes_back_as_an_error(
    reader: WishReader, asked: dict[str, object], told: str
) -> None:
    notes = Notes(reader.lexicon, "en")
    wish = with_arguments(reader.read("saree"), asked, reader.lexicon, reader.nouns, notes)
    assert wish["price"] is None
    (note,) = notes.listed
    assert note["code"] == "unknown_value"
    assert note["text"].startswith(told)


def test_what_is_near_no_filter_is_left_alone(reader: WishReader) -> None:
    notes = Notes(reader.lexicon, "ko")
    with_arguments(
        reader.read("saree"), {"queries": ["x"], "wish": "saree", "size": None}, reader.lexicon, reader.nouns, notes
    )
    assert not notes.listed
