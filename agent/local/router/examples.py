"""The labelled questions that the local decisions are learned from: some of the router's own, some of a pack's."""

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


class Labelled(NamedTuple):
    """Files of labelled questions."""

    package: str
    """Where they are."""
    examples: str
    cases: str
    """Those that are written from the evals' labelled cases."""
    routes: tuple[str, ...]
    """The routes that they add."""
    recommends: str = ""
    """Which of them is of those who want items."""
    depends: frozenset[str] = frozenset()
    """Sections of `leaning` of which only the question before tells whether they go where it went."""


class Labels(NamedTuple):
    """What the examples are labelled with."""

    routes: tuple[str, ...]
    """The routes, `chat` among them; a look at a picture has a label of its own."""
    recommends: str
    """The route of those who want items; empty where there is none."""
    depends: frozenset[str]
    """As of `Labelled`."""


OWN = Labelled(__package__, "examples.yaml", "cases.yaml", ("documents", "web", "chat"), depends=frozenset({"unclear"}))
_registered: dict[str, Labelled] = {OWN.package: OWN}


def register(labelled: Labelled) -> None:
    """Take in a pack's labelled questions."""
    _registered[labelled.package] = labelled
    load_prototypes.cache_clear()
    load_labels.cache_clear()


@cache
def load_prototypes() -> tuple[Prototype, ...]:
    """Read all labelled questions, once a process; a text that stands in two files counts once."""
    files = [(one.package, one.examples) for one in _registered.values()]
    files += [(one.package, one.cases) for one in _registered.values()]
    read = [prototype for package, name in files for prototype in _prototypes(read_yaml(package, name))]
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
    """Return what the examples are labelled with."""
    parts = _registered.values()
    return Labels(
        routes=tuple(route for one in parts for route in one.routes),
        recommends=next((one.recommends for one in parts if one.recommends), ""),
        depends=frozenset().union(*(one.depends for one in parts)),
    )


def _goes_the_same_way(section: str) -> bool | None:
    """Return whether a question of `leaning` goes where the one before it went, by where its words tell that it goes."""
    return None if section in load_labels().depends else section == "same"
