"""A wish for several things, of which only the catalogue's own words know what they are: a sleeping bag and a hammock."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from stylegraph.tools.fashion.query.lexer import Token

_JOINING = re.compile(r"(?:이나|나|이랑|랑|하고|하구|와|과|이든|든)$")
_CHOICE = re.compile(r"(?:이나|나|이든|든)$")
_OR = frozenset({"or", "또는", "혹은", "아니면"})
_ALL = frozenset({"both", "all", "둘 다", "둘다", "셋 다", "모두", "전부"})
MATCHING = "matching"
"""What is so is to be of the colour of the thing before it."""


def cut(tokens: Sequence[Token], things: Mapping[int, str]) -> list[list[Token]]:
    """Return the tokens of a wish, a piece for each thing that is wanted; one piece where it is for one thing only.

    Args:
        tokens: Of the wish.
        things: Places of what is wanted -> what stands behind its name there: 이랑 of 침낭이랑.
    """
    ends = [join_of(tokens, first, things[first], second) for first, second in pairwise(sorted(things))]
    starts = [0, *(end + 1 for end in ends if end is not None)]
    plain = [_bare(token, things[at]) if at in things and at in ends else token for at, token in enumerate(tokens)]
    return [plain[start:stop] for start, stop in pairwise([*starts, len(tokens)])]


def for_all(tokens: Sequence[Token]) -> bool:
    """Check whether what is said of one thing is said of all: both in olive, 둘 다 올리브색으로."""
    return any(token.text in _ALL for token in tokens)


def are_choices(tokens: Sequence[Token], things: Mapping[int, str]) -> bool:
    """Check whether any of the things will do: an armchair or sofa."""
    return all(
        bool(_CHOICE.search(things[first])) or any(token.text in _OR for token in tokens[first:second])
        for first, second in pairwise(sorted(things))
    )


def _bare(token: Token, tail: str) -> Token:
    """Return the name of a thing without what joins it to the next."""
    return replace(token, text=token.text.removesuffix(tail) if token.is_word else token.text, tail="")


def join_of(tokens: Sequence[Token], first: int, tail: str, second: int) -> int | None:
    """Return the place of what joins two things; None where the one only describes the other."""
    if _JOINING.search(tail):
        return first
    return next((at for at in range(first + 1, second) if {"join", "comma"} & tokens[at].roles), None)
