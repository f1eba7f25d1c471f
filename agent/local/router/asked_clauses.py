"""The clauses of a question that each ask for something, and what each is about: told by the words and by what was learned."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from stylegraph.agent.local.router.classifier import Margins, Reading, best
from stylegraph.agent.text.clauses import asks_for_something, complete, joined_clauses, span, tied

# Chosen on the tune cases (`python -m stylegraph.evals.bench.parts`, `python -m stylegraph.evals.training.router`).
_CLEAR = 0.15
"""Margin of a route from which a clause asks for something, though no word says so: "brown boots under 90,000 won"."""
_OWN = 0.0
"""Margin of a route from which a clause that leans on nothing is lent nothing."""
_LEANS = -0.3
"""Margin from which a clause leans on the one before it."""

Readings = Callable[[Sequence[str]], Awaitable[list[Reading]]]


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


async def asked_clauses(text: str, read: Readings) -> list[Clause]:
    """Take a question apart into the clauses that ask for something; empty when fewer than two do.

    Args:
        text: The question.
        read: Tells what a text asks for.
    """
    clauses = joined_clauses(text)
    readings = await read([tied(clause) for clause in clauses]) if len(clauses) > 1 else []
    asking = [
        asks_for_something(clause) or _is_clear(reading) for clause, reading in zip(clauses, readings, strict=False)
    ]
    if sum(asking) < 2:
        return []
    said = _with_what_is_told(text, clauses, asking)
    asked = await _about_something([tied(clause) for clause in said], read)
    margins = [reading.margins for reading in await read(asked)]
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


async def _about_something(clauses: list[str], read: Readings) -> list[str]:
    """Return each clause with what it is about, of another one where its own words don't tell."""
    lent = complete(clauses)
    readings = await read(clauses)
    return [
        clause if _is_own(reading) else full for clause, full, reading in zip(clauses, lent, readings, strict=True)
    ]


def _is_own(reading: Reading) -> bool:
    """Check whether a clause needs nothing of the others: it says where it goes, and leans on nothing."""
    return reading.leaning < _LEANS and max(reading.margins.values()) > _OWN
