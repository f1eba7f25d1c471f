"""When there is nothing to go on without one more fact, and how to ask for it."""

from __future__ import annotations

import re
from typing import NamedTuple

from stylegraph.agent.language import Language
from stylegraph.agent.local import leaning
from stylegraph.agent.local.words import load_words


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

_PLACE_WORDS = re.compile(
    r"(?<![가-힣])(?:여기|거기|저기|그 ?(?:가게|매장|식당|카페|곳))(?!서 ?(?:알려|말해|설명))|영업 ?시간|몇 시(?:까지|에 (?:닫|열|문))"
    r"|\b(?:opening hours|(?:that|this) (?:place|store|shop|restaurant)|(?:close|open) (?:today|now|tonight)|(?:are|is) (?:they|it) open)\b",
    re.IGNORECASE,
)
_NAMED_PLACE = re.compile(
    r"[가-힣]+(?:점|역|동|구|시|관|몰|마트|백화점|수선집|세탁소|도서관|병원|은행)(?![가-힣])|[A-Z][a-z&]+|\bin \w+|\bnear \w+"
)
_SHOWN = re.compile(
    r"(?<![가-힣])(?:첫|두|세|네|다섯) ?번째 ?(?:거|것|꺼|옷|걸|건|게)?\W*(?:$|(?:거|것|걸|건|옷))|^\W*\d ?번(?:째)?(?: ?(?:거|것|걸))?\W*$"
    r"|\b(?:the )?(?:first|second|third|last) (?:one|item)\b",
    re.IGNORECASE,
)
_PRICE_ALONE = re.compile(
    r"^\W*(?:그거|그건|이거|이건|그럼)?\s*(?:얼마\S*|가격\S*(?: \S+)?|how much(?: is it| are they| does it cost)?)\W*$",
    re.IGNORECASE,
)
_SIMILAR_ALONE = re.compile(
    r"^(?!.*(?:랑|이랑|와|과|하고|처럼|같은) ).*(?:비슷한 ?(?:거|걸|건|것|옷)|또 다른 ?(?:거|것)|더 (?:싼|저렴한|긴|짧은) ?(?:거|걸|건|것))"
    r"|\b(?:something|anything) (?:similar|else|cheaper)(?! to)|\b(?:cheaper|longer|shorter|bigger|smaller) ones?\b|^\W*in (?:\w+\??)$",
    re.IGNORECASE,
)
_STARTS_ALONE = re.compile(
    r"^\W*(?:그럼|그러면|그렇다면|그리고|and (?:for|in|what|the)|what about|how about|then)\b", re.IGNORECASE
)


def question_back(question: str, language: Language, *, pictured: bool, looks: bool) -> QuestionBack | None:
    """Give the question to put back to a person whose first question can't be understood, or None.

    Args:
        question: The person's words; nothing was said before that they could mean.
        language: The language to ask in.
        pictured: Whether a picture came with them.
        looks: Whether they ask for a look at a picture.
    """
    if pictured or leaning.is_talk(question):
        return None
    if _is_place_missing(question):
        return QuestionBack(_PLACE[language], [])
    if load_words().has(question, "picture") and _asks_about_picture(question, looks):
        return QuestionBack(_PICTURE[language], [])
    if _is_thing_missing(question) or (looks and load_words().has(question, "pointing")):
        care = load_words().has(question, "care")
        return QuestionBack(_THING[language], (_FABRICS if care else _PIECES)[language])
    if _is_earlier_missing(question):
        return QuestionBack(_BEFORE[language], _PIECES[language])
    return None


def _is_place_missing(question: str) -> bool:
    return bool(_PLACE_WORDS.search(question)) and not _NAMED_PLACE.search(question)


def _asks_about_picture(question: str, looks: bool) -> bool:
    return looks or bool(
        re.search(
            r"(?:이|저|첨부한?|올린|보낸) ?사진|사진 ?속|사진에|\b(?:this|the|my|attached) (?:photo|picture|image|pic)",
            question,
        )
    )


def _is_thing_missing(question: str) -> bool:
    """Say whether a question points at a thing that neither it nor anything before names."""
    if _PRICE_ALONE.search(question) or _SHOWN.search(question) or _SIMILAR_ALONE.search(question):
        return True
    span = leaning.pointing(question)
    kind = leaning.pointed_kind(question)
    if span is None and kind is not None and re.match(r"the\b", question[kind.start :], re.IGNORECASE):
        return False
    starts = [found for found in (span and span[0], kind and kind.start) if found is not None]
    return bool(starts) and not load_words().find(question[: min(starts)], "garment", "material")


def _is_earlier_missing(question: str) -> bool:
    return bool(_STARTS_ALONE.match(question)) and leaning.is_fragment(question)
