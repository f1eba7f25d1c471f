"""What the graph itself costs: a question whose decisions and sources answer at once.

Printed beside the smallest LangGraph that does anything, in the same run: six nodes in a row that change nothing.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from typing import Any

from langgraph.graph import END, START, StateGraph
from langgraph.types import StreamWriter
from typing_extensions import TypedDict

from stylegraph.agent.evidence import Gathered, SourceTask, make_evidence
from stylegraph.agent.protocols import DraftUpdate, GradeUpdate, RelevanceUpdate, RevisionUpdate, RouteUpdate
from stylegraph.agent.reply import Grade
from stylegraph.agent.settings import load_settings
from stylegraph.agent.state import AssistantState, Draft, Revision, Routing
from stylegraph.graphs.api import ask
from stylegraph.graphs.assistant import Parts, build_assistant
from stylegraph.graphs.persistence import open_threads

TURNS = 60


class Instant:
    """Makes every decision, and is a source, in no time."""

    name = "documents"
    node = "retrieve"
    description = "Answers at once."
    examples = ("?",)

    async def route(self, state: AssistantState) -> RouteUpdate:
        """Route to the one source."""
        return {"routing": _routing(state["turn"]["asked"])}

    async def gather(self, state: SourceTask) -> Gathered:
        """Return one piece of evidence."""
        return {"evidence": [make_evidence(self.name, "title", state["question"])]}

    async def answer(self, state: AssistantState, writer: StreamWriter) -> DraftUpdate:
        """Write the evidence as the answer."""
        return {"draft": Draft(text=state["evidence"][0]["text"], kind="answer", citations=[], recommendations=[])}

    async def grade(self, state: AssistantState) -> Any:  # noqa: ANN401 - both graders at once
        """Grade evidence and answer alike as good."""
        grade = Grade(good=True, grounded=1.0, answers=1.0, in_language=True).model_dump()
        return RelevanceUpdate(relevance={}) if "draft" not in state else GradeUpdate(grade=grade)

    async def revise(self, state: AssistantState) -> RevisionUpdate:
        """Stop; never reached."""
        return {"revision": Revision(action="stop", routing=state["routing"], k=1, reason="")}

    async def look(self, state: AssistantState) -> dict[str, Any]:
        """See nothing; never reached."""
        return {}


def _routing(question: str) -> Routing:
    return Routing(
        question=question,
        language="en",
        routes=["documents"],
        queries={},
        filters={},
        ask_back=None,
        choices=[],
        confidence=1.0,
    )


class _Counted(TypedDict):
    count: int


def _six_nodes() -> StateGraph[_Counted, None, _Counted, _Counted]:
    async def step(state: _Counted) -> _Counted:
        return {"count": state["count"] + 1}

    graph = StateGraph(_Counted)
    names = [f"node{number}" for number in range(6)]
    for name in names:
        graph.add_node(name, step)
    for before, after in zip([START, *names], [*names, END], strict=True):
        graph.add_edge(before, after)
    return graph


async def _per_turn(turn: Callable[[], Awaitable[Any]]) -> float:
    """Return the median milliseconds of a turn, after a few to warm up."""
    seconds = []
    for _ in range(TURNS + 5):
        begun = time.perf_counter()
        await turn()
        seconds.append(time.perf_counter() - begun)
    return median(seconds[5:]) * 1000


async def measure() -> dict[str, float]:
    """Return milliseconds a turn: of our graph, outside a thread and in one on disk, and of six empty nodes."""
    part = Instant()
    parts = Parts(load_settings(), part, part, part, part, part, (part,), part)
    graph = build_assistant(parts)
    with tempfile.TemporaryDirectory() as home:
        async with open_threads(load_settings(home=Path(home))) as threads:
            kept = graph.compile(checkpointer=threads)
            plain = _six_nodes().compile()
            return {
                "graph, a question alone": await _per_turn(lambda: ask(kept, "question")),
                "graph, in a thread on disk": await _per_turn(lambda: ask(kept, "question", thread=uuid.uuid4().hex)),
                "six empty nodes": await _per_turn(lambda: plain.ainvoke({"count": 0})),
            }


def main() -> None:
    """Print the table."""
    for name, milliseconds in asyncio.run(measure()).items():
        print(f"{name:<26} {milliseconds:6.2f} ms a turn")


if __name__ == "__main__":
    main()
