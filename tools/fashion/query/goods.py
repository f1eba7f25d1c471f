"""What one thing is called in both languages and in several countries: 옷장 and wardrobe, flashlight and torch."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from stylegraph.agent.text.resources import read_yaml
from stylegraph.tools.fashion.query.nouns import words_of


def other_names(said: str) -> tuple[str, ...]:
    """Return what else something is called, in the form in which words are compared; nothing where it is not known."""
    return _names().get(" ".join(words_of(said)), ())


@cache
def _names() -> Mapping[str, tuple[str, ...]]:
    lines = (line for group in read_yaml("stylegraph.tools.fashion", "words/goods.yaml").values() for line in group)
    found: dict[str, dict[str, None]] = {}
    for line in lines:
        names = [" ".join(words_of(name)) for name in line]
        for name in names:
            found.setdefault(name, {}).update(dict.fromkeys(other for other in names if other != name))
    return {name: tuple(others) for name, others in found.items()}
