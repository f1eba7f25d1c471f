"""What the words of a question mean: which say the same in other words or the other language, and how much each tells."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, Literal, NamedTuple

from stylegraph.agent.text.language import Language
from stylegraph.agent.text.question_types import telling_terms
from stylegraph.agent.text.resources import read_yaml
from stylegraph.agent.text.tokenizer import korean_nouns, tokenize

Sort = Literal["thing", "action", "name", "verb", "code", "light"]
"""`thing` and `action` have a meaning in `synonyms.yaml`; a `code` has letters and digits; `name` is any other noun,
`verb` any other word."""
SORTS: tuple[Sort, ...] = ("thing", "action", "name", "verb", "code", "light")
UNSEEN = "\x00"
"""A word that no text has: it weighs what a word weighs that the index has never seen."""

_IMPORTANCE: Mapping[Sort, float] = {"thing": 1.0, "action": 0.8, "name": 1.0, "verb": 0.7, "code": 1.0, "light": 0.35}
_SAME_IN_OTHER_WORDS = 0.65
"""Weight of a word that the index doesn't know, but others of its meaning."""
_UNSEEN_FROM = 0.98
_LEAST_RARITY = 0.3
"""What a word that every text has still tells: in a small index the words of its subject are everywhere."""
_THINGS = (
    "wear",
    "fabric_wear",
    "accessories",
    "materials",
    "parts",
    "stains",
    "substances",
    "devices",
    "settings",
    "things",
    "affairs",
    "home",
    "leisure",
)
_ACTIONS = ("actions", "doing", "qualities", "colours")
_VERB_PLACE = re.compile(r"\b(?:to|i|you|we|u|can|should|it|they|don't|not)\s+([a-z]+)", re.IGNORECASE)
_HANGUL = re.compile(r"[가-힣]")
_DIGIT = re.compile(r"\d")


class Term(NamedTuple):
    """One telling word of a question."""

    token: str
    sort: Sort
    rarity: float
    """0..1: 1 for a word that the user's knowledge has never seen."""
    meanings: frozenset[int]
    unseen: bool
    """Whether neither the word nor another of its meaning is known."""
    kinds: frozenset[str] = frozenset()
    """Of its meanings, as `synonyms.yaml` sorts them."""

    @property
    def weight(self) -> float:
        """How much of what is asked it carries."""
        return self.rarity * _IMPORTANCE[self.sort]


def asked_terms(question: str, tokens: Sequence[str], weights: Mapping[str, float]) -> list[Term]:
    """Return the telling words of a question, numbers left out.

    Args:
        question: The question.
        tokens: Its tokens.
        weights: Inverse document frequencies of the tokens and of `UNSEEN`.
    """
    meant = meanings(frozenset(tokens))
    nouns = korean_nouns(question) if _HANGUL.search(question) else frozenset()
    verbs = {token for word in _VERB_PLACE.findall(question) for token in tokenize(word)}
    most = weights.get(UNSEEN, 0.0)
    terms = []
    for token in telling_terms(tokens):
        if token[0].isdigit():
            continue
        own = frozenset(meaning for meaning, bearers in meant.items() if token in bearers)
        share = max(0.0, min(1.0, weights.get(token, 0.0) / most)) if most > 0 else 0.5
        rarity = _LEAST_RARITY + (1 - _LEAST_RARITY) * share
        unknown = most > 0 and rarity > _UNSEEN_FROM
        rarity = _SAME_IN_OTHER_WORDS if unknown and own else rarity
        kinds = frozenset(kind_of(meaning) for meaning in own)
        terms.append(Term(token, _sort(token, kinds, nouns, verbs), rarity, own, unknown and not own, kinds))
    return terms


@lru_cache(maxsize=4_096)
def translations(tokens: frozenset[str], language: Language) -> tuple[tuple[frozenset[str], ...], ...]:
    """Return how the meanings that are among some tokens are said in other languages than theirs.

    Args:
        tokens: Of a question.
        language: Its language.

    Returns:
        For each meaning, the ways to say it, each the tokens that stand together.
    """
    said = (_synonyms().entries[meaning] for meaning in sorted(meanings(tokens)))
    foreign = (tuple(way for way in ways if _language_of(way) not in (language, None)) for ways in said)
    return tuple(dict.fromkeys(ways for ways in foreign if ways))


def _language_of(tokens: frozenset[str]) -> Language | None:
    """Return the language of a way to say something; None for one that both share, such as a number."""
    if any(map(_HANGUL.search, tokens)):
        return "ko"
    return "en" if any(token.isascii() and token.isalpha() for token in tokens) else None


def kind_of(meaning: int) -> str:
    """Return the kind of a meaning, as `synonyms.yaml` sorts them."""
    return _synonyms().kinds[meaning]


def _sort(token: str, kinds: frozenset[str], nouns: frozenset[str], verbs: set[str]) -> Sort:
    if _DIGIT.search(token):
        return "code"
    if kinds & set(_THINGS):
        return "thing"
    if kinds & set(_ACTIONS):
        return "action"
    if kinds or token in _synonyms().light:
        return "light"
    is_noun = token in nouns if _HANGUL.search(token) else token not in verbs
    return "name" if is_noun else "verb"


@lru_cache(maxsize=4_096)
def meanings(tokens: frozenset[str]) -> Mapping[int, frozenset[str]]:
    """Return the meanings that are among some tokens, each with the tokens that bear it."""
    found: dict[int, frozenset[str]] = {}
    for token in tokens:
        for needed, meaning in _synonyms().by_token.get(token, ()):
            if needed <= tokens:
                found[meaning] = found.get(meaning, frozenset()) | needed
    return found


class _Synonyms(NamedTuple):
    by_token: Mapping[str, Sequence[tuple[frozenset[str], int]]]
    """First token -> all tokens of an entry, and the number of its meaning."""
    entries: Sequence[Sequence[frozenset[str]]]
    """Each meaning's ways to say it, as tokens that stand together."""
    kinds: Sequence[str]
    """Kind of each meaning."""
    light: frozenset[str]


@cache
def _synonyms() -> _Synonyms:
    data: dict[str, Any] = read_yaml(__package__, "synonyms.yaml")
    light = frozenset(data.pop("light"))
    by_token: dict[str, list[tuple[frozenset[str], int]]] = {}
    kinds: list[str] = []
    entries: list[list[frozenset[str]]] = []
    for kind, lines in data.items():
        for line in lines:
            cut = [tokens for entry in line if (tokens := tokenize(str(entry)))]
            for tokens in cut:
                by_token.setdefault(tokens[0], []).append((frozenset(tokens), len(kinds)))
            entries.append([frozenset(tokens) for tokens in cut])
            kinds.append(kind)
    return _Synonyms(by_token, entries, kinds, light)
