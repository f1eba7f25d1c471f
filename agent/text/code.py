"""Where code stands in Markdown: nothing in it is anything but code."""

from __future__ import annotations

from collections.abc import Iterator

from stylegraph.agent.text.language import Span
from stylegraph.agent.text.units import units


def code_spans(text: str) -> list[Span]:
    """Return where code stands, blocks and inline, fences and backticks included.

    Returns:
        Spans in order, none overlapping.

    Example:
        >>> text = "Run `x[1]` now."
        >>> [text[start:end] for start, end in code_spans(text)]
        ['`x[1]`']
    """
    spans: list[Span] = []
    at = 0
    for start, end in [*_blocks(text), (len(text), len(text))]:
        spans += _inline(text, at, start)
        if start < end:
            spans.append((start, end))
        at = end
    return spans


def unsettled_code(text: str) -> int:
    """Return where a text that still comes may turn out to hold code, once more of it is there; its length where nowhere.

    An open block is code whatever follows. Backticks may be closed until their paragraph ends, and on a line that still
    comes they may yet open a block.
    """
    line, at = text.rfind("\n") + 1, text.rfind("\n\n") + 1
    at = max([at, *(end for start, end in _blocks(text) if start < line)])
    while (tick := text.find("`", at)) >= 0:
        run = _run(text, tick, len(text))
        at = _closing(text, tick + run, len(text), run)
        if at < 0:
            return tick
    return len(text)


def _blocks(text: str) -> list[Span]:
    return [(unit.start, unit.end) for unit in units(text) if unit.kind == "code"]


def _inline(text: str, start: int, end: int) -> Iterator[Span]:
    """Find code spans: as many backticks close one as opened it, within a paragraph (CommonMark 6.1)."""
    at = start
    while (tick := text.find("`", at, end)) >= 0:
        run = _run(text, tick, end)
        close = _closing(text, tick + run, end, run)
        at = tick + run if close < 0 or "\n\n" in text[tick:close] else close
        if at == close:
            yield tick, at


def _closing(text: str, at: int, end: int, run: int) -> int:
    """Return one past the backticks that close a run; -1 where none do."""
    while (at := text.find("`", at, end)) >= 0:
        length = _run(text, at, end)
        at += length
        if length == run:
            return at
    return -1


def _run(text: str, start: int, end: int) -> int:
    at = start
    while at < end and text[at] == "`":
        at += 1
    return at - start
