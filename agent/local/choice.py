"""From margins to routes: how many of them, and whether the picture is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stylegraph.agent.local.leaning import is_fragment
from stylegraph.agent.local.learned import LOOK
from stylegraph.agent.local.patterns import tells
from stylegraph.agent.local.words import load_words

Margins = Mapping[str, float]
"""Route -> margin: above 0 is yes, about ±1 is certain."""

# Chosen on the prototypes and the tune cases (`python -m stylegraph.evals.routing`).
_SECOND_IN_ONE = 0.3
"""A question of one clause needs this margin for each route beyond the first."""
_SECOND_IN_MANY = 0.05
"""A question of several clauses needs this, over all of it, for a route that no clause puts first."""
_CLAUSE = -0.25
"""A clause's first route needs this margin to count."""

_WHEN_LEANING, _WITH_TOPIC, _WHEN_ANSWERED = (1.0, 0.6), (1.0, 0.3), (0.2, 1.0)
"""Weights of a follow-up's own margins and of the earlier question's: a piece of a question; one that names what it is
about; one that answers what was asked back."""
_OWN_TOPICS = ("weather", "care", "trend", "recommend", "ask_piece")
_ITEM_ASKED = 0.8


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


def follow(margins: Margins, earlier: Margins, *, answered: bool, text: str) -> dict[str, float]:
    """Give the margins of a follow-up that leans on an earlier question.

    Args:
        margins: Of the follow-up, with the thing it is about.
        earlier: Of the question before it.
        answered: Whether it answers a question that was put back: then it goes where the first question wanted to go.
        text: Its words. What they don't say of small talk or of a task isn't one.
    """
    named = bool(load_words().find(text, "garment", "material", "place")) or load_words().has(text, *_OWN_TOPICS)
    own_topic = named and not is_fragment(text)
    now, before = _WHEN_ANSWERED if answered else _WITH_TOPIC if own_topic else _WHEN_LEANING
    joined = {route: now * margin + before * earlier[route] for route, margin in margins.items()}
    if not answered:
        joined[LOOK] = margins[LOOK]  # what was said of a picture is enough, unless it must be looked at again
    if not load_words().has(text, "talk", "feeling", "task", "advice"):
        joined["chat"] = min(joined["chat"], -1.0)
    first = max(joined, key=joined.__getitem__)
    kept = {first, *(route for route in earlier if earlier[route] > 0 and tells("adjusts", text))}
    return {route: 1.0 if route in kept else min(margin, margins[route]) for route, margin in joined.items()}


def about_item(margins: Margins, earlier: Margins, text: str) -> Margins:
    """Give the margins of a question on a recommended item: its properties are the catalogue's, its care is not."""
    knowledge = load_words().has(text, "care", "how") or (
        load_words().has(text, "whether") and bool(load_words().find(text, "occasion", "season"))
    )
    if earlier["fashion"] < max(earlier.values()) or knowledge or load_words().has(text, "trend", "fresh"):
        return margins
    return {**margins, "fashion": margins["fashion"] + _ITEM_ASKED, "documents": min(margins["documents"], 0.0)}


def _above(margins: Margins, least: float) -> set[str]:
    return {route for route, margin in margins.items() if margin > least}
