"""A whole assistant over a scripted chat server: the graph, the model's decisions and the local ones behind are real."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.memory import InMemoryStore

from standins.chat import ChatServer, calls, chat_server, per_turn
from stylegraph.agent.evidence import Evidence
from stylegraph.agent.llm.agent import ModelAgent
from stylegraph.agent.llm.claims import Doubts
from stylegraph.agent.llm.client import ModelCaller, open_caller
from stylegraph.agent.llm.grader import ModelGrader
from stylegraph.agent.protocols import Router
from stylegraph.agent.settings import Settings
from stylegraph.evals.harness.fake_sources import Shelf, alike, shirt, text
from stylegraph.graphs.assistant import Parts, build_assistant
from stylegraph.graphs.deciding import local_decisions
from stylegraph.graphs.nodes.dispatch import may_see
from stylegraph.graphs.nodes.usage import charge
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.fashion.pack import fashion_pack
from stylegraph.tools.fashion.vision.network import Garments
from stylegraph.tools.fashion.vision.node import PictureViewer
from stylegraph.tools.fashion.vision.vision_model import Describer

LINEN = "린넨은 30도 이하의 찬물에서 중성세제로 빤다. 표백제는 쓰지 않는다."
WASH = "린넨은 찬물에서 중성세제로 빠세요 [1.1]."
WASHED = "린넨은 찬물에서 중성세제로 빠세요 [1]."
"""What people see of it."""
QUESTION = "린넨은 어떻게 빨아요?"


def documents(*gives: Sequence[Evidence]) -> Shelf:
    return Shelf("documents", "retrieve", gives or ([text("documents", "린넨", LINEN)],))


def fashion(*gives: Sequence[Evidence]) -> Shelf:
    return Shelf("fashion", "recommend", gives or ([shirt()],))


def web(*gives: Sequence[Evidence]) -> Shelf:
    return Shelf("web", "search_web", gives or ([text("web", "린넨 세탁", LINEN)],))


def looks_up(*drafts: Any, **tools: Any) -> Any:
    """Look up in each turn what the question needs, then write; by default the documents are searched."""
    return per_turn(calls(**(tools or {"documents": QUESTION})), *(drafts or (WASH,)))


def form(answer: str = "", ask_back: str = "", **tools: str) -> dict[str, Any]:
    """Act as a model does that takes no tools."""
    look_ups = [{"tool": tool, "query": query} for tool, query in tools.items()]
    return {"look_ups": look_ups, "ask_back": ask_back, "answer": answer}


def graded(answers: str = "fully", unsupported: Sequence[int] = (), missing: Sequence[str] = ()) -> dict[str, Any]:
    """Grade a draft as a model does."""
    return {"unsupported": list(unsupported), "answers": answers, "missing": list(missing)}


def shown(category: str = "shirt", **more: Any) -> dict[str, Any]:
    """What a model answers that is asked what one picture shows."""
    usual = {
        "shows": "garment",
        "certainty": "certain",
        "colours": [{"name": "navy", "share": 1.0}],
        "pattern": "solid",
        "sleeve": "long",
        "material": "linen",
        "audience": "unisex",
        "warmth": 2,
        "seasons": ["summer"],
        "styles": ["casual"],
        "occasions": ["everyday"],
    }
    return {**usual, "category": category, **more}


def looked(*pictures: dict[str, Any], answer: str = "") -> dict[str, Any]:
    """What it answers about all pictures of a question."""
    return {"answer": answer, "pictures": list(pictures)}


def viewing(caller: ModelCaller) -> PictureViewer:
    """Look at pictures by the same server, with the network behind."""
    return PictureViewer(caller.settings, Garments(), Describer(caller.beside(caller.settings.vision_model)))


@dataclass
class Staged:
    """A server, the assistant that asks it, and the sources."""

    server: ChatServer
    graph: Any
    caller: ModelCaller
    sources: Sequence[Any]


@asynccontextmanager
async def staged(
    *sources: Any,
    viewer: Callable[[ModelCaller], Any] = viewing,
    settings: dict[str, Any] | None = None,
    threads: BaseCheckpointSaver[str] | None = None,
    router: Router | None = None,
    serve: Callable[..., AbstractAsyncContextManager[ChatServer]] = chat_server,
    **script: Any,
) -> AsyncIterator[Staged]:
    """Set the stage: what each kind of call is answered, what the sources give, and where conversations are kept.

    Turns are thorough, so that a model checks each draft; which are checked otherwise, `test_grader.py` says.
    """
    shelves = sources or (documents(),)
    async with serve(**{"agent": looks_up(), "grade": graded(), **script}) as server:
        server.pause = 0.05  # so that what runs side by side overlaps, as it does with a model
        key = {"model": "a-model", "openai_api_key": "sk-secret-1234"}
        given = {**key, "model_timeout": 5.0, "model_retries": 1, "budget_seconds": 60.0, "effort": "thorough"}
        chosen = Settings(_env_file=None, **{**given, "base_url": server.url, **(settings or {})})
        local = local_decisions(embedder(), alike, shelves, chosen, router, fashion_pack())
        async with open_caller(chosen, charge if chosen.server_tokens else None) as caller:
            parts = Parts(
                settings=chosen,
                agent=ModelAgent(caller, local.agent, shelves, router, may_see),
                grader=ModelGrader(caller, local.grader, Doubts(embedder())),
                router=local.router,
                sources=shelves,
                viewer=viewer(caller),
            )
            graph = build_assistant(parts).compile(checkpointer=threads or InMemorySaver(), store=InMemoryStore())
            await asyncio.sleep(0)
            yield Staged(server, graph, caller, shelves)


_EMBEDDER: list[LocalEmbedder] = []


def embedder() -> LocalEmbedder:
    """Return the one embedder of the process."""
    if not _EMBEDDER:
        _EMBEDDER.append(LocalEmbedder())
    return _EMBEDDER[0]
