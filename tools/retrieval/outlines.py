"""What a document consists of: its sections, by headings or pages."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import NotRequired

from typing_extensions import TypedDict

from stylegraph.agent.errors import InputError
from stylegraph.agent.llm.usage import estimated_tokens
from stylegraph.agent.text.language import detect_language
from stylegraph.agent.text.units import heading_words, units
from stylegraph.tools.retrieval.hybrid.index import Hit
from stylegraph.tools.retrieval.passages import spliced

_HEADING_CHARS = 80
_SAMPLE_CHARS = 2_000


class DocumentRef(TypedDict):
    """Which document: what an evidence's `data` holds of it."""

    index: str
    source: str
    document: str
    title: NotRequired[str]
    """What it is found by where it is not there by those: a server names files without where they lie."""


class Section(TypedDict):
    """A part of a document under one heading, up to the next heading."""

    number: int
    """1-based, in the order of the text."""
    level: int
    """Of its heading, 1 to 6; 0 for what stands before the first one, and for a page without headings."""
    heading: str
    start: int
    """First character, in the document's text."""
    end: int
    tokens: int
    """About how many it has, by `estimated_tokens`."""
    page: NotRequired[int]


class Outline(TypedDict):
    """What a document consists of."""

    ref: DocumentRef
    title: str
    url: str | None
    language: str
    tokens: int
    sections: list[Section]


def outline_of(ref: DocumentRef, passages: Sequence[Hit]) -> Outline:
    """Return what a document consists of, from its passages in the order of the text."""
    first = passages[0]
    text = spliced(passages)
    language = str(first["metadata"].get("language") or detect_language(text[:_SAMPLE_CHARS]))
    return Outline(
        ref=ref,
        title=first["title"],
        url=first["url"],
        language=language,
        tokens=estimated_tokens(text),
        sections=_sections(passages),
    )


def _sections(passages: Sequence[Hit]) -> list[Section]:
    """Return the sections by headings; of a document without any, its pages."""
    marks = list(_headings(passages)) or list(_pages(passages))
    begin, end = start_of(passages[0]), passages[-1]["locator"].get("end", 0)
    if not marks or marks[0]["start"] > begin:
        marks = [Section(number=0, level=0, heading="", start=begin, end=end, tokens=0), *marks]
    for number, (section, after) in enumerate(zip_longest(marks, marks[1:]), start=1):
        section["number"], section["end"] = number, after["start"] if after else end
        section["tokens"] = estimated_tokens(_text(passages, section["start"], section["end"]))
    return marks


def _headings(passages: Sequence[Hit]) -> Iterator[Section]:
    done = 0
    for hit in passages:
        for unit in units(hit["text"]):
            start = start_of(hit) + unit.start
            if unit.kind == "heading" and start >= done:
                heading = heading_words(hit["text"][unit.start : unit.end])[:_HEADING_CHARS]
                found = Section(number=0, level=unit.level, heading=heading, start=start, end=0, tokens=0)
                yield found | {"page": hit["locator"]["page"]} if "page" in hit["locator"] else found
        done = max(done, hit["locator"].get("end", 0))


def _pages(passages: Sequence[Hit]) -> Iterator[Section]:
    page = None
    for hit in passages:
        if hit["locator"].get("page", page) != page:
            page = hit["locator"]["page"]
            yield Section(number=0, level=0, heading="", start=start_of(hit), end=0, tokens=0, page=page)


def _text(passages: Iterable[Hit], start: int, end: int) -> str:
    """Return what stands between two characters, without what passages share."""
    parts = []
    for hit in passages:
        begin = start_of(hit)
        last = begin + len(hit["text"])
        if begin < end and last > start:
            parts.append(hit["text"][max(start - begin, 0) : end - begin])
            start = last
    return "".join(parts)


def start_of(hit: Hit) -> int:
    """Return the first character of a passage in its document's text."""
    return hit["locator"].get("start", 0)


def span_of(contents: Outline, section: int | str) -> tuple[int, int]:
    """Return where a section begins and ends, with all that are under it.

    Args:
        contents: Of its document.
        section: Its number or its heading.

    Raises:
        InputError: There is no such section.
    """
    sections = contents["sections"]
    wanted = folded(section).strip() if isinstance(section, str) else section
    exact = [one for one in sections if wanted in (one["number"], folded(one["heading"]), str(one["number"]))]
    loose = [one for one in sections if isinstance(wanted, str) and wanted and wanted in folded(one["heading"])]
    for found in [*exact, *loose]:
        after = (one for one in sections[found["number"] :] if one["level"] <= found["level"])
        return found["start"], next((one["start"] for one in after), sections[-1]["end"])
    there = "; ".join(f"{one['number']} {one['heading']}".strip() for one in sections[:20])
    raise InputError(f"{contents['title'] or 'The document'} has no section {section!r}.", f"There are: {there}.")


def folded(name: str) -> str:
    """Return a name without what makes no other name of it: how its letters are put together, and capitals."""
    return unicodedata.normalize("NFC", name).casefold()
