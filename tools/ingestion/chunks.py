"""Text cut into chunks that an index can hold: whole sentences, exact spans."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Literal

from langchain_text_splitters import RecursiveCharacterTextSplitter

from stylegraph.agent.evidence import Locator
from stylegraph.agent.text.language import Span, sentence_spans
from stylegraph.tools.ingestion.token_counts import count_tokens, kiwi_spans
from stylegraph.tools.retrieval.hybrid.index import Chunk

ChunkBy = Literal["recursive", "heading", "sentence"]
"""Where chunks may begin: `recursive` at sentences, and at headings once a chunk holds something; `heading` at every
heading, so that no chunk holds parts of two sections; `sentence` at sentences alone, Korean ones as Kiwi finds them."""
ChunkUnit = Literal["characters", "tokens"]
"""What size and overlap are counted in; tokens are those of the local embedding."""

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.+?)[ \t#]*$")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_SLICE = 100_000
"""Characters of one sentence that are cut at a time; more than the longest chunk."""
_WEAK_BREAKS = ["\n", ", ", "，", "; ", " ", ""]


@dataclass(frozen=True, slots=True)
class Chunking:
    """How documents are cut. Another way of cutting makes another document."""

    size: int
    """Longest chunk."""
    overlap: int
    """How much at most a chunk repeats from the one before, in whole sentences."""
    by: ChunkBy = "recursive"
    unit: ChunkUnit = "characters"


def split(text: str, size: int, overlap: int) -> list[Chunk]:
    """Cut a text into chunks of whole sentences, counted in characters; see `cut`."""
    return cut(text, Chunking(size, overlap))


def cut(text: str, chunking: Chunking, breaks: Collection[int] = ()) -> list[Chunk]:
    """Cut a text into chunks of whole sentences.

    A sentence is cut only when it alone is longer than the size: at a line break, a comma, a space, in this order.

    Args:
        text: Any text; blank text gives no chunks.
        chunking: How large, and where chunks may begin.
        breaks: Characters, such as a page's first, at which or after which the next sentence begins a chunk.

    Returns:
        Chunks in order with `start`, `end` and, under Markdown headings, `heading`. `chunk["text"]` is exactly
        `text[start:end]`; together the chunks hold every character that is not white space.
    """
    pieces = _Pieces(text, chunking, breaks)
    chunks = []
    for first, last in _groups(pieces, chunking):
        start, end = pieces.spans[first][0], pieces.spans[last][1]
        locator = Locator(start=start, end=end)
        if pieces.headings[first]:
            locator["heading"] = pieces.headings[first]
        chunks.append(Chunk(text=text[start:end], locator=locator))
    return chunks


class _Pieces:
    """What chunks are made of: sentences, and parts of those that are longer than a chunk."""

    def __init__(self, text: str, chunking: Chunking, breaks: Collection[int]) -> None:
        count = _counter(chunking)
        sentences = kiwi_spans(text) if chunking.by == "sentence" else sentence_spans(text)
        self.spans = [piece for span in sentences for piece in _fitting(text, span, chunking.size, count)]
        marks = _heading_marks(text)
        self.headings = _paths(self.spans, marks)
        self._sections = set() if chunking.by == "sentence" else marks.keys()
        self._breaks = _first_after(self.spans, breaks)
        self._counted = None if count is len else [0, *accumulate(count(text[a:b]) for a, b in self.spans)]

    def extent(self, first: int, last: int) -> int:
        """Return how much the pieces from the first to the last are together."""
        if self._counted is not None:
            return self._counted[last + 1] - self._counted[first]
        return self.spans[last][1] - self.spans[first][0]

    def is_section(self, piece: int) -> bool:
        """Check whether a heading begins here."""
        return self.spans[piece][0] in self._sections

    def is_break(self, piece: int) -> bool:
        """Check whether this is the first piece behind a break."""
        return piece in self._breaks


def _counter(chunking: Chunking) -> Callable[[str], int]:
    return len if chunking.unit == "characters" else count_tokens


def _fitting(text: str, span: Span, size: int, count: Callable[[str], int]) -> Iterator[Span]:
    """Cut one sentence that is longer than the size; give any other as it is.

    What never ends, such as a file without a line break, is taken slice by slice: it may be all of the memory else.
    """
    for start in range(*span, _SLICE):
        part = text[start : min(span[1], start + _SLICE)]
        if count(part) <= size:
            yield start, start + len(part)
            continue
        splitter = RecursiveCharacterTextSplitter(
            separators=_WEAK_BREAKS,
            chunk_size=size,
            chunk_overlap=0,
            length_function=count,
            keep_separator="end",
            strip_whitespace=False,
        )
        ends = list(accumulate(map(len, splitter.split_text(part)), initial=start))
        yield from pairwise(ends)


def _groups(pieces: _Pieces, chunking: Chunking) -> Iterator[tuple[int, int]]:
    """Return the first and last piece of each chunk."""
    least = 0 if chunking.by == "heading" else chunking.size // 4
    first = begun = 0
    for current in range(1, len(pieces.spans)):
        if pieces.is_break(current) or (pieces.is_section(current) and pieces.extent(first, current - 1) > least):
            yield first, current - 1
            first = begun = current
        elif pieces.extent(first, current) > chunking.size:
            yield first, current - 1
            first = _overlapping(pieces, max(first + 1, begun), current, chunking)
    if pieces.spans:
        yield first, len(pieces.spans) - 1


def _overlapping(pieces: _Pieces, earliest: int, current: int, chunking: Chunking) -> int:
    """Return the piece that the next chunk starts with: as many before `current` as the overlap and the size allow."""
    start = current
    while start > earliest:
        if pieces.extent(start - 1, current - 1) > chunking.overlap:
            break
        if pieces.extent(start - 1, current) > chunking.size:
            break
        start -= 1
    return start


def _first_after(spans: Sequence[Span], breaks: Collection[int]) -> set[int]:
    """Give, for each break, the first piece that begins there or after it."""
    wanted, found = sorted(breaks), set()
    at = 0
    for piece, (start, _) in enumerate(spans):
        while at < len(wanted) and wanted[at] <= start:
            found.add(piece)
            at += 1
    return found


def _heading_marks(text: str) -> dict[int, tuple[int, str]]:
    """Return where each Markdown heading begins, with its level and its words; a line of code is none."""
    marks: dict[int, tuple[int, str]] = {}
    if "#" not in text:
        return marks
    start, fenced = 0, False
    for line in text.split("\n"):
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced and "#" in line[:4] and (heading := _HEADING.match(line)):
            marks[start + heading.start(1)] = len(heading[1]), heading[2]
        start += len(line) + 1
    return marks


def _paths(spans: Sequence[Span], marks: dict[int, tuple[int, str]]) -> list[str]:
    """Return each piece the path of the Markdown headings it stands under, itself included if it is one."""
    path: list[tuple[int, str]] = []
    paths, joined = [], ""
    for start, _ in spans:
        if start in marks:
            level, title = marks[start]
            path = [*(above for above in path if above[0] < level), (level, title)]
            joined = " › ".join(title for _, title in path)
        paths.append(joined)
    return paths
