"""Text cut into chunks that an index can hold: whole sentences, exact spans."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from langchain_text_splitters import RecursiveCharacterTextSplitter

from stylegraph.agent.evidence import Locator
from stylegraph.agent.language import Span, sentence_spans
from stylegraph.tools.retrieval.index import Chunk

_HEADING = re.compile(r"(#{1,6})[ \t]+(.+?)[ \t#]*$")
_WEAK_BREAKS = ["\n", ", ", "，", "; ", " ", ""]


def split(text: str, size: int, overlap: int) -> list[Chunk]:
    """Cut a text into chunks of whole sentences.

    A sentence is cut only when it alone is longer than `size`: at a line break, a comma, a space, in this order. A
    Markdown heading begins a new chunk unless the one before is still small.

    Args:
        text: Any text; blank text gives no chunks.
        size: Longest chunk, in characters.
        overlap: Characters at most that a chunk repeats from the one before, in whole sentences.

    Returns:
        Chunks in order with `start`, `end` and, under Markdown headings, `heading`. `chunk["text"]` is exactly
        `text[start:end]`; together the chunks hold every character that is not white space.
    """
    pieces = [piece for span in sentence_spans(text) for piece in _fitting(text, span, size)]
    headings = _headings(text, pieces)
    chunks = []
    for first, last in _groups(text, pieces, size, overlap):
        start, end = pieces[first][0], pieces[last][1]
        locator = Locator(start=start, end=end)
        if headings[first]:
            locator["heading"] = headings[first]
        chunks.append(Chunk(text=text[start:end], locator=locator))
    return chunks


def _fitting(text: str, span: Span, size: int) -> Iterator[Span]:
    """Cut one sentence that is longer than the size; give any other as it is."""
    start, end = span
    if end - start <= size:
        yield span
        return
    splitter = RecursiveCharacterTextSplitter(
        separators=_WEAK_BREAKS, chunk_size=size, chunk_overlap=0, keep_separator="end", strip_whitespace=False
    )
    for part in splitter.split_text(text[start:end]):
        yield start, start + len(part)
        start += len(part)


def _groups(text: str, pieces: Sequence[Span], size: int, overlap: int) -> Iterator[tuple[int, int]]:
    """Give the first and last piece of each chunk."""
    first = 0
    for current, (_, end) in enumerate(pieces):
        begins = pieces[first][0]
        full = end - begins > size
        section = _is_heading(text, pieces[current]) and pieces[current][0] - begins > size // 4
        if current > first and (full or section):
            yield first, current - 1
            first = current if section else _overlapping(pieces, first, current, size, overlap)
    if pieces:
        yield first, len(pieces) - 1


def _overlapping(pieces: Sequence[Span], first: int, current: int, size: int, overlap: int) -> int:
    """Give the piece that the next chunk starts with: as many before `current` as the overlap and the size allow."""
    start = current
    while start - 1 > first:
        begins = pieces[start - 1][0]
        if pieces[current - 1][1] - begins > overlap or pieces[current][1] - begins > size:
            break
        start -= 1
    return start


def _is_heading(text: str, piece: Span) -> bool:
    return text[piece[0]] == "#" and _HEADING.match(text[piece[0] : piece[1]]) is not None


def _headings(text: str, pieces: Sequence[Span]) -> list[str]:
    """Give each piece the path of the Markdown headings it stands under, itself included if it is one."""
    path: list[tuple[int, str]] = []
    paths = []
    for start, end in pieces:
        if text[start] == "#" and (heading := _HEADING.match(text[start:end])):
            level = len(heading[1])
            path = [*((other, title) for other, title in path if other < level), (level, heading[2])]
        paths.append(" › ".join(title for _, title in path))
    return paths
