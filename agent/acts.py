"""What an agent does on one visit: look things up, put a question back, hand in a draft, or stop."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Literal, NotRequired

from typing_extensions import TypedDict

from stylegraph.agent.evidence import Filters

if TYPE_CHECKING:
    from stylegraph.agent.state import Routing


class LookUp(TypedDict):
    """One thing to look up in one source."""

    id: str
    """Names it within the turn: the id of a model's tool call."""
    source: str
    """The source's name."""
    question: str
    """What is asked of the source, complete in itself."""
    queries: list[str]
    """What to search for; at least one."""
    filters: Filters
    """What must hold for everything that is found."""
    k: int
    """Pieces of evidence that are wanted."""
    tool: NotRequired[str]
    """Which of the source's tools is used, where it offers several."""
    arguments: NotRequired[dict[str, Any]]
    """What the tool was called with."""


class LookUps(TypedDict):
    """Look-ups of one visit; they run side by side."""

    kind: Literal["look_ups"]
    look_ups: list[LookUp]
    reason: NotRequired[str]
    """Why it looks again, after a draft that was not good enough."""


class AskBack(TypedDict):
    """A question put back to the person, because one fact is missing without which there is no answer."""

    kind: Literal["ask_back"]
    text: str
    choices: list[str]
    """Quick answers to it."""


class Drafted(TypedDict):
    """A draft stands in the state's `draft`."""

    kind: Literal["draft"]
    reason: NotRequired[str]
    """Why it was written again, after a draft that was not good enough."""


class Stop(TypedDict):
    """Nothing more can be tried: the best draft so far ends the turn."""

    kind: Literal["stop"]
    reason: NotRequired[str]


Act = LookUps | AskBack | Drafted | Stop


class Finding(TypedDict):
    """What one look-up brought, by reference."""

    id: str
    """The look-up's."""
    source: str
    question: NotRequired[str]
    """What was asked of the source."""
    evidence: list[str]
    """Ids of the evidence, best first."""
    scores: NotRequired[list[float]]
    """How well each of these fits what was asked here; another look-up may have found it to fit better."""
    notes: list[str]
    """What the source says went differently than asked."""


def look_ups_of(routing: Routing, sources: Collection[str], k: int, attempt: int = 0) -> list[LookUp]:
    """Return a routing as look-ups, one for each of its routes that is a source.

    Args:
        routing: Where the question goes.
        sources: Names of the sources that there are.
        k: Pieces of evidence that are wanted of each.
        attempt: 0 the first time in a turn.
    """
    return [
        LookUp(
            id=f"{route}-{attempt}",
            source=route,
            question=routing.get("parts", {}).get(route, routing["question"]),
            queries=routing["queries"].get(route) or [routing["question"]],
            filters=routing["filters"].get(route, {}),
            k=k,
        )
        for route in routing["routes"]
        if route in sources
    ]
