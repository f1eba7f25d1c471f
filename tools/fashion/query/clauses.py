"""A wish that asks for one garment after another: what each clause says belongs to its own, and what plainly carries over."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import combinations

from stylegraph.agent.text.clauses import split_clauses
from stylegraph.tools.fashion.query.wish import Values, Wish, extend

_OF_THE_PERSON = "audience"
"""Who wears it holds for every garment, whichever clause says it."""


def by_clause(
    text: str, wanted: Collection[str], read: Callable[[str], Wish], of_one_piece: Collection[str]
) -> list[Values]:
    """Return what each garment is to be, where clauses ask for one after another; empty where they don't.

    A clause that says nothing of when and what for has that of the one before it: "a shirt for an interview. And shoes".

    Args:
        text: The wish.
        wanted: The garments that it asks for as a whole: one that is only told of is none of them.
        read: Reads a clause.
        of_one_piece: The fields that never carry over.
    """
    clauses = split_clauses(text)
    if len(clauses) < 2 or len(wanted) < 2:
        return []
    said = [_own(read(clause)["wanted"]) for clause in clauses if clause != text]
    garments = [values for values in said if "category" in values]
    if len(garments) < 2 or not _are_apart(garments, wanted):
        return []
    for values in said:
        if "category" not in values:
            for garment, (kind, more) in ((one, pair) for one in garments for pair in values.items()):
                extend(garment, kind, more)
    return _carried_over(garments, of_one_piece)


def _own(values: Mapping[str, list[str]]) -> Values:
    return {kind: list(named) for kind, named in values.items() if kind != _OF_THE_PERSON}


def _are_apart(garments: Sequence[Values], wanted: Collection[str]) -> bool:
    kinds = [set(values["category"]) for values in garments]
    return all(one <= set(wanted) for one in kinds) and all(
        one.isdisjoint(other) for one, other in combinations(kinds, 2)
    )


def _carried_over(garments: list[Values], of_one_piece: Collection[str]) -> list[Values]:
    before: Values = {}
    for values in garments:
        own = {kind: named for kind, named in values.items() if kind not in of_one_piece}
        values.update({} if own else before)
        before = own or before
    return garments
