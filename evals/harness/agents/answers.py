"""An answer as the judges read it, whoever gave it: its text, the items it recommends, the places it cites."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from stylegraph.agent.citations import stands
from stylegraph.agent.evidence import Evidence
from stylegraph.agent.reply import Citation, Reply
from stylegraph.tools.fashion.catalogue.catalogue import sample_items

_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
_MARKER = re.compile(r"\s?\[\d{1,3}(?:\.\d{1,3})?(?:-\d{1,3})?\]")
_BRACKETED = re.compile(r"[\[【(（][^\[\]【】()（）\n]{2,120}[\]】)）]")


@dataclass(frozen=True)
class Answer:
    """What one turn gave."""

    text: str
    """Without the numbers of citations."""
    items: tuple[str, ...] = ()
    """Ids of the recommended items, in the order in which they are shown."""
    cited: tuple[str, ...] = ()
    """Every title, file and address that it cites."""
    checked: int = 0
    """Citations whose quote code has found in the evidence."""
    exact: bool = True
    """Whether all citations are such."""
    broken: int = 0
    """Code blocks that don't close, or that hold a citation's number."""


def of_reply(reply: Reply) -> Answer:
    """Read a reply of ours: its cards are what it recommends, besides items that its text names."""
    good = [one for one in reply.citations if stands(one.model_dump(), reply.evidence)]
    cards = [one.id for one in reply.recommendations]
    return Answer(
        text=without_markers(reply.text),
        items=tuple(dict.fromkeys(cards or named_items(reply.text))),
        cited=tuple(place for one in good for place in places(_cited(one, reply.evidence))),
        checked=len(good),
        exact=len(good) == len(reply.citations),
        broken=broken_blocks(reply.text),
    )


def of_text(text: str, found: Sequence[Evidence]) -> Answer:
    """Read a text that cites by title: the items that it names are what it recommends.

    Args:
        text: The answer.
        found: What its writer was shown in this conversation.
    """
    plain = _plain(text)
    cited = [one for one in found if _plain(one["title"]) in plain or (one["url"] and one["url"] in text)]
    return Answer(
        text=without_markers(text),
        items=tuple(named_items(text)),
        cited=tuple(place for one in cited for place in places(one)),
        broken=broken_blocks(text),
    )


def of_draft(text: str) -> Answer:
    """Read a draft that was sent back: what it would have shown is known by its text alone."""
    return Answer(text=without_markers(text), items=tuple(named_items(text)), broken=broken_blocks(text))


def named_items(text: str) -> list[str]:
    """Return the ids of catalogue items whose names stand in a text, in the order of their first mention."""
    plain, places = _plain(text), dict[str, int]()
    for name, item in _names():
        at = plain.find(name)
        if at >= 0:
            places[item] = min(at, places.get(item, at))
            plain = plain.replace(name, "\0" * len(name))  # a shorter name within it is no mention
    return sorted(places, key=lambda item: places[item])


def item(identity: str) -> Mapping[str, Any]:
    """Return an item of the sample catalogue; empty for an id that is none."""
    return _items().get(identity, {})


def without_markers(text: str) -> str:
    """Return a text without the numbers of citations, code left as it is."""
    lines, inside = [], False
    for line in text.split("\n"):
        inside ^= bool(_FENCE.match(line))
        lines.append(line if inside else _MARKER.sub("", line))
    return "\n".join(lines)


def without_brackets(text: str) -> str:
    """Return a text without what stands in brackets: titles of sources keep their own language."""
    return _BRACKETED.sub(" ", text)


def code_blocks(text: str) -> list[str]:
    """Return what stands in the code fences of a text that close, whatever they are indented by."""
    blocks: list[list[str]] = []
    current: list[str] | None = None
    for line in text.split("\n"):
        if _FENCE.match(line):
            blocks += [current] if current is not None else []
            current = [] if current is None else None
        elif current is not None:
            current.append(line.rstrip())
    return ["\n".join(block) for block in blocks]


def broken_blocks(text: str) -> int:
    """Count code fences that don't close, and blocks whose line ends in a citation's number."""
    fences = sum(bool(_FENCE.match(line)) for line in text.split("\n"))
    marked = sum(bool(re.search(r"\s\[\d{1,3}(?:\.\d{1,3})?\]$", block, re.MULTILINE)) for block in code_blocks(text))
    return fences % 2 + marked


def _cited(citation: Citation, evidence: Sequence[Evidence]) -> Evidence:
    return next(one for one in evidence if one["id"] == citation.evidence)


def places(one: Evidence) -> Iterable[str]:
    """Return all that a piece of evidence is known by."""
    told = (one["title"], one["url"], one["data"].get("document"), one["data"].get("source"))
    return [str(place) for place in told if place]


@cache
def _items() -> Mapping[str, Mapping[str, Any]]:
    return {one["id"]: one for one in sample_items()}


@cache
def _names() -> Sequence[tuple[str, str]]:
    """Return name -> id of all items in both languages, the longest first."""
    named = [(_plain(one[name]), one["id"]) for one in sample_items() for name in ("name_ko", "name_en")]
    return sorted(named, key=lambda pair: -len(pair[0]))


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().replace("*", "").split())
