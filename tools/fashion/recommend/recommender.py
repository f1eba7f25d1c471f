"""From a wish to pieces: search under the wish's conditions, widen honestly, rank, choose, give reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from stylegraph.agent.evidence import Condition, Filters, Note
from stylegraph.agent.text.language import Language
from stylegraph.tools.fashion.catalogue.catalogue import Catalogue
from stylegraph.tools.fashion.items.item_text import mentions
from stylegraph.tools.fashion.items.items import Item
from stylegraph.tools.fashion.query.nouns import Named, is_named
from stylegraph.tools.fashion.query.prices import Price
from stylegraph.tools.fashion.query.wish import (
    Unexpressed,
    Wish,
    is_counted,
    must_words,
    open_to_all,
    wish_filters,
    wishes_of,
)
from stylegraph.tools.fashion.recommend.conditions import (
    farthest,
    none_of,
    of_their_kind,
    price_limits,
    priced,
)
from stylegraph.tools.fashion.recommend.notes import NO_LEAD, Lead, Notes
from stylegraph.tools.fashion.recommend.picture_wish import Pictured, nearest
from stylegraph.tools.fashion.recommend.ranking import Ranked, alternate, choose, rank
from stylegraph.tools.fashion.recommend.reasons import Grounds, Sentences
from stylegraph.tools.fashion.recommend.relaxation import Step, combined, steps
from stylegraph.tools.fashion.recommend.search import WishSearch, names_kind
from stylegraph.tools.fashion.recommend.settling import Settling
from stylegraph.tools.fashion.recommend.taste import Taste, taste_of
from stylegraph.tools.fashion.recommend.together import Kind, best_for_one

_INSTEAD: Mapping[str, Sequence[str]] = {"dress": ("top", "bottom"), "top": ("dress",), "bottom": ("dress",)}
"""What is worn in the place of what."""
_GROWN = frozenset({"men", "women"})
"""For whom anything is where nothing says for whom it is: a desk."""
_ENOUGH = 3
"""With fewer than this meeting a wish, the search is widened (or fewer were asked for)."""


@dataclass(frozen=True)
class Choice:
    """One piece with why it was chosen."""

    ranked: Ranked
    reasons: list[Grounds]
    missed: list[str]


@dataclass(frozen=True)
class Advice:
    """What a wish came to."""

    choices: list[Choice]
    notes: list[Note]
    wish: Wish
    lead: Lead = NO_LEAD
    """What was understood and how well it is met; empty where little was asked."""


class Stylist:
    """Chooses pieces of one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._lexicon = catalogue.reader.lexicon
        self._search = WishSearch(catalogue)
        self._settling = Settling(catalogue, self._search)

    async def advise(
        self,
        wish: Wish,
        k: int,
        language: Language,
        *,
        queries: Sequence[str] = (),
        profile: Mapping[str, Any] | None = None,
        shown: Sequence[str] = (),
        seen: Pictured | None = None,
    ) -> Advice:
        """Choose up to k pieces for a wish; as many as the wish asks for, if it says.

        Args:
            wish: The wish.
            k: How many, when the wish names no number.
            language: Of reasons and notes.
            queries: Other wordings to search by.
            profile: `likes` and `dislikes` in the person's words.
            shown: Ids of the items that the person saw last.
            seen: The garment of a picture that the wish is about.

        Raises:
            IndexStoreError: The index can't be read.
        """
        wanted = min(wish["count"] or k, 50)
        notes = Notes(self._lexicon, language)
        taste = self.taste(await self.person(profile), wish)
        before = await self._pointed_at(wish, shown) if seen is None else await self._as_if_shown(seen)
        if before and "price_krw" not in before[0] and seen is not None:
            notes.unpriced(wish)
        self._settle_price(wish, notes)
        await self._settling.settle(wish, notes)
        if await self._is_hopeless(wish, notes):
            return Advice([], notes.listed, wish)
        groups: list[list[Ranked]] = []
        likeness = seen.likeness if seen else {}
        sentences, explained = Sentences(self._lexicon, language), dict[str, Choice]()
        singles, counts = wishes_of(wish), is_counted(wish)
        wanted = max(wanted, len(singles))
        each = -(-wanted // len(singles))
        leads, kinds = list[Lead](), list[tuple[Wish, Kind]]()
        for single in singles:
            if wish.get("things"):
                await self._settling.settle(single, notes)
            if counts and await self._is_hopeless(single, notes):
                continue
            texts = [*dict.fromkeys([wish["text"], *queries]), self._query(single, language)]
            filters = self._conditions(single, before, shown, taste.refused)
            filters = await self._compared(single, filters, before, texts, notes)
            each = single["count"] or each if counts else each
            ranked = await self._find(single, filters, texts, each, replace(taste, likeness=likeness), notes)
            if counts:
                ranked += await self._cheap(single, filters, texts, taste, ranked)
                kinds.append((single, Kind(_grown(ranked, single, each), each)))
                continue
            groups.append(_by_price(ranked, wish["order"])[:wanted] if "order" in wish else choose(ranked, wanted))
            for one in groups[-1]:
                reasons = sentences.reasons(one, single, taste, before)
                explained.setdefault(one.item["id"], Choice(one, reasons, sentences.missed(one, single)))
            others = sum(not one.relaxed for one in ranked) - len(groups[-1])
            leads += [notes.lead(single, groups[-1], others)] if len(singles) == 1 or wish.get("things") else []
        notes.left_out(taste.dislikes)
        if counts:
            return self._together(wish, kinds, sentences, taste, before, notes)
        chosen = alternate(groups, wanted) if len(groups) > 1 else groups[0]
        lead = Lead(*(" ".join(filter(None, texts)) for texts in zip(*leads, strict=True))) if leads else NO_LEAD
        return Advice([explained[one.item["id"]] for one in chosen], notes.listed, wish, lead)

    def _together(
        self,
        wish: Wish,
        kinds: Sequence[tuple[Wish, Kind]],
        sentences: Sentences,
        taste: Taste,
        before: Sequence[Item],
        notes: Notes,
    ) -> Advice:
        """Choose so many of each kind as are wanted, for what they may cost together."""
        kinds = [one for one in kinds if names_kind(one[0])] or kinds  # what is not sold here has no place in a sum
        budget, everybody = wish.get("budget"), self._lexicon.values("audience", "unisex")
        told = "audience" in wish["wanted"] or any("audience" in single["wanted"] for single, _ in kinds)
        made = best_for_one([kind for _, kind in kinds], budget["lte"] if budget else None, () if told else everybody)
        if made.audience:
            notes.assumed_audience(made.audience)
        lead = notes.together([single for single, _ in kinds], made, budget)
        choices = [
            Choice(one, sentences.reasons(one, single, taste, before), sentences.missed(one, single))
            for (single, _), group in zip(kinds, made.pieces, strict=True)
            for one in group
        ]
        return Advice(choices, notes.listed, wish, lead)

    async def _cheap(
        self, wish: Wish, filters: Filters, texts: Sequence[str], taste: Taste, known: Sequence[Ranked]
    ) -> list[Ranked]:
        """Return the cheapest that meet a wish, beside those that are known: what fits its words best may be dear."""
        found = await self._search.under(Wish(**{**wish, "order": "cheapest"}), filters, texts)
        there = {one.item["id"] for one in known}
        return rank(((item, text) for item, text in found if item["id"] not in there), wish, self._lexicon, taste)

    def _settle_price(self, wish: Wish, notes: Notes) -> None:
        """Drop a price that can't be compared with the catalogue's, and say so; say at which rate another one was counted."""
        if wish["price"] is not None and not self._is_comparable(wish["price"], notes):
            wish["price"] = None
        if "budget" in wish and not self._is_comparable(wish["budget"], notes):
            del wish["budget"]
        price, budget = wish["price"], wish.get("budget")
        if price and budget and "gte" not in price and price["lte"] >= budget["lte"]:
            wish["price"] = None  # no piece costs more than all of them

    def _is_comparable(self, price: Price, notes: Notes) -> bool:
        there = self._lexicon.vocabulary["values"].get("currency", {})
        if price.get("relative"):
            return True
        if price["currency"] in self._lexicon.comparable:
            notes.price(price)
        elif price["currency"] in there:
            notes.one_currency(price["currency"])
        else:
            notes.incomparable(price)
            return False
        return True

    def taste(self, profile: Mapping[str, Any], wish: Wish) -> Taste:
        """Read a profile, as `person` gives it, into the catalogue's values."""
        return taste_of(profile, wish, self._catalogue.reader)

    async def person(self, profile: Mapping[str, Any] | None) -> dict[str, Any]:
        """Return a profile with the items of this catalogue that its ids name: `liked_items`, `disliked_items`."""
        known = dict(profile or {})
        for name in ("liked", "disliked"):
            if ids := known.get(name):
                known[f"{name}_items"] = await self._catalogue.items(ids)
        return known

    def _conditions(self, wish: Wish, before: Sequence[Item], shown: Sequence[str], refused: Sequence[str]) -> Filters:
        filters = combined(open_to_all(wish_filters(wish, self._lexicon), self._lexicon), none_of(refused))
        slots = {self._lexicon.slot(category) for category in wish["alongside"].get("category", [])} - {""}
        slots |= {instead for slot in slots for instead in _INSTEAD.get(slot, ())}
        if slots and "category" not in wish["wanted"]:
            worn = [
                value for value in self._lexicon.vocabulary["values"]["category"] if self._lexicon.slot(value) in slots
            ]
            filters = combined(filters, {"category": Condition(none=worn)})
        if wish["about"] is None or not before:
            return filters
        if not wish["about"]["relations"]:
            return {"id": Condition(any=[item["id"] for item in before])}  # it is that piece itself that is meant
        if shown:
            filters = combined(filters, none_of([*wish["shown"], *shown]))
        return combined(filters, of_their_kind(wish, before, self._lexicon))

    async def _compared(
        self, wish: Wish, filters: Filters, before: Sequence[Item], texts: Sequence[str], notes: Notes
    ) -> Filters:
        """Ask for what is cheaper, or dearer, than all that was seen, than most of it, than any.

        Where nothing is as it is wanted, what is of its kind will do. Where nothing of that is, the last word is the
        cheapest, or the dearest, that was seen.
        """
        limits = price_limits(wish, before)
        for find in (self._search.meeting, self._search.of_kind) if limits else ():
            for place, limit in enumerate(limits):
                if await find(wish, filters, texts, {"price_krw": limit}):
                    wish["price"] = priced(limit, self._lexicon.currency)
                    if place:
                        notes.hardly_cheaper(wish)
                    return combined(filters, {"price_krw": limit})
        if not limits:
            return filters
        if "id" not in before[0]:  # a picture: it can't be shown again
            wish["price"] = priced(limits[-1], self._lexicon.currency)
            return combined(filters, {"price_krw": limits[-1]})
        last = farthest(wish, before)
        notes.no_cheaper(wish, last)
        return {"id": Condition(any=[last["id"]])}

    async def _as_if_shown(self, seen: Pictured) -> list[Item]:
        """Return the pictured garment as if it had been shown; it costs what the item costs that looks like it."""
        if seen.matching:
            return []
        alike = await self._catalogue.items([identity] if (identity := nearest(seen)) else [])
        price = {"price_krw": alike[0]["price_krw"]} if alike and "price_krw" in alike[0] else {}
        return [{**seen.item, **price}, *seen.others]

    async def _pointed_at(self, wish: Wish, shown: Sequence[str]) -> list[Item]:
        about = wish["about"]
        if about is None or not shown:
            return []
        place = about.get("ordinal")
        if place is None:
            return await self._catalogue.items(shown)
        index = place - 1 if place > 0 else len(shown) - 1
        return await self._catalogue.items(shown[index : index + 1])

    def _query(self, wish: Wish, language: Language) -> str:
        """Name everything that is wished for, as the items' texts name it."""
        named = [
            self._lexicon.label(kind, value, language)
            for table in (wish["wanted"], wish["preferred"])
            for kind, values in table.items()
            if kind not in {"weather", "warmth"}
            for value in values[:6]
        ]
        return " ".join(dict.fromkeys(named))

    async def _is_hopeless(self, wish: Wish, notes: Notes) -> bool:
        """Note what the catalogue can't express; tell whether there is nothing to give because of it."""
        hopeless = False
        for unexpressed in wish["unexpressed"]:
            if unexpressed["field"] in {"size", "price_krw", "excluded"}:
                notes.unexpressed(unexpressed, [])
                continue
            if unexpressed["field"] == "audience" and unexpressed["concept"] in _GROWN and not self._tells_audience:
                notes.for_nobody()
                wish["wanted"].pop("details", None)
                continue
            if unexpressed["field"] != "audience" and await self._is_spoken_of(unexpressed):
                continue
            near = self._near(unexpressed["field"], unexpressed["concept"])
            notes.unexpressed(unexpressed, near)
            wish["wanted"]["details"] = [d for d in wish["wanted"].get("details", []) if d != unexpressed["concept"]]
            if near:
                wish["preferred"].setdefault(unexpressed["field"], []).extend(near)
            vital = unexpressed["field"] in {"category", "audience"} and unexpressed["field"] not in wish["wanted"]
            hopeless = hopeless or vital or unexpressed["must"]
        if not wish["wanted"].get("details", [1]):
            del wish["wanted"]["details"]
        return hopeless

    @property
    def _tells_audience(self) -> bool:
        return bool(self._lexicon.vocabulary["values"].get("audience"))

    async def _is_spoken_of(self, unexpressed: Unexpressed) -> bool:
        """Check whether some item's own words speak of a concept that no column has; of a garment, its name."""
        concept = unexpressed["concept"]
        words = [word for (_, name), known in self._lexicon.lexicon.concepts.items() if name == concept
                 for word in (known.ko, known.en)]  # fmt: skip
        found = await self._catalogue.search(words or [concept], 5, {})
        named_only = unexpressed["field"] == "category"
        return any(mentions(self._lexicon, one.item, concept, named_only=named_only) for one in found)

    def _near(self, kind: str, concept: str) -> list[str]:
        names = self._lexicon.lexicon.near.get(kind, {}).get(concept, [])
        return [value for name in names for value in self._lexicon.values(kind, name)]

    async def _find(
        self, wish: Wish, filters: Filters, texts: Sequence[str], wanted: int, taste: Taste, notes: Notes
    ) -> list[Ranked]:
        enough = min(wanted, _ENOUGH)
        disliked: Filters = {kind: Condition(none=values) for kind, values in taste.dislikes.items()}
        found = await self._search.under(wish, combined(filters, disliked), texts)
        exact = rank(found, wish, self._lexicon, taste)
        if len(exact) >= enough:
            return exact
        relative = wish["price"] is not None and wish["price"].get("relative", False)
        if not exact and not relative:
            notes.sold_out(await self._search.sold_out(wish, filters, texts))
        best: tuple[Step, list[Ranked]] | None = None
        must = [*wish["must"], *(["price_krw", "category"] if relative else [])]  # nor dearer nor else is "cheaper"
        for step in steps(filters, must, disliked, self._lexicon):
            wider = rank(await self._search.under(wish, step.filters, texts), wish, self._lexicon, taste, relaxed=True)
            if len(wider) > len(best[1] if best else exact):
                best = step, wider
            if len(wider) >= enough:
                break
        if best is None and not exact and (words := must_words(wish)):
            return await self._without_words(wish, filters, texts, wanted, taste, notes, words)
        if best is None:
            if not exact:
                notes.nothing(wish)
            return exact
        notes.relaxed(best[0].given_up, wish, len(exact))
        known = {one.item["id"] for one in exact}
        return exact + [replace(one, score=one.score * 0.9) for one in best[1] if one.item["id"] not in known]

    async def _without_words(
        self,
        wish: Wish,
        filters: Filters,
        texts: Sequence[str],
        wanted: int,
        taste: Taste,
        notes: Notes,
        words: Sequence[str],
    ) -> list[Ranked]:
        """Look for the nearest where no item has all the words that a wish names, and say so; most of them count first."""
        must = [one for one in wish.get("named", []) if one["must"]]
        beside = [one for one in must if not one.get("called")]
        if 0 < len(beside) < len(must) and (found := await self._without(wish, beside, filters, texts, wanted, taste)):
            notes.no_noun(" ".join(one["said"] for one in beside))
            return found
        notes.no_noun(" ".join(one["said"] for one in must))
        wider = Wish(**{**wish, "named": [Named(**{**one, "must": False}) for one in wish.get("named", [])]})
        found = await self._find(wider, filters, [*texts, " ".join(words)], wanted, taste, notes)
        return [replace(one, relaxed=True) for one in found]

    async def _without(
        self, wish: Wish, words: Sequence[Named], filters: Filters, texts: Sequence[str], wanted: int, taste: Taste
    ) -> list[Ranked]:
        """Look for the thing that is wanted where none is as it is wanted; nothing where there is no such thing at all."""
        named = [Named(**{**one, "must": one["must"] and one not in words}) for one in wish.get("named", [])]
        wider = Wish(**{**wish, "named": named})
        found = await self._find(wider, filters, texts, wanted, taste, Notes(self._lexicon, wish["language"]))
        left = [one for one in named if one["must"]]
        whole = all(is_named(one.item, word) for one in found for word in left)
        return [replace(one, relaxed=True) for one in found] if whole else []


def _grown(ranked: Sequence[Ranked], wish: Wish, count: int) -> list[Ranked]:
    """Leave out children's wear where nobody young is named and there is enough else: its low price is no reason."""
    others = [one for one in ranked if one.item.get("audience") not in wish["avoided"].get("audience", ())]
    return others if len(others) >= count else list(ranked)


def _by_price(ranked: Sequence[Ranked], order: str) -> list[Ranked]:
    """Return what fits whole by price, then what does not; what has no price stands last."""
    sign = 1 if order == "cheapest" else -1

    def place(one: Ranked) -> tuple[bool, bool, float]:
        price = one.item.get("price_krw")
        return one.relaxed or bool(one.missed), price is None, sign * float(price or 0)

    return sorted(ranked, key=place)
