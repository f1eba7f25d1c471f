"""A user's own source in three invented domains: `cases/domains.yaml`, beside documents and by itself, without a model."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic_evals.evaluators import Evaluator

from stylegraph.agent.reply import Reply
from stylegraph.evals.harness.document_cases import holds
from stylegraph.evals.harness.domain_cases import DomainCase, domain_cases, open_domains
from stylegraph.evals.harness.evaluators import Context, Results
from stylegraph.evals.harness.suite import Labels, Maker, Suite, Task, Told
from stylegraph.evals.harness.trace import told_of
from stylegraph.graphs.api import ask
from stylegraph.graphs.build import BuiltIn

_DOCUMENTS: BuiltIn = "documents"


class Asked(NamedTuple):
    """What a question was answered in the two assistants."""

    beside: Reply
    """By the one that has the user's documents, too."""
    alone: Reply | None
    """By the one that has nothing else; None where the question is for documents."""


@asynccontextmanager
async def _opened(maker: Maker) -> AsyncIterator[Task[DomainCase, Asked]]:
    async with open_domains([_DOCUMENTS]) as beside, open_domains([]) as alone:

        async def answer(case: DomainCase) -> Asked:
            for_documents = _DOCUMENTS in case.routes
            by_itself = None if for_documents else await ask(alone[case.domain], case.text)
            return Asked(await ask(beside[case.domain], case.text), by_itself)

        yield answer


@dataclass(repr=False)
class OwnSource(Evaluator[Any, Asked, Any]):
    """The question went to the user's own source, or where else it should, and is answered from there."""

    def evaluate(self, ctx: Context) -> Results:
        """Compare the routes, and look for the fact."""
        case: DomainCase = ctx.inputs
        beside, alone = ctx.output
        results: Results = {"routes": beside.routes == case.routes}
        if alone is not None:
            results["routes alone"] = alone.routes == case.routes
        if case.says and alone is not None:
            results |= {"facts": holds(beside.text, [case.says]), "facts alone": holds(alone.text, [case.says])}
        return results


SUITE = Suite(
    name="domains",
    about="a user's own source in three invented domains",
    cases=domain_cases,
    id_of=lambda case: case.id,
    labels=lambda case: Labels(split=case.split, language=case.language, kind=case.domain, asked=case.text),
    opened=_opened,
    evaluators=(OwnSource(),),
    told=lambda asked: Told(text=asked.beside.text, path=told_of(asked.beside)),
)
