"""What a turn is doing, in words: for doors that show a line at a time."""

from __future__ import annotations

from collections.abc import Mapping

from stylegraph.agent.events import Event
from stylegraph.agent.local.templates import label
from stylegraph.agent.text.language import Language

_ROUTES: Mapping[Language, Mapping[str, str]] = {
    "ko": {"documents": "문서", "web": "웹", "image": "사진", "chat": "대화"},
    "en": {"documents": "documents", "web": "web", "image": "picture", "chat": "chat"},
}
_LOOKING: Mapping[Language, str] = {"ko": "{source}에서 찾는 중: {queries}", "en": "Looking in {source}: {queries}"}
_FOUND: Mapping[Language, str] = {"ko": "{source}: {count}건 찾음", "en": "{source}: {count} found"}
_REVISING: Mapping[Language, Mapping[str, str]] = {
    "ko": {"widen": "더 넓게 찾아볼게요", "correct": "답을 고쳐 쓸게요", "stop": "여기까지 확인했어요"},
    "en": {"widen": "Looking further", "correct": "Writing it again", "stop": "Ending here"},
}


def route_name(route: str, language: Language) -> str:
    """Return a route as people call it; a user's own source is called by its name."""
    return _ROUTES[language].get(route) or label(language, route)


def revising(action: str, language: Language) -> str:
    """Return what is done about a draft that was not good enough."""
    return _REVISING[language][action]


def line_of(event: Event, language: Language) -> str | None:
    """Return an event in one line; None for one that is no step of its own, such as a piece of a draft."""
    if event["event"] == "looking":
        source, queries = route_name(event["route"], language), " / ".join(event["queries"])
        return _LOOKING[language].format(source=source, queries=queries).rstrip(": ")
    if event["event"] == "evidence":
        return _FOUND[language].format(source=route_name(event["route"], language), count=len(event["evidence"]))
    return revising(event["action"], language) if event["event"] == "revising" else None
