"""Text cut into chunks that an index can hold: whole sentences, exact spans."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Literal

from langchain_text_splitters import RecursiveCharacterTextSplitter

from stylegraph.agent.evidence import Locator
from stylegraph.agent.text.language import Span
from stylegraph.agent.text.units import Unit, heading_words, opens_list, units
from stylegraph.tools.ingestion.token_counts import count_tokens, kiwi_spans
from stylegraph.tools.retrieval.hybrid.index import Chunk

ChunkBy = Literal["recursive", "heading", "sentence"]
"""Where chunks may begin: `recursive` at sentences, and at headings once a chunk holds something; `heading` at every
heading, so that no chunk holds parts of two sections; `sentence` at sentences alone, Korean ones as Kiwi finds them."""
ChunkUnit = Literal["characters", "tokens"]
"""What size and overlap are counted in; tokens are those of the local embedding."""

_WHOLE = 2
"""How many times the size a block of code, a table row or a list item may be before it is cut at its lines."""
_LONGEST_LEAD_IN = 300
_SLICE = 100_000
"""Characters of one sentence that are cut at a time; more than the longest chunk."""
_WEAK_BREAKS = [r"\n\s*\n", r"\n", r"[,;] |[，、；]", r"\s", ""]
"""Where a piece is cut that is too long, the best first; within a word only where the word itself is too long."""


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
    """Cut a text into chunks of whole sentences, list items, table rows and blocks of code.

    A sentence is cut only when it alone is longer than the size: at a line break, a comma, a space, in this order.
    Blocks of code, rows and items stay whole up to twice the size. A table or a list that fits into one chunk is not
    parted, and what introduces it stays with it: a heading, a header row, a sentence that ends in a colon.

    Args:
        text: Any text; blank text gives no chunks.
        chunking: How large, and where chunks may begin.
        breaks: Characters, such as a page's first, at which or after which the next sentence begins a chunk.

    Returns:
        Chunks in order with `start`, `end` and, under Markdown headings, `heading`; one that goes on with a table or a
        list has its `lead_in`. `chunk["text"]` is exactly `text[start:end]`; together the chunks hold every character
        that is not white space.
    """
    pieces = _Pieces(text, chunking, breaks)
    return [_chunk(text, pieces, first, last) for first, last in _groups(pieces, chunking)]


def _chunk(text: str, pieces: _Pieces, first: int, last: int) -> Chunk:
    start, end = pieces.spans[first][0], pieces.spans[last][1]
    locator = Locator(start=start, end=end)
    if pieces.headings[first]:
        locator["heading"] = pieces.headings[first]
    if (lead := pieces.leads[first]) is not None:
        locator["lead_in"] = text[slice(*lead)].split("\n", 1)[0][:_LONGEST_LEAD_IN]
    return Chunk(text=text[start:end], locator=locator)


class _Pieces:
    """What chunks are made of: units of the text, and parts of those that are longer than a chunk."""

    def __init__(self, text: str, chunking: Chunking, breaks: Collection[int]) -> None:
        count = _counter(chunking)
        found = [unit for whole in units(text) for unit in _finer(text, whole, chunking)]
        parts = [(unit, part) for unit in found for part in _fitting(text, unit, chunking.size, count)]
        self.spans = [part for _, part in parts]
        self._units = [unit for unit, _ in parts]
        marks = _heading_marks(text, found)
        self.headings = _paths(self.spans, marks)
        self._sections = set() if chunking.by == "sentence" else marks.keys()
        self._breaks = _first_after(self.spans, breaks)
        self._counted = None if count is len else [0, *accumulate(count(text[a:b]) for a, b in self.spans)]
        self.leads, self._tied = _leads(text, self._units, self.spans)
        self._items = _runs([unit.item for unit in self._units], [])
        self._lists = _runs([unit.group for unit in self._units], self.leads)

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

    def is_tied(self, piece: int) -> bool:
        """Check whether a piece belongs to the one after it, so that no chunk should end with it."""
        return piece in self._tied

    def together(self, piece: int, size: int, *, whole: bool = True) -> int:
        """Return the last piece of what begins here and stays in one chunk: the most that fits into one.

        Args:
            piece: The piece.
            size: What fits.
            whole: Whether a whole list or table counts, or only one of its items.
        """
        ends = [*self._items.get(piece, ()), *(self._lists.get(piece, ()) if whole else ())]
        return max((end for end in ends if self.extent(piece, end) <= size), default=piece)


def _counter(chunking: Chunking) -> Callable[[str], int]:
    return len if chunking.unit == "characters" else count_tokens


def _finer(text: str, unit: Unit, chunking: Chunking) -> Iterator[Unit]:
    """Cut a Korean sentence where Kiwi finds that it is several, if that is asked for."""
    if chunking.by != "sentence" or unit.kind != "sentence":
        yield unit
        return
    for start, end in kiwi_spans(text[unit.start : unit.end]):
        yield unit._replace(start=unit.start + start, end=unit.start + end)


def _fitting(text: str, unit: Unit, size: int, count: Callable[[str], int]) -> Iterator[Span]:
    """Cut one unit that is longer than a chunk may be; give any other as it is.

    What never ends, such as a file without a line break, is taken slice by slice: it may be all of the memory else.
    """
    most = size if unit.kind in ("sentence", "heading") else _WHOLE * size
    start = unit.start
    while start < unit.end:
        end = _slice_end(text, start, unit.end)
        part = text[start:end]
        if count(part) <= most:
            yield start, end
        else:
            yield from pairwise(accumulate(map(len, _splitter(size, count).split_text(part)), initial=start))
        start = end


def _slice_end(text: str, start: int, end: int) -> int:
    """Return where a slice ends: behind its last white space, if there is any."""
    if end - start <= _SLICE:
        return end
    last = max(text.rfind(space, start + 1, start + _SLICE) for space in " \n\t")
    return last + 1 if last > start else start + _SLICE


def _splitter(size: int, count: Callable[[str], int]) -> RecursiveCharacterTextSplitter:
    return RecursiveCharacterTextSplitter(
        separators=_WEAK_BREAKS,
        is_separator_regex=True,
        chunk_size=size,
        chunk_overlap=0,
        length_function=count,
        keep_separator="end",
        strip_whitespace=False,
    )


def _leads(text: str, found: Sequence[Unit], spans: Sequence[Span]) -> tuple[list[Span | None], set[int]]:
    """Return for each piece what it goes on under, and which pieces belong to the one after them."""
    leads: list[Span | None] = [None] * len(found)
    tied: set[int] = set()
    lead: tuple[int, Span] | None = None
    for piece, (unit, (start, end)) in enumerate(zip(found, spans, strict=True)):
        if unit.kind in ("heading", "header") or opens_list(text[start:end]):
            tied.add(piece)
        before = piece - 1
        if unit.group < 0:
            lead = None
        elif unit.kind == "header":
            lead = unit.group, (start, end)
            continue
        elif (lead is None or lead[0] != unit.group) and before in tied and found[before].kind == "sentence":
            lead = unit.group, spans[before]
        if lead is not None and lead[0] == unit.group:
            leads[piece] = lead[1]
    return leads, tied


def _runs(marks: Sequence[int], leads: Sequence[Span | None]) -> dict[int, list[int]]:
    """Return where each run of pieces with the same mark ends, by where it begins; also from its lead-in, if it has one."""
    ends: dict[int, list[int]] = {}
    first = 0
    for last, (mark, following) in enumerate(zip(marks, [*marks, -1][1:], strict=True)):
        if mark >= 0 and mark == following:
            continue
        if last > first:
            ends.setdefault(first, []).append(last)
        if mark >= 0 and first and leads and leads[first] is not None:
            ends.setdefault(first - 1, []).append(last)
        first = last + 1
    return ends


def _groups(pieces: _Pieces, chunking: Chunking) -> Iterator[tuple[int, int]]:
    """Return the first and last piece of each chunk."""
    least = chunking.size // 4
    first = begun = current = 0
    while (current := current + 1) < len(pieces.spans):
        end = _untied(pieces, max(first, begun), current, chunking.size)
        if pieces.is_break(current) or (pieces.is_section(current) and chunking.by == "heading"):
            yield first, current - 1
            first = begun = current
            continue
        if pieces.is_section(current) and pieces.extent(first, end - 1) > least and end > first:
            yield first, end - 1
            first = begun = end
            continue
        until = pieces.together(current, chunking.size, whole=end > max(first, begun))
        if pieces.extent(first, until) > chunking.size:
            begun = current = end if end > max(first, begun) else current
            yield first, current - 1
            until = pieces.together(current, chunking.size)
            first = _overlapping(pieces, first + 1, current, until, chunking)
    if pieces.spans:
        yield first, len(pieces.spans) - 1


def _untied(pieces: _Pieces, earliest: int, current: int, size: int) -> int:
    """Return where a chunk may end before a piece: not behind what introduces it, as far as both fit into one."""
    end = current
    while end > earliest and pieces.is_tied(end - 1) and pieces.extent(end - 1, current) <= size:
        end -= 1
    return end


def _overlapping(pieces: _Pieces, earliest: int, current: int, until: int, chunking: Chunking) -> int:
    """Return the piece that the next chunk starts with: as many before `current` as the overlap and the size allow."""
    start = current
    while start > earliest:
        if pieces.extent(start - 1, current - 1) > chunking.overlap:
            break
        if pieces.extent(start - 1, until) > chunking.size:
            break
        start -= 1
    return start


def _first_after(spans: Sequence[Span], breaks: Collection[int]) -> set[int]:
    """Return, for each break, the first piece that begins there or after it."""
    wanted, found = sorted(breaks), set()
    at = 0
    for piece, (start, _) in enumerate(spans):
        while at < len(wanted) and wanted[at] <= start:
            found.add(piece)
            at += 1
    return found


def _heading_marks(text: str, found: Sequence[Unit]) -> dict[int, tuple[int, str]]:
    """Return where each heading begins, with its level and its words."""
    headings = ((unit, text[unit.start : unit.end]) for unit in found if unit.kind == "heading")
    return {unit.start: (unit.level, heading_words(said)) for unit, said in headings}


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
