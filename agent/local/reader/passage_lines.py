"""Evidence taken apart into the lines that an answer may quote, each with what it stands under.

What a sentence says depends on where it stands: under a heading, after the question of an FAQ, in a table whose first
row names the columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from stylegraph.agent.evidence import Evidence
from stylegraph.agent.injection import hidden_spans, order_spans
from stylegraph.agent.text.language import sentence_spans
from stylegraph.agent.text.units import Unit, units

_MOST_LINES = 400
_LONGEST_LINE = 1_000
_HEADING = re.compile(r"(#{1,6}) ")
_PLAIN_HEADING = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*[.)]?\s+)?(?![-*+•·|>])(?:[^\n:：;,.!?。]|\.(?=\d)){2,60}")
_NUMBER = re.compile(r"^(?:\d{1,2}(?:\.\d{1,2})*[.)]?|[IVX]{1,4}\.|제 ?\d{1,3} ?[장조절항])\s+")
_DIGIT = re.compile(r"\d")
_ITEM = re.compile(r"(?:[-*+•·▪○●◦※▶►]|(?P<step>\d{1,3})[.)])\s")
_ASKED = re.compile(r"(?:(?:question|q|질문|문)\s*[:：.)]\s*)(?P<asked>\S.*)", re.IGNORECASE | re.DOTALL)
_ANSWER = re.compile(r"(?:answer|a|답변?)\s*[:：.)]\s+(?=\S)", re.IGNORECASE)
_TITLE = re.compile(r"(?:title|제목|category|분류|tags?|id)\s*[:：]\s", re.IGNORECASE)
"""What a table of questions and answers says of a row, beside what the row says."""
_RULE = re.compile(r"\|?[ :|-]*-[ :|-]*\|?")
_PATH = " › "
"""Between the headings that a chunk begins under."""
_EMPTY_CELLS = ("", "-", "–", "—")


class Line(NamedTuple):
    """One sentence of the evidence."""

    evidence: int
    """Which piece of evidence, by its place."""
    start: int
    end: int
    text: str
    is_heading: bool
    """Whether it only says what follows is about: a heading, a question, the names of columns."""
    heading: str
    """The title and headings that it stands under, and the question that it answers."""
    depth: int
    """How deep its heading is: 0 without one, 3 under `###`."""
    answers: float = 0.0
    """How likely it answers the question, 0..1: no more than the reading as a whole."""
    columns: tuple[str, ...] = ()
    """What the columns of its table are called, if it is a row."""
    step: int = 0
    """Which number it has in a list, if it begins a numbered item."""
    is_item: bool = False
    """Whether it begins an item of a list."""
    opens: bool = True
    """Whether it begins a line of the text."""
    section: str = ""
    """The innermost heading that it stands under, without its number."""
    beside: str = ""
    """Its words beside those that are asked about."""

    @property
    def said(self) -> str:
        """What it says, on one line: a row of a table as its first cell, then each other with its column's name."""
        return _row_said(self.text, self.columns) if self.text.startswith("|") else " ".join(self.text.split())


def evidence_lines(evidence: Sequence[Evidence]) -> list[Line]:
    """Return the lines of all the evidence, without what gives orders to whoever reads it or is hidden from them."""
    return [
        line
        for place, piece in enumerate(evidence)
        for left_out in [[*order_spans(piece["text"]), *hidden_spans(piece["text"])]]
        for line in _Apart(place, piece).lines()
        if not any(start < line.end and line.start < end for start, end in left_out)
    ][:_MOST_LINES]


@dataclass
class _Apart:
    """One piece of evidence on the way to lines, with what the next line stands under."""

    place: int
    piece: Evidence
    heading: str = ""
    depth: int = 0
    asked: str = ""
    section: str = ""
    columns: tuple[str, ...] = ()
    units: list[Unit] = field(default_factory=list)

    def lines(self) -> Iterator[Line]:
        self.heading = self._above
        above, _, inner = self.piece["locator"].get("heading", "").rpartition(_PATH)
        self.section = _NUMBER.sub("", inner) if above else ""
        lead = self.piece["locator"].get("lead_in", "")
        if lead.startswith("|"):
            self.columns = tuple(_cells(lead))
        elif lead:
            self.heading = f"{self.heading} {lead}".strip()
        self.units = list(_sentences(self.piece["text"]))
        for number, (start, end, *_) in enumerate(self.units):
            is_heading = self._opens(number)
            text = self.piece["text"][start : min(end, start + _LONGEST_LINE)]
            if self.asked and not is_heading and (label := _ANSWER.match(text)):
                text = text[label.end() :]
            heading = self.heading if is_heading else f"{self.heading} {self.asked}".strip()
            columns = self.columns if text.startswith("|") else ()
            begin = min(end, start + _LONGEST_LINE) - len(text)
            span = begin, begin + len(text)
            item = _ITEM.match(text)
            yield Line(
                *(self.place, *span, text, is_heading, heading, self.depth, 0.0, columns),
                step=int(item["step"] or 0) if item else 0,
                is_item=item is not None,
                opens=not number or "\n" in self._gap(number),
                section=self.section,
            )

    @property
    def _above(self) -> str:
        return " ".join(part for part in (self.piece["title"], self.piece["locator"].get("heading", "")) if part)

    def _opens(self, number: int) -> bool:
        """Check whether a line is about what follows, and remember it then."""
        text = self._text(number)
        if not text.startswith("|"):
            self.columns = ()
        if self.units[number].kind == "code":
            return False
        if mark := _HEADING.match(text):
            self._open(text[mark.end() :], len(mark[1]))
            return True
        if text.startswith("|"):
            return self._names_columns(number)
        if asked := _asked(text):
            self.asked = asked
            return True
        if self.asked and "\n\n" in self._gap(number) and not _asked(self._text(number - 1)):
            self.asked = ""
        return self._is_plain_heading(number) or bool(self.asked and _TITLE.match(text))

    def _open(self, heading: str, depth: int) -> None:
        self.heading, self.depth, self.asked = f"{self._above} {heading}", depth, ""
        self.section = _NUMBER.sub("", heading) if depth > 1 else ""

    def _names_columns(self, number: int) -> bool:
        names, _, rule = self._text(number).partition("\n")
        if rule and _RULE.fullmatch(rule.strip()):
            self.columns = tuple(_cells(names))
        return bool(rule) or _RULE.fullmatch(names) is not None

    def _is_plain_heading(self, number: int) -> bool:
        """Find the heading of a plain text: short, without a stop, a blank line before it and none behind."""
        text = self._text(number)
        opens = (number == 0 or "\n\n" in self._gap(number)) and self._gap(number + 1) == "\n"
        if not opens or not _PLAIN_HEADING.fullmatch(text):
            return False
        following = self._text(number + 1)
        if following.startswith(("|", "#")) or (_ITEM.match(text) and _ITEM.match(following)):
            return False
        self._open(text, 2 if number else 1)
        return not _DIGIT.search(_ITEM.sub("", text))

    def _text(self, number: int) -> str:
        return self.piece["text"][slice(*self.units[number][:2])] if 0 <= number < len(self.units) else ""

    def _gap(self, number: int) -> str:
        """Return what stands between a line and the one before it, as line breaks."""
        if not 0 < number < len(self.units):
            return ""
        return re.sub(r"[^\n]", "", self.piece["text"][self.units[number - 1].end : self.units[number].start])


def _sentences(text: str) -> Iterator[Unit]:
    """Return the units of a text but its markup; an item says as many things as it has sentences."""
    for unit in units(text):
        if unit.kind == "item":
            for start, end in sentence_spans(text[unit.start : unit.end]):
                yield unit._replace(start=unit.start + start, end=unit.start + end)
        elif unit.kind != "markup":
            yield unit


def _asked(text: str) -> str:
    """Return the question that a line asks, if it only asks one."""
    if match := _ASKED.fullmatch(text):
        return match["asked"]
    return text if text.rstrip("\"'”’)").endswith(("?", "？")) else ""


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip().strip("|").split("|")]


def _row_said(row: str, columns: Sequence[str]) -> str:
    first, *cells = _cells(row)
    if len(columns) != len(cells) + 1:
        return " · ".join(cell for cell in (first, *cells) if cell not in _EMPTY_CELLS)
    told = [(name, cell) for name, cell in zip(columns[1:], cells, strict=True) if cell not in _EMPTY_CELLS]
    if len(columns) == 2:
        return f"{first}: {cells[0]}"
    return f"{first} – " + ", ".join(f"{name}: {cell}" if name else cell for name, cell in told)
