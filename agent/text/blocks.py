"""The parts of a text that can be pointed at: sentences, table rows, list items, headings and code blocks."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

from stylegraph.agent.text.language import Span, sentence_spans

_WHOLE = frozenset({"fence", "code_block", "html_block", "tr_open", "heading_open"})
"""Blocks that are one unit each."""
_RULES = frozenset({"hr"})


class Unit(NamedTuple):
    """A part of a text that can be cited by its number."""

    start: int
    """First character."""
    end: int
    """One past the last."""
    code: bool = False
    """Whether it is a code block, which keeps its lines."""


@lru_cache(maxsize=2048)
def units(text: str) -> tuple[Unit, ...]:
    r"""Return the units of a text in order, none overlapping; together they hold all of its words.

    Markdown decides what a block is: a code block, a row of a table and a heading are one unit each; other text is taken
    apart into sentences. A text without Markdown is sentences alone.

    Example:
        >>> text = "Wash at 30 °C. Dry flat.\\n\\n- no bleach"
        >>> [text[unit.start : unit.end] for unit in units(text)]
        ['Wash at 30 °C.', 'Dry flat.', '- no bleach']
    """
    starts = _line_starts(text)
    found: list[Unit] = []
    at = 0
    for first, last, code in _blocks(text):
        start, end = starts[first], starts[last]
        if start < at:
            continue
        found += _sentences(text, at, start)
        found += [Unit(*span, code) for span in [_trimmed(text, start, end)] if span[0] < span[1]]
        at = end
    return (*found, *_sentences(text, at, len(text)))


def code_spans(text: str) -> list[Span]:
    """Return where code stands in Markdown, blocks and inline: nothing in it is anything but code.

    Returns:
        Spans in order, none overlapping, fences and backticks included.
    """
    starts = _line_starts(text)
    blocks = [(starts[first], starts[last]) for first, last, code in _blocks(text) if code]
    spans: list[Span] = []
    at = 0
    for start, end in [*blocks, (len(text), len(text))]:
        spans += _inline_code(text, at, start)
        if start < end:
            spans.append((start, end))
        at = end
    return spans


def unsettled_code(text: str) -> int:
    """Return where a text that still comes may turn out to hold code, once more of it is there; its length where nowhere.

    An open block is code whatever follows. Backticks may be closed until their paragraph ends, and on a line that still
    comes they may yet open a block.
    """
    starts, line, at = _line_starts(text), text.rfind("\n") + 1, text.rfind("\n\n") + 1
    for first, last, code in _blocks(text):
        if code and starts[first] < line:
            at = max(at, starts[last])
    while (tick := text.find("`", at)) >= 0:
        run = _run(text, tick, len(text))
        close = _closing(text, tick + run, len(text), run)
        if close < 0:
            return tick
        at = close + run
    return len(text)


def _blocks(text: str) -> list[tuple[int, int, bool]]:
    """Return the blocks that are one unit each: first line, line after the last, and whether it is code."""
    return [
        (token.map[0], token.map[1], token.type in ("fence", "code_block"))
        for token in _parsed(text)
        if token.map and (token.type in _WHOLE or token.type in _RULES)
    ]


def _parsed(text: str) -> list[Token]:
    return _markdown().parse(text.replace("\r", " "))  # of the same length: a lone one would count as a line


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table").disable(["inline", "text_join"])


def _line_starts(text: str) -> list[int]:
    """Return where each line starts, and at the end the length: Markdown counts lines by line feeds alone."""
    starts = [0]
    for at, char in enumerate(text):
        if char == "\n":
            starts.append(at + 1)
    return [*starts, *[len(text)] * 2]


def _sentences(text: str, start: int, end: int) -> list[Unit]:
    return [Unit(start + one, start + other) for one, other in sentence_spans(text[start:end])]


def _trimmed(text: str, start: int, end: int) -> Span:
    """Leave out blank lines around a block, not the spaces that indent its first line."""
    block = text[start:end]
    return start + len(block) - len(block.lstrip("\n\r")), start + len(block.rstrip())


def _inline_code(text: str, start: int, end: int) -> list[Span]:
    """Find code spans: as many backticks close one as opened it (CommonMark 6.1)."""
    spans, at = [], start
    while (tick := text.find("`", at, end)) >= 0:
        run = _run(text, tick, end)
        close = _closing(text, tick + run, end, run)
        if close < 0 or "\n\n" in text[tick:close]:
            at = tick + run
            continue
        at = close + run
        spans.append((tick, at))
    return spans


def _closing(text: str, start: int, end: int, run: int) -> int:
    """Return where so many backticks stand and no more; -1 where they don't."""
    while (start := text.find("`", start, end)) >= 0 and _run(text, start, end) != run:
        start += _run(text, start, end)
    return start


def _run(text: str, start: int, end: int) -> int:
    at = start
    while at < end and text[at] == "`":
        at += 1
    return at - start
