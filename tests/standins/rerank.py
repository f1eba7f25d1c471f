"""A stand-in for a reranker's server: `/rerank` as Cohere, Jina, Infinity and vLLM answer it, or as Text Embeddings Inference does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from standins.http import Exchange, serving


@dataclass
class RerankServer:
    """Scores each text by `scores`."""

    scores: Callable[[str, str], float]
    form: Literal["documents", "texts"] = "documents"
    faults: list[int] = field(default_factory=list)
    hang: float = 0.0
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    async def handle(self, exchange: Exchange) -> None:
        body = exchange.json
        self.asked.append(body)
        self.headers.append(exchange.headers)
        await asyncio.sleep(self.hang)
        if exchange.path != "/v1/rerank":
            await exchange.answer(404, {})
        elif self.faults:
            await exchange.answer(self.faults.pop(0), {"error": "busy"})
        elif self.form not in body:
            await exchange.answer(422, {"error": f"missing field `{self.form}`"})
        else:
            scored = [(place, self.scores(body["query"], text)) for place, text in enumerate(body[self.form])]
            best = sorted(scored, key=lambda one: -one[1])
            name = "relevance_score" if self.form == "documents" else "score"
            results = [{"index": place, name: score} for place, score in best]
            await exchange.answer(200, {"results": results} if self.form == "documents" else results)


@asynccontextmanager
async def rerank_server(scores: Callable[[str, str], float], **options: Any) -> AsyncIterator[RerankServer]:
    """Serve while the block runs; `url` ends in /v1."""
    server = RerankServer(scores, **options)
    async with serving(server.handle) as url:
        server.url = f"{url}/v1"
        yield server
