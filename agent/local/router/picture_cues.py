"""Whether a question that came with a picture needs it."""

from __future__ import annotations

from collections.abc import Sequence

from stylegraph.agent.local.router.classifier import LOOK
from stylegraph.agent.text.gazetteer import load_words
from stylegraph.agent.text.patterns import tells

_LEANS, _LEANS_ON_DOCUMENT = -0.45, 0.0
"""Margins of leaning above which a question that came with a picture is about it, and if it may be about a document."""


def needs_picture(question: str, routes: Sequence[str], *, leans: float) -> bool:
    """Check whether the picture is needed for an answer that these routes give.

    It is when it is to be described, when the question points at it, and when it can't be understood without it.

    Args:
        question: The person's words.
        routes: Where they go.
        leans: Margin of leaning on something that isn't said.
    """
    if tells("picture_left_aside", question):
        return False
    words = load_words()
    least = _LEANS_ON_DOCUMENT if words.has(question, "records", "own") else _LEANS
    return LOOK in routes or leans > least or points_at_picture(question) or words.has(question, "own_thing")


def points_at_picture(question: str) -> bool:
    """Check whether a question speaks of the picture or points at something in it."""
    return load_words().has(question, "picture", "pointing") or tells("points_in_picture", question)


def goes_back_to_picture(question: str, *, just_before: bool) -> bool:
    """Check whether a question without a picture is about one that was sent before.

    Args:
        question: The person's words.
        just_before: Whether the turn before was about a picture, so that "this" may mean it.
    """
    if tells("picture_left_aside", question):
        return False
    return load_words().has(question, "picture") or (just_before and points_at_picture(question))


def wants_pieces(question: str) -> bool:
    """Check whether pieces like the one in the picture are wanted, or pieces to go with it."""
    return tells("pieces_wanted", question)
