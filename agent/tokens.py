"""The words of a text as a search engine counts them: Korean morphemes, English stems."""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from kiwipiepy import Kiwi

_HANGUL = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")
_HANGUL_RUN = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]+")
_WORD = re.compile(
    r"\d+(?:[.,]\d+)+"  # 1,000 and 3.5
    r"|[a-zß-öø-ÿœ\d]+(?:['’][a-z]+)?"  # Latin letters and digits, with an apostrophe inside
    r"|[\u3040-\u30ff\u3400-\u9fff]"  # Kana and Han, one by one
    r"|[^\W_\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]+"  # any other script
)
_UNUSABLE = re.compile(r"[\x00-\x08\x0e-\x1f\ud800-\udfff]")
_LONGEST_WORD = 40
_UNKNOWN = 4
"""Kiwi numbers the morphemes of its dictionary from above this; below stand its guesses."""
_EMPTY_TAGS = ("J", "E", "XS", "VC", "VX", "NP")
"""Kiwi's tags (Sejong's) of morphemes that say nothing alone. With them, Korean questions rank clearly worse."""
_COMPOUND_TAGS = frozenset({"NNG", "NNP", "NR", "XPN", "XSN"})

_kiwi_lock = threading.Lock()
_stemmer_lock = threading.Lock()


class Stemmer(Protocol):
    """What the Snowball package gives."""

    def stemWord(self, word: str) -> str:  # noqa: N802
        """Give the stem of a lower-case word."""


class Tokens(NamedTuple):
    """The tokens of a text, each as often as it occurs."""

    words: list[str]
    """Morphemes and stems."""
    compounds: list[str]
    """Neighbouring Korean nouns as one word, so that 반팔 티셔츠 and 반팔티셔츠 meet however they are cut."""


def tokenize(text: str) -> list[str]:
    """Give the words of a text, as often as they occur; the same for a query and for a document.

    Hangul is cut into morphemes by Kiwi, which sees the whole text; particles, endings, auxiliaries and pronouns go.
    Latin words become lower-case Snowball stems without stop words; numbers lose their thousands separators. Kiwi is
    loaded (2 s) by the first Hangul only.

    Returns:
        Words of letters and digits, Korean ones first. A text without any gives none.
    """
    return read_tokens(text).words


def read_tokens(text: str) -> Tokens:
    """Give the words of a text as `tokenize` does, and the compounds that its nouns may form."""
    clean = unicodedata.normalize("NFC", _UNUSABLE.sub(" ", text))
    morphemes = _morphemes(clean) if _HANGUL.search(clean) else []
    korean = [part for form, tag in morphemes if not tag.startswith(_EMPTY_TAGS) for part in _HANGUL_RUN.findall(form)]
    other = (_normal(word) for word in _WORD.findall(clean.lower()))
    return Tokens(korean + [word for word in other if word], _compounds(morphemes))


def is_korean_word(word: str) -> bool:
    """Tell whether Kiwi's dictionary knows a word, alone or as nouns of two syllables and more; particles may follow.

    A misspelt word is none, so this keeps a correction from changing one word into another.
    """
    with _kiwi_lock:
        tokens = [token for token in _kiwi().tokenize(word) if not token.tag.startswith(("J", "E"))]
    known = bool(tokens) and all(token.id > _UNKNOWN for token in tokens)
    return known and (len(tokens) == 1 or all(token.tag.startswith("NN") and token.len > 1 for token in tokens))


def korean_sentences(text: str) -> list[int]:
    """Give where each sentence of a Korean text begins, as Kiwi finds them: it needs no full stop between them."""
    with _kiwi_lock:
        return [sentence.start for sentence in _kiwi().split_into_sents(text)]


def korean_nouns(text: str) -> frozenset[str]:
    """Give the Korean words of a text that are nouns, cut as `tokenize` cuts them."""
    clean = unicodedata.normalize("NFC", _UNUSABLE.sub(" ", text))
    nouns = (form for form, tag in _morphemes(clean) if tag in ("NNG", "NNP", "XR"))
    return frozenset(part for form in nouns for part in _HANGUL_RUN.findall(form))


def _morphemes(text: str) -> list[tuple[str, str]]:
    with _kiwi_lock:
        return [(token.form, token.tag) for token in _kiwi().tokenize(text)]


def _compounds(morphemes: list[tuple[str, str]]) -> list[str]:
    return [
        one + other
        for (one, tag), (other, next_tag) in pairwise(morphemes)
        if _is_part(one, tag) and _is_part(other, next_tag)
    ]


def _is_part(form: str, tag: str) -> bool:
    return tag in _COMPOUND_TAGS and _HANGUL_RUN.fullmatch(form) is not None


def _normal(word: str) -> str:
    if word[0].isdigit() and not word.isalnum():
        return word.replace(",", "").replace("'", "").replace("’", "")[:_LONGEST_WORD]
    return _stem(word[:_LONGEST_WORD].replace("’", "'"))


@lru_cache(maxsize=65_536)
def _stem(word: str) -> str:
    """Give the Snowball stem, or an empty string for a stop word."""
    if word in _STOP_WORDS:
        return ""
    if not word.isascii():
        return word
    with _stemmer_lock:
        return _stemmer().stemWord(word).replace("'", "")


@cache
def _kiwi() -> Kiwi:
    from kiwipiepy import Kiwi

    return Kiwi(num_workers=1)


@cache
def _stemmer() -> Stemmer:
    import snowballstemmer

    stemmer: Stemmer = snowballstemmer.stemmer("english")
    return stemmer


_STOP_WORDS = frozenset(
    [
        "a",
        "about",
        "above",
        "after",
        "again",
        "against",
        "all",
        "am",
        "an",
        "and",
        "any",
        "are",
        "aren't",
        "as",
        "at",
        "be",
        "because",
        "been",
        "before",
        "being",
        "below",
        "between",
        "both",
        "but",
        "by",
        "can",
        "can't",
        "cannot",
        "could",
        "couldn't",
        "did",
        "didn't",
        "do",
        "does",
        "doesn't",
        "doing",
        "don't",
        "down",
        "during",
        "each",
        "few",
        "for",
        "from",
        "further",
        "had",
        "hadn't",
        "has",
        "hasn't",
        "have",
        "haven't",
        "having",
        "he",
        "her",
        "here",
        "hers",
        "herself",
        "him",
        "himself",
        "his",
        "how",
        "i",
        "i'd",
        "i'll",
        "i'm",
        "i've",
        "if",
        "in",
        "into",
        "is",
        "isn't",
        "it",
        "it's",
        "its",
        "itself",
        "just",
        "let's",
        "me",
        "more",
        "most",
        "my",
        "myself",
        "no",
        "nor",
        "not",
        "now",
        "of",
        "off",
        "on",
        "once",
        "only",
        "or",
        "other",
        "our",
        "ours",
        "ourselves",
        "out",
        "over",
        "own",
        "same",
        "shan't",
        "she",
        "should",
        "shouldn't",
        "so",
        "some",
        "such",
        "than",
        "that",
        "that's",
        "the",
        "their",
        "theirs",
        "them",
        "themselves",
        "then",
        "there",
        "there's",
        "these",
        "they",
        "they're",
        "this",
        "those",
        "through",
        "to",
        "too",
        "under",
        "until",
        "up",
        "very",
        "was",
        "wasn't",
        "we",
        "we're",
        "were",
        "weren't",
        "what",
        "what's",
        "when",
        "where",
        "which",
        "while",
        "who",
        "who's",
        "whom",
        "why",
        "will",
        "with",
        "won't",
        "would",
        "wouldn't",
        "you",
        "you're",
        "your",
        "yours",
        "yourself",
        "yourselves",
    ]
)
