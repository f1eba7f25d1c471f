"""Which links an answer may carry: none that the evidence does not hold, and no picture that loads by itself.

A picture or a link in an answer is a way out for data: text in a page may ask for one with the question in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from stylegraph.agent.evidence import Evidence
from stylegraph.agent.injection import masked

_URL = re.compile(
    r"(?:[a-z][a-z0-9+.-]*://(?:\[[^\]\s]*\]?)?|www\.|(?:data|javascript|mailto|vbscript):)[^\s)>\[\]\"'”’」<]*",
    re.IGNORECASE,
)
"""Brackets belong to an address only around its host (IPv6): behind it they hold a citation."""
_TARGET = re.compile(r"\]\(\s*<?([^)\s>]*)[^)]*\)?")
_TAG = re.compile(
    r"</?(?:img|a|script|iframe|svg|video|audio|object|embed|link|style|form|input|meta|base)\b[^>]*>?", re.IGNORECASE
)
_TRAILING = ".,;:!?。"


def addresses_in(text: str) -> list[str]:
    """Return the web addresses that a text names, without the stop that follows them."""
    return [match.group().rstrip(_TRAILING) for match in _URL.finditer(text)]


def links_in(evidence: Sequence[Evidence]) -> frozenset[str]:
    """Return the addresses that evidence stands at or names, word for word; not those in what speaks to the assistant."""
    named = (address for found in evidence for address in addresses_in(masked(found["text"])))
    return frozenset([*named, *(found["url"] for found in evidence if found["url"])])


def without_links(text: str, allowed: frozenset[str]) -> str:
    """Take away every address but the allowed ones, what points to it, and the mark that makes a link a picture."""
    text = _TARGET.sub(lambda match: "]" if match[1].rstrip(_TRAILING) not in allowed else match[0], text)
    text = _TAG.sub("", text).replace("![", "[")
    return _URL.sub(lambda match: match[0] if match[0].rstrip(_TRAILING) in allowed else "", text)
