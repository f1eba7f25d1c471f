"""The questions that the local decisions are learned from."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from stylegraph.agent.local.data import read_yaml


class Prototype(NamedTuple):
    """A question of which the routes are known."""

    text: str
    routes: frozenset[str]
    intent: str
    """What small talk is after (`greeting`, `thanks`, `declined`, ...); empty for anything else."""


@cache
def load_prototypes() -> tuple[Prototype, ...]:
    """Read `prototypes.yaml`, once a process."""
    data = read_yaml("prototypes.yaml")
    routed = [
        Prototype(text, frozenset(routes.split("+")), "")
        for section in (data["routes"], data["combined"])
        for routes, texts in section.items()
        for text in texts
    ]
    talk = [Prototype(text, frozenset(["chat"]), intent) for intent, texts in data["chat"].items() for text in texts]
    return (*routed, *talk)
