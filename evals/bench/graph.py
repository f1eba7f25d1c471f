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
from typing_extensions import TypedDict

from stylegraph.agent.acts import Drafted, LookUp, LookUps
from stylegraph.agent.evidence import Gathered, SourceTask, make_evidence
from stylegraph.agent.protocols import ActUpdate, GradeUpdate, RouteUpdate, Stream
from stylegraph.agent.reply import Grade
from stylegraph.agent.settings import load_settings
from stylegraph.agent.state import AssistantState, Draft
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

    async def act(self, state: AssistantState, stream: Stream) -> ActUpdate:
        """Look the question up, then write the evidence as the answer."""
        asked = state["turn"]["asked"]
        if not state.get("findings"):
            look_up = LookUp(id="1", source=self.name, question=asked, queries=[asked], filters={}, k=6)
            return {"act": LookUps(kind="look_ups", look_ups=[look_up])}
        draft = Draft(text=state["evidence"][0]["text"], kind="answer", citations=[], recommendations=[])
        return {"act": Drafted(kind="draft"), "draft": draft}

    async def route(self, state: AssistantState) -> RouteUpdate:
        """Route nowhere; never reached."""
        raise NotImplementedError

    async def gather(self, state: SourceTask) -> Gathered:
        """Return one piece of evidence."""
        return {"evidence": [make_evidence(self.name, "title", state["question"])]}

    async def grade(self, state: AssistantState) -> GradeUpdate:
        """Grade every draft as good."""
        return {"grade": Grade(good=True, grounded=1.0, answers=1.0, in_language=True).model_dump()}

    async def look(self, state: AssistantState) -> dict[str, Any]:
        """See nothing; never reached."""
        return {}


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
    parts = Parts(load_settings(), agent=part, grader=part, router=part, sources=(part,), viewer=part)
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
