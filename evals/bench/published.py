"""Ours beside the RAG graphs that langgraph publishes as examples: the time of an answer that stands in the documents.

Their graphs are built here in the shape of the published notebooks (adaptive, corrective and self-RAG): route, retrieve four passages,
grade each by a call of its own, write, grade the answer twice. They answer the questions to documents of `cases/agents.yaml`
with the words that our agent answered when it was recorded, from a scripted model that always decides right, which is the
shortest way through each. Nothing is waited for: a call takes 0.4 s and 0.01 s a token of its answer, along the longest chain.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from statistics import mean
from typing import Any, Literal, NamedTuple

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_openai_tool
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from pydantic import BaseModel
from typing_extensions import TypedDict

from stylegraph.agent.evidence import Evidence, SourceTask
from stylegraph.evals.harness.agents.answers import places
from stylegraph.evals.harness.agents.calls import Calls, counting
from stylegraph.evals.harness.agents.cases import AgentCase
from stylegraph.evals.harness.fixtures import settings_for
from stylegraph.evals.recording.agents import held_again, homes, recorded_cases
from stylegraph.graphs.build import open_documents
from stylegraph.tools.embeddings import LocalEmbedder

_KINDS = ("one source", "other language")
_K = 4
"""Passages that a LangChain retriever gives where nothing else is set, as in the notebooks."""
_WIDE = 0x2E7F


class RouteQuery(BaseModel):
    """Route a user query to the most relevant datasource."""

    datasource: Literal["vectorstore", "web_search"]


class GradeDocuments(BaseModel):
    """Binary score for relevance check on retrieved documents."""

    binary_score: Literal["yes", "no"]


class GradeHallucinations(BaseModel):
    """Binary score for hallucination present in generation answer."""

    binary_score: Literal["yes", "no"]


class GradeAnswer(BaseModel):
    """Binary score to assess answer addresses question."""

    binary_score: Literal["yes", "no"]


class Scripted(BaseChatModel):
    """A stand-in for a chat model that knows the answer, and which passages hold it."""

    answer: str
    relevant: list[str]
    """Texts of the passages that hold it."""

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Sequence[Any], **_: Any) -> Runnable[LanguageModelInput, AIMessage]:  # noqa: ANN401 - LangChain's own
        """Return the model with a schema to fill."""
        return self.bind(tools=[convert_to_openai_tool(tool) for tool in tools])

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **given: Any,  # noqa: ANN401
    ) -> ChatResult:
        tools = given.get("tools") or []
        name = tools[0]["function"]["name"] if tools else ""
        filled = self._filled(name, messages[-1].text)
        said = json.dumps(filled) if tools else self.answer
        calls = [{"name": name, "args": filled, "id": "1", "type": "tool_call"}] if tools else []
        spent = tokens(said)
        usage = {"input_tokens": 0, "output_tokens": spent, "total_tokens": spent}
        message = AIMessage("" if tools else said, tool_calls=calls, usage_metadata=usage)
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _filled(self, name: str, prompt: str) -> dict[str, str]:
        if name == RouteQuery.__name__:
            return {"datasource": "vectorstore"}
        right = name != GradeDocuments.__name__ or any(text in prompt for text in self.relevant)
        return {"binary_score": "yes" if right else "no"}


class State(TypedDict, total=False):
    """What travels along the published graphs."""

    question: str
    documents: list[str]
    generation: str
    searched: bool


Retrieve = Callable[[str], Awaitable[list[str]]]
Graph = CompiledStateGraph[State, None, State, State]


class Nodes:
    """The nodes that the notebooks share."""

    def __init__(self, model: BaseChatModel, retrieve: Retrieve) -> None:
        self.model = model
        self._retrieve = retrieve

    async def asked(self, schema: type[BaseModel], prompt: str) -> Any:  # noqa: ANN401 - a value of the schema
        """Return what the model fills a schema with."""
        return await self.model.with_structured_output(schema).ainvoke(prompt)

    async def route(self, state: State) -> Literal["retrieve", "web_search"]:
        """Decide between the documents and the web."""
        routed = await self.asked(RouteQuery, state["question"])
        return "retrieve" if routed.datasource == "vectorstore" else "web_search"

    async def retrieve(self, state: State) -> State:
        """Retrieve passages."""
        return {"documents": await self._retrieve(state["question"])}

    async def grade_documents(self, state: State) -> State:
        """Keep the relevant passages: a call for each, one after another."""
        graded = [
            (text, await self.asked(GradeDocuments, f"{state['question']}\n{text}")) for text in state["documents"]
        ]
        kept = [text for text, grade in graded if grade.binary_score == "yes"]
        return {"documents": kept, "searched": len(kept) < len(graded)}

    async def web_search(self, state: State) -> State:
        """Search the web: it adds nothing here, and costs no call of the model."""
        return {"documents": state.get("documents", [])}

    async def transform_query(self, state: State) -> State:
        """Write the question again."""
        await self.model.ainvoke(f"Write this question again: {state['question']}")
        return {"question": state["question"]}

    async def generate(self, state: State) -> State:
        """Write the answer."""
        said = await self.model.ainvoke("\n".join([state["question"], *state["documents"]]))
        return {"generation": said.text}

    async def graded(self, state: State) -> Literal["useful", "not useful", "not supported"]:
        """Grade the answer: first whether the passages bear it, then whether it answers."""
        borne = await self.asked(GradeHallucinations, "\n".join([*state["documents"], state["generation"]]))
        if borne.binary_score == "no":
            return "not supported"
        answers = await self.asked(GradeAnswer, f"{state['question']}\n{state['generation']}")
        return "useful" if answers.binary_score == "yes" else "not useful"

    async def any_left(self, state: State) -> Literal["transform_query", "generate"]:
        """Write the question again when no passage is left."""
        return "generate" if state["documents"] else "transform_query"

    async def all_left(self, state: State) -> Literal["transform_query", "generate"]:
        """Search the web as soon as one passage was beside the point."""
        return "transform_query" if state["searched"] else "generate"


def adaptive(nodes: Nodes) -> Graph:
    """Build adaptive RAG: self-RAG behind a router."""
    return _self_graded(nodes, routed=True)


def self_rag(nodes: Nodes) -> Graph:
    """Build self-RAG."""
    return _self_graded(nodes, routed=False)


def _self_graded(nodes: Nodes, *, routed: bool) -> Graph:
    graph = StateGraph(State)
    for node in (nodes.retrieve, nodes.grade_documents, nodes.generate, nodes.transform_query):
        graph.add_node(node.__name__, node)
    if routed:
        graph.add_node("web_search", nodes.web_search)
        graph.add_conditional_edges(START, nodes.route, ["retrieve", "web_search"])
        graph.add_edge("web_search", "generate")
    else:
        graph.add_edge(START, "retrieve")
    graph.add_edge("retrieve", "grade_documents")
    graph.add_conditional_edges("grade_documents", nodes.any_left, ["transform_query", "generate"])
    graph.add_edge("transform_query", "retrieve")
    ends: dict[Hashable, str] = {"useful": END, "not useful": "transform_query", "not supported": "generate"}
    graph.add_conditional_edges("generate", nodes.graded, ends)
    return graph.compile()


def corrective(nodes: Nodes) -> Graph:
    """Build corrective RAG."""
    graph = StateGraph(State)
    for node in (nodes.retrieve, nodes.grade_documents, nodes.generate, nodes.transform_query, nodes.web_search):
        graph.add_node(node.__name__, node)
    graph.add_edge(START, "retrieve")
    graph.add_edge("retrieve", "grade_documents")
    graph.add_conditional_edges("grade_documents", nodes.all_left, ["transform_query", "generate"])
    graph.add_edge("transform_query", "web_search")
    graph.add_edge("web_search", "generate")
    graph.add_edge("generate", END)
    return graph.compile()


GRAPHS: Mapping[str, Callable[[Nodes], Graph]] = {
    "adaptive RAG": adaptive,
    "corrective RAG": corrective,
    "self-RAG": self_rag,
}


class Timed(NamedTuple):
    """What one graph took for one question."""

    graph: str
    case: str
    calls: int
    seconds: float


async def timed(name: str, question: str, passages: Sequence[str], relevant: Sequence[str], answer: str) -> Calls:
    """Run one of the published graphs; give the calls that it made.

    Args:
        name: Which.
        question: What is asked.
        passages: What is retrieved for it.
        relevant: Those of them that hold the answer.
        answer: The answer.
    """

    async def retrieve(_: str) -> list[str]:
        return list(passages)

    nodes = Nodes(Scripted(answer=answer, relevant=list(relevant)), retrieve)
    with counting() as calls:
        await GRAPHS[name](nodes).ainvoke({"question": question})
    return calls


async def measure(case: AgentCase) -> list[Timed]:
    """Time our recorded answer to a case's first question, and the published graphs on the same."""
    held, judged = await held_again("ours", case)
    turn, said = case.turns[0], held[0].said.text
    found = await _retrieved(case, turn.ask)
    relevant = [
        one["text"] for one in found if any(place.endswith(name) for place in places(one) for name in turn.documents)
    ]
    passages = [one["text"] for one in found]
    rows = [Timed("ours", case.id, int(judged[0].scores["calls"]), judged[0].scores["seconds"])]
    for name in GRAPHS:
        calls = await timed(name, turn.ask, passages, relevant or passages[:1], said)
        rows.append(Timed(name, case.id, len(calls.made), calls.seconds))
    return rows


async def _retrieved(case: AgentCase, question: str) -> list[Evidence]:
    async with homes().lent(case) as home:
        settings = settings_for(None, web=None, home=home, samples=False)
        async with open_documents(settings, LocalEmbedder()) as documents:
            task = SourceTask(
                question=question,
                queries=[question],
                filters={},
                language=case.language,
                k=_K,
                attempt=0,
                web_searches=0,
                seconds=60.0,
                user="local",
                index=None,
                shown=[],
                profile={},
            )
            return list((await documents.gather(task))["evidence"])[:_K]


def tokens(text: str) -> int:
    """Estimate tokens: four characters of Latin script, one of any other."""
    wide = sum(ord(char) > _WIDE for char in text)
    return wide + (len(text) - wide + 3) // 4


def table(rows: Sequence[Timed]) -> str:
    """Return the means by graph, and how long ours took of each."""
    names = list(dict.fromkeys(row.graph for row in rows))
    means = {name: mean(row.seconds for row in rows if row.graph == name) for name in names}
    calls = {name: mean(row.calls for row in rows if row.graph == name) for name in names}
    lines = [
        f"| {name} | {calls[name]:.1f} | {means[name]:.2f} | {means['ours'] / means[name]:.2f} |" for name in names
    ]
    return "\n".join(["| graph | calls | seconds | ours / this |", "|---|---|---|---|", *lines])


async def _main() -> None:
    cases = [case for case in recorded_cases("ours") if case.kind in _KINDS]
    if not cases:
        print("Our agent's conversations are not recorded yet: python -m stylegraph.evals.bench.agents --help")
        return
    rows = [row for case in cases for row in await measure(case)]
    print(f"{len(cases)} questions to documents, answered in the same words")
    print(table(rows))


def main() -> None:
    """Print the table."""
    asyncio.run(_main())


if __name__ == "__main__":
    main()
