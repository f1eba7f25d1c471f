"""The questions that the local decisions are learned from."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from stylegraph.agent.local.data import read_yaml


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


_SAME = {"same": True, "fashion": None}


@cache
def load_prototypes() -> tuple[Prototype, ...]:
    """Read `prototypes.yaml`, once a process."""
    data = read_yaml("prototypes.yaml")
    routed = [
        Prototype(
            text, frozenset(routes.split("+")), "", leans="image" in routes, same=None if routes == "image" else False
        )
        for section in (data["routes"], data["combined"])
        for routes, texts in section.items()
        for text in texts
    ]
    leaning = [
        Prototype(text, frozenset(route.split("+")) - {"same"}, "", leans=True, same=_SAME.get(route, False))
        for route, texts in data["leaning"].items()
        for text in texts
    ]
    talk = [Prototype(text, frozenset(["chat"]), intent) for intent, texts in data["chat"].items() for text in texts]
    return (*routed, *leaning, *talk)
