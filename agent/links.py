"""Which links an answer may carry: none that the evidence does not hold, and no picture that loads by itself.

A picture or a link in an answer is a way out for data: text in a page may ask for one with the question in it. What is
only quoted has none at all: its citation leads to where it stands, and an address in it is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from stylegraph.agent.evidence import Evidence
from stylegraph.agent.injection import masked
from stylegraph.agent.text.code import code_spans

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
_LINK = re.compile(r"!?\[(?P<label>[^\[\]]*)\]\(\s*<?(?P<target>[^)\s>]*(?://|:)[^)\s>]*)[^)]*\)")
_CLOSED = re.compile(r"(`+)(?!`)[\s\S]*?(?<!`)\1")
_BACKTICKS = re.compile(r"\\*`+")
_LIVE = re.compile(rf"{_LINK.pattern}|{_TAG.pattern}|<[!?][^>]*>?|{_URL.pattern}", re.IGNORECASE)
"""What a client of Markdown follows or loads."""


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


def unlinked(text: str) -> str:
    """Return a quote in which nothing is followed or loaded: addresses and tags as code, which is read and can be copied.

    Backticks that close nothing are left out, so that they join with none of those.

    Example:
        >>> unlinked("See ![here](https://a.example/x.png), or www.a.example.")
        'See here (`https://a.example/x.png`), or `www.a.example`.'
    """
    kept, at = [], 0
    code = [(start, end) for start, end in code_spans(text) if _stays_code(text, start, end)]
    for start, end in [*code, (len(text), len(text))]:
        kept += [*_as_text(_BACKTICKS.sub("", text[at:start])), text[start:end]]
        at = end
    return _joined(kept).rstrip()


def _stays_code(text: str, start: int, end: int) -> bool:
    """Check whether code is code in the middle of a line too: closed as it is opened, and not behind a backslash."""
    return text[start - 1 : start] != "\\" and _CLOSED.fullmatch(text, start, end) is not None


def _as_text(text: str) -> Iterator[str]:
    at = 0
    for live in _LIVE.finditer(text):
        address = live["target"] or live[0].rstrip(_TRAILING)
        yield text[at : live.start()]
        yield f"{live['label']} (" if live["target"] else ""
        yield f"`{address}`"
        yield ")" if live["target"] else live[0][len(address) :]
        at = live.end()
    yield text[at:]


def _joined(parts: Sequence[str]) -> str:
    """Join parts with a space before code that would not open there: behind other code or a backslash."""
    joined = ""
    for part in parts:
        joined += f" {part}" if joined.endswith(("`", "\\")) and part.startswith("`") else part
    return joined
