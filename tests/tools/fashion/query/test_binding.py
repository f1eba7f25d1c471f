"""A stranger's catalogue: its own values are understood without a change of code."""

from __future__ import annotations

from pathlib import Path

import pytest

from stylegraph.tools.fashion.catalogue.reading import read_items
from stylegraph.tools.fashion.items.items import Problems
from stylegraph.tools.fashion.query.parser import WishReader
from stylegraph.tools.fashion.query.vocabulary import vocabulary_of
from stylegraph.tools.fashion.query.wish import wish_filters


@pytest.fixture(scope="module")
def stranger(stranger_file: Path) -> WishReader:
    return WishReader(vocabulary_of(read_items(stranger_file, Problems())))


def test_known_words_find_the_catalogues_own_spelling(stranger: WishReader) -> None:
    wish = stranger.read("네이비 티셔츠")
    assert wish["wanted"] == {"colours": ["Navy Blue"], "category": ["T-Shirts"]}
    assert stranger.read("가방 추천")["wanted"] == {"category": ["Bags"]}
    assert stranger.read("a hanbok for children")["wanted"] == {"category": ["한복"], "audience": ["kids"]}


def test_its_own_values_are_words(stranger: WishReader) -> None:
    assert stranger.read("monsoon 옷")["wanted"]["seasons"] == ["monsoon"]
    assert stranger.read("옥색 한복")["wanted"] == {"colours": ["옥색"], "category": ["한복"]}


def test_a_kind_of_a_colour_is_that_colour(stranger: WishReader) -> None:
    assert stranger.read("초록색")["wanted"] == {"colours": ["dark green"]}
    assert wish_filters(stranger.read("no green"), stranger.lexicon)["colours"] == {"none": ["dark green"]}


def test_columns_of_its_own_can_be_asked_for_and_ruled_out(stranger: WishReader) -> None:
    assert wish_filters(stranger.read("roomy 나이키"), stranger.lexicon) == {
        "fit": {"any": ["roomy"]},
        "brand": {"any": ["Nike"]},
    }
    assert wish_filters(stranger.read("나이키 말고"), stranger.lexicon) == {"brand": {"none": ["Nike"]}}


def test_what_it_can_not_express_is_named(stranger: WishReader) -> None:
    assert [one["concept"] for one in stranger.read("부츠")["unexpressed"]] == ["boots"]
