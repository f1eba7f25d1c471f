"""Lines that say a question again and nothing of it besides: "How to wash linen: …", "Linen is washed so".

Whoever writes a document can write anybody's question into it, and what follows then looks like its answer. So such a
line is read where it is all there is; an answer that stands elsewhere stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from stylegraph.agent.local.reader.passage_lines import Line
from stylegraph.agent.text.answer_types import MEASURED, asked_kinds, stated_kinds
from stylegraph.agent.text.tokenizer import tokenize

_LABEL = re.compile(
    r"(?P<as_to>[^:：,.．。\n]{2,80}?(?:자면|냐 ?하면|냐면|려면|에 관해서는|에 대해서는| 때(?:는|엔|에는)?))(?=[,\s]|\Z)[,\s]*"
    r"|(?P<clause>(?:when|while|to|if|for|before|after|as for|regarding)\b[^:：,.\n]{2,80}),\s*"
    r"|(?P<aim>to\b[^:：,.\n]{2,80}?)\s(?=(?:you|please)\b)"
    r"|(?P<title>[^:：\n]{2,80})\s[-–—](?:\s|\Z)\s*"
    r"|(?P<label>[^:：\n]{2,80})[:：](?!//)\s*",
    re.IGNORECASE,
)
_STOPPED = re.compile(r"[.!?。]\W*\Z")
_STATED = frozenset(MEASURED)
"""Kinds of thing that a value behind a label is told by alone."""
_SHARE = 0.5
"""Of the words of a label, those that the question has."""


def restating(question: str, lines: Sequence[Line]) -> list[int]:
    """Return the places of the lines that begin with the question's own words as a label, or say nothing else.

    A line that then states what is asked for, such as a time or a measure, is its answer and none of them.
    """
    asked, kinds = frozenset(tokenize(question)), asked_kinds(question) & _STATED
    return [place for place, line in enumerate(lines) if not line.is_heading and _restates(line.text, asked, kinds)]


def states_measure(question: str, line: Line) -> bool:
    """Check whether a line states the measure, the time or the like that a question asks for."""
    return not (asked_kinds(question) & _STATED).isdisjoint(stated_kinds(line.text))


def _restates(text: str, asked: frozenset[str], kinds: frozenset[str]) -> bool:
    said = _LABEL.match(text)
    if said is None:  # a whole sentence is not cut into words: most lines are one, and cutting is what takes time here
        return not _STOPPED.search(text) and asked.issuperset(tokenize(text))
    words = tokenize(said[said.lastgroup or 0])
    same = sum(word in asked for word in words)
    return same > 0 and same >= _SHARE * len(words) and kinds.isdisjoint(stated_kinds(text[said.end() :]))
