"""The forty goals keep their promises."""

from __future__ import annotations

from collections import Counter

import pytest
from pydantic import ValidationError
from simulated_parts import AGAIN, DRESS, ITEMS, WASH, goal

from stylegraph.agent.text.language import detect_language
from stylegraph.evals.cases import split_of
from stylegraph.evals.harness.simulated.goals import goals
from stylegraph.evals.harness.simulated.judging import fault


def test_there_are_forty_in_both_languages_of_every_kind_and_both_splits():
    assert Counter(one.language for one in goals()) == {"ko": 20, "en": 20}
    kinds = Counter((one.language, one.kind) for one in goals())
    assert set(kinds) == {(language, kind) for language in ("ko", "en") for kind in ("clothes", "documents", "mixed")}
    assert all(one.split == split_of(one.id) for one in goals())
    assert min(Counter(one.split for one in goals()).values()) >= 15
    assert len({one.id for one in goals()}) == 40


def test_people_speak_their_language():
    for one in goals():
        assert {detect_language(need.say) for need in one.needs} == {one.language}, one.id


def test_at_least_three_pieces_of_the_catalogue_are_what_is_wanted():
    for one in goals():
        for need in one.needs:
            if need.items:
                assert sum(fault(one, need, item) is None for item in ITEMS) >= 3, (one.id, need.what)


def test_what_is_repeated_is_an_earlier_question():
    for one in goals():
        for at, need in enumerate(one.needs):
            assert need.repeats is None or (need.repeats <= at and one.facts(need)), one.id


def test_a_need_is_for_one_thing():
    for bad in ({**DRESS, "facts": [["a"]]}, {**WASH, "repeats": 1}, {**AGAIN, "repeats": None}):
        with pytest.raises(ValidationError, match="for items, for facts, or repeats"):
            goal(bad)
