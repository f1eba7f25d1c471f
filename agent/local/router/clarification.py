"""When there is nothing to go on without one more fact, and how to ask for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from stylegraph.agent.local.router.outright import is_refused, is_small_talk
from stylegraph.agent.text import coreference
from stylegraph.agent.text.gazetteer import load_words
from stylegraph.agent.text.language import Language
from stylegraph.agent.text.patterns import tells

_UNCLEAR, _NAMED_UNCLEAR, _PERHAPS_UNCLEAR = 0.0, 0.35, -0.5
"""Margins of leaning at which a question is put back: at all, though it names a thing or fabric, and when a place is missing."""


class QuestionBack(NamedTuple):
    """A question put back, with quick answers to it."""

    text: str
    choices: list[str]


class Clarification(NamedTuple):
    """What a domain asks in a language where a question does not say which thing it is about."""

    thing: str
    """Asks which."""
    picture: str
    """Asks for the picture that did not come."""
    things: Sequence[str] = ()
    """Quick answers: kinds of things."""
    materials: Sequence[str] = ()
    """Quick answers to a question of care: what things are made of."""


Clarifications = Mapping[Language, Clarification]

_PLACE = {"ko": "어느 곳을 말씀하시는지 알려 주시겠어요?", "en": "Which place do you mean?"}
_BEFORE = {
    "ko": "앞서 나눈 이야기가 없어서요. 무엇을 찾으시는지 조금 더 알려 주시겠어요?",
    "en": "There is nothing before this that I could go on. Could you say what you are looking for?",
}


def question_back(
    question: str, language: Language, clarifications: Clarifications | None, *, leans: float, looks: bool
) -> QuestionBack | None:
    """Return the question to put back to a person whose first question can't be understood, or None.

    Args:
        question: The person's words; no picture came with them and nothing was said before that they could mean.
        language: The language to ask in.
        clarifications: What the domain asks, if there is one; in a language that it has no words for, ours stand in.
        leans: Margin of leaning on what was said before, or on a picture.
        looks: Whether they ask for a look at a picture.
    """
    if is_small_talk(question) or is_refused(question):
        return None
    if leans > _PERHAPS_UNCLEAR and tells("place_missing", question) and not _names_a_place(question):
        return QuestionBack(_PLACE[language], [])
    named = bool(load_words().find(question, "thing", "material")) and coreference.pointing(question) is None
    if leans < (_NAMED_UNCLEAR if named else _UNCLEAR) or coreference.points_at_document(question):
        return None
    asks = (clarifications or {}).get(language)
    if asks is None:
        return QuestionBack(_BEFORE[language], [])
    return _of_domain(question, asks, looks=looks) or QuestionBack(_BEFORE[language], list(asks.things))


def _of_domain(question: str, asks: Clarification, *, looks: bool) -> QuestionBack | None:
    """Ask for the picture or for the thing that the words point at, where they do."""
    words = load_words()
    if tells("picture_meant", question) or (looks and words.has(question, "picture")):
        return QuestionBack(asks.picture, [])
    if looks or coreference.pointing(question) or words.has(question, "care", "price"):
        return QuestionBack(asks.thing, list(asks.materials if words.has(question, "care") else asks.things))
    return None


def _names_a_place(question: str) -> bool:
    return tells("place_named", question) or bool(load_words().find(question, "place"))
