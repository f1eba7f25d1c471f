"""Why the pieces of an outfit go together: each sentence is true of what is known of the pieces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stylegraph.agent.reply import Reason
from stylegraph.agent.text.language import Language
from stylegraph.tools.fashion.items.item_text import in_list
from stylegraph.tools.fashion.items.korean import filled
from stylegraph.tools.fashion.items.pieces import SEASONS, Piece
from stylegraph.tools.fashion.items.word_files import pairing_words
from stylegraph.tools.fashion.outfits.colour_harmony import kinship, shade
from stylegraph.tools.fashion.outfits.composer import Composed
from stylegraph.tools.fashion.query.binding import BoundLexicon
from stylegraph.tools.fashion.query.lexicon import load_lexicon

_BOLD = 0.5
"""Loudness from which a pattern is seen as one."""
_EVEN = 1.7
"""Steps of formality within which an outfit is of one kind."""
_FIRST = ("dress", "top", "outer", "bottom", "shoes", "accessory")
"""What a piece is compared with first: what is seen first."""


class OutfitSentences:
    """Writes about outfits in one language."""

    def __init__(self, lexicon: BoundLexicon, language: Language) -> None:
        self._lexicon = lexicon
        self._language = language
        self._words: Mapping[str, Any] = pairing_words()["told"][language]

    def slot(self, slot: str) -> str:
        """Name a slot."""
        return str(self._words["slots"].get(slot, slot))

    def kept(self) -> Reason:
        """State that a piece was not to be changed."""
        return self._say("kept")

    def goes_with(self, piece: Piece, others: Sequence[Piece]) -> Reason | None:
        """Return what ties a piece to the others, the most telling thing first; None if nothing does."""
        ordered = sorted((other for other in others if other is not piece), key=_seen)
        return next((said for told in (self._picks_up, self._stays_plain, self._matches) for other in ordered
                     if (said := told(piece, other)) is not None), None)  # fmt: skip

    def whole(self, outfit: Composed) -> list[Reason]:
        """Return what holds for the outfit as a whole: season, colours, patterns, formality, price."""
        return list(self._whole(outfit))

    def _whole(self, outfit: Composed) -> Iterator[Reason]:
        pieces = outfit.pieces
        if outfit.own:
            yield self._say("around", other=in_list([self._garment(piece) for piece in outfit.own], self._language))
        yield from self._seasons(pieces)
        yield from self._colours(pieces)
        bold = [piece for piece in pieces if piece.loudness >= _BOLD]
        if len(bold) < 2:
            yield self._say("whole_pattern", other=self._garment(bold[0])) if bold else self._say("whole_plain")
        levels = [piece.formality for piece in pieces if piece.slot != "accessory"]
        if levels and max(levels) - min(levels) <= _EVEN:
            level = self._words["levels"][min(4, max(0, round(sum(levels) / len(levels))))]
            yield self._say("formality", level=level)
        yield from self._price(outfit)

    def _seasons(self, pieces: Sequence[Piece]) -> Iterator[Reason]:
        shared = [season for season in SEASONS if all(season in piece.seasons for piece in pieces)]
        if len(shared) == len(SEASONS):
            yield self._say("all_seasons")
        elif shared:
            yield self._say("seasons", seasons=in_list([self._name("seasons", one) for one in shared], self._language))

    def _colours(self, pieces: Sequence[Piece]) -> Iterator[Reason]:
        mains = [piece.colours[0] for piece in pieces if piece.colours]
        if len(mains) < len(pieces):
            return
        strong = list(dict.fromkeys(name for name in mains if _is_strong(name)))
        if kind := kinship(mains):
            named = [self._name("colours", name) for name in strong]
            yield self._say(f"whole_{kind}", colour=(named or [""])[0], colours=in_list(named, self._language))

    def _price(self, outfit: Composed) -> Iterator[Reason]:
        if outfit.total is None or not outfit.choices:
            return
        total, budget = self._lexicon.priced(outfit.total, self._language), outfit.asked.budget
        if budget is None or outfit.cheaper:
            yield self._say("cheaper" if outfit.cheaper else "total", total=total)
        else:
            yield self._say("budget", total=total, budget=self._lexicon.priced(budget, self._language))

    def _picks_up(self, piece: Piece, other: Piece) -> Reason | None:
        mine, theirs = piece.traits.get("colours", ())[:1], other.traits.get("colours", ())[1:]
        if mine and mine[0] in theirs:
            return self._say("picks_up", other=self._garment(other), colour=self._name("colours", mine[0]))
        return None

    def _stays_plain(self, piece: Piece, other: Piece) -> Reason | None:
        is_plain = piece.loudness < _BOLD and piece.first("pattern") == "solid"
        return self._say("plain", other=self._garment(other)) if is_plain and other.loudness >= _BOLD else None

    def _matches(self, piece: Piece, other: Piece) -> Reason | None:
        mine, theirs = (one.traits.get("colours", ())[:1] for one in (piece, other))
        if not mine or not theirs or shade(mine[0]) is None or shade(theirs[0]) is None:
            return None
        seen = piece.colours[0], other.colours[0]  # blue denim is calm
        kind = "tonal" if mine == theirs else kinship(seen)
        key = {"accent": "accent" if _is_strong(seen[0]) else "calm"}.get(kind, kind)
        if not key:
            return None
        names = {"mine": self._name("colours", mine[0]), "colour": self._name("colours", theirs[0])}
        return self._say(key, other=self._garment(other), **names)

    def _garment(self, piece: Piece) -> str:
        return self._name("category", piece.category) if piece.category else piece.name

    def _name(self, field: str, concept: str) -> str:
        known = load_lexicon().concepts.get((field, concept))
        return known.label(self._language) if known else concept

    def _say(self, template: str, **values: str) -> Reason:
        return Reason(field="outfit", text=filled(self._words[template], **values))


def _is_strong(colour: str) -> bool:
    found = shade(colour)
    return found is not None and not found.neutral


def _seen(piece: Piece) -> int:
    return _FIRST.index(piece.slot) if piece.slot in _FIRST else len(_FIRST)
