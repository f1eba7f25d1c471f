"""Sources that give what they are told to: evidence is fixed where its retrieval is not the point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from stylegraph.agent.budget import Charge
from stylegraph.agent.evidence import Evidence, EvidenceSource, Filters, Gathered, SourceTask, make_evidence
from stylegraph.agent.protocols import RouteUpdate
from stylegraph.agent.state import AssistantState, Routing


@dataclass
class Shelf:
    """An `EvidenceSource` that gives fixed evidence, attempt by attempt; the last is given from then on."""

    name: str
    node: str
    gives: Sequence[Sequence[Evidence]]
    description: str = "A shelf of evidence."
    examples: tuple[str, ...] = ("린넨은 어떻게 빨아요?", "How is linen washed?")
    tasks: list[SourceTask] = field(default_factory=list)
    """What it was asked."""

    @property
    def recommends(self) -> bool:
        """Whether it stands for the catalogue."""
        return self.name == "fashion"

    async def gather(self, state: SourceTask) -> Gathered:
        """Return what is on the shelf."""
        self.tasks.append(state)
        ledger = []
        if self.name == "web":
            ledger = [Charge(kind="web", by="web", started=1.0, ended=1.0, tokens_in=0, tokens_out=0)]
        return Gathered(evidence=list(self.gives[min(len(self.tasks), len(self.gives)) - 1]), ledger=ledger)

    def read_filters(self, question: str) -> Filters:
        """Read none."""
        return {}


def shelf(like: type[EvidenceSource], *gives: Sequence[Evidence]) -> Shelf:
    """Return a shelf in the place of a source: questions are routed to it as they would be to that."""
    source: Any = like  # its name, its line and its examples stand on the class
    return Shelf(source.name, source.node, gives or ([],), source.description, tuple(source.examples))


class Routed:
    """A `Router` that sends every question where it is told to: what is met there is the point."""

    def __init__(self, routes: Sequence[str]) -> None:
        self._routes = list(routes)

    async def route(self, state: AssistantState) -> RouteUpdate:
        """Return the routing."""
        asked = state["turn"]["asked"]
        return {
            "routing": Routing(
                question=asked,
                language=state["turn"]["language"],
                routes=self._routes,
                queries={route: [asked] for route in self._routes},
                filters={},
                ask_back=None,
                choices=[],
                confidence=1.0,
            )
        }


def text(route: str, title: str, words: str, **data: Any) -> Evidence:  # noqa: ANN401 - whatever a source knows
    """Return a passage."""
    return make_evidence(route, title, words, url=f"https://example.com/{title}", data=data)


def piece(name: str, words: str, price_krw: int, reason: str) -> Evidence:
    """Return an item of a catalogue with one reason for it."""
    reasons = [{"field": "seasons", "text": reason}]
    data = {"item": {"id": name}, "name": name, "price_krw": price_krw, "reasons": reasons, "missed": []}
    return make_evidence("fashion", name, words, data=data)


def shirt(name: str = "린넨 셔츠") -> Evidence:
    """Return a linen shirt."""
    return piece(name, f"{name}. 여름에 입는 얇은 셔츠. 가격은 39,000원.", 39_000, "여름에 입기 좋아요")


async def alike(terms: Sequence[str]) -> dict[str, float]:
    """Weigh every word alike: there is no index that knows better."""
    return dict.fromkeys(terms, 1.0)
