"""What turns the sense of a sentence though its other words stay: negation, necessity, quantifiers, opposites."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any, Literal, get_args

from stylegraph.agent.text.resources import read_yaml

Sense = Literal["negation", "necessity", "whole", "only"]


@lru_cache(maxsize=4_096)
def has(sense: Sense, text: str) -> bool:
    """Check whether a text negates, obliges, speaks of all, or of nothing else."""
    return bool(_pattern(str(_words()[sense])).search(_plainly(text)))


def differ(one: str, other: str) -> bool:
    """Check whether one of two texts negates, obliges, speaks of all or of nothing else, and the other does not."""
    return any(has(sense, one) != has(sense, other) for sense in get_args(Sense))


@lru_cache(maxsize=4_096)
def sides(text: str) -> tuple[int, ...]:
    """Return for each pair of opposites which a text has: 1 or 2, 0 for none, 3 for both."""
    plain = _plainly(text)
    pairs = ((_pattern(one), _pattern(other)) for one, other in _words()["opposites"])
    return tuple(bool(one.search(plain)) + 2 * bool(other.search(plain)) for one, other in pairs)


@lru_cache(maxsize=4_096)
def rivals(text: str) -> frozenset[tuple[int, str]]:
    """Return the words of a text that belong to a set of which one can't stand for another, each with its set's number."""
    low = text.casefold()
    sets = enumerate(_words()["rivals"])
    return frozenset((number, word) for number, words in sets for word in words if _alone(word).search(low))


@cache
def _alone(word: str) -> re.Pattern[str]:
    """Match a word: an English one whole, a Korean one at the beginning of a word with no more than a particle after it."""
    particle = r"(?:은|는|이|가|을|를|로|으로|의|도|만|과|와|에|에는|에서|부터|까지|이나|나)?(?![가-힣])"
    return re.compile(rf"\b{re.escape(word)}\b" if word.isascii() else rf"(?<![가-힣]){re.escape(word)}{particle}")


def _plainly(text: str) -> str:
    """Return a text with its bounds put without a negation: never more than is at most."""
    for pattern, plain in _words()["bounds"].items():
        text = _pattern(pattern).sub(plain, text)
    return text


@cache
def _words() -> dict[str, Any]:
    return dict(read_yaml(__package__, "words.yaml"))


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)
