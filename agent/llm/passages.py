"""Evidence as a model reads it: numbered passages of numbered units, which it cites by their addresses."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from urllib.parse import urlsplit

from stylegraph.agent.evidence import Evidence
from stylegraph.agent.injection import order_spans, plain
from stylegraph.agent.text.language import Span
from stylegraph.agent.text.units import Unit, units

_LONGEST_TITLE = 120
_FORGED = re.compile(r"\[(\d{1,3}\.\d{1,3}(?:-\d{1,3})?)\]|(?m:^)\[(\d{1,3})\](?=\s)")
"""What reads like an address and was written by somebody else."""
_GAP, _NEWLINE = "[…]", "\n"


def citable(text: str) -> tuple[Unit, ...]:
    """Return the units that can be cited, in order: what is only markup says nothing."""
    return tuple(unit for unit in units(text) if unit.kind != "markup")


def numbered(number: int, found: Evidence, only: Collection[int] | None = None) -> str:
    """Return a passage: its number and title, unless it begins with that, and each unit behind its address.

    Args:
        number: The passage's number, 1-based.
        found: The evidence.
        only: Numbers of the units to show, 1-based; None: all. A gap stands for what is left out.
    """
    text, shown, at, skipped = found["text"], [_opening(number, found, only)], 0, False
    if lead := found["locator"].get("lead_in"):  # the names of the columns, or what its list is of
        shown.append(f"\n(under: {_unforged(plain(lead))})")
    for place, unit in enumerate(citable(text), start=1):
        left_out = only is not None and place not in only
        if left_out or not (said := _readable(text, unit)):
            skipped = skipped or left_out
            continue
        breaks = skipped or not at or _NEWLINE in text[at : unit.start]
        gap = f"{_GAP} " if skipped else ""
        shown.append(f"{_NEWLINE if breaks else ' '}{gap}{_marked(f'[{number}.{place}]', said, unit)}")
        at, skipped = unit.end, False
    if missed := found["data"].get("missed"):
        shown.append(f"\n(misses of the wish: {'; '.join(map(str, missed))})")
    return "".join(shown)


def _opening(number: int, found: Evidence, only: Collection[int] | None) -> str:
    """Return a passage's number with its title; without it where the first unit that is shown says just that."""
    heading, there = _heading(found), citable(found["text"])
    first = _readable(found["text"], there[0]) if there and (only is None or 1 in only) else ""
    return f"[{number}]" if heading and first.strip("#. ") == heading.strip("#. ") else f"[{number}] {heading}"


def _marked(address: str, said: str, unit: Unit) -> str:
    """Return a unit behind its address; a block of code begins on a line of its own."""
    return f"{address}{_NEWLINE if unit.kind == 'code' else ' '}{said}"


def cited_span(found: Evidence, first: int, last: int) -> Span | None:
    """Return where the units `first` to `last` (1-based) stand in a piece of evidence; None where there are none such.

    What speaks to the assistant instead of the reader is no part of a quote.
    """
    there = citable(found["text"])
    if not 1 <= first <= last <= len(there):
        return None
    return _without_orders(found["text"], (there[first - 1].start, there[last - 1].end))


def whole_span(found: Evidence) -> Span | None:
    """Return where a passage stands that is cited as a whole."""
    there = citable(found["text"])
    return cited_span(found, 1, len(there)) if there else None


def units_within(found: Evidence, spans: Sequence[Span], around: int = 0) -> set[int]:
    """Return the numbers of the units that spans touch, with so many neighbours on each side."""
    touched = {
        place
        for place, unit in enumerate(citable(found["text"]), start=1)
        if any(start < unit.end and unit.start < end for start, end in spans)
    }
    return {near for place in touched for near in range(place - around, place + around + 1)}


def _without_orders(text: str, span: Span) -> Span | None:
    """Return the longest part of a span that gives no orders; None where nothing is left."""
    start, end = span
    parts: list[Span] = []
    for one, other in order_spans(text):
        if one < end and start < other:
            parts.append((start, one))
            start = other
    parts.append((start, end))
    start, end = max(parts, key=lambda part: part[1] - part[0])
    said = text[start:end]
    return (start + len(said) - len(said.lstrip()), start + len(said.rstrip())) if said.strip() else None


def _readable(text: str, unit: Unit) -> str:
    """Return a unit as it is shown: without orders, hidden characters, and what reads like an address of ours."""
    kept, at = [], unit.start
    for start, end in order_spans(text):
        if start < unit.end and unit.start < end:
            kept += [text[at : max(at, start)], _GAP]
            at = min(end, unit.end)
    said = plain("".join([*kept, text[at : unit.end]]))
    if unit.kind == "code":
        return said
    lines = said.splitlines() if unit.kind == "header" else [said]  # a table's rule stands below its names
    said = _NEWLINE.join(" ".join(_unforged(line).split()) for line in lines)
    return "" if said == _GAP else said


def _unforged(text: str) -> str:
    """Return a text in which nothing reads like an address, while its lines still begin where they did."""
    return _FORGED.sub(lambda match: f"({match[1] or match[2]})", text)


def _heading(found: Evidence) -> str:
    """Return the title, and of a web page also the date and the site; its address where there is more to read at it."""
    site = urlsplit(found["url"]).hostname if found["url"] and "://" in found["url"] else None
    if site and found["data"].get("read_in_full") is False:
        site = found["url"]
    told = ", ".join(part for part in (site, str(found["data"].get("published") or "")[:10]) if part)
    title = " ".join(_unforged(plain(found["title"])).split())[:_LONGEST_TITLE]
    title = title if not order_spans(title) else _GAP
    return f"{title} ({told})" if told else title
