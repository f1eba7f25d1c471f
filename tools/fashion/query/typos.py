"""Typos: the known word that a misspelt one most likely is, or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.resources import files

from stylegraph.agent.text.tokenizer import is_korean_word

_SHORTEST = 4
"""Letters of the shortest spelling that a typo is read as."""
_LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_TAILS = ["", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"]


class Spellings:
    """Spellings in letters, by their first letter and length: what a misspelt word is compared with."""

    def __init__(self, spellings: Iterable[str]) -> None:
        self._by_start: dict[tuple[str, int], list[tuple[str, str]]] = {}
        for spelling in spellings:
            letters = jamo(spelling)
            if len(letters) >= _SHORTEST:
                self._by_start.setdefault((letters[0], len(letters)), []).append((spelling, letters))

    def near(self, word: str, allowed: int) -> dict[str, int]:
        """Return the spellings within a distance of a word, with the distance; people rarely mistype the first letter."""
        letters = jamo(word)
        kinds = set(letters)
        found: dict[str, int] = {}
        for length in range(len(letters) - allowed, len(letters) + allowed + 1):
            for spelling, others in self._by_start.get((letters[0], length), ()):
                if len(kinds ^ set(others)) > 2 * allowed or spelling.isascii() != word.isascii():
                    continue
                distance = edit_distance(letters, others, allowed)
                if distance <= allowed:
                    found[spelling] = distance
        return found


def corrected(
    word: str, spellings: Spellings, senses: Mapping[str, object], is_word: Callable[[str], bool]
) -> str | None:
    """Return the spelling nearest to a word, if it is near enough.

    Korean is compared letter by letter (jamo), English with transpositions counted as one (optimal string alignment).
    A short word, or one that `is_word` says is another word, is left as it is; so is one with two equally near
    spellings that mean different things.

    Args:
        word: A normalised word that is not known as it stands.
        spellings: What it may have been meant to be.
        senses: Spelling -> what it means.
        is_word: Whether a word is a word of its language.
    """
    allowed = _allowed(word)
    distances = spellings.near(word, allowed) if allowed else {}
    closest = min(distances.values(), default=0)
    best = [spelling for spelling, distance in distances.items() if distance == closest]
    if not best or any(senses[other] != senses[best[0]] for other in best) or is_word(word):
        return None
    return best[0]


def jamo(word: str) -> str:
    """Return a word letter by letter: Hangul syllables become their jamo, other letters stay."""
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


def is_known_word(word: str) -> bool:
    """Check whether dictionaries know a word: Kiwi's for Korean, a list of words like those of garments for English."""
    return word in _english_words() if word.isascii() else is_korean_word(word)


@cache
def _english_words() -> frozenset[str]:
    text = (files("stylegraph.tools.fashion") / "words" / "english.txt").read_text("utf-8")
    return frozenset(text.split())
