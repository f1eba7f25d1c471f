"""So many pieces of each kind whose prices together stay within a budget: the best of them, or the nearest where none can."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from stylegraph.tools.fashion.recommend.ranking import Ranked, choose

_EACH = 16
"""Of what is found of a kind, the best that are looked at; and half as many of the cheapest."""
_KEPT = 80
"""Begun sums that are carried on."""


@dataclass(frozen=True)
class Kind:
    """What there is of one kind, and how many of it are wanted."""

    found: Sequence[Ranked]
    count: int


@dataclass(frozen=True)
class Together:
    """The pieces that are given."""

    pieces: list[list[Ranked]]
    """Of each kind; fewer than were wanted where there are no more."""
    total: float | None
    """What they cost together; None where the price of one is not known."""
    fits: bool
    """Whether that is within the budget."""
    wanted: list[int]
    """How many of each kind were wanted."""
    audience: str = ""
    """For whom all of it is, where that was chosen."""

    @property
    def score(self) -> tuple[bool, float]:
        """How good it is: within the budget before all else."""
        return self.fits, sum(one.score for group in self.pieces for one in group)


class _Begun(NamedTuple):
    cost: float
    score: float
    pieces: tuple[Ranked, ...]


def best_for_one(kinds: Sequence[Kind], budget: float | None, everybody: Collection[str]) -> Together:
    """Return the best pieces that one person can wear, where nobody is named and the shop has enough for one person.

    Args:
        kinds: What there is, and how many of it are wanted.
        budget: What they may cost together; None: anything.
        everybody: For whom a piece is that anybody can wear; nothing where it is told who wears them.
    """
    best = best_within(kinds, budget)
    named = {str(one.item["audience"]) for kind in kinds for one in kind.found if one.item.get("audience")}
    if not everybody or len(kinds) < 2 or len(named - {*everybody}) < 2:
        return best
    dressed = [replace(best_within(for_them, budget), audience=audience) for audience in sorted(named - {*everybody})
               if (for_them := _worn_by(kinds, {audience, *everybody}))]  # fmt: skip
    return max((one for one in dressed if one.fits == best.fits), key=lambda one: one.score, default=best)


def _worn_by(kinds: Sequence[Kind], audiences: Collection[str]) -> list[Kind]:
    """Return what some people can wear; nothing where that is not enough of each kind."""
    found = [[one for one in kind.found if one.item.get("audience") in {*audiences, None}] for kind in kinds]
    enough = all(len(own) >= min(kind.count, len(kind.found)) for own, kind in zip(found, kinds, strict=True))
    return [Kind(own, kind.count) for own, kind in zip(found, kinds, strict=True)] if enough else []


def best_within(kinds: Sequence[Kind], budget: float | None) -> Together:
    """Return the best pieces whose sum is within a budget, and the cheapest where no sum is.

    What is looked at is bounded, whatever the shop holds: of each kind the best and the cheapest, and of all sums that
    are begun those that nothing cheaper is as good as, at most so many. The cheapest is always among them, so that a sum
    within the budget is found where the kinds have no piece in common and there is one among what was found.
    """
    pools = [_pool(kind, budget) for kind in kinds]
    wanted = [kind.count for kind in kinds]
    if budget is None:
        return _together(_each_best(pools), wanted, fits=True)
    ends = [_Begun(0.0, 0.0, ())]
    for pool in pools:
        ends = _filled(ends, pool, budget)
    best = max(ends, key=lambda end: end.score, default=None)
    pieces = _each_cheapest(pools) if best is None else list(_apart(best.pieces, pools))
    return _together(pieces, wanted, fits=best is not None)


def _pool(kind: Kind, budget: float | None) -> Kind:
    """Return what is looked at of a kind: what meets the wish whole, where there is enough of it."""
    priced = [one for one in kind.found if budget is None or _price(one) is not None]
    whole = [one for one in priced if not one.relaxed and not one.missed]
    left = whole if len(whole) >= kind.count else priced
    best = choose(left, max(_EACH, 2 * kind.count))
    cheapest = sorted(left, key=_cost)[: max(_EACH // 2, kind.count)] if budget is not None else []
    pool = {one.item["id"]: one for one in (*best, *cheapest)}
    return Kind(list(pool.values()), min(kind.count, len(pool)))


def _filled(begun: Sequence[_Begun], pool: Kind, budget: float) -> list[_Begun]:
    """Return sums with so many pieces of one more kind."""
    by_number: list[list[_Begun]] = [list(begun), *([] for _ in range(pool.count))]
    for one in pool.found:
        for number in range(pool.count, 0, -1):
            more = [*by_number[number], *_with(one, by_number[number - 1], budget)]
            by_number[number] = _undominated(more)
    return by_number[-1]


def _with(one: Ranked, begun: Sequence[_Begun], budget: float) -> Iterator[_Begun]:
    for cost, score, pieces in begun:
        if cost + _cost(one) <= budget and all(one.item["id"] != other.item["id"] for other in pieces):
            yield _Begun(cost + _cost(one), score + one.score, (*pieces, one))


def _undominated(begun: Sequence[_Begun]) -> list[_Begun]:
    """Return the sums than which none is both cheaper and as good, at most so many: the cheapest and the best among them."""
    kept: list[_Begun] = []
    for one in sorted(begun, key=lambda one: (one.cost, -one.score)):
        if not kept or one.score > kept[-1].score:
            kept.append(one)
    if len(kept) <= _KEPT:
        return kept
    step = (len(kept) - 1) / (_KEPT - 1)
    return [kept[round(place * step)] for place in range(_KEPT)]


def _apart(pieces: Sequence[Ranked], pools: Sequence[Kind]) -> Iterator[list[Ranked]]:
    """Return pieces by their kinds, best first."""
    start = 0
    for pool in pools:
        yield sorted(pieces[start : start + pool.count], key=lambda one: -one.score)
        start += pool.count


def _each_best(pools: Sequence[Kind]) -> list[list[Ranked]]:
    return _taken(pools, [pool.found for pool in pools])


def _each_cheapest(pools: Sequence[Kind]) -> list[list[Ranked]]:
    return _taken(pools, [sorted(pool.found, key=lambda one: (_cost(one), -one.score)) for pool in pools])


def _taken(pools: Sequence[Kind], ordered: Sequence[Sequence[Ranked]]) -> list[list[Ranked]]:
    """Return the first of each kind, none of them twice."""
    taken = set[str]()
    chosen = []
    for pool, found in zip(pools, ordered, strict=True):
        chosen.append([one for one in found if one.item["id"] not in taken][: pool.count])
        taken |= {one.item["id"] for one in chosen[-1]}
    return chosen


def _together(pieces: list[list[Ranked]], wanted: list[int], *, fits: bool) -> Together:
    prices = [_price(one) for group in pieces for one in group]
    total = None if None in prices else sum(price for price in prices if price is not None)
    return Together(pieces, total, fits, wanted)


def _price(one: Ranked) -> float | None:
    price = one.item.get("price_krw")
    return None if price is None else float(price)


def _cost(one: Ranked) -> float:
    return _price(one) or 0.0
