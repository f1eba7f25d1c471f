"""What the sources say of a question: whether what somebody put into them answers it."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from stylegraph.agent.evidence import EvidenceSource, Match, MatchingSource, ProbedSource, recommends
from stylegraph.agent.local.router.choice import choose_routes
from stylegraph.agent.local.router.classifier import LOOK, Margins, best
from stylegraph.agent.local.router.examples import load_labels

_GAIN, _NOISE = 2.5, 0.2
"""How much a match's score lifts a margin, and the score that anything reaches by chance."""
_SCORE, _LEANS, _GAP = 22.9, 2.95, 1.55
"""What a match's score, a margin of leaning, and how far the source's margin is above all others add to the log odds that
it answers by itself: a question that presupposes something, and came first, is about what lies there. Fitted to the tune
questions of `cases/newcomers`, to those on other worlds, and to questions for the web and for talk beside an index that has
nothing to do with them."""
_ANSWERS = 1.0
"""Log odds from which a source answers: the documents gain most there, and news and small talk lose next to nothing."""
_CERTAIN, _FOR_ITEMS = 0.9, 0.0
"""Margins of another route, and of one that finds items, from which a match changes nothing."""


class Matched(NamedTuple):
    """What the sources make of a question."""

    margins: dict[str, float]
    """Lifted by what could be found."""
    route: str | None = None
    """The source that answers it by itself with what somebody put there; None: none does."""
    likely: float = 0.0
    """How likely that is."""


async def matched(
    sources: Mapping[str, EvidenceSource],
    text: str,
    leans: float,
    margins: dict[str, float],
    clauses: Sequence[Margins] = (),
) -> Matched:
    """Ask the sources that can say so how well they match a question.

    Args:
        sources: Name -> source.
        text: The question.
        leans: Its margin of leaning on what was said before.
        margins: Route -> margin, as learned.
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
    odds = {name: _odds(match, leans, there, name) for name, match in matches.items() if match.strange}
    answering = max(odds, key=odds.__getitem__, default=None)
    lifted = _lifted(margins, matches) if first in ("web", "chat") else margins
    if answering is None or odds[answering] < _ANSWERS or (first != answering and there[first] > _CERTAIN):
        return Matched(lifted)
    return Matched(lifted, answering, 1.0 / (1.0 + math.exp(-odds[answering])))


def _is_settled(margins: Margins, clauses: Sequence[Margins], leans: float, asked: Sequence[str]) -> bool:
    """Check whether no match can change where a question goes: each is a search, of a cluster a round trip."""
    first, labels = best(margins), load_labels()
    if first not in labels.routes or margins.get(labels.recommends, -1.0) > _FOR_ITEMS:
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


def _odds(match: Match, leans: float, margins: Margins, name: str) -> float:
    gap = margins[name] - max((margin for route, margin in margins.items() if route != name), default=-1.0)
    return _SCORE * match.score + _LEANS * leans + _GAP * gap


def _lifted(margins: Margins, matches: Mapping[str, Match]) -> dict[str, float]:
    """Lift the sources that could answer what would else go to the web or be taken for small talk."""
    lifts = {name: _GAIN * max(0.0, match.score - _NOISE) for name, match in matches.items()}
    return {route: margin + lifts.get(route, 0.0) for route, margin in margins.items()}
