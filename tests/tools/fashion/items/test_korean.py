"""Endings follow the sound of the word before them."""

import pytest

from stylegraph.tools.fashion.items.korean import filled, with_ending


@pytest.mark.parametrize(
    ("word", "ended"),
    [
        ("셔츠", "셔츠를"),
        ("코튼", "코튼을"),
        ("가격 조건(30%까지)", "가격 조건(30%까지)을"),
        ("사이즈 95", "사이즈 95를"),
        ("사이즈 100", "사이즈 100을"),
        ("T-shirt", "T-shirt을"),
    ],
)
def test_the_object_particle(word, ended):
    assert with_ending(word, "을/를") == ended


def test_an_ending_may_stand_apart_from_its_word():
    assert filled("<{x}>{x:이/가}", x="바지") == "<바지>가"
