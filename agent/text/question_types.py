"""What kind of answer a question wants, and which of its words carry what it is about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from stylegraph.agent.state import Routing
from stylegraph.agent.text.resources import read_yaml

_OVERVIEW = re.compile(
    r"요약|정리해 ?(?:줘|주세|주라|줄래|봐)|전부|모두 ?(?:알려|말해|보여)|모든 [가-힣]+(?:을|를)|전체 ?(?:내용|목록)|목록|리스트"
    r"|(?:작품|수상작|항목|내용)들|하나씩"
    r"|\b(?:summar\w+|overview|list (?:the|all|every)|all (?:the|of the)|each of|which (?:projects|teams|entries) (?:won|were)|outline|recap)\b",
    re.IGNORECASE,
)
_COLLECTED = re.compile(
    r"수상(?:작|자|팀)|당선(?:작|자)|입상(?:작|자)|우승(?:작|자|팀)|명단|라인업|뭐뭐|어떤 [가-힣]+들"
    r"|\b(?:winners|winning (?:projects|teams|entries)|finalists|line-?up|which (?:\w+ )?\w+s (?:won|were|are|got))\b",
    re.IGNORECASE,
)
"""Words for several things of one kind: who asks for them wants each."""
_ONE_RANK = re.compile(
    r"(?:대|최우수|우수|장려|특별|금|은|동)상|[1-9]등|[1-9]위|\b(?:grand|first|second|third|top) (?:prize|place)\b|runner-?up",
    re.IGNORECASE,
)
_SUMMED_UP = re.compile(
    r"요약|정리|전부|모두|모든|전체|목록|\b(?:summar\w+|overview|all|every|each|list|recap)\b", re.IGNORECASE
)
_ON_A_TOPIC = re.compile(
    r"(?P<topic>[가-힣A-Za-z0-9 ]{1,20}?)(?:은|는|의)? ?"
    r"(?:(?:관리|손질)(?: ?(?:하는 ?)?(?:법|방법|요령))?|예절|예의|매너|에티켓|꿀?팁|가이드|상식|총정리|주의 ?사항)"
    r"(?: ?(?:좀|알려 ?줘요?|알려 ?주세요|궁금해요?))*\W*"
    r"|(?!(?:how|what|who|when|where|why|which|can|do|does|is|are|should|i)\b)(?P<subject>[\w' -]{1,30}?)"
    r"(?: (?:care|advice|tips?|guide|basics|etiquette|manners|101))+(?: (?:please|pls))?\W*",
    re.IGNORECASE,
)
"""A subject and a word that asks for whatever is known of it: "패딩 관리법", "denim care advice"."""
_DETAIL = re.compile(
    r"자세히|자세하게|상세히|상세하게|\b(?:more (?:about|on|of)|in (?:more )?detail|details (?:on|about|of))\b",
    re.IGNORECASE,
)
_ITEMS = re.compile(
    r"(?:작|작품|팀|제품|서비스|항목|사람|곳|방법|후보|행사)들|수상작|\b(?:winners?|winning|projects|teams|entries|items|products|candidates)\b",
    re.IGNORECASE,
)


ABOUT = " › "
"""Stands between the title of the document that a follow-up is asked of and what it asks."""


def own_words(question: str) -> str:
    """Return what a question asks, without the title of the document that it is asked of."""
    return question.rpartition(ABOUT)[2]


def asked_of(route: str, routing: Routing) -> str:
    """Return what of a question is for one route: all of it, unless it asks several things or for another form."""
    if part := routing.get("parts", {}).get(route):
        return part
    if len(routing["routes"]) == 1 or route not in routing["queries"]:  # another route stood in
        return routing["question"]
    return " ".join(routing["queries"][route])


def topic_of(question: str) -> str:
    """Return what a question names of which all is wanted that is known; empty if it asks for something about it."""
    match = _ON_A_TOPIC.fullmatch(question.strip())
    return (match["topic"] or match["subject"]).strip() if match else ""


def wants_overview(question: str) -> bool:
    """Check whether a question asks for a document as a whole, for several things one by one, or for all on a subject."""
    question = own_words(question)
    if topic_of(question):
        return True
    several = _OVERVIEW.search(question) or _COLLECTED.search(question)
    one_rank = _ONE_RANK.search(question) and not _SUMMED_UP.search(question)
    return bool(several) and not one_rank and not wants_detail(question)


def wants_detail(question: str) -> bool:
    """Check whether a question asks for more of one thing."""
    return bool(_DETAIL.search(own_words(question)))


def wants_items(question: str) -> bool:
    """Check whether an overview is wanted of the things that a document lists, rather than of the document."""
    return bool(_ITEMS.search(question))


def telling_terms(tokens: Sequence[str]) -> list[str]:
    """Return the distinct tokens of a question without those that only ask, point or inflect."""
    return [token for token in dict.fromkeys(tokens) if token not in _asking()]


@cache
def _asking() -> frozenset[str]:
    data = read_yaml(__package__, "question_types.yaml")
    return frozenset(str(token) for tokens in data.values() for token in tokens)
