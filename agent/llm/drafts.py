"""From what a model wrote to a draft: addresses become citations, and nothing else is changed.

A citation's quote is what stands at its address, so it is true word for word; an address that does not exist is struck.
Inside code nothing is touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from stylegraph.agent.citations import cite, cited_sentences
from stylegraph.agent.evidence import Evidence
from stylegraph.agent.links import without_links
from stylegraph.agent.llm.passages import cited_span, whole_span
from stylegraph.agent.local.items import is_item, recommendations
from stylegraph.agent.state import Draft, Kind
from stylegraph.agent.text.code import code_spans, unsettled_code
from stylegraph.agent.text.language import Language, Span, detect_language, has_letters

Label = Literal["NOT_FOUND", "DECLINED"]

_LABEL = re.compile(r"^[\s*_#]*(NOT_FOUND|DECLINED)[*_]{0,4}\s?[:：]?[*_]{0,4}\s*")
_LABELS = ("NOT_FOUND:", "DECLINED:")
_ONE = r"\d{1,3}(?:\.\d{1,3}(?:\s?[-–]\s?(?:\d{1,3}\.)?\d{1,3})?)?"
_ADDRESS = re.compile(
    rf"[ \t]*(?<![\w\]])\[(?:{_ONE})(?:\s?[,;]\s?(?:{_ONE}))*\](?!\()|[ \t]*\[\d{{1,3}}\.\d{{1,3}}[^\[\]\n]*\](?!\()"
)
_PART = re.compile(r"(\d{1,3})(?:\.(\d{1,3})(?:\s?[-–]\s?(?:\d{1,3}\.)?(\d{1,3}))?)?")
_GENERAL = re.compile(r"[ \t]*\[general\](?!\()", re.IGNORECASE)
_GENERALLY: Mapping[Language, str] = {"ko": " (일반 지식)", "en": " (general knowledge)"}
_STRUCK = "\ue000"
"""Stands for an address that was struck until its sentence is known: a character of private use."""
_KINDS: Mapping[str, Kind] = {"NOT_FOUND": "nothing", "DECLINED": "declined"}


@dataclass(frozen=True)
class Reading:
    """What a model has read, by which its text is understood.

    Args:
        passages: The evidence that it was shown: passage n is the n-th.
        links: Addresses on the web that a draft may name.
        language: Of the marks that are put in where there are no words to tell it by.
    """

    passages: Sequence[Evidence]
    links: frozenset[str]
    language: Language


@dataclass
class Composed:
    """A model's text, as people see it."""

    label: Label | None
    text: str
    citations: list[dict[str, Any]] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)
    """Sentences whose address does not exist."""
    general: bool = False
    """Whether a part is marked as general knowledge."""


def compose(text: str, reading: Reading) -> Composed:
    """Return a model's text with its addresses as citations `[1]`, `[2]` … in the order that they first appear."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace(_STRUCK, "")
    label = _LABEL.match(text)
    composed = Composed(label[1] if label else None, "")  # type: ignore[arg-type]
    body = text[label.end() :] if label else text
    written, at = [], 0
    for start, end in [*code_spans(body), (len(body), len(body))]:
        written += [_prose(body[at:start], reading, composed), body[start:end]]
        at = end
    whole = "".join(written)
    if _STRUCK in whole:
        composed.struck = [one.replace(_STRUCK, "").strip() for one, _ in cited_sentences(whole) if _STRUCK in one]
    composed.text = whole.replace(_STRUCK, "").strip()
    return composed


def draft_of(composed: Composed, reading: Reading, *, looked: bool) -> Draft:
    """Return the draft: items that it cites or names are recommended, in the order of the text.

    Args:
        composed: The text.
        reading: What was read.
        looked: Whether anything was looked up; a text without citations is talk where nothing was.
    """
    items = recommendations(_items_in(composed, reading.passages))
    kind: Kind = "answer" if composed.citations or looked else "chat"
    if items and all(_is_of_item(one, reading.passages) for one in composed.citations):
        kind = "recommendation"
    return Draft(
        text=composed.text,
        kind=_KINDS.get(composed.label or "", kind),
        citations=composed.citations,
        recommendations=[] if composed.label == "DECLINED" else [item.model_dump(mode="json") for item in items],
        unsupported=composed.struck,
        general=composed.general,
    )


class Visible:
    """Hands on what may be seen of a text that comes in pieces, as soon as it can't change any more.

    Args:
        show: Takes each piece that may be seen.
        reading: By which the text is understood.
    """

    def __init__(self, show: Callable[[str], None], reading: Reading) -> None:
        self._show = show
        self._reading = reading
        self._text = ""
        self._seen = 0

    def take(self, piece: str) -> None:
        """Take the next piece."""
        self._text += piece
        self._hand_on(self._text[: _settled(self._text)])

    def end(self) -> None:
        """Hand on what is left."""
        self._hand_on(self._text)

    def _hand_on(self, text: str) -> None:
        shown = compose(text, self._reading).text
        if len(shown) > self._seen:
            self._show(shown[self._seen :])
            self._seen = len(shown)


def _prose(text: str, reading: Reading, composed: Composed) -> str:
    """Return text outside of code: its links checked, its addresses numbered."""
    linked = without_links(text, reading.links)  # first: an address that was made a link is one when that is gone
    cited = _ADDRESS.sub(lambda match: _numbered(match, reading, composed), linked)
    if _GENERAL.search(cited):
        composed.general = True
        cited = _GENERAL.sub(lambda match: _generally(match, reading), cited)
    return cited


def _generally(match: re.Match[str], reading: Reading) -> str:
    """Return the mark of general knowledge in its sentence's own language: a translation is for somebody else."""
    said = _GENERAL.split(match.string[: match.start()].rpartition("\n")[2])[-1]
    return _GENERALLY[detect_language(said) if has_letters(said) else reading.language]


def _numbered(match: re.Match[str], reading: Reading, composed: Composed) -> str:
    """Return the numbers of the citations that an address names; nothing where none of it exists."""
    blank = match[0][: len(match[0]) - len(match[0].lstrip())]
    spans = [_resolved(part, reading.passages) for part in _PART.finditer(match[0])]
    marks = "".join(f"[{_place(found, span, composed)}]" for one in spans if one for found, span in [one])
    return f"{blank}{marks}{'' if all(spans) else _STRUCK}" if marks else _STRUCK


def _resolved(part: re.Match[str], passages: Sequence[Evidence]) -> tuple[Evidence, Span] | None:
    number = int(part[1])
    if not 1 <= number <= len(passages):
        return None
    found = passages[number - 1]
    span = cited_span(found, int(part[2]), int(part[3] or part[2])) if part[2] else whole_span(found)
    return (found, span) if span else None


def _place(found: Evidence, span: Span, composed: Composed) -> int:
    """Return the number of a citation; the same words are cited under one number."""
    citation = cite(found, *span)
    if citation not in composed.citations:
        composed.citations.append(citation)
    return composed.citations.index(citation) + 1


def _items_in(composed: Composed, passages: Sequence[Evidence]) -> list[Evidence]:
    """Return the items that a text cites or names, in the order that it does."""
    cited = [citation["evidence"] for citation in composed.citations]
    found: dict[str, tuple[int, Evidence]] = {}
    for piece in filter(is_item, passages):
        at = composed.text.find(str(piece["data"]["name"]))
        if piece["id"] in cited:
            mark = composed.text.find(f"[{cited.index(piece['id']) + 1}]")
            at = min(mark, at) if at >= 0 else mark
        if at >= 0:
            found.setdefault(piece["id"], (at, piece))
    return [piece for _, piece in sorted(found.values(), key=lambda one: one[0])]


def _is_of_item(citation: Mapping[str, Any], passages: Sequence[Evidence]) -> bool:
    return any(piece["id"] == citation["evidence"] and is_item(piece) for piece in passages)


def _settled(text: str) -> int:
    """Return how much of a text that still comes stays as it is shown now: no label, address, code or link is half there."""
    begun = text.lstrip(" *_#\n")
    if any(label.startswith(begun) for label in _LABELS):
        return 0
    line = text.rfind("\n") + 1
    current = text[line:]
    end = line + min(max(0, current.rfind(" ")), _open_bracket(current))
    return len(text[: min(end, unsettled_code(text))].rstrip())


def _open_bracket(line: str) -> int:
    """Return where a bracket opens that is not closed, or that a target may follow; the line's length if none does."""
    at = line.rfind("[")
    if at < 0:
        return len(line)
    closed = line.find("]", at)
    follows = line[closed + 1 : closed + 2]
    return at if closed < 0 or not follows or (follows == "(" and ")" not in line[closed:]) else len(line)
