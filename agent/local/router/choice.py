"""From margins to routes: how many of them."""

from __future__ import annotations

from collections.abc import Sequence

from stylegraph.agent.local.router.classifier import Margins, best

# Chosen on the prototypes and the tune cases (`python -m stylegraph.evals.training.router`).
_SECOND_IN_ONE = 0.15
"""A question of one clause needs this margin for each route beyond the first."""
_SECOND_IN_MANY = 0.05
"""A question of several clauses needs this, over all of it, for a route that no clause puts first."""
_CLAUSE = -0.25
"""A clause's first route needs this margin to count."""
_SECOND_IN_FOLLOW_UP = 0.6
"""A follow-up needs these log odds for each route beyond the first."""
_UNLIKELY = -0.6
"""A clause's first route needs this margin over all of the question, unless the clause is surer of it than `_SURE_CLAUSE`."""
_SURE_CLAUSE = 0.6


def choose_routes(whole: Margins, clauses: Sequence[Margins]) -> list[str]:
    """Return the routes that a question needs, the surest first; `chat` only alone.

    Args:
        whole: The margins of the question as one.
        clauses: The margins of its clauses, where it has several.
    """
    first = best(whole)
    if len(clauses) < 2:
        wanted = {first, *_above(whole, _SECOND_IN_ONE)}
    else:
        tops = [(best(clause), max(clause.values())) for clause in clauses]
        likely = {route for route, margin in tops if margin > (_CLAUSE if whole[route] > _UNLIKELY else _SURE_CLAUSE)}
        wanted = (likely | _above(whole, _SECOND_IN_MANY)) or {first}
    if wanted == {"chat"} or (first == "chat" and whole["chat"] > 0):
        return ["chat"]
    return sorted(wanted - {"chat"}, key=lambda route: -whole[route])


def likely_routes(odds: Margins) -> list[str]:
    """Return the routes of a follow-up by their log odds, the likeliest first; `chat` only alone."""
    first = best(odds)
    wanted = {"chat"} if first == "chat" else ({first} | _above(odds, _SECOND_IN_FOLLOW_UP)) - {"chat"}
    return sorted(wanted, key=lambda route: -odds[route])


def _above(margins: Margins, least: float) -> set[str]:
    return {route for route, margin in margins.items() if margin > least}
