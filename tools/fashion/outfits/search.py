"""Looks for the pieces that go together best, among those that could be worn in each place."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from stylegraph.tools.fashion.items.pieces import Piece
from stylegraph.tools.fashion.outfits.rules import RULES, Asked
from stylegraph.tools.fashion.outfits.score import OutfitScore, score_pieces
from stylegraph.tools.fashion.recommend.ranking import Ranked

_BEAM = 10
"""Outfits begun that are carried on."""
_ALTERNATIVES = 3
_GARNISH = 0.97
"""Share of its score that an outfit must keep for an accessory to be added."""
LEAST, LEAST_FOR_MONEY = 0.1, 0.2
"""Scores under which pieces are no outfit, at all and where it is the budget that keeps better ones away."""
FINE = 0.6
"""Score under which it is said where an outfit falls short."""
_AS_GOOD = 0.6
"""Share of an outfit's score that it keeps with an alternative."""
_WISH_WEIGHT = 0.5
"""How much fitting the wish counts beside fitting together, as an exponent."""


@dataclass(frozen=True)
class Candidate:
    """An item that could be worn in a slot."""

    piece: Piece
    ranked: Ranked

    @property
    def id(self) -> str:
        """The item's id."""
        return str(self.ranked.item["id"])


@dataclass(frozen=True)
class Plan:
    """What is to be filled, and what is there."""

    asked: Asked
    given: list[Candidate]
    """Pieces of the catalogue that are in it."""
    own: list[Piece]
    """Pieces that the person has."""
    slots: list[tuple[str, ...]]
    """The sets of slots of which one is to be filled."""
    garnished: bool
    """Whether an accessory may be added."""
    given_up: dict[str, list[str]] = field(default_factory=dict)
    """Slot -> fields of which nothing meets what was wished for."""

    @property
    def worn(self) -> list[Piece]:
        """All that is there already."""
        return [*self.own, *(one.piece for one in self.given)]


Worn = dict[str, Candidate]
"""Slot -> what is worn there."""


class Search:
    """A beam search over what could be worn in each slot.

    Args:
        plan: What is to be filled.
        found: Slot -> what could be worn there, best first.
    """

    def __init__(self, plan: Plan, found: Mapping[str, Sequence[Candidate]]) -> None:
        self._plan = plan
        self._found = found
        self._given: Worn = {one.piece.slot or one.id: one for one in plan.given}

    def filled(self, slots: Sequence[str]) -> list[Worn]:
        """Return the best outfits that fill all slots within the budget; an outer layer that can't be had is left out."""
        required = [slot for slot in slots if self._found.get(slot) or slot != "outer"]
        begun: list[Worn] = [dict(self._given)]
        for place, slot in enumerate(required):
            room = self._room(required[place + 1 :])
            more = [{**outfit, slot: one} for outfit in begun for one in self._found.get(slot, ())
                    if self._costs(outfit) + (one.piece.price or 0) <= room]  # fmt: skip
            begun = sorted(more, key=self.promise, reverse=True)[:_BEAM]
        if not begun and "outer" in required:
            return self.filled([slot for slot in required if slot != "outer"])
        return [outfit for outfit in begun if outfit and self._costs(outfit) <= self._room(())]

    def garnished(self, outfit: Worn) -> Worn:
        """Add an accessory if one fits as well as the rest and in the budget."""
        there = "accessory" in outfit or any(piece.slot == "accessory" for piece in self._plan.own)
        if there or not self._plan.garnished:
            return outfit
        room = self._room(()) - self._costs(outfit)
        fitting = [{**outfit, "accessory": one} for one in self._found.get("accessory", ())
                   if (one.piece.price or 0) <= room]  # fmt: skip
        best = max(fitting, key=self.worth, default=None)
        enough = best is not None and self.score(best).score >= _GARNISH * self.score(outfit).score
        return best if best is not None and enough else outfit

    def others(self, outfit: Worn, slot: str) -> list[Candidate]:
        """Return what could be worn in a slot instead, with everything else as it is."""
        room = self._room(()) - self._costs(outfit) + (outfit[slot].piece.price or 0)
        instead = [{**outfit, slot: one} for one in self._found.get(slot, ())
                   if one.id != outfit[slot].id and (one.piece.price or 0) <= room]  # fmt: skip
        least = _AS_GOOD * self.score(outfit).score
        fine = [other for other in instead if self.score(other).score >= least]
        return [other[slot] for other in sorted(fine, key=self.worth, reverse=True)[:_ALTERNATIVES]]

    def worth(self, outfit: Worn) -> float:
        """Weigh how well it goes together with how well each piece fits the wish."""
        return self.score(outfit).score * self._fit(outfit)

    def promise(self, outfit: Worn) -> float:
        """Weigh an outfit that is not complete yet: what is missing is not held against it."""
        pieces = self._pieces(outfit)
        rules = (rule(pieces, self._plan.asked) for name, rule in RULES.items() if name not in _OF_THE_WHOLE)
        return math.prod(rules) * self._fit(outfit)

    def score(self, outfit: Worn) -> OutfitScore:
        """Score it."""
        return score_pieces(self._pieces(outfit), self._plan.asked)

    def _fit(self, outfit: Worn) -> float:
        chosen = [one.ranked.score for one in outfit.values()]
        return (sum(chosen) / len(chosen)) ** _WISH_WEIGHT if chosen else 1.0

    def _pieces(self, outfit: Worn) -> list[Piece]:
        return [*self._plan.own, *(one.piece for one in outfit.values())]

    def _costs(self, outfit: Worn) -> float:
        return sum(one.piece.price or 0 for one in outfit.values())

    def _room(self, later: Sequence[str]) -> float:
        """Return what may be spent until here, so that the slots that come later can still be filled."""
        if self._plan.asked.budget is None:
            return math.inf
        return self._plan.asked.budget - sum(self._cheapest(slot) for slot in later)

    def _cheapest(self, slot: str) -> float:
        return min((one.piece.price or 0 for one in self._found.get(slot, ())), default=0.0)


_OF_THE_WHOLE = frozenset({"slots", "wish"})
