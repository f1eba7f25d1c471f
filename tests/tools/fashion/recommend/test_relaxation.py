"""Conditions are given up in a stated order, and never an exclusion."""

import pytest

from stylegraph.agent.evidence import Condition
from stylegraph.tools.fashion.recommend.relaxation import combined, steps


@pytest.fixture
def lexicon(reader):
    return reader.lexicon


FILTERS = {
    "category": Condition(any=["shirt"]),
    "colours": Condition(any=["blue"], none=["red"]),
    "sleeve": Condition(any=["short"]),
    "price_krw": Condition(lte=50_000.0),
    "audience": Condition(any=["men", "unisex"]),
}


def test_each_condition_is_tried_alone_in_order_before_any_two_together(lexicon):
    given_up = [step.given_up for step in steps(FILTERS, [], {}, lexicon)]
    assert given_up[:6] == [
        ("sleeve",),
        ("colours_near",),
        ("colours",),
        ("price_krw",),
        ("price_any",),
        ("category_near",),
    ]
    assert all(len(keys) > 1 for keys in given_up[6:])


def test_exclusions_and_for_whom_it_is_are_kept_in_every_step(lexicon):
    for step in steps(FILTERS, [], {}, lexicon):
        assert step.filters["colours"]["none"] == ["red"]
        assert step.filters["audience"] == FILTERS["audience"]


def test_a_must_is_never_given_up(lexicon):
    for step in steps(FILTERS, ["colours"], {}, lexicon):
        assert step.filters["colours"]["any"] == ["blue"]


def test_a_price_has_a_third_of_room_and_a_colour_its_neighbours(lexicon):
    by_key = {step.given_up: step.filters for step in steps(FILTERS, [], {}, lexicon)}
    assert by_key["price_krw",]["price_krw"]["lte"] == pytest.approx(65_000)
    assert {"blue", "navy"} <= set(by_key["colours_near",]["colours"]["any"])
    assert "any" not in by_key["colours",]["colours"]


def test_what_the_person_dislikes_gives_way_first(lexicon):
    disliked = {"material": Condition(none=["wool"])}
    first = next(steps(FILTERS, [], disliked, lexicon))
    assert first.given_up == ("profile",)
    assert "material" not in first.filters


def test_conditions_that_both_hold_add_up_exclusions_and_meet_in_ranges():
    both = combined(
        {"colours": Condition(none=["red"]), "price_krw": Condition(gte=10.0, lte=90.0)},
        {"colours": Condition(none=["blue"]), "price_krw": Condition(gte=20.0, lte=100.0)},
    )
    assert both == {"colours": {"none": ["red", "blue"]}, "price_krw": {"gte": 20.0, "lte": 90.0}}
