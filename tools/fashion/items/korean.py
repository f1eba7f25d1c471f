"""Korean endings that depend on the word before them."""

from __future__ import annotations

import re

_SLOT = re.compile(r"\{(\w+)(?:([|:])([^}]*))?\}")
_DIGIT_SOUNDS = "영일이삼사오육칠팔구"


def with_ending(word: str, endings: str) -> str:
    """Return a word with the ending that its last sound asks for.

    Args:
        word: The word.
        endings: After a consonant and after a vowel, such as `이에요/예요`, `이/가` or `은/는`.
    """
    after_consonant, after_vowel = endings.split("/")
    return word + (after_consonant if ends_in_consonant(word) else after_vowel)


def ends_in_consonant(word: str) -> bool:
    """Check whether a word ends in a consonant as it is spoken; a Latin word by its last letter, roughly.

    What stands in brackets behind it is not spoken.
    """
    letters = re.sub(r"[^\w가-힣]+", "", re.sub(r"\([^)]*\)$", "", word))
    if not letters:
        return False
    last = letters[-1]
    if last.isdigit():
        last = _DIGIT_SOUNDS[int(last)] if last in "0123456789" else "영"
    if "가" <= last <= "힣":
        return (ord(last) - 0xAC00) % 28 > 0
    return last.lower() in "bcdfgklmnpqrtz"


def filled(template: str, **values: str) -> str:
    """Fill a template: `{name}` by a value, `{name|이/가}` by it with its ending, `{name:이/가}` by that alone."""

    def fill(match: re.Match[str]) -> str:
        value = values[match[1]]
        if not match[2]:
            return value
        ended = with_ending(value, match[3])
        return ended if match[2] == "|" else ended[len(value) :]

    return _SLOT.sub(fill, template)
