"""When there is nothing to go on without one more fact, and how to ask for it."""

from __future__ import annotations

import re
from typing import NamedTuple

from stylegraph.agent.language import Language
from stylegraph.agent.local import leaning
from stylegraph.agent.local.clauses import split_clauses
from stylegraph.agent.local.outright import is_small_talk
from stylegraph.agent.local.patterns import tells
from stylegraph.agent.local.words import load_words

_FEW_WORDS = 2
_PIECE_END = re.compile(r"[,;.!?]\s")
_APPOSITION = re.compile(r"[A-Za-z0-9+%][\s\"'”’]*$|[가-힣]{2,}(?<![에서는은도로때랑과와고요데])\s+$")
"""What ends in a name, not in a particle, names what is pointed at next: "UPF 50+ 이게"."""


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


def question_back(question: str, language: Language, *, looks: bool) -> QuestionBack | None:
    """Give the question to put back to a person whose first question can't be understood, or None.

    Args:
        question: The person's words; no picture came with them and nothing was said before that they could mean.
        language: The language to ask in.
        looks: Whether they ask for a look at a picture.
    """
    if is_small_talk(question) or load_words().has(question, "task", "talk"):
        return None
    if tells("place_missing", question) and not _names_a_place(question):
        return QuestionBack(_PLACE[language], [])
    if tells("picture_meant", question) or (looks and load_words().has(question, "picture")):
        return QuestionBack(_PICTURE[language], [])
    if _is_thing_missing(question) or (looks and load_words().has(question, "pointing")):
        care = load_words().has(question, "care")
        return QuestionBack(_THING[language], (_FABRICS if care else _PIECES)[language])
    if tells("starts", question) and leaning.is_fragment(question):
        return QuestionBack(_BEFORE[language], _PIECES[language])
    return None


def _names_a_place(question: str) -> bool:
    return tells("place_named", question) or bool(load_words().find(question, "place"))


def _is_thing_missing(question: str) -> bool:
    """Say whether a question points at a thing that neither it nor anything before names."""
    if any(tells(name, question) for name in ("price_alone", "shown_alone", "similar_alone")):
        return not _names_a_garment(question)
    kind = leaning.pointed_kind(question)
    if kind is not None and not question[kind.start :].lower().startswith("the "):
        return not _names_a_garment(question[: kind.start])
    span = leaning.pointing(question)
    return span is not None and not _has_antecedent(question, span[0])


def _has_antecedent(question: str, start: int) -> bool:
    """Say whether what is pointed at is named before, in an earlier clause, or in another sentence."""
    before, pieces = question[:start], _PIECE_END.split(question)
    named = _APPOSITION.search(before) and "가" <= question[start] <= "힣"
    if named or _names_a_garment(before):
        return True
    first = min(pieces[0], split_clauses(question)[0], key=len)
    if start >= len(first):
        return len(first.split()) > _FEW_WORDS
    return any(_names_a_garment(piece) for piece in [*pieces[1:], *split_clauses(question)[1:]])


def _names_a_garment(text: str) -> bool:
    return bool(load_words().find(text, "garment", "material"))
