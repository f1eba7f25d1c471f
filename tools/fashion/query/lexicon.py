"""The words of wishes: what each means, and which of a catalogue's values that is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any

from stylegraph.agent.text.language import Language
from stylegraph.agent.text.resources import read_yaml

Marks = tuple[tuple[str, str], ...]
"""Field and concept pairs; a concept that begins with "!" is ruled out."""

CONCEPT_FIELDS = ("category", "colours", "pattern", "material", "sleeve", "styles", "moods", "seasons", "occasions",
                  "audience", "weather", "details")  # fmt: skip
_UNLABELLED = frozenset({"occasions", "weather"})
OPEN_END = "~"
"""Ends a word that is a stem: any ending may follow."""
SEPARATORS = re.compile(r"[\s\-_/]+")
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
        """Return a sense that means both."""
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
    called: bool = False
    """Whether a shop that has it calls it so: not every jacket is a raincoat."""
    fallback: str = ""
    """The value that stands for it in catalogues that have no value of its own."""

    def label(self, language: Language) -> str:
        """Return its name in a language."""
        return self.ko if language == "ko" else self.en


@dataclass(frozen=True)
class Entry:
    """One spelling: what it asks for, and which part it plays between other words."""

    surface: str
    stem: bool
    sense: Sense | None = None
    roles: frozenset[str] = frozenset()

    def joined(self, other: Entry) -> Entry:
        """Return one entry for the two readings of a spelling."""
        sense = self.sense or other.sense
        if self.sense is not None and other.sense is not None:
            sense = self.sense.joined(other.sense)
        return Entry(self.surface, self.stem or other.stem, sense, self.roles | other.roles)


@lru_cache(maxsize=8192)
def normalise(text: str) -> str:
    """Return a text in the form in which words are compared: NFKC, lower case, "n't" as " not"."""
    folded = unicodedata.normalize("NFKC", text).lower()
    folded = _WONT.sub(lambda match: "will not" if match[0].startswith("won") else "can not", folded)
    return _NEGATED.sub(" not", folded)


def without_names(text: str, asks: Callable[[str], bool], is_own: Callable[[str], bool]) -> str:
    """Blank out names in an English sentence: "Green Day" is a band, "at Orange" a company.

    A name is two or more capitalised words of which one asks for nothing, or one after a word that introduces a name.
    A text written in capitals throughout has none.

    Args:
        text: The text as typed.
        asks: Whether a word asks for something.
        is_own: Whether a name is a value of the catalogue's own, such as a brand: that stays.
    """
    words = re.findall(r"[A-Za-z]+", text)
    if sum(word[0].isupper() for word in words) > len(words) / 2:
        return text

    def blank(match: re.Match[str]) -> str:
        words = match[0].split()
        if is_own(match[0]):
            return match[0]
        several = len(words) > 1 and not all(asks(word) for word in words) and match.start() > 0
        return " " * len(match[0]) if several or _NAMED.search(text[: match.start()]) else match[0]

    return _NAME.sub(blank, text)


@dataclass(frozen=True, eq=False)
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
                    spellings.setdefault(kind, {}).setdefault(compact(word.rstrip(OPEN_END)), name)
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
        leanings={kind: leanings[kind] for kind in ("weather", "occasions", "alongside")},
        rates=leanings["rates"],
    )


def _yaml(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = read_yaml("stylegraph.tools.fashion", f"words/{name}.yaml")
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
        entry.get("called", False),
        entry.get("else", ""),
    )


def _phrases(
    concepts: Mapping[tuple[str, str], Concept],
    tables: Mapping[str, Any],
    groups: Mapping[str, Any],
    phrases: Iterable[Mapping[str, Any]],
) -> Iterator[tuple[str, Sense]]:
    """Return spelling -> sense. A spelling of two concepts means both; a phrase replaces what its parts would say."""
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


def compact(word: str) -> str:
    """Return a word without case and separators, for comparing spellings."""
    return SEPARATORS.sub("", normalise(word))
