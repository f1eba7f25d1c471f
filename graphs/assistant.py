"""One question's way through the graph."""

from __future__ import annotations

from dataclasses import dataclass

from langgraph.graph import END, START, StateGraph

from stylegraph.agent.evidence import EvidenceSource, SourceTask
from stylegraph.agent.protocols import Agent, Grader, Reranker, Router, Viewer
from stylegraph.agent.settings import Settings
from stylegraph.agent.state import Answered, AssistantContext, AssistantState, Conversation
from stylegraph.graphs.nodes.agent import acting, grading
from stylegraph.graphs.nodes.dispatch import Dispatch, answered_back, good_enough, look_if_pictured
from stylegraph.graphs.nodes.identity import most_for
from stylegraph.graphs.nodes.streaming import gathering
from stylegraph.graphs.nodes.turn import TurnKeeper
from stylegraph.tools.pack import NO_PACK, Pack


@dataclass(frozen=True)
class Parts:
    """What the graph is made of. Any of it can be a user's own."""

    settings: Settings
    agent: Agent
    grader: Grader
    router: Router
    """Decides where a question goes, where that is asked first: `stylegraph route`, and an agent without a model."""
    sources: tuple[EvidenceSource, ...]
    viewer: Viewer
    reranker: Reranker | None = None
    """Orders what sources find; None: it stays in their order."""
    pack: Pack = NO_PACK
    """What the domain brings beside its sources."""


Assistant = StateGraph[AssistantState, AssistantContext, Conversation, Answered]


def build_assistant(parts: Parts) -> Assistant:
    """Build the graph: nodes in the order that a question travels, edges together below them."""
    turn = TurnKeeper(parts.settings, parts.sources)
    dispatch = Dispatch({source.name: source for source in parts.sources})
    source_nodes = [source.node for source in parts.sources]
    graph = Assistant(AssistantState, AssistantContext, input_schema=Conversation, output_schema=Answered)

    graph.add_node("begin", turn.begin)  # a clean turn: budget, language, profile
    graph.add_node("analyse_image", parts.viewer.look)  # only with a picture
    graph.add_node("agent", acting(parts.agent))  # look-ups, a question back, or a draft
    for source in parts.sources:  # retrieve, search_web, recommend, and a user's own
        node = gathering(source, parts.settings.source_timeout, most_for(parts.settings), parts.reranker)
        graph.add_node(source.node, node, input_schema=SourceTask)
    graph.add_node("ask_back", turn.ask_back)
    graph.add_node("grade", grading(parts.grader))
    graph.add_node("remember", turn.remember)  # the reply, and what the next turn leans on

    graph.add_edge(START, "begin")
    graph.add_conditional_edges("begin", look_if_pictured, {"analyse_image": "analyse_image", "agent": "agent"})
    graph.add_edge("analyse_image", "agent")
    graph.add_conditional_edges("agent", dispatch.after_agent, [*source_nodes, "ask_back", "grade", "remember"])
    for node_name in source_nodes:
        graph.add_edge(node_name, "agent")  # look again, or write
    graph.add_conditional_edges("grade", good_enough, {"agent": "agent", "remember": "remember"})
    graph.add_conditional_edges("ask_back", answered_back, {"agent": "agent", "remember": "remember"})
    graph.add_edge("remember", END)
    return graph
