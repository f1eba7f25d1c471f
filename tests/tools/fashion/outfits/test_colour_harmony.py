"""Colours that go together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stylegraph.tools.fashion.items.word_files import pairing_words
from stylegraph.tools.fashion.outfits.colour_harmony import harmony, kinship, shade
from stylegraph.tools.fashion.query.lexicon import load_lexicon

NAMES = sorted(pairing_words()["colours"])


@pytest.mark.parametrize("neutral", ["black", "white", "grey", "navy", "beige", "brown"])
@pytest.mark.parametrize("other", ["red", "green", "yellow", "black"])
def test_a_neutral_colour_goes_with_any(neutral, other):
    assert harmony(neutral, other) == 1


def test_shades_of_one_hue_go_together_better_than_neighbours_and_these_better_than_discord():
    assert harmony("blue", "light-blue") > harmony("red", "pink") > harmony("orange", "pink") > harmony("red", "green")


def test_what_has_little_chroma_takes_little_part_in_discord():
    assert harmony("light-blue", "pink") > harmony("blue", "pink")


@given(st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_harmony_lies_between_0_and_1_and_has_no_direction(one, other):
    assert 0 <= harmony(one, other) <= 1
    assert harmony(one, other) == harmony(other, one)
    assert harmony(one, one) == 1


def test_a_colour_that_is_not_known_is_held_against_nothing():
    assert shade("옥색") is None
    assert harmony("옥색", "red") == 1


def test_every_colour_of_the_words_but_the_many_coloured_has_a_shade():
    named = {name for (field, name), concept in load_lexicon().concepts.items()
             if field == "colours" and not concept.members}  # fmt: skip
    assert {name for name in named if shade(name) is None} == {"rainbow"}


@pytest.mark.parametrize(
    ("colours", "kind"),
    [
        (["black", "white", "beige"], "neutral"),
        (["navy", "white", "red"], "accent"),
        (["blue", "light-blue", "white"], "tonal"),
        (["red", "burgundy"], "tonal"),
        (["red", "pink"], "near"),
        (["red", "green"], ""),
    ],
)
def test_what_colours_have_in_common_has_a_name(colours, kind):
    assert kinship(colours) == kind
