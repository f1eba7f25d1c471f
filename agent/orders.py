"""Text in evidence that speaks to the assistant instead of the reader: it is neither shown to a model nor quoted.

Documents, web pages, captions and catalogue rows are data. A model is told so, and weak ones forget it; so what is
plainly written to steer an assistant is taken out before. The patterns of `orders.yaml` want two signs at once (an
order, and the instructions, the assistant or the form of the answer that it is about), so that "ignore the care
label" stays a sentence.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

import yaml

from stylegraph.agent.language import Span, sentence_spans

_GAP = "[…]"
_BLANK = re.compile(r"\n\s*\n")
_LINE = re.compile(r"\n")


class _Patterns(NamedTuple):
    speech: re.Pattern[str]
    takeover: re.Pattern[str]


@lru_cache(maxsize=512)
def order_spans(text: str) -> tuple[Span, ...]:
    """Find what speaks to the assistant, with what follows it.

    A sentence takes the rest of its line with it, a pretended change of speaker the rest of its paragraph.

    Returns:
        Spans in order, none overlapping.
    """
    patterns = _patterns()
    taken = [(match.start(), _end(_BLANK, text, match.end())) for match in patterns.takeover.finditer(text)]
    said = [
        (start, _end(_LINE, text, end))
        for start, end in sentence_spans(text)
        if patterns.speech.search(" ".join(text[start:end].split()))
    ]
    return tuple(_joined(sorted([*taken, *said])))


def gives_orders(text: str) -> bool:
    """Say whether a text, such as one sentence that might be quoted, speaks to the assistant."""
    return bool(order_spans(text))


def without_orders(text: str) -> str:
    """Give a text with a gap where it speaks to the assistant."""
    kept, at = [], 0
    for start, end in order_spans(text):
        kept += [text[at:start], _GAP]
        at = end
    return "".join([*kept, text[at:]])


def masked(text: str) -> str:
    """Give a text of the same length, blank where it speaks to the assistant: what may be shown in part or quoted."""
    kept = text
    for start, end in order_spans(text):
        kept = f"{kept[:start]}{' ' * (end - start)}{kept[end:]}"
    return kept


@cache
def _patterns() -> _Patterns:
    data = yaml.safe_load((files(__package__) / "orders.yaml").read_text(encoding="utf-8"))
    named = re.compile("|".join(f"<<{name}>>" for name in data["words"]))
    speech = "|".join(named.sub(lambda match: data["words"][match[0][2:-2]], pattern) for pattern in data["speech"])
    flags = re.IGNORECASE | re.MULTILINE
    return _Patterns(re.compile(speech, flags), re.compile("|".join(data["takeover"]), flags))


def _end(until: re.Pattern[str], text: str, start: int) -> int:
    found = until.search(text, start)
    return found.start() if found else len(text)


def _joined(spans: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in spans:
        if joined and start <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
