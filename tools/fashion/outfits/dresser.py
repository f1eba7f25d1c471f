"""Outfits as they are told: what is worn where and why, what else would do, and what was changed or kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from stylegraph.agent.errors import InputError
from stylegraph.agent.evidence import Note
from stylegraph.agent.reply import ItemSet, Reason, Recommendation, SetPiece
from stylegraph.agent.text.language import Language
from stylegraph.tools.fashion.catalogue.catalogue import Catalogue
from stylegraph.tools.fashion.items.items import Item
from stylegraph.tools.fashion.items.pieces import Piece, piece_of
from stylegraph.tools.fashion.outfits.composer import Choice as Worn
from stylegraph.tools.fashion.outfits.composer import Composed, Fixed, Outfitter
from stylegraph.tools.fashion.outfits.memory import WornOutfit
from stylegraph.tools.fashion.outfits.reasons import OutfitSentences
from stylegraph.tools.fashion.outfits.requests import OutfitRequest
from stylegraph.tools.fashion.outfits.search import Candidate
from stylegraph.tools.fashion.query.currency import WON
from stylegraph.tools.fashion.query.wish import Wish
from stylegraph.tools.fashion.recommend.reasons import Grounds, Sentences
from stylegraph.tools.fashion.recommend.recommender import Choice, Stylist

_REASONS = 2
"""Reasons of its own that a piece is given, beside how it goes with the rest."""

Recommending = Callable[[Choice, Language], Recommendation]


@dataclass(frozen=True)
class Dressed:
    """An outfit with the choices that it is made of."""

    outfit: ItemSet | None
    choices: Sequence[Choice]
    """Of its pieces, in their order."""
    notes: list[Note]


class Dresser:
    """Makes outfits of one catalogue and explains them.

    Args:
        catalogue: The items.
        stylist: Chooses its single pieces.
        recommending: Makes a recommendation of a choice.
    """

    def __init__(self, catalogue: Catalogue, stylist: Stylist, recommending: Recommending) -> None:
        self._catalogue = catalogue
        self._stylist = stylist
        self._outfitter = Outfitter(catalogue, stylist)
        self._recommending = recommending

    async def dress(
        self,
        request: OutfitRequest,
        wish: Wish,
        language: Language,
        *,
        profile: Mapping[str, Any] | None = None,
        around: str | Sequence[Item] | None = None,
        last: WornOutfit | None = None,
    ) -> Dressed:
        """Make an outfit, or change the one that was shown.

        Args:
            request: What is asked.
            wish: Its words, read.
            language: Of all sentences.
            profile: `likes` and `dislikes` in the person's words.
            around: Id of an item that is in it, or what the person has: in words, or as pictures show it.
            last: The outfit that was shown before.

        Raises:
            InputError: `around` names neither an item nor a garment.
            IndexStoreError: The index can't be read.
        """
        profile, fixed = await self._stylist.person(profile), await self._fixed(request, wish, around, last)
        composed, notes = await self._outfitter.compose(wish, language, fixed=fixed, profile=profile)
        if composed is None:
            return Dressed(None, [], notes)
        telling = _Telling(self._catalogue, self._stylist, composed, language, profile, bool(request.changed))
        choices = [telling.choice(worn) for worn in composed.choices]
        pieces = [
            SetPiece(
                slot=worn.slot,
                label=telling.sentences.slot(worn.slot),
                item=self._recommending(choice, language),
                alternatives=[self._recommending(telling.instead(worn, one), language) for one in worn.alternatives],
            )
            for worn, choice in zip(composed.choices, choices, strict=True)
        ]
        outfit = ItemSet(
            asked=request.wish,
            pieces=pieces,
            reasons=telling.sentences.whole(composed),
            score=round(composed.score.score, 4),
            rules={name: round(value, 4) for name, value in composed.score.rules.items()},
            total_krw=None
            if composed.total is None or self._catalogue.reader.lexicon.currency != WON
            else round(composed.total),
        )
        return Dressed(outfit, choices, notes)

    async def _fixed(
        self, request: OutfitRequest, wish: Wish, around: str | Sequence[Item] | None, last: WornOutfit | None
    ) -> Fixed:
        if request.changed is not None and last is not None:
            return replace(await self._kept(request.changed, wish, last), anew=request.anew)
        relations = _relations(wish)
        before = await self._catalogue.items(list(last["pieces"].values())) if last and relations else []
        costs = sum(item.get("price_krw", 0) for item in before)
        budget = float(costs - 1) if "cheaper" in relations and costs else None
        refused = [item["id"] for item in before] if "other" in relations else []
        items, own = await self._around(around)
        return Fixed(items=items, own=own, refused=refused, budget=budget)

    async def _kept(self, changed: Sequence[str], wish: Wish, last: WornOutfit) -> Fixed:
        kept = [identity for slot, identity in last["pieces"].items() if slot not in changed]
        gone = {slot: identity for slot, identity in last["pieces"].items() if slot in changed}
        cheaper = "cheaper" in _relations(wish)
        priced = [item for item in await self._catalogue.items(list(gone.values())) if item.get("price_krw")]
        prices: dict[str, float] = {item["id"]: item["price_krw"] for item in priced}
        below = {slot: prices[identity] for slot, identity in gone.items() if cheaper and identity in prices}
        items = await self._catalogue.items(kept)
        return Fixed(items=items, slots=tuple(changed), refused=list(gone.values()), below=below)

    async def _around(self, around: str | Sequence[Item] | None) -> tuple[list[Item], list[Piece]]:
        if around is None:
            return [], []
        items = await self._catalogue.items([around]) if isinstance(around, str) else []
        things: Sequence[str | Item] = [around] if isinstance(around, str) else around
        own: dict[str, Piece] = {}
        for piece in map(piece_of, () if items else things):
            own.setdefault(piece.slot, piece)  # of two pairs of trousers the first is worn
        if not all((*own, *(piece_of(item).slot for item in items))):
            raise InputError(
                f"{str(around)[:80]!r} is neither an item of the catalogue nor a garment.",
                "Give an item's id, or a garment in words, such as 'a navy wool blazer'.",
            )
        return items, list(own.values())


def _relations(wish: Wish) -> Sequence[str]:
    """Return how a wish points at what was shown: `cheaper`, `other`, ..."""
    return wish["about"]["relations"] if wish["about"] else []


class _Telling:
    """Returns the reasons of an outfit's pieces."""

    def __init__(
        self,
        catalogue: Catalogue,
        stylist: Stylist,
        composed: Composed,
        language: Language,
        profile: Mapping[str, Any],
        changed: bool,
    ) -> None:
        self.sentences = OutfitSentences(catalogue.reader.lexicon, language)
        self._reasons = Sentences(catalogue.reader.lexicon, language)
        self._stylist = stylist
        self._composed = composed
        self._profile = profile
        self._changed = changed

    def choice(self, worn: Worn) -> Choice:
        """Return a piece with its reasons."""
        own = [self.sentences.kept()] if worn.given and self._changed else []
        return self._explained(worn.slot, worn.candidate, self._composed.pieces, own)

    def instead(self, worn: Worn, one: Candidate) -> Choice:
        """Return an alternative with its reasons: as if it were worn."""
        others = [piece for piece in self._composed.pieces if piece is not worn.candidate.piece]
        return self._explained(worn.slot, one, others, [])

    def _explained(self, slot: str, one: Candidate, others: Sequence[Piece], own: Sequence[Reason]) -> Choice:
        wish = self._composed.wishes[slot]
        reasons = self._reasons.reasons(one.ranked, wish, self._stylist.taste(self._profile, wish))
        personal = [ground for ground in reasons[_REASONS:] if ground["wish"] == "profile"][:1]
        grounds = [] if own else [*reasons[:_REASONS], *personal]  # what the profile moved is always told
        together = self.sentences.goes_with(one.piece, others)
        said = [*own, *([together] if together else [])]
        told = [Grounds(wish=reason.field, text=reason.text, attributes={}) for reason in said]
        return Choice(one.ranked, [*grounds, *told], self._reasons.missed(one.ranked, wish))
