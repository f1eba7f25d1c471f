"""Fusing keeps what both legs agree on, and a weak leg in its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stylegraph.tools.retrieval.hybrid.fusion import bridged, convex, fuse, reciprocal_rank, worth

SHARES = st.dictionaries(st.integers(0, 9), st.floats(0, 1), max_size=10)
COSINES = st.dictionaries(st.integers(0, 9), st.floats(-1, 1), max_size=10)
BOUND = st.floats(0, 200)
WORTH = st.floats(0.1, 30)


def test_convex_is_the_weighted_mean_and_what_is_missing_is_0():
    assert convex({"a": 0.8, "b": 0.2}, {"a": 0.5, "c": 1.0, "d": -0.4}, 0.25) == pytest.approx(
        {"a": 0.725, "b": 0.15, "c": 0.25, "d": 0.0}
    )


@given(SHARES, COSINES, st.floats(0, 1))
def test_convex_stays_between_0_and_1_and_keeps_every_key(lexical, dense, alpha):
    fused = convex(lexical, dense, alpha)
    assert fused.keys() == lexical.keys() | dense.keys()
    assert all(0 <= score <= 1 for score in fused.values())


@given(SHARES, COSINES, BOUND, WORTH, st.sets(st.integers(0, 9)))
def test_fused_scores_stay_between_0_and_1_and_keep_every_key(lexical, dense, bound, worth, foreign):
    fused = fuse(lexical, dense, bound, worth, dict.fromkeys(foreign & dense.keys(), 0.4))
    assert fused.keys() == lexical.keys() | dense.keys()
    assert all(0 <= score <= 1 for score in fused.values())


@given(SHARES, COSINES, BOUND, WORTH)
def test_more_of_either_never_ranks_lower(lexical, dense, bound, worth):
    for key in lexical.keys() & dense.keys():
        before = fuse(lexical, dense, bound, worth)[key]
        nearer = {**dense, key: min(1.0, dense[key] + 0.1)}
        assert fuse(lexical, nearer, bound, worth)[key] >= before - 1e-9


@given(st.floats(0, 0.5), st.floats(0.51, 1), st.floats(-1, 1), st.floats(-1, 1))
def test_where_words_have_said_enough_they_decide(less, more, one, other):
    fused = fuse({"a": more, "b": less}, {"a": one, "b": other}, bound=30.0, worth=8.0)
    if less * 30 >= 15:
        assert fused["a"] > fused["b"]


def test_meaning_decides_where_words_say_little():
    fused = fuse({"a": 0.1, "b": 0.08}, {"a": 0.2, "b": 0.8}, bound=10.0, worth=8.0)
    assert fused["b"] > fused["a"]


def test_meaning_weighs_less_in_a_question_whose_words_can_say_more():
    lexical, dense = {"a": 0.10, "b": 0.05}, {"a": 0.2, "b": 0.5}
    short, long = fuse(lexical, dense, bound=10.0, worth=8.0), fuse(lexical, dense, bound=80.0, worth=8.0)
    assert short["b"] > short["a"]
    assert long["a"] > long["b"]


def test_a_question_without_words_that_count_is_all_meaning():
    assert fuse({}, {"a": 0.5, "b": -0.2}, bound=0.0, worth=8.0) == {"a": 0.5, "b": 0.0}


def test_a_text_in_another_language_is_given_what_its_words_could_not_say():
    lexical, dense = {"same": 0.1, "other": 0.0}, {"same": 0.3, "other": 0.7}
    assert bridged(lexical, dense, {"other": 0.0}) == {"same": 0.1 + 0.3 * 0.25, "other": 0.7 * 0.5}
    translated = bridged(lexical, dense, {"other": 0.25})
    assert translated == {"same": 0.1 + 0.3 * 0.25, "other": pytest.approx(0.7 * 0.5 + 0.25 * 0.6)}
    assert bridged(lexical, dense, {}) == lexical
    assert bridged({"other": 0.9}, {"other": 0.7}, {"other": 0.0}) == {"other": 0.9}


def test_a_few_strays_in_another_language_change_nothing_among_the_others():
    lexical = {"words": 0.2, "near": 0.15, **{f"other {place}": 0.0 for place in range(8)}}
    dense = {"words": 0.1, "near": 0.9}
    assert bridged(lexical, dense, {"stray": 0.0}) == {**lexical, "stray": 0.0}
    both = bridged({"words": 0.2, "near": 0.15}, dense, {"foreign": 0.0})
    assert both["near"] > both["words"]


def test_a_text_that_is_nearer_and_holds_the_words_stands_before_one_in_another_language():
    lexical, dense = {"same": 0.14}, {"same": 0.55, "other": 0.41}
    scores = fuse(lexical, dense, bound=60.0, worth=8.0, foreign={"other": 0.05})
    assert scores["same"] > scores["other"]


def test_reciprocal_ranks_add_up_as_the_formula_says():
    fused = reciprocal_rank([["a", "b"], ["b", "c"]], [1.0, 0.5], k=60)
    scale = 61 / 1.5
    assert fused == pytest.approx({"a": scale / 61, "b": scale * (1 / 62 + 0.5 / 61), "c": scale * 0.5 / 62})


@given(st.lists(st.lists(st.integers(0, 9), unique=True), min_size=2, max_size=2), st.floats(0, 1))
def test_being_first_everywhere_is_a_1_and_nothing_is_more(rankings, weight):
    fused = reciprocal_rank([[10, *rankings[0]], [10, *rankings[1]]], [1.0, weight])
    assert fused[10] == pytest.approx(1.0)
    assert max(fused.values()) == fused[10]


@pytest.mark.parametrize("embedding", ["use-multilingual-v3", "an embedding of tomorrow"])
@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0.1, 100))
def test_a_text_never_loses_by_holding_more_of_the_words_whatever_the_embedding(embedding, some, more, cosine, bound):
    lexical = {"fewer": min(some, more), "more": max(some, more)}
    fused = fuse(lexical, dict.fromkeys(lexical, cosine), bound, worth(embedding))
    assert fused["more"] >= fused["fewer"] - 1e-9


def test_every_embedding_has_a_worth():
    assert 0 < worth("use-multilingual-v3") < worth("an embedding of tomorrow")
