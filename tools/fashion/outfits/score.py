"""How well pieces go together: a score for any outfit, with what each rule says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from stylegraph.agent.errors import InputError
from stylegraph.tools.fashion.items.items import Item
from stylegraph.tools.fashion.items.pieces import Piece, piece_of
from stylegraph.tools.fashion.outfits.rules import RULES, Asked, asked_of
from stylegraph.tools.fashion.query.wish import Wish

_MOST = 20
"""Pieces that an outfit may have."""


@dataclass(frozen=True)
class OutfitScore:
    """What an outfit is worth."""

    score: float
    """0..1: the product of what the rules give."""
    rules: dict[str, float]
    """Rule -> 0..1, in the order in which they are told: `slots`, `formality`, `style`, `season`, `pattern`,
    `colour`, `audience`, `occasion`, `weather`, `wish`."""


def score_outfit(items: Sequence[Item | str], wish: Wish | str = "") -> OutfitScore:
    """Score an outfit.

    Args:
        items: Items of any catalogue, or pieces known by words alone: "a navy wool blazer", "흰색 면 티셔츠".
        wish: What it is for, in Korean or English words or as a wish that was read; empty: nothing in particular.

    Raises:
        InputError: There are more than 20 pieces.

    Example:
        >>> suit = score_outfit(["navy suit jacket", "white shirt", "grey suit trousers", "black oxfords"])
        >>> gym = score_outfit(["navy suit jacket", "white shirt", "grey gym shorts", "black oxfords"])
        >>> suit.score > gym.score and min(gym.rules, key=gym.rules.get) == "formality"
        True
    """
    if len(items) > _MOST:
        raise InputError(f"{len(items)} pieces are no outfit: {_MOST} is the limit.", "Score one outfit at a time.")
    return score_pieces([piece_of(item) for item in items], asked_of(wish))


def score_pieces(pieces: Sequence[Piece], asked: Asked) -> OutfitScore:
    """Score pieces that are read already against a wish that is."""
    rules = {name: rule(pieces, asked) for name, rule in RULES.items()}
    return OutfitScore(round(math.prod(rules.values()), 6), rules)
