"""What one thing is called in both languages and in several countries."""

from __future__ import annotations

from stylegraph.tools.fashion.query.goods import other_names
from stylegraph.tools.fashion.query.nouns import has_words, is_named
from stylegraph.tools.fashion.query.parser import WishReader
from stylegraph.tools.fashion.query.vocabulary import vocabulary_of

WATCH = {"id": "1", "name_ko": "Analogue Watch", "name_en": "Analogue Watch", "category": "Watches", "audience": "men",
         "description_en": "Steel."}  # fmt: skip
SHIRT = {"id": "2", "name_ko": "Formal Shirt", "name_en": "Formal Shirt", "category": "Shirts", "audience": "men",
         "description_en": "Team it with your favourite watch."}  # fmt: skip
BAGS = [{"id": str(n), "name_ko": name, "name_en": name, "category": kind, "audience": "women", "colours": [colour]}
        for n, (name, kind, colour) in enumerate([("Tote", "Handbags", "White"), ("School Pack", "Backpacks", "Cream"),
                                                  ("Sling", "Handbags", "Cream"), ("Runner", "Sports Shoes", "White")])]  # fmt: skip


def test_a_thing_is_known_by_its_other_names() -> None:
    assert "wardrobe" in other_names("옷장")
    assert "saree" in other_names("사리")
    assert "torch" in other_names("Flashlights")
    assert other_names("비행선") == ()


def test_what_goes_with_a_watch_is_no_watch() -> None:
    reader = WishReader(vocabulary_of([WATCH, SHIRT]))
    (named,) = reader.read("men's watch").get("named", [])
    assert is_named(WATCH, named)
    assert has_words(SHIRT, named["words"])
    assert not is_named(SHIRT, named)


def test_one_of_several_kinds_is_asked_for_by_its_own_name_in_both_languages() -> None:
    reader = WishReader(vocabulary_of(BAGS))
    assert reader.read("a handbag")["wanted"]["category"] == ["Handbags"]
    assert reader.read("핸드백")["wanted"]["category"] == ["Handbags"]
    assert set(reader.read("a bag")["wanted"]["category"]) == {"Handbags", "Backpacks"}


def test_a_shops_own_kind_of_shoes_are_shoes() -> None:
    assert WishReader(vocabulary_of(BAGS)).read("shoes")["wanted"]["category"] == ["Sports Shoes"]


def test_white_is_white_before_it_is_cream() -> None:
    reader = WishReader(vocabulary_of(BAGS))
    assert reader.read("a white bag")["wanted"]["colours"] == ["White"]
    assert reader.read("a cream bag")["wanted"]["colours"] == ["Cream"]
    assert reader.lexicon.near("colours", "White")[0] == "Cream"


def test_what_shops_call_by_its_name_is_no_other_jacket() -> None:
    jacket = {**WATCH, "name_ko": "Denim Jacket", "name_en": "Denim Jacket", "category": "Jackets"}
    rain = {**jacket, "id": "9", "name_ko": "Shell Rain Jacket", "name_en": "Shell Rain Jacket"}
    (missing,) = WishReader(vocabulary_of([jacket])).read("a raincoat")["named"]
    assert missing["must"]
    assert not is_named(jacket, missing)
    (named,) = WishReader(vocabulary_of([jacket, rain])).read("a raincoat")["named"]
    assert is_named(rain, named)
    assert not is_named(jacket, named)
