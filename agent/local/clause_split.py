"""What is asked of evidence, and of which: of several pictured things each by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from stylegraph.agent.evidence import PICTURES, Evidence
from stylegraph.agent.state import Pictured, Routing
from stylegraph.agent.text.question_types import asked_of


class Asked(NamedTuple):
    """One question, and the evidence that may answer it."""

    question: str
    """What the evidence is read with: "How do I wash these?", since it was found for one thing and is about no other."""
    evidence: list[Evidence]
    pictured: Pictured | None = None
    """The thing that it is about, where there are several."""


def asked_apart(route: str, routing: Routing, evidence: Sequence[Evidence]) -> list[Asked]:
    """Take a route's question apart by the pictures that its evidence was found for; one question where it was for none.

    Args:
        route: The route.
        routing: Where the question goes.
        evidence: What the route found.
    """
    pictured = routing.get("pictured", [])
    if not pictured or not any(PICTURES in piece["data"] for piece in evidence):
        return [Asked(asked_of(route, routing), list(evidence))]
    question = routing.get("parts", {}).get(route, routing["question"])
    return [
        Asked(question, [piece for piece in evidence if one["picture"] in piece["data"].get(PICTURES, ())], one)
        for one in pictured
    ]
