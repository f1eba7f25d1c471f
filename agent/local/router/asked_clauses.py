"""The clauses of a question that each ask for something, and what each is about: told by the words and by what was learned."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

from stylegraph.agent.local.router.classifier import Margins, Reading, best
from stylegraph.agent.text.clauses import asks_for_something, complete, joined_clauses, span, tied

# Chosen on the tune cases (`python -m stylegraph.evals.bench.parts`, `python -m stylegraph.evals.training.router`).
_CLEAR = 0.15
"""Margin of a route from which a clause asks for something, though no word says so: "brown boots under 90,000 won"."""
_OWN = 0.0
"""Margin of a route from which a clause says where it goes, and is lent nothing unless it leans."""
_LEANS, _SURELY_LEANS = -0.3, 0.0
"""Margins of leaning on what was said before: from the first on a clause that no word says to ask only tells, from the second
on one that says where it goes is lent what it is about."""

Read = Callable[[Sequence[str], Mapping[str, Reading]], Awaitable[list[Reading]]]
"""Reads texts, those that are known not again."""


class Clause(NamedTuple):
    """A clause that asks for something."""

    said: str
    """As it stands in the question."""
    asked: str
    """With what it is about, and without the word that joined it."""
    margins: Margins

    def goes_to(self, routes: Sequence[str]) -> str:
        """Return the likeliest of some routes."""
        return max(routes, key=lambda route: self.margins.get(route, -1.0))


async def asked_clauses(text: str, read: Read) -> list[Clause]:
    """Take a question apart into the clauses that ask for something; empty when fewer than two do.

    Args:
        text: The question.
        read: Tells what texts ask for.
    """
    clauses = joined_clauses(text)
    bare = [tied(clause) for clause in clauses]
    known = dict(zip(bare, await read(bare, {}), strict=True)) if len(clauses) > 1 else {}
    asking = [
        asks_for_something(one) or _is_clear(known[plain]) for one, plain in zip(clauses, bare, strict=True) if known
    ]
    if sum(asking) < 2:
        return []
    said = _with_what_is_told(text, clauses, asking)
    asked = await _about_something([tied(clause) for clause in said], read, known)
    margins = [reading.margins for reading in await read(asked, known)]
    return [Clause(*one) for one in zip(said, asked, margins, strict=True)]


def _is_clear(reading: Reading) -> bool:
    """Check whether it is clear where a clause goes, so that it asks for something."""
    first = best(reading.margins)
    return first != "chat" and reading.margins[first] > _CLEAR and reading.leaning < _LEANS


def _with_what_is_told(text: str, clauses: Sequence[str], asking: Sequence[bool]) -> list[str]:
    """Return the clauses that ask, each with what is told since the last one; what is told before all, or after, is for each."""
    said: list[str] = []
    told = ""
    for clause, asks in zip(clauses, asking, strict=True):
        if not asks:
            told = told or clause if said else ""
            continue
        said.append(span(text, told, clause) if told else clause)
        told = ""
    return said


async def _about_something(clauses: list[str], read: Read, known: dict[str, Reading]) -> list[str]:
    """Return each clause with what it is about, of another one where its own words don't tell; all that is read is known then."""
    readings = await read(clauses, known)
    known.update(zip(clauses, readings, strict=True))
    whole = await asyncio.to_thread(complete, clauses)
    return [own if _is_own(reading) else lent for own, lent, reading in zip(clauses, whole, readings, strict=True)]


def _is_own(reading: Reading) -> bool:
    """Check whether a clause needs nothing of the others: it says where it goes, and leans on nothing."""
    return reading.leaning < _SURELY_LEANS and max(reading.margins.values()) > _OWN
