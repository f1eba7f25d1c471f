"""What the local decisions say in their own words, from `templates.yaml`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from stylegraph.agent.text.language import Language, sentences
from stylegraph.agent.text.particles import with_particle
from stylegraph.agent.text.resources import read_yaml

_SHORTEST = 8
"""Shorter texts are names of places, or only frame what an item is called."""


_OF_SOURCES = ("place", "label", "part", "next_part", "nothing_of")
"""Phrases that each source may have for itself."""
_registered: dict[str, Mapping[Language, Mapping[str, str]]] = {}


def register(route: str, said: Mapping[Language, Mapping[str, str]]) -> None:
    """Take in what a source is called and how what it finds is introduced, in its own words.

    Args:
        route: The source's name.
        said: Language -> `place`, `label`, `part`, `next_part`, `nothing` -> text, each of them optional.
    """
    _registered[route] = said
    _phrases.cache_clear()
    _own_words.cache_clear()


def nothing_of_source(language: Language, route: str) -> str | None:
    """Return how a source says that it found nothing, with a place for `places`; None if it has no words of its own."""
    said = _phrases()[language]["nothing_of"].get(route)
    return None if said is None else str(said)


def phrase(language: Language, key: str, /, **values: str) -> str:
    """Return a phrase in a language, filled in."""
    return str(_phrases()[language][key]).format(**values)


def place_name(language: Language, route: str) -> str:
    """Return what a route is called in a sentence; a user's own source goes by its own name."""
    return str(_phrases()[language]["place"].get(route, route))


def label(language: Language, route: str) -> str:
    """Return what a source is called where it stands by itself; one without words of its own goes by its name."""
    return str(_phrases()[language]["label"].get(route, route))


def places(language: Language, routes: Sequence[str]) -> str:
    """Return several places as one phrase: "저장된 문서와 웹", "your documents and the web"."""
    names = [place_name(language, route) for route in routes] or [phrase(language, "nowhere")]
    if len(names) == 1:
        return names[0]
    last = names[-1]
    if language == "ko":
        return ", ".join([*names[:-2], f"{with_particle(names[-2], '과')} {last}"])
    return f"{', '.join(names[:-1])} and {last}"


def lead_of_part(language: Language, route: str, *, first: bool) -> str:
    """Return the words that introduce what one of several routes brought."""
    leads = _phrases()[language]["part" if first else "next_part"]
    return str(leads.get(route, leads["other"])).format(place=place_name(language, route))


def is_own_words(sentence: str) -> bool:
    """Check whether a sentence is one of these phrases, which claim nothing about what was asked."""
    return bool(_own_words().fullmatch(" ".join(sentence.split())))


@cache
def _own_words() -> re.Pattern[str]:
    said = [text for phrases in _phrases().values() for text in _texts(phrases) if len(text) > _SHORTEST]
    pieces = [re.escape(piece) for text in said for piece in sentences(text)]
    return re.compile("|".join(re.sub(r"\\{\w+\\}", ".+", piece) for piece in pieces))


def _texts(phrases: dict[str, Any]) -> list[str]:
    return [text for value in phrases.values() for text in (value.values() if isinstance(value, dict) else [value])]


@cache
def _phrases() -> dict[Language, dict[str, Any]]:
    data: Any = read_yaml(__package__, "templates.yaml")
    for route, said in _registered.items():
        for language, phrases in data.items():
            for name in _OF_SOURCES:
                if text := said.get(language, {}).get(name.removesuffix("_of")):
                    phrases[name][route] = text
    return dict(data)
