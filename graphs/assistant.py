"""One question's way through the graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from langgraph.graph import END, START, StateGraph

from stylegraph.agent.decisions import AnswerGrader, EvidenceGrader, Reviser, Router, Writer
from stylegraph.agent.evidence import EvidenceSource, SourceTask
from stylegraph.agent.settings import Settings
from stylegraph.agent.state import Answered, AssistantContext, AssistantState, Conversation
from stylegraph.graphs.nodes.dispatch import Plan, after_evidence, good_enough, look_if_pictured, to_answer
from stylegraph.graphs.nodes.identity import most_for
from stylegraph.graphs.nodes.streaming import drafting, gathering, graded, revising, routed, telling
from stylegraph.graphs.nodes.turn import TurnKeeper, keeping_best


class Viewer(Protocol):
    """Looks at the turn's picture."""

    async def look(self, state: AssistantState) -> dict[str, Any]:
        """Read `turn["image"]`; give `look`, `evidence` and `notes`."""


@dataclass(frozen=True)
class Parts:
    """What the graph is made of. Any of the decisions and sources can be a user's own."""

    settings: Settings
    router: Router
    evidence_grader: EvidenceGrader
    writer: Writer
    answer_grader: AnswerGrader
    reviser: Reviser
    sources: tuple[EvidenceSource, ...]
    viewer: Viewer


Assistant = StateGraph[AssistantState, AssistantContext, Conversation, Answered]


def build_assistant(parts: Parts) -> Assistant:
    """Assemble the graph: nodes in the order that a question travels, edges together below them."""
    turn = TurnKeeper(parts.settings, parts.sources)
    plan = Plan({source.name: source for source in parts.sources}, parts.settings.evidence_k)
    source_nodes = [source.node for source in parts.sources]
    graph = Assistant(AssistantState, AssistantContext, input_schema=Conversation, output_schema=Answered)

    graph.add_node("begin", turn.begin)  # a clean turn: budget, language, profile
    graph.add_node("route", telling(parts.router.route, routed))
    graph.add_node("analyse_image", parts.viewer.look)  # only with a picture, beside route
    graph.add_node("plan", plan.plan)  # which sources run
    graph.add_node("ask_back", turn.ask_back)
    for source in parts.sources:  # retrieve, search_web, recommend, and a user's own
        node = gathering(source, parts.settings.source_timeout, most_for(parts.settings))
        graph.add_node(source.node, node, input_schema=SourceTask)
    graph.add_node("answer", drafting(parts.writer))
    graph.add_node("grade_evidence", parts.evidence_grader.grade)
    graph.add_node("grade_answer", telling(parts.answer_grader.grade, graded))
    graph.add_node("revise", telling(keeping_best(parts.reviser), revising))
    graph.add_node("remember", turn.remember)  # the reply, and what the next turn leans on

    graph.add_edge(START, "begin")
    graph.add_conditional_edges("begin", look_if_pictured, ["route", "analyse_image"])
    graph.add_edge("route", "plan")
    graph.add_edge("analyse_image", "plan")
    graph.add_conditional_edges("plan", plan.to_sources, [*source_nodes, "answer", "ask_back"])
    for node_name in source_nodes:
        graph.add_conditional_edges(node_name, to_answer, ["answer", "grade_evidence"])
    graph.add_conditional_edges("grade_evidence", after_evidence, ["answer", "grade_answer"])
    graph.add_edge("answer", "grade_answer")
    graph.add_conditional_edges("grade_answer", good_enough, ["remember", "revise"])
    graph.add_conditional_edges("revise", plan.where_next, [*source_nodes, "answer", "remember"])
    graph.add_edge("ask_back", "remember")
    graph.add_edge("remember", END)
    return graph
