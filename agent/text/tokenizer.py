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
_LONG = 2_000
"""Texts of so many characters, which no passage has, are remembered once cut."""
_LONGEST_WORD = 40
_GLUED = 20
"""Characters on each side of a line's end that tell whether a word goes on over it; with 40 it is told no better."""
_UNKNOWN = 4
"""Kiwi numbers the morphemes of its dictionary from above this; below stand its guesses."""
_EMPTY_TAGS = ("J", "E", "XS", "VC", "VX", "NP")
"""Kiwi's tags (Sejong's) of morphemes that say nothing alone. With them, Korean questions rank clearly worse."""
_WOOL = "울"
"""Kiwi takes most wool for the dialect's "our", a pronoun."""
_COMPOUND_TAGS = frozenset({"NNG", "NNP", "NR", "XPN", "XSN"})
_VERB_TAGS = ("VV", "VA", "VV-R", "VV-I", "VA-R", "VA-I")

_Morpheme = tuple[str, str, tuple[int, int]]
"""A form, Kiwi's tag of it, and where it stands."""

_kiwi_lock = threading.Lock()
_stemmer_lock = threading.Lock()


class Stemmer(Protocol):
    """What the Snowball package gives."""

    def stemWord(self, word: str) -> str:  # noqa: N802
        """Return the stem of a lower-case word."""


class Tokens(NamedTuple):
    """The tokens of a text, each as often as it occurs."""

    words: list[str]
    """Morphemes and stems."""
    compounds: list[str]
    """Neighbouring Korean nouns as one word, so that 반팔 티셔츠 and 반팔티셔츠 meet however they are cut."""


def tokenize(text: str) -> list[str]:
    """Return the words of a text, as often as they occur; the same for a query and for a document.

    Hangul is cut into morphemes by Kiwi, which sees the whole text; particles, endings, auxiliaries and pronouns go.
    Latin words become lower-case Snowball stems without stop words; numbers lose their thousands separators. Kiwi is
    loaded (2 s) by the first Hangul only.

    Returns:
        Words of letters and digits, Korean ones first. A text without any gives none.
    """
    return read_tokens(text).words


def read_tokens(text: str) -> Tokens:
    """Return the words of a text as `tokenize` does, and the compounds that its nouns may form."""
    clean = _clean(text)
    morphemes = _morphemes(clean)
    korean = [part for form, tag, _ in morphemes for part in _parts(form, tag)]
    other = (_normal(word) for word in _WORD.findall(clean.lower()))
    return Tokens(korean + [word for word in other if word], _compounds(morphemes))


def whole_words(text: str) -> dict[str, str]:
    """Return the tokens of a text as `tokenize` does, each with the word that it is of as a dictionary has it.

    A stem or a part of a compound means little to an embedding: marri is of marry, 식기 of 식기세척기, 띄우 of 띄우다.
    """
    clean = _clean(text)
    words = {stem: word for word in _WORD.findall(clean.lower()) if (stem := _normal(word))}
    compound: list[str] = []
    last = -1
    for form, tag, (start, end) in _morphemes(clean):
        is_part = _is_part(form, tag)
        compound = ([*compound, form] if start == last else [form]) if is_part else []
        last = end
        for part in compound if is_part else _parts(form, tag):
            words[part] = "".join(compound) if is_part else f"{part}다" if tag in _VERB_TAGS else part
    return words


def is_korean_word(word: str) -> bool:
    """Check whether Kiwi's dictionary knows a word, alone or as nouns of two syllables and more; particles may follow.

    A misspelt word is none, so this keeps a correction from changing one word into another.
    """
    with _kiwi_lock:
        tokens = [token for token in _kiwi().tokenize(word) if not token.tag.startswith(("J", "E"))]
    known = bool(tokens) and all(token.id > _UNKNOWN for token in tokens)
    return known and (len(tokens) == 1 or all(token.tag.startswith("NN") and token.len > 1 for token in tokens))


def is_one_word(before: str, after: str) -> bool:
    """Check whether a Korean line goes on in the next one within a word: which joining Kiwi finds likelier."""
    with _kiwi_lock:
        _, spaces = _kiwi().glue([before[-_GLUED:], after[:_GLUED]], return_space_insertions=True)
    return not spaces[0]


def korean_sentences(text: str) -> list[int]:
    """Return where each sentence of a Korean text begins, as Kiwi finds them: it needs no full stop between them."""
    with _kiwi_lock:
        return [sentence.start for sentence in _kiwi().split_into_sents(text)]


def korean_nouns(text: str) -> frozenset[str]:
    """Return the Korean words of a text that are nouns, cut as `tokenize` cuts them."""
    nouns = (form for form, tag, _ in _morphemes(_clean(text)) if tag in ("NNG", "NNP", "XR"))
    return frozenset(part for form in nouns for part in _HANGUL_RUN.findall(form))


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", _UNUSABLE.sub(" ", text))


def _morphemes(text: str) -> list[_Morpheme]:
    if not _HANGUL.search(text):
        return []
    return _cut(text) if len(text) < _LONG else _cut_once(text)


@lru_cache(maxsize=8)
def _cut_once(text: str) -> list[_Morpheme]:
    """Cut a long question, which a turn comes back to dozens of times: without spaces 20,000 syllables take 1.6 s."""
    return _cut(text)


def _cut(text: str) -> list[_Morpheme]:
    with _kiwi_lock:
        return [(token.form, token.tag, (token.start, token.end)) for token in _kiwi().tokenize(text)]


def _parts(form: str, tag: str) -> list[str]:
    return [] if tag.startswith(_EMPTY_TAGS) and form != _WOOL else _HANGUL_RUN.findall(form)


def _compounds(morphemes: list[_Morpheme]) -> list[str]:
    return [
        one + other
        for (one, tag, _), (other, next_tag, _) in pairwise(morphemes)
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
    """Return the Snowball stem, or an empty string for a stop word."""
    if word in _STOP_WORDS:
        return ""
    if not word.isascii():
        return word
    with _stemmer_lock:
        return _stemmer().stemWord(word).replace("'", "")


@cache
def _kiwi() -> Kiwi:
    from kiwipiepy import Kiwi

    return Kiwi(
        num_workers=1, load_multi_dict=False
    )  # whole names of films and books: 0.2 GB, and no word ranks better


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
