"""A whole assistant over a scripted chat server: the graph, the model's decisions and the local ones behind are real."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.memory import InMemoryStore

from standins.chat import ChatServer, Seen, chat_server
from stylegraph.agent.evidence import Evidence
from stylegraph.agent.llm.client import ModelCaller, open_caller
from stylegraph.agent.llm.factory import model_decisions
from stylegraph.agent.settings import Settings
from stylegraph.evals.harness.fake_sources import Shelf, alike, shirt, text
from stylegraph.graphs.assistant import Parts, build_assistant
from stylegraph.graphs.build import local_decisions
from stylegraph.graphs.nodes.usage import charge
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.fashion.vision.network import Garments
from stylegraph.tools.fashion.vision.node import PictureViewer
from stylegraph.tools.fashion.vision.vision_model import Describer

LINEN = "린넨은 30도 이하의 찬물에서 중성세제로 빤다. 표백제는 쓰지 않는다."
WASH = '린넨은 찬물에서 중성세제로 빠세요 [1].\n---\n[1] "30도 이하의 찬물에서 중성세제로 빤다"'
QUESTION = "린넨은 어떻게 빨아요?"


def documents(*gives: Sequence[Evidence]) -> Shelf:
    return Shelf("documents", "retrieve", gives or ([text("documents", "린넨", LINEN)],))


def fashion(*gives: Sequence[Evidence]) -> Shelf:
    return Shelf("fashion", "recommend", gives or ([shirt()],))


def web(*gives: Sequence[Evidence]) -> Shelf:
    return Shelf("web", "search_web", gives or ([text("web", "린넨 세탁", LINEN)],))


def routing(
    *routes: str, question: str = "", ask_back: str = "", choices: Sequence[str] = (), **more: Any
) -> dict[str, Any]:
    """What a model answers that is asked where to look; a route may carry its query: `documents=린넨 세탁`."""
    pairs = [route.partition("=") for route in routes]
    searches = [{"route": route, "query": query or (QUESTION if route != "chat" else "")} for route, _, query in pairs]
    return {"question": question, "searches": searches, "ask_back": ask_back, "choices": list(choices), **more}


def relevance(*grades: str) -> dict[str, Any]:
    return {"grades": list(grades)}


def graded(
    answers: str = "fully", unsupported: Sequence[int] = (), missing: Sequence[str] = (), queries: Sequence[str] = ()
) -> dict[str, Any]:
    return {"unsupported": list(unsupported), "answers": answers, "missing": list(missing), "queries": list(queries)}


def all_full(seen: Seen) -> dict[str, Any]:
    """Grade every passage as full, however many there are."""
    return relevance(*["full"] * max(1, seen.text.rpartition("<passages")[2].count("\n[")))


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
    sources: tuple[Shelf, ...]


@asynccontextmanager
async def staged(
    *sources: Shelf,
    viewer: Callable[[ModelCaller], Any] = viewing,
    settings: dict[str, Any] | None = None,
    threads: BaseCheckpointSaver[str] | None = None,
    **script: Any,
) -> AsyncIterator[Staged]:
    """Set the stage: what each kind of call is answered, what the sources give, and where conversations are kept."""
    shelves = sources or (documents(),)
    answers = {"route": routing("documents"), "write": WASH, "grade_evidence": all_full, "grade_answer": graded()}
    async with chat_server(**{**answers, **script}) as server:
        server.pause = 0.05  # so that what runs side by side overlaps, as it does with a model
        given = {"model_timeout": 5.0, "model_retries": 1, "openai_api_key": "sk-secret-1234", "budget_seconds": 60.0}
        chosen = Settings(_env_file=None, **{**given, "base_url": server.url, **(settings or {})})
        local = local_decisions(embedder(), alike, shelves, chosen)
        async with open_caller(chosen, charge if chosen.server_tokens else None) as caller:
            decisions = model_decisions(caller, local, shelves, [shelf.name for shelf in shelves])
            parts = Parts(settings=chosen, sources=shelves, viewer=viewer(caller), **decisions)
            graph = build_assistant(parts).compile(checkpointer=threads or InMemorySaver(), store=InMemoryStore())
            await asyncio.sleep(0)
            yield Staged(server, graph, caller, shelves)


_EMBEDDER: list[LocalEmbedder] = []


def embedder() -> LocalEmbedder:
    """Give the one embedder of the process."""
    if not _EMBEDDER:
        _EMBEDDER.append(LocalEmbedder())
    return _EMBEDDER[0]
