"""The words of wishes over one catalogue, whose own values are words too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, cached_property

from stylegraph.agent.text.language import Language
from stylegraph.tools.fashion.query.currency import CALLED, WON, written
from stylegraph.tools.fashion.query.goods import is_good, other_names
from stylegraph.tools.fashion.query.lexicon import (
    CONCEPT_FIELDS,
    OPEN_END,
    SEPARATORS,
    Concept,
    Entry,
    Lexicon,
    Marks,
    Sense,
    compact,
    normalise,
)
from stylegraph.tools.fashion.query.loanwords import sounds_alike
from stylegraph.tools.fashion.query.nouns import singular
from stylegraph.tools.fashion.query.prices import Money
from stylegraph.tools.fashion.query.spelling_tree import SpellingTree
from stylegraph.tools.fashion.query.typos import Spellings
from stylegraph.tools.fashion.query.vocabulary import Vocabulary

ALL_YEAR = "all-year"
"""The season of what is worn in every season."""


class BoundLexicon:
    """The words of wishes over one catalogue: its own values are words too."""

    def __init__(self, lexicon: Lexicon, vocabulary: Vocabulary, rates: Mapping[str, float] | None = None) -> None:
        self.lexicon = lexicon
        self.vocabulary = vocabulary
        self.currency = currency_of(vocabulary)
        """The catalogue's."""
        self.money, self.comparable = _money(lexicon, vocabulary, self.currency, rates or {})
        """How amounts are read here, and the currencies that can be compared with its prices."""
        self._values = {
            kind: _bind(lexicon, kind, values) for kind, values in vocabulary["values"].items() if kind != "currency"
        }
        self._shelved = _shelved(lexicon, vocabulary)
        self._patterns: dict[str, re.Pattern[str]] = {}
        self._words = SpellingTree(_everywhere(lexicon))
        for entry in self._own():
            self._words.add(entry)
        for value, marks in self._narrower().items():
            self._narrow(value, marks)

    @property
    def singles(self) -> dict[str, Entry]:
        """The single words that ask for something, for correcting typos."""
        return self._words.singles

    @cached_property
    def senses(self) -> dict[str, Sense | None]:
        """Spelling -> sense of the single words."""
        return {spelling: entry.sense for spelling, entry in self.singles.items()}

    @cached_property
    def spellings(self) -> Spellings:
        """The single words, to compare a misspelt one with."""
        return Spellings(self.singles)

    def values(self, kind: str, concept: str) -> tuple[str, ...]:
        """Return the catalogue's values that a concept stands for; none if the catalogue can't express it."""
        known = self.lexicon.concepts.get((kind, concept))
        if known is None and concept in self.vocabulary["values"].get(kind, {}):
            return (concept,)
        names = known.members if known and known.members else (concept,)
        bound = self._values.get(kind, {})
        values = [value for name in names for value in bound.get(name, ())]
        values += self._called.get((kind, concept), ())
        values += [shelf for name in names for shelf in self._shelved.get(name, ())] if kind == "category" else []
        if values and kind == "seasons":
            values += bound.get(ALL_YEAR, ())
        if not values and known is not None and known.fallback in bound:
            values = bound[known.fallback]
        return tuple(dict.fromkeys(values))

    def plain(self, kind: str, values: Sequence[str]) -> list[str]:
        """Return those of some values that are what is asked for by name; all where none is: white before cream."""
        spelt = [value for value in values if spelt_behind(self.lexicon, kind, value) != value
                 or compact(value) in self.lexicon.by_spelling.get(kind, {})]  # fmt: skip
        return spelt or list(values)

    def concept(self, kind: str, value: str) -> Concept | None:
        """Return the concept behind a catalogue's value, if there is one."""
        name = self._concept_of.get(kind, {}).get(value)
        return self.lexicon.concepts.get((kind, name)) if name else None

    def label(self, kind: str, value: str, language: Language) -> str:
        """Return the name of a catalogue's value in a language; the value itself when it has none."""
        concept = self.lexicon.concepts.get((kind, value)) or self.concept(kind, value)
        if concept is not None and language == "en" and not value.isascii():
            return concept.en
        own = concept is None or compact(value) not in {compact(concept.name), compact(concept.ko), compact(concept.en)}
        return (
            value if concept is None or (own and value in self._concept_of.get(kind, {})) else concept.label(language)
        )

    def own_columns(self) -> list[str]:
        """Return the columns of the catalogue's own that can be asked for, such as a brand."""
        return [kind for kind in self.vocabulary["values"] if kind not in {*CONCEPT_FIELDS, "currency"}]

    def priced(self, amount: float, language: Language) -> str:
        """Write an amount on the prices' scale in the catalogue's currency."""
        return written(round(amount / self.money.rates[self.currency], 2), self.currency, language)

    def is_own_value(self, name: str) -> bool:
        """Check whether a name is a value of a column of the catalogue's own."""
        return compact(name) in self._own_values

    def is_known(self, concept: str) -> bool:
        """Check whether a name is that of a concept of any field."""
        return concept in self._names

    def speaks_of(self, text: str, concept: str) -> bool:
        """Check whether a text names a concept of any field, by any of its words in either language."""
        return bool(self._words_of(concept).search(normalise(text)))

    def near(self, kind: str, value: str) -> tuple[str, ...]:
        """Return the values that come closest to one, nearest first: its shades, then its neighbours."""
        known = self.concept(kind, value) if kind == "colours" else None
        shades = (other for other in self.values(kind, known.name) if other != value) if known else ()
        return tuple(dict.fromkeys([*shades, *self._related(self.lexicon.near, kind, value)]))

    def kinds(self, kind: str, value: str) -> tuple[str, ...]:
        """Return the values that are kinds of one: light blue and navy for blue."""
        return self._related(self.lexicon.kinds, kind, value)

    def slot(self, category: str) -> str:
        """Return where a category is worn: `top`, `bottom`, `dress`, `outer`, `shoes`, `hat`, ... or an empty string."""
        return self._slots.get(category, "")

    def expressed(self, marks: Marks) -> Marks:
        """Place the catalogue's own values in the place of details that it has a column for: "relaxed" is `fit: relaxed`.

        A detail that is a kind of garment there, such as a trench, is that kind and no other.
        """
        found = [mark for kind, name in marks if kind == "details" for mark in self._columns_of.get(name, ())]
        kinds = any(kind == "category" for kind, _ in found)
        kept = [
            (kind, name)
            for kind, name in marks
            if not (kind == "details" and name in self._columns_of) and not (kind == "category" and kinds)
        ]
        return tuple(dict.fromkeys([*kept, *found]))

    def matches(self, text: str, start: int) -> list[tuple[int, Entry]]:
        """Return the entries that a normalised text holds at a place, with where they end, longest first."""
        return sorted(self._words.matches(text, start).items(), key=lambda match: -match[0])

    def _words_of(self, concept: str) -> re.Pattern[str]:
        if concept not in self._patterns:
            words = {word for (_, name), known in self.lexicon.concepts.items() if name == concept
                     for word in (known.ko, known.en, *known.words)} or {concept}  # fmt: skip
            self._patterns[concept] = re.compile("|".join(sorted(map(_spoken, words))))
        return self._patterns[concept]

    @cached_property
    def _own_values(self) -> frozenset[str]:
        return frozenset(compact(value) for kind in self.own_columns() for value in self.vocabulary["values"][kind])

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(name for _, name in self.lexicon.concepts)

    @cached_property
    def _columns_of(self) -> dict[str, list[tuple[str, str]]]:
        """Return detail -> the columns and values that hold it."""
        found: dict[str, list[tuple[str, str]]] = {}
        for kind, values in self.vocabulary["values"].items():
            for value in values if kind == "category" or kind not in CONCEPT_FIELDS else ():
                exact = self.lexicon.by_spelling["details"].get(compact(value))
                name = exact if kind == "category" else concept_behind(self.lexicon, "details", value)
                if ("details", name) in self.lexicon.concepts and ("category", value) not in self.lexicon.concepts:
                    found.setdefault(str(name), []).append((kind, value))
        return found

    def _narrower(self) -> dict[str, Marks]:
        """Return the catalogue's own values that stand beside others for the same thing: "dark green" beside "olive"."""
        found: dict[str, Marks] = {}
        for kind, bound in self._values.items():
            for name, values in bound.items():
                concept = self.lexicon.concepts.get((kind, name))
                if concept is None or len(values) < 2:
                    continue
                usual = {compact(concept.name), compact(concept.ko), compact(concept.en)}
                for value in values:
                    for spelling in _spelled(value, concept, kind):
                        if compact(spelling) not in usual:
                            found[spelling] = (*found.get(spelling, ()), (kind, value))
        return found

    def _narrow(self, value: str, marks: Marks) -> None:
        """Let a value's own spelling mean it alone, and not all that is of its kind."""
        known = self._words.at(value)
        fields = {kind for kind, _ in marks} | {"details"}
        sense = (known and known.sense) or Sense()
        means = (*marks, *(mark for mark in sense.means if mark[0] not in fields))
        self._words.put(value, Entry(value, False, replace(sense, means=means), known.roles if known else frozenset()))

    @cached_property
    def _called(self) -> dict[tuple[str, str], list[str]]:
        """Return group -> the catalogue's own kinds that are called so and that nothing else is known of: Sports Shoes are shoes."""
        groups = {compact(word): name for (kind, name), one in self.lexicon.concepts.items()
                  if kind == "category" and one.members for word in (one.en, one.ko, *one.words)}  # fmt: skip
        found: dict[tuple[str, str], list[str]] = {}
        for value in self.vocabulary["values"].get("category", ()):
            words = SEPARATORS.split(normalise(value).strip())
            known = ("category", concept_behind(self.lexicon, "category", value)) in self.lexicon.concepts
            if len(words) > 1 and not known and (group := groups.get(words[-1])):
                found.setdefault(("category", group), []).append(value)
        return found

    @cached_property
    def _concept_of(self) -> dict[str, dict[str, str]]:
        return {
            kind: {value: name for name, values in bound.items() for value in values}
            for kind, bound in self._values.items()
        }

    @cached_property
    def _slots(self) -> dict[str, str]:
        groups = [concept for concept in self.lexicon.concepts.values() if concept.slot]
        return {value: group.slot for group in groups for value in self.values("category", group.name)}

    def _related(self, table: Mapping[str, Mapping[str, list[str]]], kind: str, value: str) -> tuple[str, ...]:
        concept = self.concept(kind, value)
        names = table.get(kind, {}).get(concept.name if concept else value, [])
        return tuple(dict.fromkeys(found for name in names for found in self.values(kind, name) if found != value))

    def _own(self) -> Iterator[Entry]:
        """Return the words that only this catalogue has."""
        for kind, bound in self._values.items():
            known = self.lexicon.by_spelling.get(kind, {})
            for name, values in bound.items():
                new = (one for one in values if (kind, name) not in self.lexicon.concepts or compact(one) not in known)
                yield from (Entry(value, False, Sense(means=((kind, name),))) for value in new)


@cache
def _everywhere(lexicon: Lexicon) -> SpellingTree:
    """Return the words of wishes over any catalogue: five thousand, put into a tree once a process."""
    words = SpellingTree()
    for word, sense in lexicon.phrases.items():
        words.add(Entry(word.rstrip(OPEN_END), word.endswith(OPEN_END), sense))
    for role, spoken in lexicon.roles.items():
        for word in spoken:
            words.add(Entry(word.rstrip(OPEN_END), word.endswith(OPEN_END), None, frozenset({role})))
    return words


def currency_of(vocabulary: Vocabulary) -> str:
    """Return the currency that most of a catalogue's prices are in; items in won don't say so."""
    counts = vocabulary["values"].get("currency", {})
    code = max(counts, key=lambda one: (counts[one], one), default=WON)
    return code if counts.get(code, 0) * 2 > vocabulary["items"] else WON


def _money(
    lexicon: Lexicon, vocabulary: Vocabulary, own: str, rates: Mapping[str, float]
) -> tuple[Money, frozenset[str]]:
    """Return how amounts are read, and which currencies can be compared: the own one, and those with a rate for both.

    Args:
        lexicon: Has the fixed rates of the scale that prices are kept on.
        vocabulary: Of the catalogue.
        own: Its currency.
        rates: Currency -> won for one unit of it, as the user set it.
    """
    scale = {code: float(lexicon.rates.get(code, 1.0)) for code in CALLED} | {WON: 1.0}
    known = {code: float(rate) for code, rate in rates.items()} | {WON: 1.0}
    stretch = scale[own] / known[own] if own in known else None
    set_rates = {code: rate * stretch for code, rate in known.items() if code != own} if stretch else {}
    spread = vocabulary["ranges"].get("price_krw", [0.0])
    usual = spread[0] / scale[own] * 0.5, spread[-1] / scale[own] * 2
    return Money({**scale, **set_rates}, own, usual), frozenset({own, *set_rates} if rates else {own})


def _spelled(value: str, concept: Concept, kind: str) -> Iterator[str]:
    """Return a value, and of a kind what one of it is called, here and in the other script: Handbags, handbag, 핸드백."""
    yield value
    if kind == "category" and value.isascii():
        yield from dict.fromkeys(one for one in [" ".join(map(singular, value.split()))] if one != value)
        yield from (word for word in concept.words if sounds_alike(word, singular(value.lower())))


def _bind(lexicon: Lexicon, kind: str, values: Iterable[str]) -> dict[str, list[str]]:
    """Return concept -> the catalogue's values for it; a value that no concept covers is a concept of its own."""
    bound: dict[str, list[str]] = {}
    for value in values:
        bound.setdefault(concept_behind(lexicon, kind, value), []).append(value)
    return bound


def _shelved(lexicon: Lexicon, vocabulary: Vocabulary) -> Mapping[str, Sequence[str]]:
    """Return concept -> the shop's own kinds of which some items' names say that they are it."""
    found: dict[str, list[str]] = {}
    for shelf, kind in vocabulary.get("shelves", {}).items():
        found.setdefault(concept_behind(lexicon, "category", kind), []).append(shelf)
    return found


def concept_behind(lexicon: Lexicon, kind: str, value: str) -> str:
    """Return the concept that a catalogue's own value names, or is a shade of; the value itself where none is known."""
    if (found := spelt_behind(lexicon, kind, value)) != value or kind != "colours":
        return found
    sense = lexicon.phrases.get(normalise(value).strip())
    return next((name for field, name in (sense.means if sense else ()) if field == kind), value)


def spelt_behind(lexicon: Lexicon, kind: str, value: str) -> str:
    """Return the concept that a value is a spelling of; the value itself where it is none: teal is a green, and not spelt so."""
    spellings = lexicon.by_spelling.get(kind, {})
    words = [word for word in SEPARATORS.split(normalise(value)) if word]
    for start in range(len(words)):  # the whole, then what follows its modifiers: "dark green" is a green
        if (found := plain_spelling("".join(words[start:]), spellings)) is not None:
            return value if start and kind == "category" and is_other_good(value, found, spellings) else found
    joined = "".join(words)
    heads = [word for word in spellings if len(word) >= 2 and not word.isascii() and joined.endswith(word)]
    return spellings[max(heads, key=len)] if heads else value


def plain_spelling(text: str, spellings: Mapping[str, str]) -> str | None:
    """Return the concept that a word spells, one of it or several."""
    singulars = (text, text.removesuffix("s"), text.removesuffix("es"))
    return next((spellings[one] for one in singulars if one in spellings), None)


def is_other_good(value: str, concept: str, spellings: Mapping[str, str]) -> bool:
    """Check whether a thing only ends in the name of another: of a sleeping bag no other name is one of a bag."""
    others = [SEPARATORS.split(name) for name in other_names(value)]
    tails = ("".join(words[start:]) for words in others for start in range(len(words)))
    return bool(others) and is_good(value) and all(plain_spelling(tail, spellings) != concept for tail in tails)


def _spoken(word: str) -> str:
    """Return a pattern for a word in running text: whole words in Latin letters, Korean ones also inside a compound."""
    plain = normalise(word.rstrip(OPEN_END)).strip()
    loose = r"[\s-]?".join(re.escape(part) for part in SEPARATORS.split(plain))
    if plain.isascii():
        return rf"(?<![a-z]){loose}(?:s|es)?(?![a-z])"
    return loose if len(plain) > 1 else rf"(?<![가-힣]){loose}(?![가-힣])"
