"""Documents read as a whole, or in part: their text in order."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from typing_extensions import TypedDict

from stylegraph.agent.errors import InputError
from stylegraph.agent.evidence import Filters
from stylegraph.agent.llm.usage import estimated_tokens
from stylegraph.tools.retrieval.hybrid.index import DocumentEntry, Hit, SearchIndex
from stylegraph.tools.retrieval.library import Library, chosen_indexes, search
from stylegraph.tools.retrieval.outlines import DocumentRef, Outline, Section, folded, outline_of, span_of, start_of

_NEAR = 5
"""Titles that are offered where there is no document of a name."""


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
    return await asyncio.to_thread(outline_of, ref, passages)


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
    contents = await asyncio.to_thread(outline_of, ref, passages)
    costs = [estimated_tokens(hit["text"]) for hit in passages]
    wanted = list(range(len(passages)))
    if section is not None:
        wanted = _within(passages, *span_of(contents, section))
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
    return set("".join(letter if letter.isalnum() else " " for letter in folded(name)).split())


def _ref(index: str, entry: DocumentEntry) -> DocumentRef:
    return DocumentRef(index=index, source=entry["source"], document=entry["document"])


def _within(passages: Sequence[Hit], start: int, end: int) -> list[int]:
    return [
        place
        for place, hit in enumerate(passages)
        if start_of(hit) < end and hit["locator"].get("end", start_of(hit) + len(hit["text"])) > start
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
