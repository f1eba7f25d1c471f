"""So many pieces of each kind within a budget: the best of them, found without looking at every combination."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, combinations, product

from hypothesis import given
from hypothesis import strategies as st

from stylegraph.tools.fashion.recommend.ranking import Ranked
from stylegraph.tools.fashion.recommend.together import Kind, Together, best_for_one, best_within

PIECES = st.lists(st.tuples(st.integers(1, 60), st.integers(0, 100)), min_size=1, max_size=6)
KINDS = st.lists(st.tuples(PIECES, st.integers(1, 3)), min_size=1, max_size=3)


def piece(name: str, price: int | None, score: float, **more: str) -> Ranked:
    priced = {} if price is None else {"price_krw": price}
    return Ranked({"id": name, "name_ko": name, "name_en": name, **priced, **more}, score)


def shelves(drawn: Sequence[tuple[Sequence[tuple[int, int]], int]]) -> list[Kind]:
    return [
        Kind([piece(f"{kind}-{at}", price, score / 100) for at, (price, score) in enumerate(found)], count)
        for kind, (found, count) in enumerate(drawn)
    ]


def every_way(kinds: Sequence[Kind]) -> list[tuple[float, float]]:
    """Return the cost and the score of every combination: what the search does not do."""
    ways = product(*(combinations(kind.found, min(kind.count, len(kind.found))) for kind in kinds))
    picked = [list(chain(*way)) for way in ways]
    return [(sum(one.item["price_krw"] for one in all_of), sum(one.score for one in all_of)) for all_of in picked]


def ids(made: Together) -> list[list[str]]:
    return [[one.item["id"] for one in group] for group in made.pieces]


@given(drawn=KINDS, budget=st.integers(1, 300))
def test_no_combination_within_the_budget_is_better(drawn, budget):
    kinds = shelves(drawn)
    made, ways = best_within(kinds, budget), every_way(kinds)
    within = [score for cost, score in ways if cost <= budget]
    assert made.fits is bool(within)
    assert [len(group) for group in made.pieces] == [min(kind.count, len(kind.found)) for kind in kinds]
    assert len({one for group in ids(made) for one in group}) == sum(map(len, made.pieces))
    if within:
        assert made.total <= budget
        assert round(made.score[1], 6) == round(max(within), 6)
    else:
        assert made.total == min(cost for cost, _ in ways)  # what comes nearest


def test_of_a_large_shop_a_bounded_part_is_looked_at_and_the_sum_still_fits():
    kinds = [Kind([piece(f"{kind}-{at}", 20 + at, (1 + at % 97) / 100) for at in range(600)], 5) for kind in range(4)]
    least = 4 * sum(20 + at for at in range(5))
    assert best_within(kinds, least).fits
    assert not best_within(kinds, least - 1).fits


def test_what_meets_the_wish_only_in_part_is_taken_where_there_is_too_little_else():
    white = [piece("white-1", 30, 0.9), piece("white-2", 40, 0.8)]
    grey = Ranked({"id": "grey", "name_ko": "", "name_en": "", "price_krw": 5}, 0.5, relaxed=True)
    assert ids(best_within([Kind([*white, grey], 2)], 50)) == [
        ["white-1", "white-2"]
    ]  # too dear, which is said: no grey
    assert ids(best_within([Kind([*white, grey], 3)], 80)) == [["white-1", "white-2", "grey"]]


def test_a_piece_without_a_price_has_no_place_in_a_sum():
    kinds = [Kind([piece("unknown", None, 1.0), piece("known", 10, 0.1)], 1)]
    assert ids(best_within(kinds, 50)) == [["known"]]
    made = best_within(kinds, None)
    assert (ids(made), made.total) == ([["unknown"]], None)


def test_one_piece_is_not_counted_for_two_kinds():
    both = piece("both", 10, 0.9)
    made = best_within([Kind([both], 1), Kind([both, piece("other", 20, 0.2)], 1)], 100)
    assert ids(made) == [["both"], ["other"]]


def test_what_is_for_nobody_named_is_for_one_person_where_there_is_enough():
    shirts = [piece("his shirt", 10, 0.9, audience="men"), piece("her shirt", 10, 0.8, audience="women")]
    skirts = [piece("her skirt", 10, 0.7, audience="women")]
    made = best_for_one([Kind(shirts, 1), Kind(skirts, 1)], 100, ["unisex"])
    assert (ids(made), made.audience) == ([["her shirt"], ["her skirt"]], "women")
    told = best_for_one([Kind(shirts, 1), Kind(skirts, 1)], 100, ())
    assert (ids(told), told.audience) == ([["his shirt"], ["her skirt"]], "")
