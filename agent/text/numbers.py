"""The numbers that a question names, and whether a sentence speaks of them."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"(?<![A-Za-z\d])\d{1,12}(?:[,.]\d{1,6})*")
_WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
"""Not one, which is a pronoun as often."""
_IN_WORDS = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b", re.IGNORECASE)
_DATE = re.compile(
    r"\d{1,4} ?(?:년|월|일(?!차)|시(?!간))|\d{1,2}:\d\d"
    r"|\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
)
"""A number that names a day or an hour, not how much of something there is."""
_RANGE = re.compile(r"(\d{1,9}(?:\.\d+)?)\s*(?:℃|°C|cm|mm|%|도)?\s*(?:~|–|-|to|에서)\s*(\d{1,9}(?:\.\d+)?)")


def numbers(text: str) -> list[float]:
    """Return the distinct numbers of a text, the smallest first, English ones in words up to twelve as well.

    A thousands separator is none of a decimal.
    """
    found = (number.replace(",", "") for number in _NUMBER.findall(text))
    in_words = {_WORDS.index(word.lower()) + 2.0 for word in _IN_WORDS.findall(text)}
    return sorted({float(number) for number in found if number.count(".") < 2} | in_words)


def speaks_of(number: float, text: str) -> bool:
    """Check whether a text names a number, or a range that it is in: 15 is in "12~16℃"."""
    return number in numbers(text) or any(float(low) <= number <= float(high) for low, high in _RANGE.findall(text))


def undated(text: str) -> str:
    """Return a text without its dates and hours: 6 years are not met by 6월."""
    return _DATE.sub(" ", text)
