"""Completes outfits: from a wish, around a piece, or from nothing, out of one catalogue."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from stylegraph.agent.evidence import Condition, Filters, Note
from stylegraph.agent.text.language import Language
from stylegraph.tools.fashion.catalogue.catalogue import Catalogue
from stylegraph.tools.fashion.items.items import Item
from stylegraph.tools.fashion.items.pieces import SLOTS, Piece, concepts_of, piece_of, slot_of
from stylegraph.tools.fashion.items.word_files import pairing_words
from stylegraph.tools.fashion.outfits.rules import RULES, Asked, asked_of
from stylegraph.tools.fashion.outfits.score import OutfitScore
from stylegraph.tools.fashion.outfits.search import FINE, LEAST, LEAST_FOR_MONEY, Candidate, Plan, Search
from stylegraph.tools.fashion.query.wish import Wish, wish_filters, wishes_of
from stylegraph.tools.fashion.recommend.notes import Notes
from stylegraph.tools.fashion.recommend.ranking import Ranked, choose, rank
from stylegraph.tools.fashion.recommend.recommender import Stylist
from stylegraph.tools.fashion.recommend.relaxation import combined
from stylegraph.tools.fashion.recommend.search import is_ruled_out
from stylegraph.tools.fashion.recommend.taste import Taste

_POOL = 60
"""Items of a slot that are looked at."""
_EACH = 12
"""Of these, the ones that outfits are made of."""
_FEWEST = 3
"""With fewer items of a slot than this, its softer conditions are given up."""
_OUT_OF_PLACE = 0.3
"""What the occasion's rule gives a single piece that has no place there, such as slippers in an office."""
_CHILLY = frozenset({"cold", "cool", "rain", "snow", "wind"})
_TAILORED = frozenset({"interview", "funeral"})
_OWN_TRAITS = ("colours", "pattern", "material", "sleeve")


@dataclass(frozen=True)
class Choice:
    """What is worn in one slot."""

    slot: str
    candidate: Candidate
    alternatives: list[Candidate] = field(default_factory=list)
    """Others that go as well with the rest, best first."""
    given: bool = False
    """Whether it was asked for or kept, not chosen."""


@dataclass(frozen=True)
class Composed:
    """An outfit."""

    choices: list[Choice]
    """In the order of `SLOTS`."""
    own: list[Piece]
    """Pieces that the person has already, which it is built around."""
    score: OutfitScore
    asked: Asked
    wishes: Mapping[str, Wish]
    """Slot -> what was wished for there."""
    cheaper: bool = False
    """Whether its budget is what an earlier outfit cost."""

    @property
    def pieces(self) -> list[Piece]:
        """All that is worn."""
        return [*self.own, *(choice.candidate.piece for choice in self.choices)]

    @property
    def total(self) -> float | None:
        """What the catalogue's pieces cost together; None when a price is not known."""
        prices = [choice.candidate.piece.price for choice in self.choices]
        return None if None in prices else sum(price for price in prices if price is not None)


@dataclass(frozen=True)
class Fixed:
    """What an outfit is built around."""

    items: Sequence[Item] = ()
    """Items of the catalogue that are in it."""
    own: Sequence[Piece] = ()
    """Pieces that the person has."""
    slots: Sequence[str] | None = None
    """The slots that are filled; None: those that the wish and the season ask for."""
    anew: bool = False
    """Whether something is to be in them although the wish, read alone, rules out all that is worn there."""
    refused: Sequence[str] = ()
    """Ids of items that are not wanted again."""
    budget: float | None = None
    """What the whole may cost, if the wish does not say."""
    below: Mapping[str, float] = field(default_factory=dict)
    """Slot -> the price that a piece there must stay below."""


class Outfitter:
    """Makes outfits of one catalogue.

    Args:
        catalogue: The items.
        stylist: Knows what is ruled out and what the person likes.
    """

    def __init__(self, catalogue: Catalogue, stylist: Stylist) -> None:
        self._catalogue = catalogue
        self._stylist = stylist
        self._lexicon = catalogue.reader.lexicon

    async def compose(
        self,
        wish: Wish,
        language: Language,
        *,
        fixed: Fixed | None = None,
        profile: Mapping[str, Any] | None = None,
    ) -> tuple[Composed | None, list[Note]]:
        """Complete an outfit.

        Args:
            wish: The wish; its price is for all pieces together.
            language: Of the notes.
            fixed: What it is built around.
            profile: `likes` and `dislikes` in the person's words.

        Returns:
            The best outfit that is found, or None when nothing fits; and notes on what could not be done.

        Raises:
            IndexStoreError: The index can't be read.
        """
        fixed, notes = fixed or Fixed(), Notes(self._lexicon, language)
        wish = self._still_worn(wish, fixed.slots or ()) if fixed.anew else wish
        asked, taste = asked_of(wish), self._stylist.taste(profile or {}, wish)
        asked = asked if asked.budget is not None else replace(asked, budget=fixed.budget)
        if fixed.slots is not None:
            asked = replace(asked, excluded={})  # said of what is changed, which the conditions see to
        if self._is_unheard_of(wish, notes):
            return None, notes.listed
        given = [Candidate(piece_of(item), Ranked(item, 1.0)) for item in fixed.items]
        plan = Plan(asked, given, [*fixed.own], self._plans(wish, asked, given, fixed), fixed.slots is None)
        wishes = {slot: self._wish_for(slot, wish) for slot in SLOTS}
        found = await self._candidates(plan, wishes, taste, fixed)
        composed = await asyncio.to_thread(_best, plan, found, wishes)
        notes.price(wish.get("budget") or wish["price"])
        if composed is None:
            notes.no_outfit(asked.budget)
            return None, notes.listed
        self._note(plan, composed, notes)
        return replace(composed, cheaper=fixed.budget is not None and asked.budget == fixed.budget), notes.listed

    def _note(self, plan: Plan, composed: Composed, notes: Notes) -> None:
        """Report what was given up, where it falls short, and for whom it is when nobody was named and nothing tells."""
        for choice in composed.choices:
            if choice.slot in plan.given_up:
                notes.relaxed(plan.given_up[choice.slot], composed.wishes[choice.slot], 0)
        if composed.score.score < FINE:
            rules = composed.score.rules
            notes.falls_short(min(rules, key=lambda name: rules[name]))
        audiences = {piece.audience for piece in composed.pieces if piece.audience}
        if len(audiences) == 1 and not plan.asked.wanted.get("audience") and not plan.worn:
            notes.assumed_audience(*audiences)

    def _is_unheard_of(self, wish: Wish, notes: Notes) -> bool:
        """Note what the catalogue can't express; tell whether there is nobody or nothing to dress because of it."""
        vital = False
        for missing in wish["unexpressed"]:
            notes.unexpressed(missing, [])
            vital = vital or missing["field"] == "audience" or missing["must"]
        return vital

    def _still_worn(self, wish: Wish, slots: Sequence[str]) -> Wish:
        """Return a wish for other pieces that leaves something to wear: "not these shoes" is not "barefoot"."""
        excluded, sold = wish["excluded"].get("category", []), self._lexicon.vocabulary["values"].get("category", {})
        worn = {slot: {kind for kind in sold if slot_of(kind) == slot} for slot in slots}
        bare = {kind for kinds in worn.values() if kinds <= {*excluded} for kind in kinds}
        left = {"category": [kind for kind in excluded if kind not in bare]}
        return Wish(**{**wish, "excluded": {**wish["excluded"], **left}})

    def _plans(self, wish: Wish, asked: Asked, given: Sequence[Candidate], fixed: Fixed) -> list[tuple[str, ...]]:
        """Return the sets of slots that could be filled: a top and a bottom, or a dress, with what goes with them."""
        if fixed.slots is not None:
            return [tuple(fixed.slots)]
        worn = {piece.slot for piece in (*fixed.own, *(one.piece for one in given))}
        named = {slot_of(value) for value in wish["wanted"].get("category", [])}
        outer = ["outer"] if "outer" in named or needs_outer(asked) else []
        sold = {slot_of(value) for value in self._lexicon.vocabulary["values"].get("category", {})}
        rest = [slot for slot in (*outer, "shoes") if slot not in worn and slot in sold]
        plans = self._clothed(wish, asked, worn, named, rest)
        if asked.budget is None or "outer" in named or "outer" not in rest:
            return plans
        lighter = [tuple(slot for slot in slots if slot != "outer") for slots in plans]
        return [*plans, *lighter]  # good shoes and no coat may be better than a coat and flip-flops

    def _clothed(
        self, wish: Wish, asked: Asked, worn: set[str], named: set[str], rest: Sequence[str]
    ) -> list[tuple[str, ...]]:
        if "dress" in worn:
            return [tuple(rest)]
        separate = tuple(slot for slot in ("top", "bottom") if slot not in worn)
        if len(separate) < 2 or {"top", "bottom"} & named:
            return [(*separate, *rest)]
        if "dress" in named:
            return [("dress", *rest)]
        for_women = "women" in asked.wanted.get("audience", [])
        return [(*separate, *rest), ("dress", *rest)] if for_women else [(*separate, *rest)]

    def _wish_for(self, slot: str, wish: Wish) -> Wish:
        """Return what is wished for in one slot: what belongs to another garment is left out, what names none is a leaning."""
        for part in wishes_of(wish):
            here = [value for value in part["wanted"].get("category", []) if slot_of(value) == slot]
            if here:
                return Wish(**{**part, "wanted": {**part["wanted"], "category": here}, "parts": [], "price": None})
        elsewhere = "category" in wish["wanted"]
        wanted = {name: values for name, values in wish["wanted"].items() if name not in {"category", *_OWN_TRAITS}}
        softened = {} if elsewhere else {name: wish["wanted"][name] for name in _OWN_TRAITS if name in wish["wanted"]}
        favoured = [value for value in self._favoured(wish) if slot_of(value) == slot]
        preferred = {**wish["preferred"], **softened} | ({"category": favoured} if favoured else {})
        return Wish(**{**wish, "wanted": wanted, "preferred": preferred, "parts": [], "price": None})

    def _favoured(self, wish: Wish) -> Iterator[str]:
        """Return the kinds of garments that the occasion favours."""
        for occasion in concepts_of("occasions", wish["wanted"].get("occasions", [])):
            for name in pairing_words()["favours"].get(occasion, ()):
                yield from self._lexicon.values("category", name)

    async def _candidates(
        self, plan: Plan, wishes: Mapping[str, Wish], taste: Taste, fixed: Fixed
    ) -> dict[str, list[Candidate]]:
        slots = [slot for slot in SLOTS if slot == "accessory" or any(slot in filled for filled in plan.slots)]
        found = await asyncio.gather(*(self._fitting(slot, wishes[slot], plan, taste, fixed) for slot in slots))
        return dict(zip(slots, found, strict=True))

    async def _fitting(self, slot: str, wish: Wish, plan: Plan, taste: Taste, fixed: Fixed) -> list[Candidate]:
        kinds = [value for value in self._lexicon.vocabulary["values"].get("category", {}) if slot_of(value) == slot]
        wanted = wish["wanted"].get("category")
        kinds = [kind for kind in kinds if not wanted or kind in wanted]
        if not kinds:
            return []
        hard = self._conditions(wish, kinds, plan, [*fixed.refused, *taste.refused])
        if slot in fixed.below:
            hard = combined(hard, {"price_krw": Condition(lte=fixed.below[slot] - 1)})
        soft: Filters = {name: Condition(none=values) for name, values in taste.dislikes.items()}
        seasons = [value for name in plan.asked.seasons for value in self._lexicon.values("seasons", name)]
        if seasons:
            soft["seasons"] = Condition(any=seasons)
        text = f"{wish['text']} {self._named(kinds, wish['language'])}"  # so that every kind of the slot is found
        found = await self._search(text, wish, combined(hard, soft), plan)
        if len(found) < _FEWEST:
            found = await self._search(text, wish, hard, plan)
        if not found and (given_up := _given_up(hard, wish)):
            plan.given_up[slot] = given_up
            found = await self._search(text, wish, _without(hard, given_up), plan)
        ranked = rank(found, wish, self._lexicon, taste)
        chosen = {one.item["id"]: one for one in choose(ranked, _EACH)}
        if plan.asked.budget is not None:
            cheapest = sorted(ranked, key=lambda one: one.item.get("price_krw", math.inf))[: _EACH // 2]
            chosen |= {one.item["id"]: one for one in cheapest}
        candidates = [Candidate(piece_of(one.item), one) for one in chosen.values()]
        fitting = [one for one in candidates if RULES["occasion"]([one.piece], plan.asked) >= _OUT_OF_PLACE]
        return fitting or candidates

    def _conditions(self, wish: Wish, kinds: Sequence[str], plan: Plan, refused: Sequence[str]) -> Filters:
        filters = _without(wish_filters(wish, self._lexicon), ["seasons"])
        filters.pop("price_krw", None)
        excluded = filters.get("category", Condition()).get("none", [])
        filters["category"] = Condition(any=[kind for kind in kinds if kind not in excluded] or ["-"])
        if refused:
            filters["id"] = Condition(none=list(refused))
        if plan.asked.budget is not None and "price_krw" in self._lexicon.vocabulary["ranges"]:
            filters["price_krw"] = Condition(lte=plan.asked.budget)
        audiences = {one.audience for one in plan.worn if one.audience}
        if len(audiences) == 1 and "audience" not in filters and "audience" in self._lexicon.vocabulary["values"]:
            named = (*audiences, "unisex")
            filters["audience"] = Condition(
                any=[one for name in named for one in self._lexicon.values("audience", name)]
            )
        return filters

    def _named(self, kinds: Sequence[str], language: Language) -> str:
        return " ".join(self._lexicon.label("category", kind, language) for kind in kinds[:_EACH])

    async def _search(self, text: str, wish: Wish, filters: Filters, plan: Plan) -> list[tuple[Item, float]]:
        """Search a slot; under a budget also among what costs no more than its share, and no more than half of that."""
        budget = plan.asked.budget
        share = budget / max(1, *map(len, plan.slots)) if budget else None
        caps = [Condition(lte=share), Condition(lte=share / 2)] if share else []
        searches = [filters, *({**filters, "price_krw": cap} for cap in caps)]
        pools = await asyncio.gather(*(self._catalogue.search([text], _POOL, one) for one in searches))
        found = {one.item["id"]: one for pool in reversed(pools) for one in pool}
        return [(one.item, one.text) for one in found.values() if not is_ruled_out(one.item, wish, self._lexicon)]


def _given_up(filters: Filters, wish: Wish) -> list[str]:
    """Return the fields that can be given up: never what is a must, never an exclusion."""
    return [name for name in _OWN_TRAITS if "any" in filters.get(name, {}) and name not in wish["must"]]


def _without(filters: Filters, given_up: Sequence[str]) -> Filters:
    """Return conditions without what some fields must have; what they must not have stays."""
    left: Filters = {name: Condition(**condition) for name, condition in filters.items()}
    for name in given_up:
        left.get(name, Condition()).pop("any", None)
    return {name: condition for name, condition in left.items() if condition}


def needs_outer(asked: Asked) -> bool:
    """Check whether the season, the weather or the occasion asks for something over it."""
    chilly = bool(asked.seasons) and asked.seasons <= {"autumn", "winter"}
    tailored = bool(_TAILORED & set(asked.wanted.get("occasions", []))) and asked.seasons != {"summer"}
    return chilly or tailored or bool(_CHILLY & set(asked.weather))


def _best(plan: Plan, found: Mapping[str, Sequence[Candidate]], wishes: Mapping[str, Wish]) -> Composed | None:
    search = Search(plan, found)
    begun = [outfit for slots in plan.slots for outfit in search.filled(slots)]
    if not begun:
        return None
    best = search.garnished(max(begun, key=search.worth))
    least = LEAST if plan.asked.budget is None else LEAST_FOR_MONEY
    if not plan.worn and search.score(best).score < least:
        return None
    choices = [
        Choice(slot, one, [] if one in plan.given else search.others(best, slot), one in plan.given)
        for slot, one in best.items()
    ]
    choices.sort(key=lambda choice: SLOTS.index(choice.slot) if choice.slot in SLOTS else len(SLOTS))
    return Composed(choices, plan.own, search.score(best), plan.asked, wishes)
