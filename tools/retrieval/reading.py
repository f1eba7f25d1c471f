"""Documents read as a whole: which there are, what their sections are, and their text in order."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import NotRequired

from typing_extensions import TypedDict

from stylegraph.agent.errors import InputError
from stylegraph.agent.evidence import Filters
from stylegraph.agent.injection import gives_orders, plain
from stylegraph.agent.llm.usage import estimated_tokens
from stylegraph.agent.text.language import detect_language
from stylegraph.agent.text.units import heading_words, units
from stylegraph.tools.retrieval.hybrid.index import DocumentEntry, Hit, Listing, SearchIndex
from stylegraph.tools.retrieval.library import Library, chosen_indexes, search
from stylegraph.tools.retrieval.passages import spliced

_NEAR = 5
"""Titles that are offered where there is no document of a name."""
_LISTED = 200
_TITLE_CHARS = 60
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


class Reading(TypedDict):
    """A document, or the part of it that was asked for."""

    outline: Outline
    passages: list[Hit]
    """In the order of the text; neighbours may overlap by a sentence."""
    whole: bool
    """Whether these are all passages of what was asked for."""
    next: int | None
    """Character at which to read on; None at the end."""


async def find_document(
    library: Library, document: str | DocumentRef, filters: Filters | None = None, *, index: str | None = None
) -> DocumentRef:
    """Return which document is meant by a name: an id, an address, a title, or words that stand in one title only.

    Args:
        library: Where it is.
        document: A name, or what an evidence's `data` says.
        filters: What must hold for every document that is seen.
        index: The only index to look in.

    Raises:
        InputError: There is none that may be seen; it names some whose titles are near.
        IndexStoreError: An index can't be read.
    """
    if not isinstance(document, str):
        return DocumentRef(index=document["index"], source=document["source"], document=document["document"])
    indexes = await chosen_indexes(library, index)
    named = await asyncio.gather(*(one.named(document, filters) for one in indexes.values()))
    found = [_ref(name, entry) for name, entries in zip(indexes, named, strict=True) for entry in entries]
    if found:
        return found[0]
    near = await _near(library, document, filters, index)
    matching = [ref for ref, title in near.items() if _words(document) <= _words(title)]
    if len(matching) == 1:
        return DocumentRef(index=matching[0][0], source=matching[0][1], document=matching[0][2])
    there = "; ".join(list(dict.fromkeys(near.values()))[:_NEAR])
    raise InputError(
        f"There is no document called {document[:80]!r}.",
        f"Near it are: {there}." if there else "Search for its words.",
    )


async def outline(
    library: Library, document: str | DocumentRef, filters: Filters | None = None, *, index: str | None = None
) -> Outline:
    """Return the sections of a document, with how long each is.

    Args:
        library: Where it is.
        document: As for `find_document`.
        filters: What must hold for every document that is seen.
        index: The only index to look in.

    Raises:
        InputError: There is no such document that may be seen.
        IndexStoreError: The index can't be read.
    """
    ref, passages = await _read(library, document, filters, index)
    return await asyncio.to_thread(_outline, ref, passages)


async def read_document(
    library: Library,
    document: str | DocumentRef,
    filters: Filters | None = None,
    *,
    index: str | None = None,
    section: int | str | None = None,
    at: int | None = None,
    start: int | None = None,
    max_tokens: int = 4_000,
) -> Reading:
    """Read a document: all of it, one section, what stands around a place, or on from a place.

    A document that is longer than the bound is read by its outline: the passage that begins each section, as far as the
    bound allows; `outline` says how long the sections are, to read one of them next.

    Args:
        library: Where it is.
        document: As for `find_document`.
        filters: What must hold for every document that is seen.
        index: The only index to look in.
        section: The number or the heading of a section; those under it belong to it.
        at: A character of its text, such as a citation's: it is read with as much on both sides as the bound allows.
        start: A character of its text to read on from.
        max_tokens: The bound, by `estimated_tokens`; one passage is always read.

    Raises:
        InputError: There is no such document that may be seen, or no such section.
        IndexStoreError: The index can't be read.
    """
    ref, passages = await _read(library, document, filters, index)
    contents = await asyncio.to_thread(_outline, ref, passages)
    costs = [estimated_tokens(hit["text"]) for hit in passages]
    wanted = list(range(len(passages)))
    if section is not None:
        wanted = _within(passages, *_span(contents, section))
    if at is not None:
        chosen = _around(passages, costs, at, max_tokens)
    elif start is not None or section is not None or sum(costs) <= max_tokens:
        wanted = [place for place in wanted if passages[place]["locator"].get("end", 0) > (start or 0)]
        chosen = _first(wanted, costs, max_tokens)
    else:
        chosen = sorted(_first(_openings(passages, contents["sections"]), costs, max_tokens))
    return Reading(
        outline=contents,
        passages=[passages[place] for place in chosen],
        whole=chosen == wanted,
        next=_next(passages, wanted, chosen),
    )


async def titles(library: Library, filters: Filters | None = None, most: int = _LISTED) -> list[tuple[str, str]]:
    """Return index and title of documents that meet the filters, the indexes in turns, without those that speak to the assistant.

    Args:
        library: The indexes.
        filters: What must hold for every document that is seen.
        most: Titles of one index at most.

    Raises:
        IndexStoreError: An index can't be read.
    """
    indexes = await chosen_indexes(library, None)
    listings = await asyncio.gather(*(one.listing(filters, most) for one in indexes.values()))
    named = [
        [(name, entry["title"] or entry["document"]) for entry in one["documents"]]
        for name, one in zip(indexes, listings, strict=True)
    ]
    in_turns = (one for row in zip_longest(*named) for one in row if one and not gives_orders(one[1]))
    return list(dict.fromkeys(in_turns))


async def index_card(
    library: Library, filters: Filters | None = None, *, index: str | None = None, max_tokens: int = 400
) -> str:
    """Return in a few lines what there is to be read: each index with its languages, its number of documents, and titles.

    Args:
        library: The indexes.
        filters: What must hold for every document that is seen.
        index: The only index to describe.
        max_tokens: The bound, by `estimated_tokens`. Of more titles, some from all over the index are named.

    Returns:
        Text for a model; empty where there is nothing to be seen.

    Raises:
        InputError: There is no index of that name.
        IndexStoreError: An index can't be read.
    """
    indexes = await chosen_indexes(library, index)
    listings = await asyncio.gather(*(one.listing(filters, _LISTED) for one in indexes.values()))
    seen = {name: listing for name, listing in zip(indexes, listings, strict=True) if listing["total"]}
    return _card(seen, max_tokens)


def _card(listings: Mapping[str, Listing], max_tokens: int) -> str:
    heads = {name: _head(name, listing) for name, listing in listings.items()}
    titles: dict[str, list[str]] = {name: [] for name in listings}
    left = max_tokens - sum(estimated_tokens(head) + 4 for head in heads.values())
    for row in zip_longest(*(_titles(listing) for listing in listings.values())):
        for name, title in zip(listings, row, strict=True):
            left -= estimated_tokens(title) + 1 if title else 0
            if title and left >= 0:
                titles[name].append(title)
        if left < 0:
            break
    return "\n".join(_told(heads[name], titles[name], listing["total"]) for name, listing in listings.items())


def _head(name: str, listing: Listing) -> str:
    languages = ", ".join(f"{language} {count}" for language, count in listing["languages"].items())
    return f"{name}: {listing['total']} documents" + (f" ({languages})" if languages else "")


def _titles(listing: Listing) -> Iterator[str]:
    """Return the titles of some documents from all over an index, without those that speak to the assistant."""
    documents = listing["documents"]
    step = max(1, int(len(documents) ** 0.5))
    spread = [entry for first in range(step) for entry in documents[first::step]]
    shown = (" ".join(plain(entry["title"] or entry["document"]).split())[:_TITLE_CHARS] for entry in spread)
    yield from dict.fromkeys(title for title in shown if title and not gives_orders(title))


def _told(head: str, titles: Sequence[str], total: int) -> str:
    more = "; …" if total > len(titles) else ""
    return f"{head}: {'; '.join(titles)}{more}" if titles else head


async def _read(
    library: Library, document: str | DocumentRef, filters: Filters | None, index: str | None
) -> tuple[DocumentRef, list[Hit]]:
    ref = await find_document(library, document, filters, index=index)
    passages = await _passages(library, ref, filters, index)
    if not passages and not isinstance(document, str) and (title := document.get("title")):
        ref = await find_document(library, title, filters, index=ref["index"])
        passages = await _passages(library, ref, filters, index)
    if not passages:
        raise InputError(f"There is no document called {ref['document'][:80]!r}.", "Search for its words.")
    return ref, passages


async def _passages(library: Library, ref: DocumentRef, filters: Filters | None, index: str | None) -> list[Hit]:
    indexes: Mapping[str, SearchIndex] = await chosen_indexes(library, index or ref["index"])
    there = indexes.get(ref["index"])
    return await there.read(ref["source"], ref["document"], filters) if there else []


async def _near(
    library: Library, name: str, filters: Filters | None, index: str | None
) -> dict[tuple[str, str, str], str]:
    hits = await search(library, name, 4 * _NEAR, filters, index=index)
    return {(place, hit["source"], hit["document"]): hit["title"] or hit["document"] for place, hit in hits}


def _words(name: str) -> set[str]:
    return set("".join(letter if letter.isalnum() else " " for letter in _plain(name)).split())


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _ref(index: str, entry: DocumentEntry) -> DocumentRef:
    return DocumentRef(index=index, source=entry["source"], document=entry["document"])


def _outline(ref: DocumentRef, passages: Sequence[Hit]) -> Outline:
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
    begin, end = _start(passages[0]), passages[-1]["locator"].get("end", 0)
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
            start = _start(hit) + unit.start
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
            yield Section(number=0, level=0, heading="", start=_start(hit), end=0, tokens=0, page=page)


def _text(passages: Iterable[Hit], start: int, end: int) -> str:
    """Return what stands between two characters, without what passages share."""
    parts = []
    for hit in passages:
        begin = _start(hit)
        last = begin + len(hit["text"])
        if begin < end and last > start:
            parts.append(hit["text"][max(start - begin, 0) : end - begin])
            start = last
    return "".join(parts)


def _start(hit: Hit) -> int:
    return hit["locator"].get("start", 0)


def _span(contents: Outline, section: int | str) -> tuple[int, int]:
    """Return where a section begins and ends, with all that are under it."""
    sections = contents["sections"]
    wanted = _plain(section).strip() if isinstance(section, str) else section
    exact = [one for one in sections if wanted in (one["number"], _plain(one["heading"]), str(one["number"]))]
    loose = [one for one in sections if isinstance(wanted, str) and wanted and wanted in _plain(one["heading"])]
    for found in [*exact, *loose]:
        after = (one for one in sections[found["number"] :] if one["level"] <= found["level"])
        return found["start"], next((one["start"] for one in after), sections[-1]["end"])
    there = "; ".join(f"{one['number']} {one['heading']}".strip() for one in sections[:20])
    raise InputError(f"{contents['title'] or 'The document'} has no section {section!r}.", f"There are: {there}.")


def _within(passages: Sequence[Hit], start: int, end: int) -> list[int]:
    return [
        place
        for place, hit in enumerate(passages)
        if _start(hit) < end and hit["locator"].get("end", _start(hit) + len(hit["text"])) > start
    ]


def _first(wanted: Sequence[int], costs: Sequence[int], most: int) -> list[int]:
    """Return as many from the beginning as the bound allows, one at the least."""
    chosen: list[int] = []
    for place in wanted:
        most -= costs[place]
        if chosen and most < 0:
            break
        chosen.append(place)
    return chosen


def _around(passages: Sequence[Hit], costs: Sequence[int], at: int, most: int) -> list[int]:
    """Return the passage of a place, and in turn the ones behind and before it."""
    middle = next((place for place, hit in enumerate(passages) if hit["locator"].get("end", 0) > at), len(passages) - 1)
    first = last = middle
    left = most - costs[middle]
    while True:
        steps = [place for place in (last + 1, first - 1) if 0 <= place < len(passages) and costs[place] <= left]
        if not steps:
            return list(range(first, last + 1))
        for place in steps:
            if costs[place] <= left:
                first, last, left = min(first, place), max(last, place), left - costs[place]


def _openings(passages: Sequence[Hit], sections: Sequence[Section]) -> list[int]:
    """Return the passages that begin sections, those of the highest level first."""
    ordered = sorted(sections, key=lambda section: (section["level"], section["number"]))
    begun = [_within(passages, section["start"], section["start"] + 1) for section in ordered]
    return list(dict.fromkeys([0, *(places[-1] for places in begun if places)]))


def _next(passages: Sequence[Hit], wanted: Sequence[int], chosen: Sequence[int]) -> int | None:
    """Return where to read on: at the first passage that was left out."""
    missing = next((place for place in wanted if place not in chosen and place > chosen[0]), None) if chosen else None
    return None if missing is None else passages[missing]["locator"].get("end", 1) - 1
