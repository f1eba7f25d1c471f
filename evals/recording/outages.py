"""Sources that fail, budgets that end (`cases/budgets.yaml`), and models that fail (`cases/outages.yaml`, recorded)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from pydantic import Field

from stylegraph.agent.errors import SourceError
from stylegraph.agent.evidence import EvidenceSource, Filters, Gathered, SourceTask
from stylegraph.agent.settings import Settings
from stylegraph.agent.state import Effort
from stylegraph.evals.harness.ask_cases import AskCase, ask_cases
from stylegraph.evals.harness.fake_sources import Routed, piece, shelf, text
from stylegraph.evals.harness.fixtures import opened_over, settings_for
from stylegraph.evals.harness.trace import Watched, watch
from stylegraph.evals.harness.turn_cases import Passage, Piece
from stylegraph.evals.replay.http import cassette, replaying
from stylegraph.graphs.build import open_web
from stylegraph.tools.fashion.source import FashionSource
from stylegraph.tools.retrieval.source import DocumentsSource

FOLDER = "outages"
SCRIPTED = "scripted"
"""The name of the model that outages are recorded with."""
Fault = Literal["fails", "breaks", "hangs"]
_FOR_EVER = 3_600.0


class BudgetCase(AskCase):
    """A question whose sources fail, or whose budget ends."""

    documents: list[Passage] = Field([])
    pieces: list[Piece] = Field([])
    faults: dict[str, Fault] = Field({})
    budget: dict[str, float] = Field({})
    patience: float = 20.0
    """Seconds that a source may take."""
    effort: Effort = "standard"
    within: float | None = None
    """Seconds in which the turn must have ended."""


class OutageCase(BudgetCase):
    """A question that a model should answer."""

    script: str
    """What its server does: a name in `tests/standins/outages.py`."""


@dataclass
class Faulty:
    """An `EvidenceSource` that fails in the place of another."""

    name: str
    node: str
    fault: Fault
    description: str
    examples: Sequence[str]

    async def gather(self, state: SourceTask) -> Gathered:
        """Fail.

        Raises:
            SourceError: It says that it did not answer.
            RuntimeError: Something broke.
        """
        if self.fault == "fails":
            raise SourceError("The source did not answer.", "Try again later.")
        if self.fault == "breaks":
            raise RuntimeError("something inside broke")
        await asyncio.sleep(_FOR_EVER)
        return Gathered()

    def read_filters(self, question: str) -> Filters:
        """Read none."""
        return {}


@cache
def budget_cases() -> Sequence[BudgetCase]:
    """Read the cases, in the order of the file."""
    return ask_cases("budgets", BudgetCase)


@cache
def outage_cases() -> Sequence[OutageCase]:
    """Read the cases, in the order of the file."""
    return ask_cases("outages", OutageCase)


async def endure(case: BudgetCase, settings: Settings) -> Watched:
    """Ask a case's question; without a model it goes where the case says, and the model decides that itself."""
    router = None if settings.has_model else Routed(case.routes)
    patient = settings.model_copy(update={"source_timeout": case.patience})
    async with open_web(patient) as web:
        sources: list[EvidenceSource] = [
            shelf(DocumentsSource, [text("documents", one.title, one.text) for one in case.documents]),
            web,
            shelf(FashionSource, [piece(one.name, one.text, one.price_krw, one.reason) for one in case.pieces]),
        ]
        faulty = [_faulty(source, case) for source in sources]
        async with opened_over(faulty, patient, router=router) as assistant:
            return await watch(assistant, case.question, budget=case.budget, effort=case.effort)


def _faulty(source: EvidenceSource, case: BudgetCase) -> EvidenceSource:
    fault = case.faults.get(source.name)
    return Faulty(source.name, source.node, fault, source.description, source.examples) if fault else source


async def endured_again(case: OutageCase) -> Watched:
    """Ask it against what was recorded.

    Raises:
        ReplayError: The model is asked something else than what was recorded.
    """
    with replaying(cassette(FOLDER, case.id)):
        return await endure(case, settings_for(SCRIPTED, web=None))
