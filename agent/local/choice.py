"""From margins to routes: how many of them, and whether the picture is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Margins = Mapping[str, float]
"""Route -> margin: above 0 is yes, about ±1 is certain."""

# Chosen on the prototypes and the tune cases (`python -m stylegraph.evals.routing`).
_SECOND_IN_ONE = 0.3
"""A question of one clause needs this margin for each route beyond the first."""
_SECOND_IN_MANY = 0.05
"""A question of several clauses needs this, over all of it, for a route that no clause puts first."""
_CLAUSE = -0.3
"""A clause's first route needs this margin to count."""

_EARLIER = 0.6
"""Weight of the earlier question's margins for a follow-up that leans on it."""


def choose_routes(whole: Margins, clauses: Sequence[Margins]) -> list[str]:
    """Give the routes that a question needs, the surest first; `chat` only alone.

    Args:
        whole: The margins of the question as one.
        clauses: The margins of its clauses, at least one.
    """
    first = max(whole, key=whole.__getitem__)
    if len(clauses) < 2:
        wanted = {first, *_above(whole, _SECOND_IN_ONE)}
    else:
        tops = {max(clause, key=clause.__getitem__) for clause in clauses if max(clause.values()) > _CLAUSE}
        wanted = (tops | _above(whole, _SECOND_IN_MANY)) or {first}
    if wanted == {"chat"} or (first == "chat" and whole["chat"] > 0):
        return ["chat"]
    return sorted(wanted - {"chat"}, key=lambda route: -whole[route])


def blend(margins: Margins, earlier: Margins) -> dict[str, float]:
    """Give a follow-up's margins, lifted by those of the question it leans on."""
    return {route: margin + _EARLIER * earlier[route] for route, margin in margins.items()}


def _above(margins: Margins, least: float) -> set[str]:
    return {route for route, margin in margins.items() if margin > least}
