"""The clauses of a question that each ask for something, and what each is about: read from the words and from what was learned."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from stylegraph.agent.local.router.classifier import Margins, Reading, best
from stylegraph.agent.text.clauses import asks_for_something, complete, joined_clauses, tied

_CLEAR = float(os.environ.get("R_CLEAR", "0.3"))
"""Margin of a route from which a clause asks for something, though no word says so: "brown boots under 90,000 won"."""
_LEANS = float(os.environ.get("R_LEANS", "-0.3"))
"""Margin of leaning from which a clause is lent what the one before it is about."""
_OWN = float(os.environ.get("R_OWN", "0.3"))

Readings = Callable[[Sequence[str]], Awaitable[list[Reading]]]


class Clause(NamedTuple):
    """A clause that asks for something."""

    said: str
    """As it stands in the question."""
    asked: str
    """With what it is about, and without the word that joined it."""
    margins: Margins


async def asked_clauses(text: str, read: Readings) -> list[Clause]:
    """Take a question apart into the clauses that ask for something; empty when fewer than two do.

    Args:
        text: The question.
        read: Tells what a text asks for.
    """
    said = joined_clauses(text)
    bare = [tied(one) for one in said]
    readings = await read(bare) if len(said) > 1 else []
    asking = [
        (clause, plain, reading)
        for clause, plain, reading in zip(said, bare, readings, strict=False)
        if asks_for_something(clause) or _is_clear(reading)
    ]
    if len(asking) < 2:
        return []
    lent = complete([plain for _, plain, _ in asking])
    asked = [plain if _is_own(reading) else full for (_, plain, reading), full in zip(asking, lent, strict=True)]
    margins = [reading.margins for reading in await read(asked)]
    return [Clause(one[0], full, told) for one, full, told in zip(asking, asked, margins, strict=True)]


def _is_clear(reading: Reading) -> bool:
    first = best(reading.margins)
    return first != "chat" and reading.margins[first] > _CLEAR and reading.leaning < _LEANS


def _is_own(reading: Reading) -> bool:
    """Check whether a clause needs nothing of the others: it is clear where it goes, and leans on nothing."""
    return reading.leaning < _LEANS and max(reading.margins.values()) > _OWN
