"""The five decisions, made by a chat model, with the local ones behind them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from stylegraph.agent.evidence import EvidenceSource
from stylegraph.agent.llm.answer_grader import ModelAnswerGrader
from stylegraph.agent.llm.client import ModelCaller
from stylegraph.agent.llm.evidence_grader import ModelEvidenceGrader
from stylegraph.agent.llm.reviser import ModelReviser
from stylegraph.agent.llm.router import ModelRouter
from stylegraph.agent.llm.writer import ModelWriter
from stylegraph.agent.protocols import Decisions


def model_decisions(
    caller: ModelCaller, local: Decisions, sources: Sequence[EvidenceSource], routes: Collection[str]
) -> Decisions:
    """Return the five decisions as a model makes them.

    Args:
        caller: Calls the model; see `agent.llm.model.open_caller`.
        local: The same decisions made without one: they stand in when the model fails, and make what needs none.
        sources: The sources of the graph.
        routes: Names of those that are set up: where else to look when an answer is not good.
    """
    return Decisions(
        router=ModelRouter(caller, local["router"], sources),
        evidence_grader=ModelEvidenceGrader(caller, local["evidence_grader"]),
        writer=ModelWriter(caller, local["writer"]),
        answer_grader=ModelAnswerGrader(caller, local["answer_grader"]),
        reviser=ModelReviser(local["reviser"], routes),
    )
