"""Typos: the known word that a misspelt one most likely is, or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files

from stylegraph.agent.tokens import is_korean_word

_LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_TAILS = ["", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"]


def corrected(word: str, known: Mapping[str, object], is_word: Callable[[str], bool]) -> str | None:
    """Give the spelling nearest to a word, if it is near enough.

    Korean is compared letter by letter (jamo), English with transpositions counted as one (optimal string alignment).
    A short word, or one that `is_word` says is another word, is left as it is; so is one with two equally near spellings
    that are known for different things.

    Args:
        word: A normalised word that is not known as it stands.
        known: Spelling -> what it is known for.
        is_word: Whether a word is a word of its language.
    """
    allowed = _allowed(word)
    if not allowed:
        return None
    letters = jamo(word)
    distances = {
        spelling: edit_distance(letters, jamo(spelling), allowed)
        for spelling in known
        if _is_comparable(word, spelling)
    }
    closest = min(distances.values(), default=allowed + 1)
    best = [spelling for spelling, distance in distances.items() if distance == closest]
    if closest > allowed or any(known[other] != known[best[0]] for other in best) or is_word(word):
        return None
    return best[0]


def jamo(word: str) -> str:
    """Give a word letter by letter: Hangul syllables become their jamo, other letters stay."""
    letters: list[str] = []
    for char in word:
        code = ord(char) - 0xAC00
        if 0 <= code < 11172:
            letters += [_LEADS[code // 588], _VOWELS[code % 588 // 28], _TAILS[code % 28]]
        else:
            letters.append(char)
    return "".join(letters)


def edit_distance(left: str, right: str, limit: int) -> int:
    """Count insertions, deletions, changes and swaps of neighbours; more than `limit` is given as `limit` + 1."""
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, start=1):
        older, before, row = before, row, [i]
        for j, b in enumerate(right, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return row[-1]


def _allowed(word: str) -> int:
    if word.isascii():
        return 0 if not word.isalpha() or len(word) < 4 else 1 if len(word) < 8 else 2
    return 0 if len(word) < 2 else 1 if len(word) < 4 else 2


def _is_comparable(word: str, spelling: str) -> bool:
    """Tell whether a spelling is in the same script, about as long, and begins alike: people rarely mistype that."""
    if spelling.isascii() != word.isascii():
        return False
    if word.isascii():
        return spelling[0] == word[0] and len(spelling) >= 5 - (len(word) > 4) and abs(len(spelling) - len(word)) <= 2
    return len(spelling) >= 2 and abs(len(spelling) - len(word)) <= 1


def is_known_word(word: str) -> bool:
    """Tell whether a word is one that dictionaries know: Kiwi's for Korean, a list of common words that resemble garment words for English."""
    return word in _english_words() if word.isascii() else is_korean_word(word)


@cache
def _english_words() -> frozenset[str]:
    text = (files("stylegraph.tools.fashion") / "words" / "english.txt").read_text("utf-8")
    return frozenset(text.split())
