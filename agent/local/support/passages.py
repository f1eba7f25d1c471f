"""Evidence taken apart into lines and clauses, each clause with what it is about where it does not say so itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from stylegraph.agent.text.language import sentences

_CLAUSE = re.compile(
    r"(?P<new>;\s)|[,:]\s|(?<=[가-힣][고며만])\s|(?<=지만)\s|(?<=므로)\s"
    r"|\s(?=(?:and|but|while|whereas|because|since|which|who|unless)\s)"
)
_TOPIC = re.compile(r"^.{0,24}?[가-힣\d)](?:은|(?<![에서때])는)(?=\s)")
"""The beginning of a Korean clause up to its topic."""
_OPENS = re.compile(r"^(?:(?:the|a|an|its|his|her|their|our)\s+)?((?:\S+\s+){1,2})", re.IGNORECASE)
_POINTS = re.compile(
    r"^(?:it|its|they|their|this|these|that|those|he|she|his|her|which|who|and|but|above|keep|never)\b", re.I
)
_HANGUL = re.compile(r"[가-힣]")


class Clause(NamedTuple):
    """A part of a sentence."""

    text: str
    topic: str
    """What the words before it are about, where it names nothing itself; else empty."""


class Passage(NamedTuple):
    """A piece of evidence, taken apart."""

    lines: tuple[str, ...]
    clauses: tuple[tuple[Clause, ...], ...]
    """Of each line."""


def passage_of(text: str) -> Passage:
    """Take a piece of evidence apart into sentences and clauses."""
    lines = tuple(" ".join(line.split()) for line in sentences(text))
    topic, taken = "", []
    for line in lines:
        clauses, topic = _clauses(line, topic)
        taken.append(clauses)
    return Passage(lines, tuple(taken))


def texts_of(passages: Iterable[Passage]) -> list[str]:
    """Return every text whose words and vector must be known."""
    parts = (part for one in passages for clauses in one.clauses for clause in clauses for part in clause)
    return [*(line for one in passages for line in one.lines), *parts]


def parts_of(sentence: str) -> list[str]:
    """Return the clauses of a sentence: what it says one by one."""
    return [part for part in _CLAUSE.split(sentence) if part and part.strip(" ;")] or [sentence]


def _clauses(line: str, topic: str) -> tuple[tuple[Clause, ...], str]:
    found, begins = [], True
    for part in _CLAUSE.split(line):
        if part is None:
            continue
        if part.strip() == ";":
            begins = True
        elif part.strip():
            own = _topic(part, begins)
            found.append(Clause(part, "" if own else topic))
            topic, begins = own or topic, False
    return tuple(found), topic


def _topic(part: str, begins: bool) -> str:
    """Return what a part of a sentence says it is about; nothing where it only goes on."""
    if _HANGUL.search(part):
        match = _TOPIC.match(part)
        return match.group() if match else ""
    opens = _OPENS.match(part)
    return opens.group().strip() if begins and opens and not _POINTS.match(part) else ""
