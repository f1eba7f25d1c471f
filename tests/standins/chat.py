"""A stand-in for a chat model's server: OpenAI's protocol over real HTTP, with answers and faults that a test scripts."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, Literal

from standins.http import Exchange, serving

Kind = Literal["route", "write", "chat", "grade_evidence", "grade_answer", "look"]
_BEGINNINGS: dict[str, Kind] = {
    (files("stylegraph.agent.llm") / "prompts" / f"{kind}.md").read_text(encoding="utf-8").split("$")[0][:60]: kind
    for kind in ("route", "write", "chat", "grade_evidence", "grade_answer", "look")
}


@dataclass
class Fault:
    """An answer that is none."""

    status: int = 200
    body: Any = ""
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    """Words of the stream that are sent before the connection breaks."""
    hang: float = 0.0
    """Seconds before anything is answered."""
    refusal: str = ""


Answer = str | dict[str, Any] | Fault | Callable[["Seen"], "str | dict[str, Any] | Fault"]


@dataclass
class Seen:
    """One request as the server saw it."""

    kind: Kind
    body: dict[str, Any]
    headers: dict[str, str]
    began: float
    ended: float = 0.0
    hung_up: bool = False
    """Whether the caller left before the answer was complete."""

    @property
    def system(self) -> str:
        return str(self.body["messages"][0]["content"])

    @property
    def text(self) -> str:
        """All that was sent after the rules."""
        return "\n".join(str(message["content"]) for message in self.body["messages"][1:])

    @property
    def prompt(self) -> str:
        return f"{self.system}\n{self.text}"


class ChatServer:
    """Answers each kind of call with what was scripted for it, in order; the last answer is given from then on."""

    def __init__(self, **script: Answer | list[Answer]) -> None:
        self.script = {kind: answers if isinstance(answers, list) else [answers] for kind, answers in script.items()}
        self.seen: list[Seen] = []
        self.url = ""
        self.usage = True
        """Whether tokens are counted in the answers (a word is a token here)."""
        self.refuses: dict[str, str] = {}
        """Option of a request -> what the 400 says when it is sent."""
        self.pause = 0.0
        """Seconds that every answer takes."""

    def count(self, kind: Kind | None = None) -> int:
        return sum(seen.kind == kind or kind is None for seen in self.seen)

    @property
    def kinds(self) -> list[str]:
        return [seen.kind for seen in self.seen]

    def of(self, kind: Kind) -> list[Seen]:
        return [seen for seen in self.seen if seen.kind == kind]

    async def handle(self, exchange: Exchange) -> None:
        body = exchange.json
        system = str(body["messages"][0]["content"])
        kind = next((kind for beginning, kind in _BEGINNINGS.items() if system.startswith(beginning)), "chat")
        seen = Seen(kind, body, exchange.headers, time.time())
        self.seen.append(seen)
        try:
            await self._answer(exchange, seen)
        except asyncio.CancelledError:
            seen.hung_up = True
            raise
        finally:
            seen.ended = time.time()

    async def _answer(self, exchange: Exchange, seen: Seen) -> None:
        await asyncio.sleep(self.pause)
        for option, message in self.refuses.items():
            if option in seen.body:
                await exchange.answer(400, {"error": {"message": message, "param": option, "code": "unsupported"}})
                return
        answers = self.script[seen.kind]
        answer = answers[min(len(self.of(seen.kind)), len(answers)) - 1]
        answer = answer(seen) if callable(answer) else answer
        if isinstance(answer, Fault):
            await asyncio.sleep(answer.hang)
        if isinstance(answer, Fault) and not answer.refusal and answer.cut_after is None:
            await exchange.answer(answer.status, answer.body, answer.headers)
        elif seen.body.get("stream"):
            await self._stream(exchange, seen, answer)
        else:
            await exchange.answer(200, self._completion(seen, answer))

    async def _stream(self, exchange: Exchange, seen: Seen, answer: str | dict[str, Any] | Fault) -> None:
        text = str(answer.body) if isinstance(answer, Fault) else _content(answer)
        words = [word + " " for word in text.split(" ")]
        words[-1] = words[-1][:-1]
        cut = answer.cut_after if isinstance(answer, Fault) else None
        events = [_chunk({"content": word}) for word in words[:cut]]
        if cut is None:
            events += [_chunk({}, "stop")]
            events += [json.dumps({**_ENVELOPE, "choices": [], "usage": self._tokens(seen, text)})] * self.usage
            events += ["[DONE]"]
        await exchange.stream(events, cut=cut is not None)

    def _completion(self, seen: Seen, answer: str | dict[str, Any] | Fault) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": None, "refusal": None}
        if isinstance(answer, Fault):
            message["refusal"] = answer.refusal
        else:
            message["content"] = _content(answer)
        usage = {"usage": self._tokens(seen, str(message["content"]))} if self.usage else {}
        return {**_ENVELOPE, "choices": [{"index": 0, "message": message, "finish_reason": "stop"}], **usage}

    def _tokens(self, seen: Seen, text: str) -> dict[str, int]:
        asked, said = len(seen.prompt.split()), len(text.split())
        return {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}


_ENVELOPE = {"id": "stand-in", "object": "chat.completion", "created": 1, "model": "stand-in"}


def _content(answer: str | dict[str, Any]) -> str:
    return answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)


def _chunk(delta: dict[str, str], finish: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return json.dumps({**_ENVELOPE, "object": "chat.completion.chunk", "choices": [choice]}, ensure_ascii=False)


@asynccontextmanager
async def chat_server(*, port: int = 0, **script: Answer | list[Answer]) -> AsyncIterator[ChatServer]:
    """Serve a script while the block runs."""
    server = ChatServer(**script)
    async with serving(server.handle, port) as url:
        server.url = f"{url}/v1"
        yield server
