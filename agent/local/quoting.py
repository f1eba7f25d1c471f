"""Which sentences of the evidence answer a question, in an order that reads."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from stylegraph.agent.evidence import Evidence
from stylegraph.agent.language import Language, detect_language
from stylegraph.agent.local.reading import Line, Reading

_MOST = 4
_MOST_LISTED = 14
_MOST_TOLD = 6
_KEPT_SHARE, _KEPT_ELSEWHERE = 0.1, 0.3
"""A sentence is kept if it is at least this likely, compared with the best: in the same document, in another one."""
_ALIKE = 0.72
"""Share of words at which two sentences say the same."""
_BULLET = re.compile(r"(?:[-*+•·▪○●◦※▶►]\s+|\d{1,3}[.)]\s+|>\s+|\|\s*)+")
_DEPENDENT = re.compile(
    r"(?:이 (?:세|두|네|때|경우|방법|점|중)|이때|이런|이렇게|이것|그러면|그러나|그래도|그래서|그다음|그 뒤|하지만|따라서|또한|다만)"
    r"|(?:This|These|That|Those|They|It|He|She|Then|But|However|Otherwise|So|Such|Both)\b"
)
_WORD = re.compile(r"\w+")
_STOPPED = re.compile(r"[.!?。]\W*$")


def quotable(reading: Reading) -> list[Line]:
    """Give the lines that can stand in an answer: no headings, no bare rules, each once; without their bullets."""
    lines = [_without_bullet(line) for line in reading.lines if not line.is_heading]
    said = {line.text: line for line in reversed(lines) if len(_WORD.findall(line.text)) > 1}
    return [line for line in lines if said.get(line.text) is line]


def best_lines(reading: Reading, evidence: Sequence[Evidence], most: int = _MOST) -> list[Line]:
    """Choose the sentences that answer a question, with the one before where a sentence leans on it."""
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
    return in_reading_order(_with_antecedents(chosen, lines), evidence)


def in_one_language(lines: list[Line], language: Language) -> list[Line]:
    """Leave out the lines of the other language where the best one is of the asker's."""
    own = [line for line in lines if detect_language(line.text) == language]
    best = max(lines, key=lambda line: line.answers, default=None)
    return own if best in own else lines


def first_lines(reading: Reading) -> list[Line]:
    """Give the first sentence of each piece of evidence."""
    first: dict[int, Line] = {}
    for line in reading.lines:
        first.setdefault(line.evidence, line)
    return list(first.values())


def listed_lines(reading: Reading, evidence: Sequence[Evidence], *, items: bool) -> list[Line]:
    """Choose the first sentence of each section of the best document, or of each paragraph when it has no sections.

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
    chosen: list[Line] = []
    for lead in map(_lead, groups):
        if not any(_alike(lead, other) for other in chosen):
            chosen.append(lead)
    return chosen[:_MOST_LISTED]


def section_lines(reading: Reading, evidence: Sequence[Evidence]) -> list[Line]:
    """Give what stands under the heading of the best line, in the order of the document."""
    lines = quotable(reading)
    if not lines:
        return []
    best = max(lines, key=lambda line: line.answers)
    home = _document(evidence[best.evidence])
    own = [line for line in lines if line.heading == best.heading and _document(evidence[line.evidence]) == home]
    return in_reading_order(own, evidence)[:_MOST_TOLD]


def _lead(group: Sequence[Line]) -> Line:
    """Give the first sentence of a section that ends as one: what has no stop is the caption of a picture."""
    return next((line for line in group if _STOPPED.search(line.text)), group[0])


def _grouped(lines: Sequence[Line]) -> list[list[Line]]:
    """Put the lines of one section together, chunks that overlap included."""
    sections: dict[str, list[Line]] = {}
    for line in lines:
        sections.setdefault(line.heading, []).append(line)
    return list(sections.values())


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


def _with_antecedents(chosen: Sequence[Line], lines: Sequence[Line]) -> list[Line]:
    places = {(line.evidence, line.start): place for place, line in enumerate(lines)}
    result = list(chosen)
    for line in chosen:
        place = places[line.evidence, line.start]
        before = lines[place - 1] if place else None
        if before and before.evidence == line.evidence and before not in result and _DEPENDENT.match(line.text):
            result.append(before)
    return result


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
    return piece["title"], str(piece["data"].get("document") or piece["url"] or piece["id"])


def _without_bullet(line: Line) -> Line:
    match = _BULLET.match(line.text)
    if match is None or match.end() >= len(line.text):
        return line
    return line._replace(start=line.start + match.end(), text=line.text[match.end() :])


def _alike(one: Line, other: Line) -> bool:
    words, others = set(_WORD.findall(one.text.lower())), set(_WORD.findall(other.text.lower()))
    shared = len(words & others)
    return shared >= _ALIKE * min(len(words), len(others))
