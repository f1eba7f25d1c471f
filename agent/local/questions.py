"""What kind of answer a question wants, and which of its words carry what it is about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from stylegraph.agent.local.data import read_yaml
from stylegraph.agent.state import Routing

_OVERVIEW = re.compile(
    r"요약|정리해 ?(?:줘|주세|주라|줄래|봐)|전부|모두 ?(?:알려|말해|보여)|모든 [가-힣]+(?:을|를)|전체 ?(?:내용|목록)|목록|리스트"
    r"|(?:작품|수상작|항목|내용)들|하나씩"
    r"|\b(?:summar\w+|overview|list (?:the|all|every)|all (?:the|of the)|each of|which (?:projects|teams|entries) (?:won|were)|outline|recap)\b",
    re.IGNORECASE,
)
_DETAIL = re.compile(
    r"자세히|자세하게|상세히|상세하게|\b(?:more (?:about|on|of)|in (?:more )?detail|details (?:on|about|of))\b",
    re.IGNORECASE,
)
_ITEMS = re.compile(
    r"(?:작|작품|팀|제품|서비스|항목|사람|곳|방법|후보|행사)들|수상작|\b(?:winners?|winning|projects|teams|entries|items|products|candidates)\b",
    re.IGNORECASE,
)


def asked_of(route: str, routing: Routing) -> str:
    """Give what of a question is for one route: all of it, unless it asks several things."""
    if len(routing["routes"]) == 1:
        return routing["question"]
    return routing.get("parts", {}).get(route) or " ".join(routing["queries"][route])


def wants_overview(question: str) -> bool:
    """Say whether a question asks for a document as a whole, or for several things one by one."""
    return bool(_OVERVIEW.search(question)) and not wants_detail(question)


def wants_detail(question: str) -> bool:
    """Say whether a question asks for more of one thing."""
    return bool(_DETAIL.search(question))


def wants_items(question: str) -> bool:
    """Say whether an overview is wanted of the things that a document lists, rather than of the document."""
    return bool(_ITEMS.search(question))


def telling_terms(tokens: Sequence[str]) -> list[str]:
    """Give the distinct tokens of a question without those that only ask, point or inflect."""
    return [token for token in dict.fromkeys(tokens) if token not in _asking()]


@cache
def _asking() -> frozenset[str]:
    data = read_yaml("asking.yaml")
    return frozenset(str(token) for tokens in data.values() for token in tokens)
