"""Lines that say a question again before they say something else: "How to wash linen: …".

Whoever writes a document can write anybody's question into it, and what follows then looks like its answer. So such a
line is read where it is all there is; an answer that stands elsewhere stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from stylegraph.agent.local.reader.passage_lines import Line
from stylegraph.agent.text.answer_types import MEASURED, asked_kinds, stated_kinds
from stylegraph.agent.text.tokenizer import tokenize

_LABEL = re.compile(
    r"(?P<as_to>[^:：,.\n]{2,80}(?:자면|냐 ?하면|냐면|에 관해서는|에 대해서는))(?=[,\s]|\Z)[,\s]*"
    r"|(?P<label>[^:：\n]{2,80})[:：](?!//)\s*"
)
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


def _restates(text: str, asked: Collection[str], kinds: frozenset[str]) -> bool:
    said = _LABEL.match(text)
    if said is None:
        return False
    words = tokenize(said["as_to"] or said["label"])
    same = sum(word in asked for word in words)
    return same > 0 and same >= _SHARE * len(words) and kinds.isdisjoint(stated_kinds(text[said.end() :]))
