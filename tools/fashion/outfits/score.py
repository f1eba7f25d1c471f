"""How well pieces go together: a score for any outfit, with what each rule says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from stylegraph.agent.errors import InputError
from stylegraph.tools.fashion.items.items import Item
from stylegraph.tools.fashion.items.pieces import Piece, piece_of, universal_reader
from stylegraph.tools.fashion.outfits.character import phrases_of
from stylegraph.tools.fashion.outfits.dialogue import asked_in, clauses_of
from stylegraph.tools.fashion.outfits.fit import character, fits, likeness
from stylegraph.tools.fashion.outfits.rules import RULES, Asked, asked_of
from stylegraph.tools.fashion.query.wish import Wish

_DIGITS = 6
_WELL_KNOWN = 0.7
"""The share of words that are understood from which the rules say enough: "navy suit jacket" needs no likeness."""
_MOST = 20
"""Pieces that an outfit may have."""


@dataclass(frozen=True)
class OutfitScore:
    """What an outfit is worth."""

    score: float
    """0..1: the product of what the rules give; it compares outfits that are scored for the same wish."""
    rules: dict[str, float]
    """Rule -> 0..1, in the order in which they are told: `slots`, `formality`, `style`, `season`, `pattern`,
    `colour`, `audience`, `occasion`, `weather`, `wish`; and of pieces known by words, `character` and `likeness`."""


def score_outfit(items: Sequence[Item | str], wish: Wish | str = "") -> OutfitScore:
    """Score an outfit.

    Args:
        items: Items of any catalogue, or pieces known by words alone: "a navy wool blazer", "흰색 면 티셔츠", or a
            description that names no garment: "무릎까지 오는 기장, 촘촘한 면, 은은한 베이지, 도시적인 느낌".
        wish: What it is for, in Korean or English words or as a wish that was read; empty: nothing in particular. Also
            a dialogue of a client and a stylist, a turn a line, best with who speaks before it: "손님: 면접이 있어요".

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
    pieces = [piece_of(item) for item in items]
    if not isinstance(wish, str):
        return score_pieces(pieces, asked_of(wish))
    return _by_words(pieces, score_pieces(pieces, asked_in(wish)), wish)


def _by_words(pieces: Sequence[Piece], by_rules: OutfitScore, wish: str) -> OutfitScore:
    """Score pieces of which some are known by words: the rules count as far as these are understood, likeness says the rest."""
    descriptions = [piece.name for piece in pieces if piece.item is None and phrases_of(piece.name)]
    known = [universal_reader().understood(one) for one in descriptions]
    certain, clauses = (sum(known) + len(pieces) - len(known)) / max(1, len(pieces)), clauses_of(wish)
    if certain >= _WELL_KNOWN or not descriptions or not clauses:
        return by_rules
    found = fits(descriptions, clauses)
    learned = {"character": character(found), "likeness": likeness(found)}
    score = math.prod(by_rules.rules.values()) ** certain * math.prod(learned.values())
    return OutfitScore(float(f"{score:.{_DIGITS}g}"), by_rules.rules | learned)


def score_pieces(pieces: Sequence[Piece], asked: Asked) -> OutfitScore:
    """Score pieces that are read already against a wish that is."""
    rules = {name: rule(pieces, asked) for name, rule in RULES.items()}
    return OutfitScore(round(math.prod(rules.values()), 6), rules)
