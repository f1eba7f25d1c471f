"""The reviser without a model: what to try next, in an order that gives up as little of what is asked as possible."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Literal

from typing_extensions import TypedDict

from stylegraph.agent.evidence import Condition, Filters
from stylegraph.agent.local.items import is_item
from stylegraph.agent.local.reader.term_roles import without_bearers
from stylegraph.agent.local.templates import phrase, place_name
from stylegraph.agent.state import AssistantState, Revision, Routing, current_routing
from stylegraph.agent.text.question_types import telling_terms
from stylegraph.agent.text.tokenizer import tokenize

_WIDER = 4
MOST = 24
"""Pieces of evidence that are asked for at most."""
_OTHER = {"documents": "web", "web": "documents"}
_KEPT_LONGEST = ("audience",)
"""Fields given up last: clothes for somebody else are no answer."""


class RevisionUpdate(TypedDict):
    """What revising adds to the state."""

    revision: Revision


class LocalReviser:
    """Revises without a model.

    Each attempt drops the narrowest filter, asks for more and in other words; when that has been tried, another
    source is asked; then it ends. A source whose items are shown keeps its filters: what is missing is another's.

    Args:
        routes: Names of the sources that can be asked.
        k: Pieces of evidence that a source is asked for the first time.
    """

    def __init__(self, routes: Collection[str], k: int = 6) -> None:
        self._routes = frozenset(routes)
        self._k = k

    async def revise(self, state: AssistantState) -> RevisionUpdate:
        """Read `grade`, `draft`, `routing`, `revisions`; give the revision."""
        before = state.get("revision")
        routing = current_routing(state)
        k = before["k"] if before else self._k
        if not routing["queries"]:
            return {"revision": _revision("stop", routing, k, "reason_stop")}
        if state["grade"] and state["grade"]["answers"] >= 1 and state["draft"]["kind"] != "nothing":
            return {"revision": _revision("correct", routing, k, "reason_correct")}
        filters, dropped = without_narrowest(_open(routing["filters"], state))
        if dropped:
            freer = await asyncio.to_thread(
                _reworded, Routing(**{**routing, "filters": {**routing["filters"], **filters}})
            )
            return {"revision": _revision("widen", freer, min(MOST, k * _WIDER), "reason_filter", field=dropped)}
        if not state.get("revisions", 0):
            wider = await asyncio.to_thread(_reworded, routing)
            return {"revision": _revision("widen", wider, min(MOST, k * _WIDER), "reason_widen")}
        return {"revision": self._elsewhere(routing, k)}

    def _elsewhere(self, routing: Routing, k: int) -> Revision:
        """Ask another source that may know, the web for documents and documents for the web; stop if there is none."""
        others = [_OTHER[route] for route in routing["routes"] if route in _OTHER]
        other = next((one for one in others if one in self._routes and one not in routing["routes"]), None)
        if other is None:
            return _revision("stop", routing, k, "reason_stop")
        queries = {**routing["queries"], other: [routing["question"]]}
        both = Routing(**{**routing, "routes": [*routing["routes"], other], "queries": queries})
        return _revision("widen", both, k, "reason_other", place=place_name(routing["language"], other))


def _open(filters: Mapping[str, Filters], state: AssistantState) -> dict[str, Filters]:
    """Return the filters of the sources that have not answered: items that are shown have met theirs, a price limit say."""
    shown = bool(state["draft"]["recommendations"])
    met = {piece["route"] for piece in state.get("evidence", []) if shown and is_item(piece)}
    return {route: fields for route, fields in filters.items() if route not in met}


def without_narrowest(filters: Mapping[str, Filters]) -> tuple[dict[str, Filters], str]:
    """Drop one condition, the one that lets least through; what is excluded stays.

    Returns:
        The filters without it, and the name of its field; an empty name when there was none to drop.
    """
    every = [
        (_room(field, condition), route, field)
        for route, fields in filters.items()
        for field, condition in fields.items()
        if set(condition) != {"none"}
    ]
    if not every:
        return dict(filters), ""
    _, route, field = min(every)
    left = {name: condition for name, condition in filters[route].items() if name != field}
    return {**filters, route: left}, field


def reworded(queries: Sequence[str]) -> list[str]:
    """Ask also by the telling words alone, which takes compounds apart, and without the thing where a fabric decides.

    Blocking: it may load the tokenizer.
    """
    told = [telling_terms(tokenize(query)) for query in queries]
    barer = [without_bearers(query, words) for query, words in zip(queries, told, strict=True)]
    return [query for query in dict.fromkeys([*queries, *map(" ".join, told), *map(" ".join, barer)]) if query]


def _reworded(routing: Routing) -> Routing:
    queries = {route: reworded(asked) for route, asked in routing["queries"].items()}
    return Routing(**{**routing, "queries": queries})


def _room(field: str, condition: Condition) -> float:
    """Return how much a condition lets through: few values least, a range more."""
    values = len(condition.get("any", ())) or 20 * (2 - ("gte" in condition) * ("lte" in condition))
    return values + 100.0 * (field in _KEPT_LONGEST)


def _revision(
    action: Literal["widen", "correct", "stop"], routing: Routing, k: int, reason: str, **values: str
) -> Revision:
    return Revision(action=action, routing=routing, k=k, reason=phrase(routing["language"], reason, **values))
