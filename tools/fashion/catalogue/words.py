"""What a shop's words say, by the words of wishes: of one value, and of a name or a description."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache

from stylegraph.tools.fashion.items.pieces import universal_reader
from stylegraph.tools.fashion.query.binding import BoundLexicon, concept_behind
from stylegraph.tools.fashion.query.grammar import read_mentions
from stylegraph.tools.fashion.query.lexer import Lexer
from stylegraph.tools.fashion.query.lexicon import compact, load_lexicon

Traits = Mapping[str, tuple[str, ...]]
"""Field -> concepts, in the order in which a text names them."""

LONGEST_TEXT = 400
"""Characters of a description that are read: what comes later is washing and delivery."""
_READ = frozenset(
    {"category", "colours", "pattern", "material", "sleeve", "styles", "moods", "seasons", "occasions", "audience"}
)
_MOST_MEMBERS = 3
"""A word for more things than this says too little: loafers are one of two, tops one of eight."""


@lru_cache(maxsize=50_000)
def concept_of(field: str, value: str) -> str | None:
    """Return the concept that a value is a name of; None where none is known."""
    lexicon = load_lexicon()
    found = lexicon.concepts.get((field, concept_behind(lexicon, field, value)))
    return found.name if found is not None and not found.members else None


def is_name_of(field: str, text: str) -> bool:
    """Check whether a text is, as a whole, one spelling of something."""
    return compact(text) in load_lexicon().by_spelling.get(field, {})


def is_group(category: str) -> bool:
    """Check whether a shop's kind of garment is a word for several, such as 상의."""
    return compact(category) in _groups()


@cache
def _groups() -> frozenset[str]:
    groups = (one for one in load_lexicon().concepts.values() if one.field == "category" and one.members)
    return frozenset(compact(word) for one in groups for word in (one.ko, one.en, *one.words))


def ends_in_kind(text: str) -> bool:
    """Check whether the last word of a text names a garment: of "Wall Coat Racks" it does not."""
    tokens = [token for token in _lexer().tokens(text[:LONGEST_TEXT]) if token.sense or token.is_word]
    return bool(tokens) and tokens[-1].sense is not None


def known_in(field: str, text: str) -> tuple[str, ...]:
    """Return the concepts of a field that a text names."""
    return read_traits(text).get(field, ())


@lru_cache(maxsize=10_000)
def read_traits(text: str) -> Traits:
    """Read what a text says a garment is; what it rules out, or says goes with it, is left out."""
    lexer = _lexer()
    found: dict[str, dict[str, None]] = {}
    for mention in read_mentions(lexer.tokens(text[:LONGEST_TEXT]), lexer.lexicon):
        if mention.status not in {"wanted", "nice"}:
            continue
        for field, concept in mention.means:
            if field in _READ and not concept.startswith("!"):
                found.setdefault(field, {}).update(dict.fromkeys(_single(field, concept)))
            if field == "colours":
                break  # "camel" is brown or beige: it says one colour
    return {field: tuple(concepts) for field, concepts in found.items() if concepts}


def _single(field: str, concept: str) -> tuple[str, ...]:
    """Return the one thing that a concept says: of a few that it stands for the first, of many none."""
    known = load_lexicon().concepts.get((field, concept))
    if known is None or not known.members:
        return (concept,)
    return known.members[:1] if len(known.members) <= _MOST_MEMBERS else ()


@cache
def _lexer() -> Lexer:
    """Return a lexer that knows every word and corrects none: a shop's text is no typed wish."""
    lexicon = BoundLexicon(load_lexicon(), universal_reader().lexicon.vocabulary)
    lexicon.singles.clear()
    return Lexer(lexicon, lambda word: True)
