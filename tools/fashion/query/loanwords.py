"""Whether a Korean and an English word are one word: 러그 and rug, 바디수트 and bodysuit, hanbok and 한복.

Compared by their consonants in classes that Korean spelling does not keep apart; vowels change too much between the two.
"""

from __future__ import annotations

import re
from functools import lru_cache

_LEADS = "KKNTTLMPPSS-JJJKTPH"
_TAILS = ("", "K", "K", "KS", "N", "NJ", "N", "T", "L", "LK", "LM", "LP", "LS", "LT", "LP", "L", "M", "P", "PS", "S", "S", "N",
          "J", "J", "K", "T", "P", "")  # fmt: skip
_ENGLISH = (
    (r"ph", "f"), (r"sh|sch", "s"), (r"tch|ch|dg", "j"), (r"ck", "k"), (r"th", "s"), (r"qu", "k"), (r"x", "ks"), (r"c(?=[eiy])", "s"),
    (r"(?<=[aeiou])r(?![aeiouy])|(?<=[aeiou])r(?=e\b)", ""), (r"ng\b", "n"), (r"(?<=[aeiou])[hwy]", ""), (r"kn", "n"), (r"wr", "r"),
)  # fmt: skip
_CLASSES = {**dict.fromkeys("kgqc", "K"), **dict.fromkeys("td", "T"), **dict.fromkeys("pbfv", "P"), **dict.fromkeys("rl", "L"),
            **dict.fromkeys("jz", "J"), "s": "S", "m": "M", "n": "N", "h": "H"}  # fmt: skip
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_SPELT = {"a": "ㅏㅐㅔㅗ", "e": "ㅔㅣㅐㅓ", "i": "ㅣㅏ", "o": "ㅗㅏㅓㅜ", "u": "ㅓㅜㅠㅏ"}
_SYLLABLES = 11_172
_SURE = 3
_DOUBLED = re.compile(r"(.)\1+")


@lru_cache(maxsize=20_000)
def skeleton(word: str, *, rolled: bool = False) -> str:
    """Return the consonants of a word in either language, in classes; rolled: with every r that English swallows."""
    letters = "".join(_hangul(char) if "가" <= char <= "힣" else char for char in _latin(word.lower(), rolled=rolled))
    return _DOUBLED.sub(r"\1", letters.replace("-", "").replace(" ", ""))


def sounds_alike(left: str, right: str) -> bool:
    """Check whether two words of different scripts sound alike enough to be one word by that alone."""
    if left.isascii() == right.isascii():
        return False
    korean, english = (right, left) if left.isascii() else (left, right)
    spelt = {skeleton(english), skeleton(english, rolled=True)}
    return len(skeleton(korean)) >= _SURE and skeleton(korean) in spelt


def may_sound_alike(left: str, right: str) -> bool:
    """Check whether two words of different scripts have the same consonants, however few, and a first vowel that fits."""
    korean, english = (right, left) if left.isascii() else (left, right)
    if korean.isascii() or not english.isascii() or not skeleton(korean) or skeleton(korean) != skeleton(english):
        return False
    vowel = next((_VOWELS[(ord(char) - 0xAC00) % 588 // 28] for char in korean if "가" <= char <= "힣"), "")
    letter = next((char for char in english.lower() if char in "aeiou"), "")
    return vowel in _SPELT.get(letter, "") and _ends_alike(korean, english.lower())


def spelt_alike(left: str, right: str) -> bool:
    """Check whether two English words are two spellings of one: sari and saree, kaftan and caftan."""
    if not (left.isascii() and right.isascii()) or left == right or " " in left + right:
        return False
    vowels = [next((char for char in word if char in "aeiou"), "") for word in (left, right)]
    ends = [word.endswith(("y", "i", "ie", "ee")) for word in (left, right)]
    alike = len(skeleton(left)) > 1 and skeleton(left) == skeleton(right) and vowels[0] == vowels[1]
    return (
        alike
        and ends[0] == ends[1]
        and (left[0] in "aeiou") == (right[0] in "aeiou")
        and abs(len(left) - len(right)) < _SURE
    )


def _ends_alike(korean: str, english: str) -> bool:
    """Check whether the ends fit: what ends in a sound of i in one language does in the other."""
    code = ord(korean[-1]) - 0xAC00
    vowel = _VOWELS[code % 588 // 28] if 0 <= code < _SYLLABLES and code % 28 == 0 else ""
    if english.endswith(("y", "i", "ie", "ee", "ies")):
        return vowel == "ㅣ"
    return vowel in {"", "ㅡ", "ㅣ"} or english.endswith(("a", "o", "u", "r", "re", "ra", "ow"))


def _hangul(char: str) -> str:
    code = ord(char) - 0xAC00
    return _LEADS[code // 588] + _TAILS[code % 28]


def _latin(word: str, *, rolled: bool) -> str:
    if not word.isascii():
        return word
    for pattern, plain in _ENGLISH:
        if rolled and pattern.endswith(r"(?=e\b)"):
            continue
        word = re.sub(pattern, plain, word)
    return "".join(_CLASSES.get(char, "") for char in word)
