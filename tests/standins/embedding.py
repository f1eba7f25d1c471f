"""A stand-in for an embedding's server: OpenAI's protocol over real HTTP, with vectors that follow from the words of a text."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from standins.http import Exchange, serving

_PIECE = re.compile(r"[가-힣]{1,2}|[a-z]+|\d+")


@dataclass
class Fault:
    """An answer that is none."""

    status: int = 200
    body: Any = ""
    headers: dict[str, str] = field(default_factory=dict)
    hang: float = 0.0
    """Seconds before anything is answered."""


@dataclass
class EmbeddingServer:
    """Texts that share words are near one another; `faults` say what goes wrong."""

    dimension: int = 64
    faults: list[Fault | None] = field(default_factory=list)
    """One for each request in turn, None for a good answer; after the last all goes well."""
    always: Fault | None = None
    """What answers all requests for which there is no fault."""
    key: str | None = None
    """The key that is taken; None: any."""
    floats_only: bool = False
    """Whether base64 is refused, as some servers do."""
    takes_dimensions: bool = True
    latency: float = 0.0
    asked: list[dict[str, Any]] = field(default_factory=list)
    """Body of each request."""
    at_once: int = 0
    most_at_once: int = 0
    url: str = ""

    @property
    def texts(self) -> list[str]:
        """All texts of all requests."""
        return [text for body in self.asked for text in body["input"]]

    async def handle(self, exchange: Exchange) -> None:
        self.asked.append(exchange.json)
        fault = self.faults.pop(0) if self.faults else self.always
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(fault.hang if fault else self.latency)
        finally:
            self.at_once -= 1
        if exchange.path != "/v1/embeddings":
            await exchange.answer(404, {"error": {"message": f"no such path: {exchange.path}"}})
        elif self.key and exchange.headers.get("authorization") != f"Bearer {self.key}":
            said = exchange.headers.get("authorization", "")
            await exchange.answer(401, {"error": {"message": f"Incorrect API key provided: {said}"}})
        elif fault:
            await exchange.answer(fault.status, fault.body, fault.headers)
        else:
            await self._answer(exchange, exchange.json)

    async def _answer(self, exchange: Exchange, body: dict[str, Any]) -> None:
        if self.floats_only and body.get("encoding_format") == "base64":
            await exchange.answer(400, {"error": {"message": "encoding_format must be float"}})
            return
        size = body.get("dimensions", self.dimension) if self.takes_dimensions else self.dimension
        data = [
            {"object": "embedding", "index": number, "embedding": _written(vector(text, size), body)}
            for number, text in enumerate(body["input"])
        ]
        usage = {"prompt_tokens": sum(len(text) for text in body["input"]), "total_tokens": 0}
        await exchange.answer(200, {"object": "list", "model": body["model"], "data": data[::-1], "usage": usage})


def vector(text: str, size: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Return the sum of a direction for each word; not of unit length, as some servers answer."""
    pieces = _PIECE.findall(text.lower()) or [text]
    seeds = [int.from_bytes(hashlib.blake2b(one.encode(), digest_size=8).digest(), "big") for one in pieces]
    return np.sum([np.random.default_rng(seed).standard_normal(size) for seed in seeds], axis=0).astype(np.float32)


def _written(numbers: np.ndarray[Any, np.dtype[np.float32]], body: dict[str, Any]) -> str | list[float]:
    if body.get("encoding_format") == "base64":
        return base64.b64encode(numbers.astype("<f4").tobytes()).decode()
    return [float(number) for number in numbers]


@asynccontextmanager
async def embedding_server(**options: Any) -> AsyncIterator[EmbeddingServer]:
    """Serve while the block runs; the address in `url` ends in /v1."""
    server = EmbeddingServer(**options)
    async with serving(server.handle) as url:
        server.url = f"{url}/v1"
        yield server
