"""What the sources say of a question: whether what somebody put into them answers it."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from stylegraph.agent.evidence import EvidenceSource, Match, MatchingSource, ProbedSource, recommends
from stylegraph.agent.local.reader.reader import Reader
from stylegraph.agent.local.router.choice import choose_routes
from stylegraph.agent.local.router.classifier import LOOK, Margins, best
from stylegraph.agent.local.router.examples import load_labels
from stylegraph.agent.local.router.signs import Signs, Weights, shipped_weights, signs_of

_GAIN, _NOISE = 2.5, 0.2
"""How much a match's score lifts a margin, and the score that anything reaches by chance."""
_CERTAIN, _FOR_ITEMS = 0.9, 0.0
"""Margins of another route, and of one that finds items, from which a match changes nothing."""
_LEANING = 0.4
"""Margin of leaning above which a first question is put back, whatever it matches: "which of the two"."""


class Judge(NamedTuple):
    """What tells whether that which matches a question answers it."""

    reader: Reader
    weights: Weights | None = None
    """What the signs count; those that are shipped, if None."""


class Matched(NamedTuple):
    """What the sources make of a question."""

    margins: dict[str, float]
    """Lifted by what could be found."""
    route: str | None = None
    """The source that answers it by itself with what somebody put there; None: none does."""
    likely: float = 0.0
    """How likely that is."""
    signs: Signs | None = None
    """Of the source that is likeliest to; None where no match could change anything."""


async def matched(
    sources: Mapping[str, EvidenceSource],
    text: str,
    leans: float,
    margins: dict[str, float],
    judge: Judge,
    clauses: Sequence[Margins] = (),
) -> Matched:
    """Ask the sources that can say so how well they match a question.

    Args:
        sources: Name -> source.
        text: The question.
        leans: Its margin of leaning on what was said before.
        margins: Route -> margin, as learned.
        judge: Tells whether what matches answers.
        clauses: Those of its clauses, where it has several.
    """
    there, *parts = [{route: margin for route, margin in each.items() if route != LOOK} for each in (margins, *clauses)]
    first = best(there)
    asked = [source for source in sources.values() if _can_say(source, margins)]
    if _is_settled(there, parts, leans, [source.name for source in asked]):
        return Matched(margins)
    matches = dict(
        zip([one.name for one in asked], await asyncio.gather(*(_match(one, text) for one in asked)), strict=True)
    )
    lifted = _lifted(margins, matches) if first in ("web", "chat") else margins
    own = {name: match for name, match in matches.items() if match.strange and _may_answer(name, there)}
    weights = judge.weights or shipped_weights()
    signs = {name: await signs_of(match, text, judge.reader, leans, there, name) for name, match in own.items()}
    answering = max(signs, key=lambda name: weights.odds(signs[name]), default=None)
    if answering is None:
        return Matched(lifted)
    odds = weights.odds(signs[answering])
    if odds < weights.least:
        return Matched(lifted, signs=signs[answering])
    return Matched(lifted, answering, 1.0 / (1.0 + math.exp(-odds)), signs[answering])


def _may_answer(name: str, margins: Margins) -> bool:
    """Check whether a source may answer alone: not where another route is certain."""
    first = best(margins)
    return first == name or margins[first] <= _CERTAIN


def _is_settled(margins: Margins, clauses: Sequence[Margins], leans: float, asked: Sequence[str]) -> bool:
    """Check whether no match can change where a question goes: each is a search, of a cluster a round trip."""
    first, labels = best(margins), load_labels()
    if first not in labels.routes or margins.get(labels.recommends, -1.0) > _FOR_ITEMS or leans > _LEANING:
        return True
    return first in asked and leans < 0 and choose_routes(margins, clauses or [margins]) == [first]


def _can_say(source: EvidenceSource, margins: Margins) -> bool:
    return isinstance(source, ProbedSource) and source.name in margins and not recommends(source)


async def _match(source: EvidenceSource, text: str) -> Match:
    if isinstance(source, MatchingSource):
        return await source.match(text)
    return (
        Match(await source.probe(text), strange=False)
        if isinstance(source, ProbedSource)
        else Match(0.0, strange=False)
    )


def _lifted(margins: Margins, matches: Mapping[str, Match]) -> dict[str, float]:
    """Lift the sources that could answer what would else go to the web or be taken for small talk."""
    lifts = {name: _GAIN * max(0.0, match.score - _NOISE) for name, match in matches.items()}
    return {route: margin + lifts.get(route, 0.0) for route, margin in margins.items()}
