"""Reads a wish: from words to the values of one catalogue."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Literal

from stylegraph.agent.text.language import detect_language
from stylegraph.tools.fashion.query import counts, several
from stylegraph.tools.fashion.query.ages import months_in
from stylegraph.tools.fashion.query.amounts import SMALL, Amount
from stylegraph.tools.fashion.query.binding import BoundLexicon
from stylegraph.tools.fashion.query.children import grow_up
from stylegraph.tools.fashion.query.clauses import by_clause
from stylegraph.tools.fashion.query.grammar import parts, read_mentions
from stylegraph.tools.fashion.query.lexer import Lexer, Token
from stylegraph.tools.fashion.query.lexicon import Marks, load_lexicon, without_names
from stylegraph.tools.fashion.query.mentions import Mention
from stylegraph.tools.fashion.query.naming import NOUN, Naming
from stylegraph.tools.fashion.query.nouns import Nouns
from stylegraph.tools.fashion.query.prices import Price, as_budget
from stylegraph.tools.fashion.query.sizes import Sizes
from stylegraph.tools.fashion.query.typos import is_known_word
from stylegraph.tools.fashion.query.vocabulary import Vocabulary
from stylegraph.tools.fashion.query.wish import About, Thing, Unexpressed, Values, Wish, empty_wish, extend, remove

LONGEST_WISH = 2_000

OF_ONE_PIECE = frozenset({"category", "colours", "pattern", "material", "sleeve", "details"})
"""What is said of one thing and not of others that are wanted with it."""
_OF_COUNTED = OF_ONE_PIECE | {"audience"}
"""What is said of one of the things that a wish counts: a men's shirt and two blouses."""
_NO_COLUMN = frozenset({"details", "weather", "warmth"})
"""Fields whose values are concepts, not a column's values."""
_NUMBERS = {word: number for word, number in SMALL.items() if number <= 10}
_ORDINALS = re.compile(
    r"(?P<ko>첫|두|세|네|다섯|여섯)\s?번째|\b(?P<en>first|second|third|fourth|fifth|sixth|last)\s(?:one|item|piece|option)"
)
_PLACES = {"첫": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6,
           "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "last": -1}  # fmt: skip
_CHEAPEST = re.compile(
    r"(?:제일|가장|젤)\s?(?:싼|싸|저렴|값싼|낮은\s?가격|가격(?:이)?\s?낮)|최저가|\bcheapest\b|\bleast expensive\b|\blowest[\s-]priced?\b"
)
_DEAREST = re.compile(r"(?:제일|가장|젤)\s?(?:비싼|비싸|고가)|최고가|\bmost expensive\b|\bpriciest\b|\bdearest\b")
_YOUNG = ("kids", "girls", "boys", "baby")
_BANDS = ((25, "hot"), (18, "mild"), (10.5, "cool"), (-60, "cold"))
"""From this many degrees Celsius upwards, this kind of weather."""


class WishReader:
    """Reads wishes by the words and values of one catalogue."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        is_word: Callable[[str], bool] = is_known_word,
        rates: Mapping[str, float] | None = None,
    ) -> None:
        self.lexicon = BoundLexicon(load_lexicon(), vocabulary, rates)
        self.nouns = Nouns(vocabulary.get("words"))
        self._naming = Naming(self.lexicon, self.nouns)
        self._sizes = Sizes(self.lexicon)
        self._lexer = Lexer(
            self.lexicon, lambda word: self.nouns.place(word) == "name" or is_word(word), self.nouns.is_head
        )

    def read(self, text: str) -> Wish:
        """Read a wish in Korean or English; the first 2,000 characters count."""
        wardrobe = counts.wardrobe_in(text)
        tokens = self._lexer.tokens(counts.without(wardrobe, self._clipped(text)))
        mentions = read_mentions(tokens, self.lexicon, self._is_name)
        plain = self._naming.settle(mentions, tokens)
        wish = empty_wish(text[:LONGEST_WISH], detect_language(text[:LONGEST_WISH]))
        for mention in _specific(mentions, self.lexicon):
            self._add(wish, mention)
        self._add_numbers(wish, tokens)
        grow_up(wish, tokens, self.lexicon, adult_sizes=self._sizes.are_grown(wish))
        wish["named"], missing = self._naming.read(tokens, mentions, plain)
        wish["unexpressed"] += missing
        self._sizes.add_plus(wish)
        wish["foreign"] = self._naming.foreign(tokens, mentions)
        places = self._naming.things(tokens, mentions, plain)
        things = (
            self._counted(wish, tokens, places)
            or self._wardrobe(wish, wardrobe, places)
            or self._things(tokens, mentions, plain, places)
        )
        if things:
            _divide(wish, things)
        self.settled(wish)
        wish["parts"] = [] if things else self._parts(text, wish, mentions, tokens)
        wish["about"] = _about(tokens, text)
        wish["price_leaning"] = _price_leaning(tokens)
        if (order := _order(text)) is not None:
            wish["order"] = order
        wish["rest"] = " ".join(token.text for token in tokens if token.is_word and any(map(str.isalpha, token.text)))
        return wish

    def _counted(self, wish: Wish, tokens: Sequence[Token], places: Mapping[int, str]) -> list[Thing]:
        """Return what a wish says of each of several things that it counts; nothing where it counts one kind, or none.

        What they may cost together, which is not what each may cost, becomes its budget.
        """
        together = counts.is_together(wish["text"])
        pieces, others = counts.counted(tokens, places, together=together)
        things = [Thing(**{**self._thing(piece.tokens, _OF_COUNTED), "count": piece.number}) for piece in pieces]
        things = [one for one in things if _names_thing(one)] or [one for one in things if one["wanted"]]
        total = sum(thing["count"] for thing in things)
        total = (wish["count"] or 0) if together and total < 2 else total
        if total < 2 or not (together or (len(things) > 1 and total > len(things))):
            return []
        if not counts.is_each(wish["text"]) or together:
            _take_budget(wish, [token.amount.price for token in tokens if token.amount and token.amount.price])
        wish["count"] = total
        return self._shared(things, others) if len(things) > 1 else []

    def _shared(self, things: Sequence[Thing], others: Sequence[Token]) -> list[Thing]:
        """Return things with what the other words of the wish say of them all."""
        shared = self._thing(others)
        traits = {field: values for field, values in shared["wanted"].items() if field != "category"}
        named = [one for one in shared["named"] if not one.get("called")] if several.for_all(others) else []
        return [Thing(**{**one, "wanted": traits | one["wanted"], "named": [*one["named"], *named]}) for one in things]

    def _wardrobe(self, wish: Wish, said: str, places: Mapping[int, str]) -> list[Thing]:
        """Return what a small wardrobe is made of, so many pieces of what is worn where; nothing where none is wanted."""
        packed = (
            counts.is_for_a_trip(wish["text"]) and (wish["count"] or 0) > 1 and bool(wish["price"] or "budget" in wish)
        )
        if places or not (said or packed) or counts.is_each(wish["text"]):
            return []
        values = self.lexicon.vocabulary["values"].get("category", {})
        worn = {slot: [kind for kind in values if self.lexicon.slot(kind) == slot] for slot in counts.WORN}
        number = counts.shares(
            wish["count"] or counts.pieces_in(wish["text"]) or counts.USUAL,
            [slot for slot, kinds in worn.items() if kinds],
        )
        if number:
            wish["count"] = sum(number.values())
            _take_budget(wish, [wish["price"]] if wish["price"] else [])
        elif said:
            wish["unexpressed"].append(Unexpressed(field="category", concept=said, said=said, must=False))
        own = {field: values for field, values in wish["wanted"].items() if field in OF_ONE_PIECE - {"category"}}
        return [
            Thing(wanted={**own, "category": worn[slot]}, named=[], unexpressed=[], count=count)
            for slot, count in number.items()
        ]

    def _parts(self, text: str, wish: Wish, mentions: Sequence[Mention], tokens: Sequence[Token]) -> list[Values]:
        """Return what belongs to each of several garments: by clause, else by what stands beside it."""
        divided = by_clause(text, wish["wanted"].get("category", ()), self.read, OF_ONE_PIECE)
        return divided or _merged([self._part(group) for group in parts(mentions, tokens)])

    def _things(
        self, tokens: Sequence[Token], mentions: Sequence[Mention], plain: frozenset[int], places: Mapping[int, str]
    ) -> list[Thing] | None:
        """Return what a wish for several things says of each; None where it is for one, or for garments that fields know."""
        garments = {one.at for one in mentions if one.is_garment} - plain
        pieces = several.cut(tokens, places)
        if len(pieces) < 2 or not places.keys() - garments:
            return None
        things = [self._thing(piece) for piece in pieces]
        bare = all(not thing["wanted"].keys() - {"category"} for thing in things[1:])
        if several.for_all(tokens) or (bare and several.are_choices(tokens, places)):
            traits = {
                field: values for thing in things for field, values in thing["wanted"].items() if field != "category"
            }
            things = [Thing(**{**thing, "wanted": thing["wanted"] | traits}) for thing in things]
        for before, piece, thing in zip(things, pieces[1:], things[1:], strict=False):
            if any(token.text == several.MATCHING for token in piece) and "colours" in before["wanted"]:
                thing["wanted"].setdefault("colours", before["wanted"]["colours"])
        return things

    def _thing(self, tokens: Sequence[Token], fields: Collection[str] = OF_ONE_PIECE) -> Thing:
        """Read the words for one of several things; only some fields are its own."""
        mentions = read_mentions(tokens, self.lexicon, self._is_name)
        plain = self._naming.settle(mentions, tokens)
        wish = empty_wish("", "en")
        for mention in _specific(mentions, self.lexicon):
            self._add(wish, mention)
        named, missing = self._naming.read(tokens, mentions, plain)
        own = {field: values for field, values in wish["wanted"].items() if field in fields}
        foreign = self._naming.foreign(tokens, mentions)
        return Thing(wanted=own, named=named, unexpressed=[*wish["unexpressed"], *missing], foreign=foreign)

    def settled(self, wish: Wish) -> Wish:
        """Add what weather, occasion and company of a changed wish lean to, and let each side give way to the stronger."""
        self._add_leanings(wish)
        self._leave_to_children(wish)
        self._settle(wish)
        return wish

    def understood(self, text: str) -> float:
        """Return the share of a text's words that name something a catalogue could have, 0..1."""
        tokens = [token for token in self._lexer.tokens(self._clipped(text)) if token.sense or token.is_word]
        return sum(token.sense is not None for token in tokens) / len(tokens) if tokens else 0.0

    def _is_name(self, word: str) -> bool:
        return self.nouns.place(word) == "name"

    def _clipped(self, text: str) -> str:
        asks = self.lexicon.singles.__contains__
        return without_names(text[:LONGEST_WISH], lambda word: asks(word.lower()), self.lexicon.is_own_value)

    def _add(self, wish: Wish, mention: Mention) -> None:
        if mention.status == "dropped":
            return
        if mention.status == "excluded" and not mention.means:
            for kind, concept in self.lexicon.expressed(mention.prefers):
                extend(wish["avoided"], kind, [concept] if kind in _NO_COLUMN else self.lexicon.values(kind, concept))
        for kind, concept in self.lexicon.expressed(mention.means):
            self._add_mark(wish, mention, kind, concept)
        if mention.status in {"wanted", "nice"}:
            self._prefer(wish, mention.prefers)

    def _add_mark(self, wish: Wish, mention: Mention, kind: str, concept: str) -> None:
        if mention.status == "excluded" and kind == "category" and "details" in mention.fields:
            return  # "no turtlenecks" rules out the neck, not every sweater
        rules_out = concept.startswith("!")
        name = concept.removeprefix("!")
        values = [name] if kind in _NO_COLUMN else list(self.lexicon.values(kind, name))
        if rules_out or mention.status == "excluded":
            if rules_out and mention.status == "excluded":
                return
            extend(wish["excluded"], kind if values else "details", values or [name])
            self._note_unknown(wish, "excluded", kind, name)
        elif mention.status == "alongside":
            extend(wish["alongside"], kind, values or [name])
        elif not values:
            self._note_missing(wish, mention, kind, name)
        else:
            plain = self.lexicon.plain(kind, values) if kind == "colours" else values
            extend(wish["preferred" if mention.status == "nice" else "wanted"], kind, plain)
            self._note_unknown(wish, "details", kind, name)
            if mention.must and kind not in wish["must"]:
                wish["must"].append(kind)

    def _note_missing(self, wish: Wish, mention: Mention, kind: str, name: str) -> None:
        """Keep what the catalogue has no value for: looked for in the items' words, and said when not found there."""
        extend(wish["preferred" if mention.status == "nice" else "wanted"], "details", [name])
        if mention.status != "nice":
            wish["unexpressed"].append(
                Unexpressed(field=kind, concept=name, said=mention.token.text, must=mention.must)
            )

    def _note_unknown(self, wish: Wish, field: str, kind: str, name: str) -> None:
        """Keep a word that no catalogue is known to have: only the items' own words can tell."""
        if kind == "details" and not self.lexicon.is_known(name):
            wish["unexpressed"].append(Unexpressed(field=field, concept=name, said=name, must=False))

    def _prefer(self, wish: Wish, marks: Marks) -> None:
        for kind, concept in self.lexicon.expressed(marks):
            name = concept.removeprefix("!")
            values = [name] if kind in _NO_COLUMN else self.lexicon.values(kind, name)
            extend(wish["avoided" if concept.startswith("!") else "preferred"], kind, values)

    def _add_numbers(self, wish: Wish, tokens: Sequence[Token]) -> None:
        for index, token in enumerate(tokens):
            if token.amount is not None:
                self._add_number(wish, token.amount, token.text)
            elif token.text.isdigit() and token.text in self._sizes.bare:
                self._sizes.add(wish, token.text)
            number = _NUMBERS.get(token.text) or (int(token.text) if re.fullmatch(r"[1-9]\d?", token.text) else None)
            if number and _thing_follows(tokens, index, self.nouns):
                wish["count"] = number

    def _add_number(self, wish: Wish, amount: Amount, said: str) -> None:
        if amount.kind == "price" and amount.price is not None:
            if "price_krw" in self.lexicon.vocabulary["ranges"]:
                wish["price"] = amount.price if wish["price"] is None else {**wish["price"], **amount.price}
            else:
                wish["unexpressed"].append(Unexpressed(field="price_krw", concept="price", said="", must=False))
        elif amount.kind == "count":
            wish["count"] = round(amount.number)
        elif amount.kind == "size":
            self._sizes.add(wish, said)
        elif amount.kind == "ignored" and (age := months_in(said)) is not None:
            self._sizes.add_age(wish, age, said)
        elif amount.kind == "temperature":
            weather = next(name for least, name in _BANDS if amount.number >= least)
            extend(wish["wanted"], "weather", [weather])
            wish["degrees"] = amount.number

    def _add_leanings(self, wish: Wish) -> None:
        """Add what the weather and the occasion ask of clothes, where the person has not said otherwise."""
        tables = self.lexicon.lexicon.leanings
        for garment in wish["alongside"].get("category", []):
            concept = self.lexicon.concept("category", garment)
            self._lean(wish, tables["alongside"].get(concept.name if concept else garment, {}))
        for kind in ("weather", "occasions"):
            table = tables[kind]
            names = [*wish["wanted"].get(kind, []), *(wish["preferred"].get(kind, []) if kind == "weather" else [])]
            for value in names:
                concept = self.lexicon.concept(kind, value)
                self._lean(wish, table.get(concept.name if concept else value, {}))
        for missing in wish["unexpressed"]:
            self._lean(wish, self.lexicon.lexicon.leanings.get(missing["field"], {}).get(missing["concept"], {}))

    def _leave_to_children(self, wish: Wish) -> None:
        """Let children's wear stand behind where nobody is named; a shop of nothing else is left as it is."""
        young = [value for name in _YOUNG for value in self.lexicon.values("audience", name)]
        named = any("audience" in side for side in (wish["wanted"], wish["preferred"]))
        wish["avoided"].pop("audience", None)
        if not named and set(self.lexicon.vocabulary["values"].get("audience", ())) - set(young):
            extend(wish["avoided"], "audience", young)

    def _lean(self, wish: Wish, leaning: Mapping[str, Any]) -> None:
        for side, into in (("prefers", wish["preferred"]), ("avoids", wish["avoided"])):
            for kind, names in leaning.get(side, {}).items():
                if kind not in wish["wanted"] or kind == "category":
                    listed = names if isinstance(names, list) else [names]
                    bound = (listed if kind in _NO_COLUMN else self.lexicon.values(kind, name) for name in listed)
                    extend(into, kind, [value for values in bound for value in values])

    def _settle(self, wish: Wish) -> None:
        """Let what is ruled out win over what is wanted, and what is wanted over what is only leaned to."""
        for kind, values in wish["excluded"].items():
            for side in (wish["wanted"], wish["preferred"]):
                remove(side, kind, values)
        if "category" in wish["wanted"]:
            wish["preferred"].pop("category", None)
        for kind, values in wish["wanted"].items():
            remove(wish["preferred"], kind, values)
            remove(wish["avoided"], kind, values)
        for kind in [kind for kind, values in wish["preferred"].items() if not values]:
            del wish["preferred"][kind]
        for kind in [kind for kind, values in wish["wanted"].items() if not values]:
            del wish["wanted"][kind]

    def _part(self, group: Iterable[Mention]) -> Values:
        part: Values = {}
        for mention in group:
            for kind, concept in self.lexicon.expressed(mention.means):
                extend(part, kind, [concept] if kind in _NO_COLUMN else self.lexicon.values(kind, concept))
        return part


def _specific(mentions: Sequence[Mention], lexicon: BoundLexicon) -> list[Mention]:
    """Leave out words for a whole group when one of the group is named as well: "shoes, sandals" asks for sandals."""
    wanted = [mention for mention in mentions if mention.status == "wanted"]
    named = {mark for mention in wanted for mark in mention.means}

    def is_covered(mention: Mention) -> bool:
        concepts = [lexicon.lexicon.concepts.get(mark) for mark in mention.means]
        return bool(concepts) and all(
            concept is not None and any((concept.field, member) in named for member in concept.members)
            for concept in concepts
        )

    return [mention for mention in mentions if not (mention in wanted and is_covered(mention))]


def _names_thing(thing: Thing) -> bool:
    """Check whether words name a thing, and not only when or how it is worn."""
    return "category" in thing["wanted"] or bool(thing["named"] or thing["unexpressed"] or thing.get("foreign"))


def _take_budget(wish: Wish, prices: Sequence[Price]) -> None:
    """Let the highest amount of a wish be for all of it; another one, if there is, is for each piece."""
    budgets = sorted((one for price in prices if "lte" in (one := as_budget(price))), key=lambda one: one["lte"])
    if budgets and wish["price"] is not None:
        wish["budget"] = budgets[-1]
        wish["price"] = budgets[0] if len(budgets) > 1 else None


def _divide(wish: Wish, things: list[Thing]) -> None:
    """Leave to each of several things what is said of it."""
    wish["things"] = things
    wish["named"] = []
    own = [one for thing in things for one in thing["unexpressed"]]
    wish["unexpressed"] = [one for one in wish["unexpressed"] if one["field"] != NOUN and one not in own]
    wish["wanted"] = {field: values for field, values in wish["wanted"].items() if field not in OF_ONE_PIECE}


def _merged(parts: Sequence[Values]) -> list[Values]:
    """Join the parts that ask for the same garment; a wish for one garment has no parts."""
    joined: dict[tuple[str, ...], Values] = {}
    for part in parts:
        into = joined.setdefault(tuple(part.get("category", [])), {})
        for kind, values in part.items():
            extend(into, kind, values)
    return list(joined.values()) if len(joined) > 1 else []


def _thing_follows(tokens: Sequence[Token], index: int, nouns: Nouns) -> bool:
    """Check whether a number counts what is wanted: "two black shirts", "two headlamps" of a shop that has such."""
    for token in tokens[index + 1 : index + 4]:
        if token.sense is None:
            return token.is_word and nouns.is_head(token.text)
        if any(kind == "category" for kind, _ in token.sense.means):
            return True
    return False


def _about(tokens: Sequence[Token], text: str) -> About | None:
    roles = [
        role.removeprefix("about:") for token in tokens for role in sorted(token.roles) if role.startswith("about:")
    ]
    if not roles:
        return None
    about = About(relations=list(dict.fromkeys(roles)))  # type: ignore[arg-type]
    ordinal = _ORDINALS.search(text.lower())
    if ordinal is not None:
        about["ordinal"] = _PLACES[ordinal["ko"] or ordinal["en"]]
    return about


def _order(text: str) -> Literal["cheapest", "dearest"] | None:
    lowered = text.lower()
    if _CHEAPEST.search(lowered):
        return "cheapest"
    return "dearest" if _DEAREST.search(lowered) else None


def _price_leaning(tokens: Sequence[Token]) -> Literal["low", "high"] | None:
    for index, token in enumerate(tokens):
        if "price_low" in token.roles:
            return "low"
        if "price_high" in token.roles:
            around = [*tokens[max(0, index - 2) : index], *tokens[index + 1 : index + 3]]
            negated = token.negated or any({"not_after", "not_en"} & other.roles for other in around)
            return "low" if negated else "high"
    return None
