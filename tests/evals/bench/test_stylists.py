"""Weighted tau is what it says, and the judged dialogues keep their promises."""

from collections import Counter

import pytest

from stylegraph.evals.bench.stylists import mean_tau, scorers, weighted_tau
from stylegraph.evals.cases import read_cases
from stylegraph.evals.cases.stylists import load_stylists, stems


def test_the_first_places_count_more():
    assert weighted_tau([3, 2, 1]) == 1
    assert weighted_tau([1, 2, 3]) == -1
    assert weighted_tau([1, 1, 1]) == 0
    assert weighted_tau([3, 1, 2]) > weighted_tau([2, 3, 1])


def test_no_piece_stands_in_both_splits_and_each_is_worn():
    worn = {
        split: {piece for case in load_stylists(split) for outfit in case.outfits for piece in outfit}
        for split in ("tune", "test")
    }
    assert not worn["tune"] & worn["test"]
    assert Counter(len(load_stylists(split)) for split in ("tune", "test")) == {58: 1, 32: 1}


def test_each_piece_is_described_by_form_fabric_colour_and_feeling():
    for text in read_cases("stylists")["pieces"].values():
        assert len(text.split(" / ")) == 4, text


def test_without_shared_words_nothing_of_the_dialogue_is_left_in_the_pieces():
    for case in load_stylists("tune"):
        rest = case.without_shared_words()
        assert not any(stems(piece) & stems(case.dialogue) for outfit in rest.outfits for piece in outfit)


@pytest.mark.timeout(300)
def test_our_score_is_ahead_of_rules_words_and_guessing_on_tune():
    cases, ours = load_stylists("tune"), scorers()
    assert mean_tau(cases, ours["score"]) > 0.55
    assert mean_tau(cases, ours["score"]) > max(mean_tau(cases, ours[name]) for name in ("rules", "words", "random"))
