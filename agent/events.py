"""What a caller sees while a turn runs: one contract for Python, the command line and the server.

Every event is plain data with its name under `event`. The order of a turn is
`looking_up`, then per source `looking` and `evidence` (and again, for as often as the agent looks), then `draft` (many),
`graded`, perhaps `revising` and again from `looking_up` or `draft`, and last `reply`, which is authoritative: what was
drafted before it may have changed.
"""

from __future__ import annotations

from typing import Any, Literal

from typing_extensions import TypedDict

from stylegraph.agent.evidence import Filters


class LookingUp(TypedDict):
    """What the agent looks up next, all at once."""

    event: Literal["looking_up"]
    question: str
    """What is asked, complete in itself."""
    routes: list[str]
    """Names of the sources."""
    queries: dict[str, list[str]]
    filters: dict[str, Filters]


class Looking(TypedDict):
    """A source has begun."""

    event: Literal["looking"]
    route: str
    queries: list[str]


class Found(TypedDict):
    """A source has finished; the evidence in short."""

    event: Literal["evidence"]
    route: str
    evidence: list[dict[str, Any]]
    """`id`, `title`, `url` and `score` of each."""


class Drafted(TypedDict):
    """A piece of the draft's text."""

    event: Literal["draft"]
    text: str


class Graded(TypedDict):
    """The draft has been graded."""

    event: Literal["graded"]
    grade: dict[str, Any]


class Revising(TypedDict):
    """The draft was not good enough."""

    event: Literal["revising"]
    action: Literal["widen", "correct", "stop"]
    reason: str


class Learned(TypedDict):
    """Something was learned of the person, from their words or their feedback."""

    event: Literal["learned"]
    facts: dict[str, list[str]]
    """Field of `agent.memory.Profile` -> what is new there."""


class Replied(TypedDict):
    """The turn has ended: the authoritative result."""

    event: Literal["reply"]
    reply: dict[str, Any]


Event = LookingUp | Looking | Found | Drafted | Graded | Revising | Learned | Replied
