"""The strangers' shops are made the same every time, and judged by what is true of their products."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from stylegraph.evals.bench.strangers import SHOPS
from stylegraph.evals.strangers.product import Product
from stylegraph.evals.strangers.wishes import MORE, StrangerCase, broken, judge, load_wishes

TENT = Product("t1", "tent", "red", 250, traits=frozenset({"waterproof"}))
BOOTS = Product("b1", "boots", "red", 99, "women", ("7", "8"))
CASE = StrangerCase(id="o99", split="tune", language="en", text="a {t:waterproof} {k:tent} {p:under $300}", kind=["tent"],
                    traits=["waterproof"], price={"lte": 300})  # fmt: skip


@pytest.mark.parametrize("shop", SHOPS)
def test_a_shop_is_written_the_same_every_time(shop: str, tmp_path: Path) -> None:
    write, _ = SHOPS[shop]
    (tmp_path / "again").mkdir()
    (file, products), (other, _) = write(tmp_path), write(tmp_path / "again")
    assert file.read_bytes() == other.read_bytes()
    assert len({product.id for product in products}) == len(products) >= 200


@pytest.mark.parametrize("shop", SHOPS)
def test_each_shop_is_asked_sixty_wishes_half_of_them_held_back(shop: str) -> None:
    cases = load_wishes(shop)
    assert len({case.id for case in cases}) == 60
    assert Counter(case.split for case in cases) == {"tune": 30, "test": 30}
    assert all(case.asked.get("kind") and "{" not in case.wish for case in cases)


def test_the_plain_wishes_were_seen_and_are_all_tune() -> None:
    cases = [case for names in MORE.values() for name in names for case in load_wishes(name)]
    assert len({case.id for case in cases}) == len(cases) == 117
    assert {case.split for case in cases} == {"tune"}


def test_what_a_product_breaks_is_told_by_what_is_true_of_it() -> None:
    assert not list(broken(CASE, TENT))
    assert list(broken(CASE, BOOTS)) == ["kind", "traits"]
    asked = CASE.model_copy(update={"kind": ["boots"], "traits": [], "audience": "men", "size": "9"})
    assert list(broken(asked, BOOTS)) == ["audience", "size"]


def test_a_broken_wish_counts_as_said_where_its_words_are() -> None:
    shop = [TENT, BOOTS]
    silent = judge(CASE, [(TENT, []), (BOOTS, [])], [], shop)
    assert (silent.precision, silent.broken, silent.unsaid) == (1.0, ["kind", "traits"], ["kind", "traits"])
    told = judge(
        CASE, [(TENT, []), (BOOTS, ["Its description does not say waterproof"])], ['There is no other "tent".'], shop
    )
    assert not told.unsaid
    nothing = judge(CASE, [], [], shop)
    assert (nothing.precision, nothing.unsaid) == (0.0, ["kind"])


def test_a_wish_for_one_is_met_by_one() -> None:
    shop = [TENT, Product("t2", "tent", "blue", 250, traits=frozenset({"waterproof"}))]
    assert judge(CASE, [(TENT, [])], [], shop).precision == 0.5
    assert judge(CASE.model_copy(update={"count": 1}), [(TENT, [])], [], shop).precision == 1.0
    assert judge(CASE.model_copy(update={"count": 1}), [(one, []) for one in shop], [], shop).precision == 0.5


def test_counted_pieces_are_judged_by_their_kinds_and_their_sum() -> None:
    pegs = [Product(f"p{price}", "pegs", "grey", price) for price in (10, 20, 40)]
    case = StrangerCase(id="t99", split="tune", language="en", text="a {k:tent} and two {k:pegs}, {p:$290 in all}",
                        pieces=[{"kind": ["tent"]}, {"kind": ["pegs"], "count": 2}], total={"lte": 290})  # fmt: skip
    shop = [TENT, BOOTS, *pegs]
    met = judge(case, [(one, []) for one in (TENT, *pegs[:2])], ["1 x tent, 2 x pegs: $280 in all"], shop)
    assert (met.precision, met.broken, met.unsaid) == (1.0, [], [])
    untold = judge(case, [(one, []) for one in (TENT, *pegs[:2])], [], shop)
    assert untold.unsaid == ["sum"]
    dearer = judge(case, [(one, []) for one in (TENT, *pegs[1:])], ["$310 in all, over your price"], shop)
    assert (dearer.precision, dearer.broken, dearer.unsaid) == (0.0, ["price"], ["price"])  # it could be had
    fewer = judge(case, [(TENT, []), (BOOTS, [])], ["$349 in all"], shop)
    assert (fewer.precision, fewer.broken) == (0.0, ["kind", "price"])


def test_a_sum_that_nothing_has_is_met_by_the_nearest_where_that_is_said() -> None:
    case = StrangerCase(id="t98", split="tune", language="en", text="two {k:tents}, {p:$300 in all}",
                        pieces=[{"kind": ["tent"], "count": 2}], total={"lte": 300})  # fmt: skip
    shop = [TENT, Product("t2", "tent", "blue", 100)]
    said = judge(case, [(one, []) for one in shop], ["It cannot be had for $300: $350 in all"], shop)
    assert (said.precision, said.broken, said.unsaid) == (1.0, ["price"], [])
