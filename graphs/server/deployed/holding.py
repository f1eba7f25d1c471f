"""The served graph holds each of its nodes to who asks: the turn in the state is theirs, and its budget what they have.

A client can't write into the state (`auth.admission`). This is the second lock, for the day when one finds a way to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from langchain_core.runnables import Runnable, RunnableConfig
from langgraph.graph import StateGraph
from langgraph.runtime import get_runtime

from stylegraph.agent.state import AssistantContext
from stylegraph.graphs.nodes.identity import Most, asker, own_turn


class Held(Runnable[Any, Any]):
    """A node that reads a turn as whoever asks may have it.

    Args:
        node: The node.
        most: What a user may have at most.
    """

    def __init__(self, node: Runnable[Any, Any], most: Most) -> None:
        self._node = node
        self._most = most

    def invoke(self, input: Any, config: RunnableConfig | None = None, **named: Any) -> Any:  # noqa: A002, ANN401
        """Run the node."""
        return self._node.invoke(self._held(input), config, **named)

    async def ainvoke(self, input: Any, config: RunnableConfig | None = None, **named: Any) -> Any:  # noqa: A002, ANN401
        """Run the node."""
        return await self._node.ainvoke(self._held(input), config, **named)

    def _held(self, state: Any) -> Any:  # noqa: ANN401 - a state, or a task
        if not isinstance(state, Mapping) or not state.get("turn"):
            return state
        return {**state, "turn": own_turn(state["turn"], asker(get_runtime(AssistantContext)), self._most)}


def hold(graph: StateGraph[Any, Any, Any, Any], most: Most) -> None:
    """Hold every node of a graph that is not yet compiled."""
    for spec in graph.nodes.values():
        spec.runnable = Held(spec.runnable, most)  # type: ignore[arg-type]
