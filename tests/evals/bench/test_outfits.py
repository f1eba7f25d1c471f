"""Accuracy on judged outfits is what it says, and the judged outfits keep their promises."""

import re
from collections import Counter

import pytest

from stylegraph.evals.bench.outfits import accuracy, scorers, won
from stylegraph.evals.cases import OutfitCase, load_cases
from stylegraph.tools.fashion.catalogue.catalogue import sample_items


@pytest.fixture(scope="module")
def cases():
    return load_cases("outfits")


def case(**more):
    return OutfitCase(**{"id": "o-9999", "rule": "colour", "good": ["a", "b"], "bad": ["c", "d"], **more})


def test_a_tie_counts_half():
    assert won(case(), {}, lambda pieces, wish: float("a" in pieces)) == 1
    assert won(case(), {}, lambda pieces, wish: float("c" in pieces)) == 0
    assert won(case(), {}, lambda pieces, wish: 0.3) == 0.5


def test_accuracy_is_told_of_all_and_by_rule():
    told = accuracy(
        [case(), case(rule="season", good=["c", "d"], bad=["a", "b"])], lambda pieces, wish: float("a" in pieces)
    )
    assert told == {"all": 0.5, "colour": 1.0, "season": 0.0}


def test_there_are_enough_pairs_in_both_halves_and_of_every_rule(cases):
    assert len(cases) >= 220
    assert len({case.id for case in cases}) == len(cases)
    assert 0.4 <= sum(case.split == "test" for case in cases) / len(cases) <= 0.6
    assert min(Counter(case.rule for case in cases).values()) >= 10


def test_a_good_outfit_of_the_catalogue_mixes_no_audiences_and_every_id_is_there(cases):
    items = {item["id"]: item for item in sample_items()}
    for case in cases:
        assert all(piece in items for piece in (*case.good, *case.bad) if re.fullmatch(r"sg\d+", piece)), case.id
        assert case.good != case.bad
        assert len({items[piece]["audience"] for piece in case.good if piece in items} - {"unisex"}) <= 1, case.id


def test_the_rules_tell_better_than_colour_alone_and_that_better_than_guessing(cases):
    tune = [case for case in cases if case.split == "tune"]
    told = {name: accuracy(tune, scorer)["all"] for name, scorer in scorers().items()}
    assert told["rules"] >= 0.95
    assert told["rules"] > told["colour only"] > 0.5
