"""Which sentences of the evidence answer a question, in an order that reads."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any

from stylegraph.agent.evidence import Evidence
from stylegraph.agent.local.reader.passage_lines import Line
from stylegraph.agent.local.reader.reader import Reading, document_of
from stylegraph.agent.text.answer_types import MEASURED, stated_kinds
from stylegraph.agent.text.language import Language, detect_language

_MOST = 5
_MOST_LISTED = 14
_FEW_SECTIONS = 6
_MOST_TOLD = 6
_MOST_STEPS, _MOST_GOING_ON = 10, 2
_TOLD_BESIDE = frozenset((*MEASURED, "person", "place", "colour", "reason"))
"""Kinds of thing that the sentence beside may state: what costs so much in one, why in the next."""
_KEPT_SHARE, _KEPT_ELSEWHERE = 0.03, 0.06
"""A sentence is kept if it is at least this likely, compared with the best: in the same document, in another one."""
_ALIKE = 0.72
"""Share of words, and of pairs of words that follow each other, at which two sentences say the same."""
_BULLET = re.compile(r"(?:[-*+•·▪○●◦※▶►]\s+|\d{1,3}[.)]\s+|>\s+)+")
_DEPENDENT = re.compile(
    r"(?:이 (?:세|두|네|때|경우|방법|점|중)|이때|이런|이렇게|이것|그러면|그러나|그래도|그래서|그다음|그 뒤|하지만|따라서|또한|다만)"
    r"|(?:This|These|That|Those|They|It|He|She|Then|But|However|Otherwise|So|Such|Both)\b"
)
_EXCEPTION = re.compile(r"(?:다만|단,|하지만|그러나)|(?:However|But|Unless|Except|Otherwise)\b")
_WORD = re.compile(r"\w+")
_FIELD = re.compile(r"[^:：]{1,20}[:：] \S")
_STOPPED = re.compile(r"[.!?。]\W*$")


def quotable(reading: Reading) -> list[Line]:
    """Return the lines that can stand in an answer: no headings, no bare rules, each once; without their bullets."""
    lines = [_without_bullet(line) for line in reading.lines if not line.is_heading]
    said = {line.text: line for line in reversed(lines) if len(_WORD.findall(line.text)) > 1}
    return [line for line in lines if said.get(line.text) is line]


def best_lines(
    reading: Reading, evidence: Sequence[Evidence], kinds: Collection[str] = (), most: int = _MOST
) -> list[Line]:
    """Choose the sentences that answer a question, with those beside them that they need.

    Args:
        reading: The evidence, read.
        evidence: What was read.
        kinds: Of thing that the question asks for.
        most: Sentences that are chosen for themselves.
    """
    lines = quotable(reading)
    if not lines:
        return []
    ranked = sorted(lines, key=lambda line: -line.answers)
    home = _document(evidence[ranked[0].evidence])
    chosen: list[Line] = []
    for line in ranked[: 4 * most]:
        share = _KEPT_SHARE if _document(evidence[line.evidence]) == home else _KEPT_ELSEWHERE
        likely = line.answers >= ranked[0].answers * share
        if len(chosen) < most and likely and not any(_alike(line, other) for other in chosen):
            chosen.append(line)
    return in_reading_order(_with_neighbours(chosen, lines, kinds), evidence)


def in_one_language(lines: list[Line], language: Language) -> list[Line]:
    """Leave out the lines of the other language where the best one is of the asker's."""
    own = [line for line in lines if detect_language(line.text) == language]
    best = max(lines, key=lambda line: line.answers, default=None)
    return own if best in own else lines


def first_lines(reading: Reading) -> list[Line]:
    """Return the first sentence of each piece of evidence."""
    first: dict[int, Line] = {}
    for line in reading.lines:
        first.setdefault(line.evidence, line)
    return list(first.values())


def listed_lines(reading: Reading, evidence: Sequence[Evidence], *, items: bool) -> list[Line]:
    """Choose the first sentence of each section of the best document, or of each paragraph when it has no sections.

    A document of few sections is told with two sentences of each.

    Args:
        reading: The evidence, read.
        evidence: What was read.
        items: Whether only the things that the document lists are wanted, each in a section of the deepest kind.
    """
    home = _best_document(reading, evidence)
    lines = [line for line in quotable(reading) if _document(evidence[line.evidence]) == home]
    sections = _grouped(lines)
    groups = sections if len(sections) > 2 else _paragraphs(lines, evidence)
    if items:
        groups = _deepest(groups)
    each = 2 if groups is sections and len(sections) <= _FEW_SECTIONS else 1
    chosen: list[Line] = []
    for line in (line for group in groups for line in _leading(group, each)):
        if not any(_alike(line, other) for other in chosen):
            chosen.append(line)
    return chosen[:_MOST_LISTED]


def section_lines(reading: Reading, evidence: Sequence[Evidence]) -> list[Line]:
    """Return what stands under the heading of the best line, in the order of the document."""
    lines = quotable(reading)
    if not lines:
        return []
    best = max(lines, key=lambda line: line.answers)
    home = _document(evidence[best.evidence])
    own = [line for line in lines if line.heading == best.heading and _document(evidence[line.evidence]) == home]
    return in_reading_order(own, evidence)[:_MOST_TOLD]


def _leading(group: Sequence[Line], count: int) -> Sequence[Line]:
    """Return a section from its first sentence that ends as one: what has no stop is the caption of a picture."""
    opening = (place for place, line in enumerate(group) if is_sentence(line.text) or _FIELD.match(line.text))
    first = next(opening, 0)
    return group[first : first + count]


def is_sentence(text: str) -> bool:
    """Check whether a text ends as a sentence does."""
    return bool(_STOPPED.search(text))


def _grouped(lines: Sequence[Line]) -> list[list[Line]]:
    """Assemble the lines of one section, chunks that overlap included."""
    return [list(group) for _, group in groupby(lines, key=lambda line: line.section or line.heading)]


def _deepest(groups: Sequence[list[Line]]) -> list[list[Line]]:
    """Keep the opening and the groups under the deepest headings, if those are several."""
    depth = max(group[0].depth for group in groups)
    deepest = [group for group in groups if group[0].depth == depth]
    return [*(group for group in groups[:1] if group[0].depth < depth), *deepest] if len(deepest) > 2 else list(groups)


def in_reading_order(lines: Sequence[Line], evidence: Sequence[Evidence]) -> list[Line]:
    """Order by document, that of the best sentence first, then by place in the document."""
    best: dict[tuple[str, str], float] = {}
    for line in lines:
        document = _document(evidence[line.evidence])
        best[document] = max(best.get(document, 0.0), line.answers)
    distinct = {(line.evidence, line.start): line for line in lines}.values()
    return sorted(distinct, key=lambda line: _place(line, evidence[line.evidence], best))


def _place(
    line: Line, piece: Evidence, best: Mapping[tuple[str, str], float]
) -> tuple[float, tuple[str, str], int, int]:
    document = _document(piece)
    return -best[document], document, piece["locator"].get("start", line.evidence), line.start


def _with_neighbours(chosen: Sequence[Line], lines: Sequence[Line], kinds: Collection[str]) -> list[Line]:
    """Add what a sentence leans on, what it excepts, and to the best one what is asked for and it doesn't state."""
    places = {(line.evidence, line.start): place for place, line in enumerate(lines)}
    best = max(chosen, key=lambda line: line.answers)
    wanted = _TOLD_BESIDE.intersection(kinds) - stated_kinds(" ".join(line.said for line in chosen))
    result = list(chosen)
    for line in chosen:
        place = places[line.evidence, line.start]
        before, after = _beside(lines, place, -1), _beside(lines, place, 1)
        if before and _DEPENDENT.match(line.text):
            result.append(before)
        if after and (_EXCEPTION.match(after.text) or (line is best and wanted & stated_kinds(after.said))):
            result.append(after)
        if line is best:
            result += _going_on(lines, place, "method" in kinds)
    if "method" in kinds and best.step:
        result += _steps(lines, places[best.evidence, best.start])
    return list(dict.fromkeys(result))


def _steps(lines: Sequence[Line], place: int) -> list[Line]:
    """Return the numbered list that a line is of, what goes on in its items included: who asks how wants every step."""
    first = last = place
    while lines[first].step != 1 and (before := _beside(lines, first, -1)) and _is_of_list(before):
        first -= 1
    while (after := _beside(lines, last, 1)) and _is_of_list(after) and after.step != 1:
        last += 1
    return list(lines[first : last + 1])[:_MOST_STEPS]


def _is_of_list(line: Line) -> bool:
    return line.step > 0 or not (line.is_item or line.opens)


def _going_on(lines: Sequence[Line], place: int, told_how: bool) -> list[Line]:
    """Return what goes on in the same item of a list, or in the same paragraph where it is told how something is done."""
    item = lines[place].is_item
    going_on: list[Line] = []
    while (item or told_how) and len(going_on) < _MOST_GOING_ON:
        after = _beside(lines, place + len(going_on), 1)
        if after is None or after.is_item or after.opens:
            break
        going_on.append(after)
    return going_on


def _beside(lines: Sequence[Line], place: int, step: int) -> Line | None:
    """Return the line before or after one, if it stands under the same heading."""
    there = lines[place + step] if 0 <= place + step < len(lines) else None
    line = lines[place]
    return there if there and (there.evidence, there.heading) == (line.evidence, line.heading) else None


def _paragraphs(lines: Sequence[Line], evidence: Sequence[Evidence]) -> list[list[Line]]:
    groups: list[list[Line]] = []
    for line in lines:
        text = evidence[line.evidence]["text"]
        last = groups[-1][-1] if groups else None
        if last and last.evidence == line.evidence and text[last.end : line.start].count("\n") < 1:
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _best_document(reading: Reading, evidence: Sequence[Evidence]) -> tuple[str, str]:
    scores: dict[tuple[str, str], float] = {}
    for piece in evidence:
        key = _document(piece)
        scores[key] = max(scores.get(key, 0.0), reading.relevance[piece["id"]] + piece["score"])
    return max(scores, key=scores.__getitem__)


def _document(piece: Evidence) -> tuple[str, str]:
    return piece["title"], document_of(piece)


def _without_bullet(line: Line) -> Line:
    match = _BULLET.match(line.text)
    if match is None or match.end() >= len(line.text):
        return line
    return line._replace(start=line.start + match.end(), text=line.text[match.end() :])


def _alike(one: Line, other: Line) -> bool:
    words, others = _WORD.findall(one.text.lower()), _WORD.findall(other.text.lower())
    return _share(words, others) >= _ALIKE and _share([*pairwise(words)], [*pairwise(others)]) >= _ALIKE / 2


def _share(some: Sequence[Any], others: Sequence[Any]) -> float:
    """Return how much of the shorter of two is in the other."""
    shorter = min(len(set(some)), len(set(others)))
    return len({*some} & {*others}) / shorter if shorter else 1.0
