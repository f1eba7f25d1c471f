"""When there is nothing to go on without one more fact, and how to ask for it."""

from __future__ import annotations

from typing import NamedTuple

from stylegraph.agent.local.router.outright import is_refused, is_small_talk
from stylegraph.agent.text import coreference
from stylegraph.agent.text.gazetteer import load_words
from stylegraph.agent.text.language import Language
from stylegraph.agent.text.patterns import tells

_UNCLEAR, _NAMED_UNCLEAR, _PERHAPS_UNCLEAR = 0.0, 0.35, -0.5
"""Margins of leaning at which a question is put back: at all, though it names a garment or fabric, and when a place is missing."""


class QuestionBack(NamedTuple):
    """A question put back, with quick answers to it."""

    text: str
    choices: list[str]


_THING = {
    "ko": "어떤 옷을 말씀하시는지 알려 주시겠어요? 옷 이름이나 소재를 적어 주시거나 사진을 함께 올려 주세요.",
    "en": "Which piece do you mean? Tell me its name or fabric, or add a picture.",
}
_PLACE = {"ko": "어느 곳을 말씀하시는지 알려 주시겠어요?", "en": "Which place do you mean?"}
_PICTURE = {
    "ko": "사진이 함께 오지 않았어요. 사진을 올려 주시거나 어떤 옷인지 말로 알려 주시겠어요?",
    "en": "No picture came with this. Could you add it, or describe the piece in words?",
}
_BEFORE = {
    "ko": "앞서 나눈 이야기가 없어서요. 무엇을 찾으시는지 조금 더 알려 주시겠어요?",
    "en": "There is nothing before this that I could go on. Could you say what you are looking for?",
}
_PIECES = {"ko": ["셔츠", "니트", "코트", "원피스"], "en": ["a shirt", "a sweater", "a coat", "a dress"]}
_FABRICS = {"ko": ["면", "린넨", "울", "실크"], "en": ["cotton", "linen", "wool", "silk"]}


def question_back(question: str, language: Language, *, leans: float, looks: bool) -> QuestionBack | None:
    """Return the question to put back to a person whose first question can't be understood, or None.

    Args:
        question: The person's words; no picture came with them and nothing was said before that they could mean.
        language: The language to ask in.
        leans: Margin of leaning on what was said before, or on a picture.
        looks: Whether they ask for a look at a picture.
    """
    if is_small_talk(question) or is_refused(question):
        return None
    if leans > _PERHAPS_UNCLEAR and tells("place_missing", question) and not _names_a_place(question):
        return QuestionBack(_PLACE[language], [])
    named = bool(load_words().find(question, "garment", "material")) and coreference.pointing(question) is None
    if leans < (_NAMED_UNCLEAR if named else _UNCLEAR) or coreference.points_at_document(question):
        return None
    if tells("picture_meant", question) or (looks and load_words().has(question, "picture")):
        return QuestionBack(_PICTURE[language], [])
    if looks or coreference.pointing(question) or load_words().has(question, "care", "price"):
        care = load_words().has(question, "care")
        return QuestionBack(_THING[language], (_FABRICS if care else _PIECES)[language])
    return QuestionBack(_BEFORE[language], _PIECES[language])


def _names_a_place(question: str) -> bool:
    return tells("place_named", question) or bool(load_words().find(question, "place"))
