"""A user's file that uses all of the public API: checked by mypy --strict and pyright, and not run."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, assert_type

from langchain_core.cross_encoders import BaseCrossEncoder
from langchain_core.decisions import Choice
from langchain_core.document_loaders import BaseLoader
from langchain_core.messages import HumanMessage
from langchain_core.retrievers import BaseRetriever
from langchain_core.tools import BaseTool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.memory import InMemoryStore
from langgraph.types import Command

import stylegraph
from stylegraph import (
    Agent,
    Citation,
    Clarification,
    Evidence,
    EvidenceSource,
    FetchError,
    Gathered,
    Grader,
    InputError,
    LocalDecisions,
    MissingExtraError,
    Note,
    Pack,
    Reply,
    Reranker,
    Router,
    Settings,
    SettingsError,
    SourceError,
    SourceTask,
    Status,
    StylegraphError,
    SyncAssistant,
    TurnInterruptedError,
    Viewer,
    as_tool,
    ask,
    build_graph,
    from_loader,
    from_mcp,
    from_retriever,
    from_tool,
    give_feedback,
    make_evidence,
    open_assistant,
    open_pictures,
    open_sync,
    stream,
)


class Orders:
    """A source of one's own."""

    name = "orders"
    node = "look_up_orders"
    description = "The user's orders and parcels."
    examples = ("Where is my parcel?", "내 택배 언제 와?")

    async def gather(self, state: SourceTask) -> Gathered:
        if not state["queries"]:
            raise SourceError("The shop does not answer.", "Try again later.")
        found: Evidence = make_evidence(self.name, "Order 7", "Your parcel arrives on Friday.", data={"id": 7})
        return {"evidence": [found], "notes": [Note(code="delayed", text=state["question"])]}


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Sequence[EvidenceSource]]:
    """Open sources of one's own."""
    assert_type(settings.evidence_k, int)
    yield [Orders()]


async def decided(agent: Agent, grader: Grader, reranker: Reranker, encoder: BaseCrossEncoder) -> None:
    """Bring all decisions."""
    async with open_assistant(agent=agent, grader=grader, reranker=reranker) as assistant:
        await ask(assistant, "Where is my parcel?")
    async with open_assistant(decisions=LocalDecisions(), reranker=encoder) as assistant:
        await ask(assistant, "Where is my parcel?")
    async with open_assistant(decisions="openai:gpt-6-luna", reranker="http://127.0.0.1:8080/rerank") as assistant:
        await ask(assistant, "Where is my parcel?")


async def everything(
    retriever: BaseRetriever, tool: BaseTool, loader: BaseLoader, router: Router, settings: Settings
) -> BaseTool:
    """Open an assistant with all that there is to bring, ask it, and return it as a tool."""
    wiki: EvidenceSource = from_retriever(retriever, name="wiki", description="The wiki.", examples=["Who?"])
    async with open_assistant(
        settings,
        sources=[
            Orders(),
            opened,
            "installed-pack",
            wiki,
            from_tool(tool),
            from_loader(loader, name="policies", description="The company's policies."),
            from_mcp("http://127.0.0.1:8000/mcp", tools=["search"]),
            from_mcp(["uvx", "mcp-server-time"], prefix="time_", examples={"get_current_time": ["What time is it?"]}),
        ],
        builtin=("documents", "web"),
        checkpointer=InMemorySaver(),
        store=InMemoryStore(),
        name="helper",
        router=router,
        model="openai:gpt-6-luna",
        grader_model="anthropic:claude-sonnet-5",
        persona="You are the shop's helper.",
    ) as assistant:
        reply = await ask(assistant, "Where is my parcel?", thread="parcel", effort="quick", user="kim")
        assert_type(reply, Reply)
        assert_type(reply.status, Status)
        cited: Sequence[Citation] = reply.citations
        print(reply.text, [citation.title for citation in cited], reply.status is Status.ANSWERED)
        async for event in stream(assistant, "And the other one?", thread="parcel"):
            if event["event"] == "evidence":
                print(event["route"], len(event["evidence"]))
        try:
            await ask(assistant, Command(resume="8"), thread="parcel")
        except TurnInterruptedError as waiting:
            print(waiting.interrupts)
        except (FetchError, InputError) as error:
            print(error.message, error.remedy)
        await give_feedback(assistant, "p1", "like")
        ended = await assistant.ainvoke({"messages": [HumanMessage("Where is my parcel?")]})
        print(ended["reply"])
        return as_tool(assistant, name="helper", description="Knows orders.")


class Boxes:
    """Looks at pictures of boxes."""

    async def look(self, state: Any) -> Mapping[str, Any]:
        opened, notes = await open_pictures(state, Settings())
        sizes = [picture.size for picture in opened.values()]
        return {"seen": [{"box": size} for size in sizes], "notes": notes}


@asynccontextmanager
async def open_pack(settings: Settings) -> AsyncIterator[Pack]:
    """Open a domain of one's own."""
    eyes: Viewer = Boxes()
    yield Pack(
        sources=[Orders()],
        instructions="Name the order.",
        phrases={"orders": {"en": {"place": "the orders"}, "ko": {"place": "주문 내역"}}},
        clarifications={"en": Clarification("Which order?", "Which one is it?", ["the last one"])},
        viewer=eyes,
        rewrite=lambda routing, state: routing,
    )


async def of_a_domain() -> None:
    """Bring domains."""
    async with open_assistant(packs=[open_pack, Pack(sources=[Orders()]), "boardgames"], builtin=[]) as assistant:
        await ask(assistant, "Where is my parcel?")


async def compiled() -> None:
    """Compile the graph oneself."""
    async with build_graph(sources=[Orders()], builtin=[]) as graph:
        graph.compile(checkpointer=InMemorySaver()).get_graph().draw_mermaid()


def triaged() -> str:
    """Decide by the local decision model."""
    asked = {"team": Choice(instructions="Which team?", criteria={"billing": ["I was charged twice"], "other": None})}
    told = LocalDecisions().invoke({"state": "결제가 두 번 됐어요", "questions": asked})
    return told.choices["team"].choice


def synchronous() -> str:
    """Ask without a loop."""
    try:
        with open_sync(Settings(effort="quick"), sources=[Orders()]) as assistant:
            assert_type(assistant, SyncAssistant)
            return assistant.ask("Where is my parcel?").text
    except MissingExtraError as error:
        return error.extra
    except SettingsError:
        return stylegraph.__version__
    except StylegraphError as error:
        return str(error)


if __name__ == "__main__":
    asyncio.run(compiled())
    synchronous()
    triaged()
