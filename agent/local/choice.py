"""From margins to routes: how many of them, and whether the picture is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from stylegraph.agent.local.leaning import is_fragment
from stylegraph.agent.local.learned import LOOK, best
from stylegraph.agent.local.patterns import tells
from stylegraph.agent.local.words import load_words

Margins = Mapping[str, float]
"""Route -> margin: above 0 is yes, about ±1 is certain."""


class Views(NamedTuple):
    """The margins of a question, in four views of it."""

    whole: Margins
    """With the thing that it is about."""
    alone: Margins
    """As it was put."""
    earlier: Margins
    """Of the question before it."""
    joined: Margins
    """Made standalone."""


# Chosen on the prototypes and the tune cases (`python -m stylegraph.evals.routing`).
_SECOND_IN_ONE = 0.3
"""A question of one clause needs this margin for each route beyond the first."""
_SECOND_IN_MANY = 0.05
"""A question of several clauses needs this, over all of it, for a route that no clause puts first."""
_CLAUSE = -0.25
"""A clause's first route needs this margin to count."""
_UNLIKELY = -0.6
"""A clause's first route needs this margin over all of the question."""

_OF_EARLIER, _OF_BOTH = 0.6, 0.6
"""Weights, beside a follow-up's own margins, of the earlier question's and of those of both together."""
_SETTLED, _OF_BOTH_WHEN_SETTLED = 0.5, 0.2
"""Own margin at which a follow-up says where it goes, and the weight of both together then or with a topic of its own."""
_OWN_WHEN_ANSWERED, _EARLIER_WHEN_ANSWERED = 0.2, 0.6
"""The same for what answers a question that was put back: it goes where the first question wanted to go."""
_BY_ITSELF = 0.3
"""Margin at which a follow-up is small talk or a look at a picture, whatever was asked before it."""
_ASKED_FOR = 0.1
"""How far the web is put first when the words ask for it."""
_OWN_TOPICS = ("weather", "care", "trend", "recommend", "ask_piece")
_ITEM_ASKED = 0.8
_KNOWN = 0.2
"""Margin at which a question whether an item will do is one for the knowledge."""


def choose_routes(whole: Margins, clauses: Sequence[Margins]) -> list[str]:
    """Give the routes that a question needs, the surest first; `chat` only alone.

    Args:
        whole: The margins of the question as one.
        clauses: The margins of its clauses, at least one.
    """
    first = best(whole)
    if len(clauses) < 2:
        wanted = {first, *_above(whole, _SECOND_IN_ONE)}
    else:
        tops = {best(clause) for clause in clauses if max(clause.values()) > _CLAUSE}
        wanted = ({route for route in tops if whole[route] > _UNLIKELY} | _above(whole, _SECOND_IN_MANY)) or {first}
    if wanted == {"chat"} or (first == "chat" and whole["chat"] > 0):
        return ["chat"]
    return sorted(wanted - {"chat"}, key=lambda route: -whole[route])


def follow(views: Views, *, answered: bool, text: str) -> dict[str, float]:
    """Give the margins of a follow-up that leans on an earlier question.

    Args:
        views: What was learned of it.
        answered: Whether it answers a question that was put back.
        text: Its words. What they don't say of small talk or of a task isn't one.
    """
    if best(views.alone) in ("chat", LOOK) and max(views.alone.values()) > _BY_ITSELF:
        return dict(views.alone)
    named = bool(load_words().find(text, "garment", "material", "place")) or load_words().has(text, *_OWN_TOPICS)
    now, before, both = 1.0, _OF_EARLIER, _OF_BOTH
    if answered:
        now, before = _OWN_WHEN_ANSWERED, _EARLIER_WHEN_ANSWERED
    elif (named and not is_fragment(text)) or max(views.alone.values()) > _SETTLED:
        before, both = 0.0, _OF_BOTH_WHEN_SETTLED
    elif best(views.earlier) == LOOK:  # a look says nothing of what is asked of the thing that was seen
        before = 0.0
    summed = {
        route: now * margin + before * views.earlier[route] + both * views.joined[route]
        for route, margin in views.whole.items()
    }
    if not answered:  # what was said of a picture is enough, unless it must be looked at again
        summed[LOOK] = max(views.whole[LOOK], views.alone[LOOK])
    if tells("on_the_web", text):
        summed["web"] = max(summed.values()) + _ASKED_FOR
    if not load_words().has(text, "talk", "feeling", "task", "advice"):
        summed["chat"] = min(summed["chat"], -1.0)
    adjusts = tells("adjusts", text) or (best(summed) == "web" and tells("holds_against", text))
    kept = {best(summed), *(route for route in views.earlier if views.earlier[route] > 0 and adjusts)}
    return {route: 1.0 if route in kept else min(margin, views.whole[route]) for route, margin in summed.items()}


def about_item(margins: Margins, earlier: Margins, text: str) -> Margins:
    """Give the margins of a question on a recommended item: its properties are the catalogue's, its care is not."""
    knowledge = load_words().has(text, "care", "how") or (
        load_words().has(text, "whether")
        and (margins["documents"] > _KNOWN or bool(load_words().find(text, "occasion", "season")))
    )
    if earlier["fashion"] < max(earlier.values()) or knowledge or load_words().has(text, "trend", "fresh"):
        return margins
    return {**margins, "fashion": margins["fashion"] + _ITEM_ASKED, "documents": min(margins["documents"], 0.0)}


def _above(margins: Margins, least: float) -> set[str]:
    return {route for route, margin in margins.items() if margin > least}
