"""The words of wishes: what each means, and which of a catalogue's values that is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import yaml

from stylegraph.agent.language import Language
from stylegraph.tools.fashion.vocabulary import Vocabulary

Marks = tuple[tuple[str, str], ...]
"""Field and concept pairs; a concept that begins with "!" is ruled out."""

CONCEPT_FIELDS = ("category", "colours", "pattern", "material", "sleeve", "styles", "moods", "seasons", "occasions",
                  "audience", "weather", "details")  # fmt: skip
_UNLABELLED = frozenset({"occasions", "weather"})
_OPEN_END = "~"
_SEPARATORS = re.compile(r"[\s\-_/]+")
_NEGATED = re.compile(r"n['’]t\b|\bn['’]t")
_NAME = re.compile(r"[A-Z][a-z]+(?: [A-Z][a-z]+)*")
_NAMED = re.compile(
    r"\b(?:at|from|by|named|called|sister|brother|friend|wife|daughter|cousin|niece|mr|ms|mrs)\s$", re.IGNORECASE
)
_WONT = re.compile(r"\b(?:won|can)['’]?t\b")


@dataclass(frozen=True)
class Sense:
    """What a word asks for."""

    means: Marks = ()
    prefers: Marks = ()
    modifier: Marks = ()
    """What it means instead of its category when another garment follows: the "knit" in "knit cardigan"."""
    when: Marks = ()
    """If given, `means` holds only when the rest of the wish says one of these."""
    otherwise: Marks = ()
    """What it means when the rest does not."""
    alone: Marks = ()
    """What it means as well when no garment is named: "a long sleeve"."""

    def joined(self, other: Sense) -> Sense:
        """Give a sense that means both."""
        return Sense(
            tuple(dict.fromkeys(self.means + other.means)),
            tuple(dict.fromkeys(self.prefers + other.prefers)),
            self.modifier + other.modifier,
            self.when or other.when,
            self.otherwise or other.otherwise,
            self.alone or other.alone,
        )


@dataclass(frozen=True)
class Concept:
    """One thing that can be asked for: a kind of garment, a colour, a mood."""

    field: str
    name: str
    ko: str
    en: str
    words: tuple[str, ...]
    members: tuple[str, ...] = ()
    """For a word that stands for several: their names."""
    slot: str = ""
    fallback: str = ""
    """The value that stands for it in catalogues that have no value of its own."""

    def label(self, language: Language) -> str:
        """Give its name in a language."""
        return self.ko if language == "ko" else self.en


@dataclass(frozen=True)
class Entry:
    """One spelling: what it asks for, and which part it plays between other words."""

    surface: str
    stem: bool
    sense: Sense | None = None
    roles: frozenset[str] = frozenset()

    def joined(self, other: Entry) -> Entry:
        """Give one entry for the two readings of a spelling."""
        if self.sense is None or other.sense is None:
            sense = self.sense or other.sense
        else:
            sense = self.sense.joined(other.sense)
        return Entry(self.surface, self.stem or other.stem, sense, self.roles | other.roles)


def normalise(text: str) -> str:
    """Give a text in the form in which words are compared: NFKC, lower case, "n't" as " not"."""
    folded = unicodedata.normalize("NFKC", text).lower()
    folded = _WONT.sub(lambda match: "will not" if match[0].startswith("won") else "can not", folded)
    return _NEGATED.sub(" not", folded)


def without_names(text: str, asks: Callable[[str], bool]) -> str:
    """Blank out names in an English sentence: "Green Day" is a band, "at Orange" a company.

    A name is two or more capitalised words of which one asks for nothing, or one after a word that introduces a name.
    A text written in capitals throughout has none.

    Args:
        text: The text as typed.
        asks: Whether a word asks for something.
    """
    words = re.findall(r"[A-Za-z]+", text)
    if sum(word[0].isupper() for word in words) > len(words) / 2:
        return text

    def blank(match: re.Match[str]) -> str:
        words = match[0].split()
        several = len(words) > 1 and not all(asks(word) for word in words) and match.start() > 0
        return " " * len(match[0]) if several or _NAMED.search(text[: match.start()]) else match[0]

    return _NAME.sub(blank, text)


@dataclass(frozen=True)
class Lexicon:
    """Everything that the YAML files say, before it meets a catalogue."""

    concepts: Mapping[tuple[str, str], Concept]
    phrases: Mapping[str, Sense]
    roles: Mapping[str, tuple[str, ...]]
    particles: tuple[str, ...]
    sizes: str
    near: Mapping[str, Mapping[str, list[str]]]
    kinds: Mapping[str, Mapping[str, list[str]]]
    leanings: Mapping[str, Mapping[str, Mapping[str, Any]]]
    rates: Mapping[str, float]

    @cached_property
    def by_spelling(self) -> Mapping[str, Mapping[str, str]]:
        """Field -> spelling without separators -> concept, for reading a catalogue's own values."""
        spellings: dict[str, dict[str, str]] = {}
        for (kind, name), concept in self.concepts.items():
            if not concept.members:
                for word in (name, concept.ko, concept.en, *concept.words):
                    spellings.setdefault(kind, {}).setdefault(compact(word.rstrip(_OPEN_END)), name)
        return spellings


@cache
def load_lexicon() -> Lexicon:
    """Read the YAML files, once per process."""
    garments, looks, moments = _yaml("garments"), _yaml("looks"), _yaml("moments")
    phrases, grammar, leanings = _yaml("phrases"), _yaml("grammar"), _yaml("leanings")
    groups = garments["groups"]
    tables = {**{"category": garments["category"]}, **looks, **moments, "details": phrases["details"]}
    concepts = {
        (kind, name): _concept(kind, name, entry) for kind, table in tables.items() for name, entry in table.items()
    } | {(kind, name): _concept(kind, name, entry) for kind, table in groups.items() for name, entry in table.items()}
    return Lexicon(
        concepts=concepts,
        phrases=dict(_phrases(concepts, tables, groups, phrases["phrases"])),
        roles=dict(_roles(grammar)),
        particles=tuple(grammar["particles"]),
        sizes=grammar["sizes"],
        near=garments["near"],
        kinds=garments["kinds"],
        leanings={kind: leanings[kind] for kind in ("weather", "occasions")},
        rates=leanings["rates"],
    )


def _yaml(name: str) -> dict[str, Any]:
    text = (files("stylegraph.tools.fashion") / "words" / f"{name}.yaml").read_text("utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    return loaded


def _concept(kind: str, name: str, entry: Mapping[str, Any]) -> Concept:
    words = tuple(entry["words"])
    if words or "of" not in entry:
        english = () if kind in _UNLABELLED or "en" in entry.get("unsaid", "") else (entry["en"],)
        words = (*(() if "ko" in entry.get("unsaid", "") else (entry["ko"],)), *english, *words)
    return Concept(
        kind,
        name,
        entry["ko"],
        entry["en"],
        words,
        tuple(entry.get("of", ())),
        entry.get("slot", ""),
        entry.get("else", ""),
    )


def _phrases(
    concepts: Mapping[tuple[str, str], Concept],
    tables: Mapping[str, Any],
    groups: Mapping[str, Any],
    phrases: Iterable[Mapping[str, Any]],
) -> Iterator[tuple[str, Sense]]:
    """Give spelling -> sense. A spelling of two concepts means both; a phrase replaces what its parts would say."""
    found: dict[str, Sense] = {}
    for (kind, name), concept in concepts.items():
        entry = groups.get(kind, {}).get(name) or tables[kind][name]
        garment = (("category", entry["garment"]),) if "garment" in entry else ()
        sense = Sense(
            means=garment if entry.get("leaning") else ((kind, name), *garment),
            prefers=((kind, name),) if entry.get("leaning") else _marks(entry.get("prefers")),
            modifier=_marks(entry.get("modifier")),
        )
        for word in concept.words:
            found[word] = found[word].joined(sense) if word in found else sense
    for phrase in phrases:
        sense = Sense(
            means=_marks(phrase.get("means")),
            prefers=_marks(phrase.get("prefers")),
            when=_marks(phrase.get("when")),
            otherwise=_marks(phrase.get("otherwise")),
            alone=_marks(phrase.get("alone")),
        )
        found.update(dict.fromkeys(phrase["words"], sense))
    yield from found.items()


def _marks(table: Mapping[str, Any] | None) -> Marks:
    return tuple(
        (kind, str(name))
        for kind, names in (table or {}).items()
        for name in (names if isinstance(names, list) else [names])
    )


def _roles(grammar: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for role, words in grammar.items():
        if role in {"particles", "sizes"}:
            continue
        if isinstance(words, dict):
            for name, spellings in words.items():
                yield f"{role}:{name}", tuple(spellings)
        else:
            yield role, tuple(words)


@dataclass
class _Node:
    children: dict[str, _Node] = field(default_factory=dict)
    entry: Entry | None = None


class BoundLexicon:
    """The words of wishes over one catalogue: its own values are words too."""

    def __init__(self, lexicon: Lexicon, vocabulary: Vocabulary) -> None:
        self.lexicon = lexicon
        self.vocabulary = vocabulary
        self._values = {kind: _bind(lexicon, kind, values) for kind, values in vocabulary["values"].items()}
        self._root = _Node()
        self._patterns: dict[str, re.Pattern[str]] = {}
        self.singles: dict[str, Entry] = {}
        """Single words that ask for something, for correcting typos."""
        for entry in self._entries():
            self._plant(entry)

    @cached_property
    def senses(self) -> dict[str, Sense | None]:
        """Spelling -> sense of the single words."""
        return {spelling: entry.sense for spelling, entry in self.singles.items()}

    def values(self, kind: str, concept: str) -> tuple[str, ...]:
        """Give the catalogue's values that a concept stands for; none if the catalogue can't express it."""
        known = self.lexicon.concepts.get((kind, concept))
        names = known.members if known and known.members else (concept,)
        bound = self._values.get(kind, {})
        values = [value for name in names for value in bound.get(name, ())]
        if not values and known is not None and known.fallback in bound:
            values = bound[known.fallback]
        return tuple(dict.fromkeys(values))

    def concept(self, kind: str, value: str) -> Concept | None:
        """Give the concept behind a catalogue's value, if there is one."""
        name = self._concept_of.get(kind, {}).get(value)
        return self.lexicon.concepts.get((kind, name)) if name else None

    def label(self, kind: str, value: str, language: Language) -> str:
        """Give the name of a catalogue's value in a language; the value itself when it has none."""
        concept = self.lexicon.concepts.get((kind, value)) or self.concept(kind, value)
        own = concept is None or compact(value) not in {compact(concept.name), compact(concept.ko), compact(concept.en)}
        return (
            value if concept is None or (own and value in self._concept_of.get(kind, {})) else concept.label(language)
        )

    def speaks_of(self, text: str, concept: str) -> bool:
        """Tell whether a text names a concept of any field, by any of its words in either language."""
        return bool(self._words_of(concept).search(normalise(text)))

    def near(self, kind: str, value: str) -> tuple[str, ...]:
        """Give the values that come closest to one, nearest first."""
        return self._related(self.lexicon.near, kind, value)

    def kinds(self, kind: str, value: str) -> tuple[str, ...]:
        """Give the values that are kinds of one: light blue and navy for blue."""
        return self._related(self.lexicon.kinds, kind, value)

    def slot(self, category: str) -> str:
        """Give where a category is worn: `top`, `bottom`, `dress`, `outer`, `shoes`, `hat`, ... or an empty string."""
        return self._slots.get(category, "")

    def matches(self, text: str, start: int) -> list[tuple[int, Entry]]:
        """Give the entries that a normalised text holds at a place, with where they end, longest first."""
        found: dict[int, Entry] = {}
        self._follow(self._root, text, start, found)
        return sorted(found.items(), key=lambda match: -match[0])

    def _words_of(self, concept: str) -> re.Pattern[str]:
        if concept not in self._patterns:
            words = {word for (_, name), known in self.lexicon.concepts.items() if name == concept
                     for word in (known.ko, known.en, *known.words)} or {concept}  # fmt: skip
            self._patterns[concept] = re.compile("|".join(sorted(map(_spoken, words))))
        return self._patterns[concept]

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

    def _entries(self) -> Iterator[Entry]:
        for word, sense in self.lexicon.phrases.items():
            yield Entry(word.rstrip(_OPEN_END), word.endswith(_OPEN_END), sense)
        for kind, bound in self._values.items():
            for name, values in bound.items():
                if (kind, name) not in self.lexicon.concepts:
                    yield from (Entry(value, False, Sense(means=((kind, name),))) for value in values)
                else:
                    new = (value for value in values if compact(value) not in self.lexicon.by_spelling[kind])
                    yield from (Entry(value, False, Sense(means=((kind, name),))) for value in new)
        for role, words in self.lexicon.roles.items():
            yield from (
                Entry(word.rstrip(_OPEN_END), word.endswith(_OPEN_END), None, frozenset({role})) for word in words
            )

    def _plant(self, entry: Entry) -> None:
        node = self._root
        spelling = normalise(entry.surface).strip()
        for char in _optional_separators(spelling):
            node = node.children.setdefault(char, _Node())
        node.entry = node.entry.joined(entry) if node.entry else entry
        if entry.sense is not None and not _SEPARATORS.search(spelling):
            self.singles[spelling] = node.entry

    def _follow(self, node: _Node, text: str, at: int, found: dict[int, Entry]) -> None:
        if node.entry is not None:
            found[at] = found[at].joined(node.entry) if at in found and found[at] is not node.entry else node.entry
        if " " in node.children:
            after = _SEPARATORS.match(text, at)
            self._follow(node.children[" "], text, after.end() if after else at, found)
        if at < len(text) and text[at] != " " and text[at] in node.children:
            self._follow(node.children[text[at]], text, at + 1, found)


def _bind(lexicon: Lexicon, kind: str, values: Iterable[str]) -> dict[str, list[str]]:
    """Give concept -> the catalogue's values for it; a value that no concept covers is a concept of its own."""
    bound: dict[str, list[str]] = {}
    for value in values:
        bound.setdefault(_concept_behind(lexicon, kind, value), []).append(value)
    return bound


def _concept_behind(lexicon: Lexicon, kind: str, value: str) -> str:
    spellings = lexicon.by_spelling.get(kind, {})
    words = [word for word in _SEPARATORS.split(normalise(value)) if word]
    for start in range(len(words)):  # the whole, then what follows its modifiers: "dark green" is a green
        tail = "".join(words[start:])
        for spelling in (tail, tail.removesuffix("s"), tail.removesuffix("es")):
            if spelling in spellings:
                return spellings[spelling]
    joined = "".join(words)
    heads = [word for word in spellings if len(word) >= 2 and not word.isascii() and joined.endswith(word)]
    return spellings[max(heads, key=len)] if heads else value


def _spoken(word: str) -> str:
    """Give a pattern for a word in running text: whole words in Latin letters, Korean ones also inside a compound."""
    plain = normalise(word.rstrip(_OPEN_END)).strip()
    loose = r"[\s-]?".join(re.escape(part) for part in _SEPARATORS.split(plain))
    if plain.isascii():
        return rf"(?<![a-z]){loose}(?:s|es)?(?![a-z])"
    return loose if len(plain) > 1 else rf"(?<![가-힣]){loose}(?![가-힣])"


def compact(word: str) -> str:
    """Give a word without case and separators, for comparing spellings."""
    return _SEPARATORS.sub("", normalise(word))


def _optional_separators(spelling: str) -> Iterator[str]:
    """Give a spelling with a space wherever a separator may stand: between its words, and inside a long Korean word."""
    parts = _SEPARATORS.sub(" ", spelling)
    loose = len(parts.replace(" ", "")) >= 3 and all("가" <= char <= "힣" or char == " " for char in parts)
    for index, char in enumerate(parts):
        yield char
        following = parts[index + 1] if index + 1 < len(parts) else " "
        if loose and char != " " and following != " ":
            yield " "
