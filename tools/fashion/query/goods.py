"""What one thing is called in both languages and in several countries: 옷장 and wardrobe, flashlight and torch."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from stylegraph.agent.text.resources import read_yaml
from stylegraph.tools.fashion.query.nouns import words_of

_TRAITS = "traits"
"""The group of what goods are said to be: waterproof, of oak."""


def other_names(said: str) -> tuple[str, ...]:
    """Return what else something is called, in the form in which words are compared; nothing where it is not known."""
    return _names().get(" ".join(words_of(said)), ())


def is_good(said: str) -> bool:
    """Check whether something is the name of one of the goods, and not only what goods are said to be."""
    return " ".join(words_of(said)) in _goods()


def is_trait(said: str) -> bool:
    """Check whether something is what goods are said to be: petite, machine washable."""
    name = " ".join(words_of(said))
    return name in _names() and name not in _goods()


@cache
def _goods() -> frozenset[str]:
    groups = read_yaml("stylegraph.tools.fashion", "words/goods.yaml")
    lines = (line for group, listed in groups.items() if group != _TRAITS for line in listed)
    return frozenset(" ".join(words_of(name)) for line in lines for name in line)


@cache
def _names() -> Mapping[str, tuple[str, ...]]:
    lines = (line for group in read_yaml("stylegraph.tools.fashion", "words/goods.yaml").values() for line in group)
    found: dict[str, dict[str, None]] = {}
    for line in lines:
        names = [" ".join(words_of(name)) for name in line]
        for name in names:
            found.setdefault(name, {}).update(dict.fromkeys(other for other in names if other != name))
    return {name: tuple(others) for name, others in found.items()}
