"""Makes of the words of a wish that no field knows what the catalogue calls it, and says what it does not have."""

from __future__ import annotations

from collections.abc import Sequence

from stylegraph.agent.evidence import Condition
from stylegraph.tools.fashion.catalogue.catalogue import Catalogue
from stylegraph.tools.fashion.query.naming import NOUN
from stylegraph.tools.fashion.query.wish import Wish
from stylegraph.tools.fashion.recommend.notes import Notes
from stylegraph.tools.fashion.recommend.search import WishSearch
from stylegraph.tools.fashion.recommend.synonyms import Synonyms


class Settling:
    """Settles wishes over one catalogue.

    Args:
        catalogue: The catalogue.
        search: Searches it.
    """

    def __init__(self, catalogue: Catalogue, search: WishSearch) -> None:
        self._lexicon = catalogue.reader.lexicon
        self._nouns = catalogue.reader.nouns
        self._synonyms = Synonyms(self._nouns, catalogue.embedder)
        self._search = search

    async def settle(self, wish: Wish, notes: Notes) -> None:
        """Look for another word of the catalogue for what it has no word for; say what it does not have at all."""
        for phrase in wish.pop("foreign", []):
            first, *others = phrase.split()
            foreign = await (self._synonyms.whole(phrase) if others else self._synonyms.trait(phrase))
            if foreign is not None:
                wish.setdefault("named", []).append(self._nouns.named(first, foreign.words, must=bool(others)))
                wish["unexpressed"] = [one for one in wish["unexpressed"] if one["said"] != first]
        await self._settle_refused(wish)
        await self._settle_material(wish)
        for missing in [one for one in wish["unexpressed"] if one["field"] == NOUN]:
            wish["unexpressed"].remove(missing)
            found, lacking = await self._synonyms.of(missing["concept"])
            for synonym in found:
                wish.setdefault("named", []).append(self._nouns.named(synonym.said, synonym.words, must=True))
                if not synonym.is_same:
                    notes.synonym(synonym.said, " ".join(synonym.words))
            if lacking := [word for word in lacking if word in missing["said"].split()]:
                notes.no_noun(" ".join(lacking))

    async def _settle_refused(self, wish: Wish) -> None:
        """Rule out by the catalogue's own word what it has another word for: 거즈, where no gauze is wanted."""
        for refused in [one for one in wish["unexpressed"] if one["field"] == "excluded"]:
            known = self._nouns.place(refused["concept"]) is not None or self._lexicon.is_known(refused["concept"])
            if not known and (found := await self._synonyms.trait(refused["concept"])) is not None:
                wish["excluded"].setdefault("details", []).append(" ".join(found.words))
                wish["unexpressed"].remove(refused)

    async def _settle_material(self, wish: Wish) -> None:
        """Take a fabric for the thing, where no such garment is there and items are called by it: a fleece jacket is a fleece."""
        both = {field: Condition(any=wish["wanted"].get(field, [])) for field in ("category", "material")}
        name = self._thing_of(wish["wanted"].get("material", []))
        if name is None or not both["category"]["any"] or await self._search.under(wish, both, [name]):
            return
        del wish["wanted"]["category"], wish["wanted"]["material"]
        wish.setdefault("named", []).append(self._nouns.named(name, [name], must=True))

    def _thing_of(self, materials: Sequence[str]) -> str | None:
        """Return what items are called that a fabric is called as well; None where none are."""
        concepts = [self._lexicon.concept("material", value) for value in materials]
        words = (word for one in concepts if one is not None for word in (one.en, one.ko, *one.words))
        return next((word for word in words if self._nouns.is_head(word)), None)
