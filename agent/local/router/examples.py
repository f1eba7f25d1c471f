"""The questions that the local decisions are learned from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from stylegraph.agent.text.resources import read_yaml


class Prototype(NamedTuple):
    """A question of which the routes are known."""

    text: str
    routes: frozenset[str]
    """Empty where the words alone don't tell them."""
    intent: str
    """What small talk is after (`greeting`, `thanks`, `declined`, ...); empty for anything else."""
    leans: bool = False
    """Whether it can't be understood without what was said before, or without a picture."""
    same: bool | None = False
    """Whether it goes where the question before it went; None where that depends."""


class Labels(NamedTuple):
    """What the examples are labelled with."""

    routes: tuple[str, ...]
    """The routes, `chat` among them; a look at a picture has a label of its own."""
    recommends: str
    """The route of those who want items."""
    depends: frozenset[str]
    """Sections of `leaning` of which only the question before tells whether they go where it went."""


CASES = "cases.yaml"
"""The file of the labelled cases among the prototypes."""


@cache
def load_prototypes() -> tuple[Prototype, ...]:
    """Read `examples.yaml` and the labelled cases beside it, once a process; a text that stands in both counts once."""
    read = [one for name in ("examples.yaml", CASES) for one in _prototypes(read_yaml(__package__, name))]
    return tuple({one.text: one for one in reversed(read)}.values())[::-1]


def _prototypes(data: Mapping[str, Mapping[str, Sequence[str]]]) -> list[Prototype]:
    routed = [
        Prototype(
            text, frozenset(routes.split("+")), "", leans="image" in routes, same=None if routes == "image" else False
        )
        for section in (data["routes"], data.get("combined", {}))
        for routes, texts in section.items()
        for text in texts
    ]
    leaning = [
        Prototype(
            text, frozenset(route.split("+")) - {"same", "unclear"}, "", leans=True, same=_goes_the_same_way(route)
        )
        for route, texts in data.get("leaning", {}).items()
        for text in texts
    ]
    talk = [
        Prototype(text, frozenset(["chat"]), intent) for intent, texts in data.get("chat", {}).items() for text in texts
    ]
    return [*routed, *leaning, *talk]


@cache
def load_labels() -> Labels:
    """Read what the examples are labelled with, once a process."""
    data = read_yaml(__package__, "examples.yaml")
    routes = tuple(route for route in data["routes"] if route != "image")
    return Labels(routes, data["recommends"], frozenset(data["depends"]))


def _goes_the_same_way(section: str) -> bool | None:
    """Return whether a question of `leaning` goes where the one before it went, by where its words tell that it goes."""
    return None if section in load_labels().depends else section == "same"
