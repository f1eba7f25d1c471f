"""Ages as sizes: of children's wear, as shops write them and as people say them."""

from __future__ import annotations

import pytest

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


def test_what_is_for_children_stands_behind_where_nobody_is_named() -> None:
    reader = WishReader(vocabulary_of(ROWS))
    assert set(reader.read("a dress")["avoided"]["audience"]) == {"girls", "baby"}
    assert "audience" not in reader.read("a dress for girls")["avoided"]
