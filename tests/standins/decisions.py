"""A stand-in for a server of decisions: `/v1/systemone` as Ollama documents it, `/v1/decisions` as OpenAI does, over real HTTP.

A test scripts what is answered; requests are read with the clients' own types, so one that the protocol has not is refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from ollama._types import SystemOneRequest
from pydantic import ValidationError

from standins.http import Exchange, serving

Says = Callable[[str, Any, Any], Any]
"""(name, instructions, state) -> a probability, a label, or a level."""


@dataclass
class Asked:
    """One request."""

    state: Any
    questions: dict[str, dict[str, Any]]
    headers: dict[str, str]

    @property
    def kind(self) -> str:
        """What it decides: `route`, `rerank` or `grade`."""
        if "first" in self.questions:
            return "route"
        return "grade" if "answers" in self.questions else "rerank"


@dataclass
class DecisionServer:
    """Answers what `says` says."""

    says: Says
    fault: tuple[int, Any] | None = None
    """A status and a body that answer everything."""
    hang: float = 0.0
    key: str | None = None
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    @property
    def kinds(self) -> list[str]:
        return [one.kind for one in self.asked]

    async def handle(self, exchange: Exchange) -> None:
        await asyncio.sleep(self.hang)
        if self.key and exchange.headers.get("authorization") != f"Bearer {self.key}":
            self.asked.append(Asked(None, {}, exchange.headers))
            await exchange.answer(401, {"error": f"bad key {exchange.headers.get('authorization')}"})
        elif exchange.path == "/v1/systemone":
            await self._systemone(exchange)
        elif exchange.path == "/v1/decisions":
            await self._decisions(exchange)
        else:
            await exchange.answer(404, {"error": f"no such path: {exchange.path}"})

    async def _systemone(self, exchange: Exchange) -> None:
        body = exchange.json
        try:
            SystemOneRequest.model_validate(body)
        except ValidationError as error:
            await exchange.answer(400, {"error": str(error)})
            return
        self.asked.append(Asked(body["state"], body["questions"], exchange.headers))
        if self.fault:
            await exchange.answer(*self.fault)
            return
        answers = {name: self._told(name, one, body["state"]) for name, one in body["questions"].items()}
        usage = {"input_tokens": 100, "output_tokens": len(answers)}
        await exchange.answer(200, {"model": body["model"], "answers": answers, "usage": usage})

    def _told(self, name: str, question: dict[str, Any], state: Any) -> dict[str, Any]:
        said = self.says(name, question["instructions"], state)
        if question["type"] == "noul":
            return {"type": "noul", "noul": said}
        if question["type"] == "score":
            levels = question["criteria"]
            return {
                "type": "score",
                "score": said,
                "legend": {str(at): level for at, level in enumerate(levels)},
                "probabilities": {str(at): float(at == round(said)) for at in range(len(levels))},
                "confidence": 0.9,
            }
        labels = question["criteria"]
        rest = 0.2 / max(1, len(labels) - 1)
        likely = {label: 0.8 if label == said else rest for label in labels}
        return {"type": "choice", "choice": said, "probabilities": likely, "confidence": 0.8}

    async def _decisions(self, exchange: Exchange) -> None:
        body = exchange.json
        self.asked.append(Asked(body["input"], {one["name"]: one for one in body["questions"]}, exchange.headers))
        if self.fault:
            await exchange.answer(*self.fault)
            return
        answers = [self._as_openai(one, body["input"]) for one in body["questions"]]
        usage = {"input_tokens": 100, "output_tokens": len(answers)}
        await exchange.answer(200, {"model": body["model"], "answers": answers, "usage": usage})

    def _as_openai(self, question: dict[str, Any], state: Any) -> dict[str, Any]:
        named = {"type": question["type"], "name": question["name"]}
        said = self.says(question["name"], question["instructions"], state)
        if question["type"] == "predicate":
            return {**named, "probability": said}
        if question["type"] == "score":
            levels = [
                {"value": at, "label": one["label"], "probability": float(at == round(said))}
                for at, one in enumerate(question["levels"])
            ]
            return {**named, "score": said, "probabilities": levels, "confidence": 0.9}
        values = [one["value"] for one in question["choices"]]
        rest = 0.2 / max(1, len(values) - 1)
        likely = [{"value": value, "probability": 0.8 if value == said else rest} for value in values]
        return {**named, "choice": said, "probabilities": likely, "confidence": 0.8}


@asynccontextmanager
async def decision_server(says: Says, **options: Any) -> AsyncIterator[DecisionServer]:
    """Serve while the block runs."""
    server = DecisionServer(says, **options)
    async with serving(server.handle) as url:
        server.url = url
        yield server
