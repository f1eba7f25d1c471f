"""How texts are changed: the same text always in the same way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from hashlib import blake2b
from typing import Any

from stylegraph.agent.text.language import Language, sentence_spans
from stylegraph.agent.text.resources import read_yaml
from stylegraph.evals.harness.document_cases import holds

_NUMBER = re.compile(r"\d{4}-\d\d-\d\d|\d+\.\d+|(?<![A-Za-z\d.,/])(?!0)(\d{1,3}(?:,\d{3})+|\d{1,9})(?![\d,]*\d)")
"""A date and a decimal are left alone."""
_LEAST = 2
"""One is left alone: it is seldom an amount."""


def other_numbers(text: str) -> str:
    """Return a text with every whole number made one more, thousands separators kept: 30℃ is 31℃, 1,200 rpm 1,201."""
    return _NUMBER.sub(_one_more, text)


def has_number(text: str) -> bool:
    """Check whether `other_numbers` would change a text."""
    return other_numbers(text) != text


def another_order(text: str) -> str:
    """Return a text with its paragraphs from the last to the first; one paragraph with its second half first."""
    paragraphs = [part for part in re.split(r"\n\s*\n", text) if part.strip()]
    if len(paragraphs) > 1:
        return "\n\n".join(reversed(paragraphs))
    said = [text[start:end] for start, end in sentence_spans(text)]
    half = (len(said) + 1) // 2
    return " ".join([*said[half:], *said[:half]])


def without(text: str, facts: Sequence[Sequence[str]]) -> str:
    """Return a text without the sentences that hold a fact in any of its forms."""
    kept, end = [], 0
    for start, stop in sentence_spans(text):
        if not any(holds(text[start:stop], forms) for forms in facts):
            kept.append(text[end:stop])
        end = stop
    return "".join(kept).strip()


def distractor(case_id: str, language: Language) -> str:
    """Return the sentence about something else that goes with a case."""
    given: list[str] = _distractors()[language]
    return given[int(blake2b(case_id.encode(), digest_size=2).hexdigest(), 16) % len(given)]


def _one_more(match: re.Match[str]) -> str:
    if match[1] is None or (value := int(match[1].replace(",", ""))) < _LEAST:
        return match.group()
    return f"{value + 1:,}" if "," in match[1] else str(value + 1)


@cache
def _distractors() -> dict[str, Any]:
    return dict(read_yaml(__package__, "distractors.yaml"))
