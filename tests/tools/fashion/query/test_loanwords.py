"""One word in two scripts."""

from __future__ import annotations

import pytest

from stylegraph.tools.fashion.query.loanwords import may_sound_alike, sounds_alike, spelt_alike


@pytest.mark.parametrize(
    ("korean", "english"),
    [
        ("한복", "hanbok"),
        ("바디수트", "bodysuit"),
        ("해먹", "hammock"),
        ("매트리스", "mattress"),
        ("플리스", "fleece"),
        ("쿠르타", "kurta"),
    ],
)
def test_a_loanword_is_known_by_its_sound(korean: str, english: str) -> None:
    assert sounds_alike(korean, english)
    assert sounds_alike(english, korean)


@pytest.mark.parametrize(
    ("korean", "english"), [("한복", "handbag"), ("침낭", "tent"), ("러그", "rug"), ("셔츠", "shorts")]
)
def test_other_words_and_short_ones_are_not_by_it_alone(korean: str, english: str) -> None:
    assert not sounds_alike(korean, english)


@pytest.mark.parametrize(
    ("korean", "english", "may"),
    [
        ("러그", "rug", True),
        ("비니", "beanie", True),
        ("러그", "rack", False),
        ("버너", "beanie", False),
        ("rug", "rug", False),
    ],
)
def test_a_short_word_may_be_one_where_its_vowels_fit(korean: str, english: str, may: bool) -> None:
    assert may_sound_alike(korean, english) is may


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("sari", "saree", True),
        ("kaftan", "caftan", True),
        ("shirt", "short", False),
        ("boot", "beat", False),
        ("rug", "rack", False),
    ],
)
def test_two_spellings_of_an_english_word_are_one(one: str, other: str, alike: bool) -> None:
    assert spelt_alike(one, other) is alike
