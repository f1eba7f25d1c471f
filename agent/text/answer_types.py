"""What kind of thing a question asks for, and which kinds a sentence states: a temperature, a reason, a place ..."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from stylegraph.agent.text.question_types import own_words
from stylegraph.agent.text.resources import read_yaml

MEASURED = ("temperature", "duration", "frequency", "length", "amount", "percent", "money", "time", "count", "size")
"""Kinds that are told by their unit: a sentence without it can't be the answer."""


@lru_cache(maxsize=64)
def asked_kinds(question: str) -> frozenset[str]:
    """Return the kinds that a question asks for."""
    return frozenset(kind for kind, (asked, _) in _patterns().items() if asked.search(own_words(question)))


@lru_cache(maxsize=4_096)
def stated_kinds(sentence: str) -> frozenset[str]:
    """Return the kinds that a sentence states."""
    return frozenset(kind for kind, (_, stated) in _patterns().items() if stated.search(sentence))


@cache
def _patterns() -> dict[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    return {
        kind: (re.compile(forms["asked"], re.IGNORECASE), re.compile(forms["stated"], re.IGNORECASE))
        for kind, forms in read_yaml(__package__, "answer_types.yaml").items()
    }
