"""What is looked up before a chat model is asked: a question that plainly belongs to a source needs no call to say so."""

from __future__ import annotations

import math
from collections.abc import Sequence

from stylegraph.agent.acts import LookUp, look_ups_of
from stylegraph.agent.evidence import EvidenceSource, RecallingSource, is_eager
from stylegraph.agent.protocols import Router
from stylegraph.agent.state import AssistantState, Routing

_SHARE = 1 / 2
"""Of the evidence that a model's own look-up asks for: a guess is read with every call that follows it."""


class Prefetcher:
    """Makes the look-ups that a model would begin with, by a router that takes milliseconds.

    A wrong guess costs the tokens of a few passages; a right one saves a whole call.

    Args:
        router: Guesses where a question goes.
        sources: The sources that are set up; only eager ones are asked.
        k: Pieces of evidence that a look-up of the model's own asks for.
    """

    def __init__(self, router: Router, sources: Sequence[EvidenceSource], k: int) -> None:
        self._router = router
        self._eager = {source.name: source for source in sources if is_eager(source)}
        self._k = math.ceil(k * _SHARE)

    async def look_ups(self, state: AssistantState) -> list[LookUp]:
        """Return what to look up first; nothing where a model had better decide."""
        if not self._eager or state["turn"]["image"]:
            return []
        routing = (await self._router.route(state))["routing"]
        plain = [route for route in routing["routes"] if self._is_plain(route, state)]
        if routing["ask_back"] or not plain:
            return []
        said = {message.text.strip() for message in state["messages"][:-1] if message.type == "human"}
        found = look_ups_of(_once_each(routing), plain, self._k)
        return [one for one in found if not said & {query.strip() for query in one["queries"]}]

    def _is_plain(self, route: str, state: AssistantState) -> bool:
        """Check whether a route may be taken unasked: talk about what a source just showed needs no look-up."""
        source = self._eager.get(route)
        return source is not None and not (state.get("shown") and isinstance(source, RecallingSource))


def _once_each(routing: Routing) -> Routing:
    """Return a routing whose routes are asked the person's own words, and no more than one thing each."""
    return Routing(**{**routing, "queries": {route: queries[:1] for route, queries in routing["queries"].items()}})
