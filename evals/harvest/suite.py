"""Harvested cases as a suite: asked again over the evidence that was found then, by either maker."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic_evals.evaluators import Evaluator

from stylegraph.agent.evidence import Evidence, EvidenceSource, make_evidence
from stylegraph.agent.reply import Reply
from stylegraph.agent.settings import Settings
from stylegraph.agent.text.language import detect_language
from stylegraph.evals.harness.document_cases import holds
from stylegraph.evals.harness.evaluators import (
    AnswerLanguage,
    Citations,
    Context,
    Cost,
    EndsAs,
    Facts,
    Results,
    RouteSet,
)
from stylegraph.evals.harness.fake_sources import Shelf, shelf
from stylegraph.evals.harness.fixtures import opened_over, settings_for
from stylegraph.evals.harness.suite import Labels, LiveSettings, Maker, Suite, Task, Told
from stylegraph.evals.harness.trace import Watched, told_of
from stylegraph.evals.harvest.cases import HarvestedCase, read
from stylegraph.graphs.api import ask
from stylegraph.tools.fashion.source import FashionSource
from stylegraph.tools.retrieval.source import DocumentsSource
from stylegraph.tools.web.source import WebSource

NAME = "harvested"
HarvestSuite = Suite[HarvestedCase, Watched]
_BUILT_IN = (DocumentsSource, WebSource, FashionSource)


@dataclass(repr=False)
class Constraints(Evaluator[HarvestedCase, Watched, Any]):
    """Nothing is said that must not be, and no piece costs more than it may; of cases that say so."""

    def evaluate(self, ctx: Context) -> Results:
        """Look at the answer's text and at what it recommends."""
        case, reply = ctx.inputs, ctx.output.reply
        kept = [not holds(reply.text, [word]) for word in case.never]
        if case.most_krw is not None:
            kept += [one.price_krw is not None and one.price_krw <= case.most_krw for one in reply.recommendations]
        return {"constraints kept": all(kept)} if case.never or case.most_krw is not None else {}


def suite_of(file: Path) -> HarvestSuite:
    """Return the labelled cases of a file as a suite."""
    return Suite(
        name=NAME,
        about="turns that people disliked, over what was found then",
        cases=lambda: [case for case in read(file) if case.labelled],
        id_of=lambda case: case.id,
        labels=_labels,
        opened=_opened,
        evaluators=(RouteSet(), EndsAs(), Facts(), Constraints(), Citations(), AnswerLanguage(), Cost()),
        told=lambda watched: Told(text=watched.reply.text, path=watched.path),
        live=_live,
    )


async def play(case: HarvestedCase, settings: Settings) -> Reply:
    """Ask a case's questions in one conversation; its sources give what they gave then."""
    async with opened_over(_shelves(case), settings) as assistant:
        replies = [await ask(assistant, one, thread=case.id) for one in [*case.earlier, case.question]]
    return replies[-1]


def _shelves(case: HarvestedCase) -> list[EvidenceSource]:
    """Return what stands for each source: the built-in ones, and those of a user's own that had found something."""
    found: dict[str, list[Evidence]] = {}
    for one in case.evidence:
        kept = make_evidence(one.route, one.title, one.text, url=one.url, data=one.data)
        found.setdefault(one.route, []).append(kept)
    built_in: list[EvidenceSource] = [shelf(one, found.pop(one.name, [])) for one in _BUILT_IN]
    return [*built_in, *(Shelf(name, f"look_in_{name}", [pieces]) for name, pieces in found.items())]


@asynccontextmanager
async def _opened(maker: Maker) -> AsyncIterator[Task[HarvestedCase, Watched]]:
    async def answer(case: HarvestedCase) -> Watched:
        return _watched(await play(case, settings_for(None)))

    yield answer


@asynccontextmanager
async def _live(settings: LiveSettings) -> AsyncIterator[Task[HarvestedCase, Watched]]:
    async def answer(case: HarvestedCase) -> Watched:
        return _watched(await play(case, settings()))

    yield answer


def _watched(reply: Reply) -> Watched:
    return Watched(reply, told_of(reply))


def _labels(case: HarvestedCase) -> Labels:
    asked = " → ".join([*case.earlier, case.question])
    return Labels(split="tune", language=detect_language(case.question), kind="harvested", asked=asked)
