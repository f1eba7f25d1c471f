"""A stand-in for a chat model's server: OpenAI's protocol over real HTTP, with answers and faults that a test scripts."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, Literal

from standins.http import Exchange, serving

Kind = Literal["form", "agent", "grade", "look", "chat"]
_TELLING: dict[Kind, str] = {
    kind: max((line for line in text.splitlines() if "$" not in line), key=len)
    for kind, text in (
        (kind, (files("stylegraph.agent.llm") / "prompts" / f"{kind}.md").read_text(encoding="utf-8"))
        for kind in ("form", "agent", "grade", "look")
    )
}
"""The longest line of each prompt, by which a request is known; `chat` is what has none of them."""


@dataclass
class Calls:
    """An answer that calls tools: names, and arguments as an object or, where they are broken, as text."""

    calls: Sequence[tuple[str, dict[str, Any] | str]]
    text: str = ""
    """What is said beside the calls."""


def calls(**tools: str | dict[str, Any] | Sequence[str | dict[str, Any]]) -> Calls:
    """Call tools by name: a text is the `query`, a list calls one tool several times."""
    several = {name: asked if isinstance(asked, list | tuple) else [asked] for name, asked in tools.items()}
    return Calls(
        [(name, one if isinstance(one, dict) else {"query": one}) for name, all_ in several.items() for one in all_]
    )


def per_turn(*answers: Answer) -> Callable[[Seen], Said]:
    """Answer with these in order and begin anew with each question of a person's; the last is given from then on."""
    given = 0

    def answer(seen: Seen) -> Said:
        nonlocal given
        given = 1 if seen.begins else given + 1
        chosen = answers[min(given, len(answers)) - 1]
        return chosen(seen) if callable(chosen) else chosen

    return answer


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


Said = str | dict[str, Any] | Calls | Fault
Answer = Said | Callable[["Seen"], Said]


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
    sent: dict[str, Any] = field(default_factory=dict)
    """The body as it was sent, where the server speaks another protocol: `body` is in OpenAI's words."""

    @property
    def system(self) -> str:
        return str(self.body["messages"][0]["content"])

    @property
    def text(self) -> str:
        """All that was sent after the rules."""
        return "\n".join(str(message["content"]) for message in self.body["messages"][1:])

    @property
    def last(self) -> str:
        """The last message."""
        return str(self.body["messages"][-1]["content"])

    @property
    def begins(self) -> bool:
        """Whether it is the first visit of a turn: what is known beside the question is sent with it."""
        return "<today-" in self.last

    @property
    def roles(self) -> list[str]:
        return [str(message["role"]) for message in self.body["messages"]]

    @property
    def tools(self) -> list[str]:
        """The names of the tools that it may call."""
        return [tool["function"]["name"] for tool in self.body.get("tools", [])]

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
        self.thinks = 0
        """Tokens that the model thinks unseen before each answer, unless it is told not to."""
        self.cached = 0
        """Tokens of each prompt that it still knew."""
        self.key = ""
        """The one key that is taken; empty: any."""
        self.models: set[str] = set()
        """The models that there are; empty: any."""

    def count(self, kind: Kind | None = None) -> int:
        return sum(seen.kind == kind or kind is None for seen in self.seen)

    @property
    def kinds(self) -> list[str]:
        return [seen.kind for seen in self.seen]

    def of(self, kind: Kind) -> list[Seen]:
        return [seen for seen in self.seen if seen.kind == kind]

    async def handle(self, exchange: Exchange) -> None:
        body = self.in_openais_words(exchange.json)
        system = str(body["messages"][0]["content"])
        kind = next((kind for kind, line in _TELLING.items() if line in system), "chat")
        seen = Seen(kind, body, exchange.headers, time.time(), sent=exchange.json)
        self.seen.append(seen)
        try:
            if (wrong := self.wrong(exchange, seen)) is not None:
                await exchange.answer(wrong[0], self.error(*wrong))
            else:
                await self._answer(exchange, seen)
        except asyncio.CancelledError:
            seen.hung_up = True
            raise
        finally:
            seen.ended = time.time()

    path = "/v1/chat/completions"

    def in_openais_words(self, sent: dict[str, Any]) -> dict[str, Any]:
        """Return a request as OpenAI's chat protocol has it."""
        return sent

    def error(self, status: int, message: str) -> dict[str, Any]:
        """Return the body of an error."""
        return {"error": {"message": message, "code": "unsupported"}}

    def wrong(self, exchange: Exchange, seen: Seen) -> tuple[int, str] | None:
        """Return why a request is not answered: by its address, its key, its model, or an option that is not taken."""
        key = exchange.headers.get("x-api-key") or exchange.headers.get("authorization", "").removeprefix("Bearer ")
        if exchange.path.split("?")[0] != self.path:
            return 404, "no such address"
        if self.key and key != self.key:
            return 401, "a wrong key"
        if self.models and seen.body["model"] not in self.models:
            return 404, "no such model"
        return next(((400, told) for option, told in self.refuses.items() if seen.sent.get(option, []) != []), None)

    def limited(self, seen: Seen, text: str) -> tuple[str, bool]:
        """Return what of a text there is room for behind what is thought unseen, and whether that is all of it."""
        most = seen.body.get("max_completion_tokens", seen.body.get("max_tokens"))
        words = text.split(" ")
        room = len(words) if most is None else max(0, most - self.thought(seen))
        return " ".join(words[:room]), len(words) <= room

    def thought(self, seen: Seen) -> int:
        """Return how many tokens are thought unseen."""
        return 0 if seen.body.get("reasoning_effort") == "none" else self.thinks

    async def _answer(self, exchange: Exchange, seen: Seen) -> None:
        await asyncio.sleep(self.pause)
        answers = self.script[seen.kind]
        answer = answers[min(len(self.of(seen.kind)), len(answers)) - 1]
        answer = answer(seen) if callable(answer) else answer
        if isinstance(answer, Fault):
            await asyncio.sleep(answer.hang)
        if isinstance(answer, Fault) and not answer.refusal and answer.cut_after is None:
            await exchange.answer(answer.status, answer.body, answer.headers)
        else:
            await self.say(exchange, seen, answer)

    async def say(self, exchange: Exchange, seen: Seen, answer: Said) -> None:
        """Answer in the protocol's own form."""
        if seen.body.get("stream"):
            await self._stream(exchange, seen, answer)
        else:
            await exchange.answer(200, self._completion(seen, answer))

    async def _stream(self, exchange: Exchange, seen: Seen, answer: Said) -> None:
        cut = answer.cut_after if isinstance(answer, Fault) else None
        called = answer.calls if isinstance(answer, Calls) else ()
        text, whole = self.limited(seen, str(answer.body) if isinstance(answer, Fault) else content_of(answer))
        called = called if whole else ()
        events = [_chunk({"content": word}) for word in words_of(text)[:cut]]
        if cut is None:
            events += [_chunk({"refusal": answer.refusal})] if isinstance(answer, Fault) else []
            events += [_chunk({"tool_calls": [delta]}) for delta in self._deltas(called)]
            events += [_chunk({}, "tool_calls" if called else "stop" if whole else "length")]
            usage = self._tokens(seen, f"{text} {called or ''}")
            events += [json.dumps({**_ENVELOPE, "choices": [], "usage": usage})] * self.usage
            events += ["[DONE]"]
        await exchange.stream(events, cut=cut is not None)

    def _deltas(self, called: Sequence[tuple[str, dict[str, Any] | str]]) -> Iterator[dict[str, Any]]:
        """Return the pieces in which OpenAI streams calls: name and id first, then the arguments bit by bit."""
        for index, (name, arguments) in enumerate(called):
            written = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
            begun = {"id": f"call-{len(self.seen)}-{index}", "type": "function"}
            yield {"index": index, **begun, "function": {"name": name, "arguments": ""}}
            for at in range(0, len(written), 7):
                yield {"index": index, "function": {"arguments": written[at : at + 7]}}

    def _completion(self, seen: Seen, answer: Said) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": None, "refusal": None}
        whole = True
        if isinstance(answer, Fault):
            message["refusal"] = answer.refusal
        else:
            message["content"], whole = self.limited(seen, content_of(answer))
        usage = {"usage": self._tokens(seen, str(message["content"]))} if self.usage else {}
        return {
            **_ENVELOPE,
            "choices": [{"index": 0, "message": message, "finish_reason": "stop" if whole else "length"}],
            **usage,
        }

    def _tokens(self, seen: Seen, text: str) -> dict[str, Any]:
        asked, said = len(seen.prompt.split()), len(text.split()) + self.thought(seen)
        return {
            "prompt_tokens": asked,
            "completion_tokens": said,
            "total_tokens": asked + said,
            "prompt_tokens_details": {"cached_tokens": self.cached},
            "completion_tokens_details": {"reasoning_tokens": self.thought(seen)},
        }


_ENVELOPE = {"id": "stand-in", "object": "chat.completion", "created": 1, "model": "stand-in"}


def content_of(answer: str | dict[str, Any] | Calls) -> str:
    """Return what an answer says."""
    if isinstance(answer, Calls):
        return answer.text
    return answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)


def words_of(text: str) -> list[str]:
    """Return a text word by word, each with the blank behind it."""
    words = [word + " " for word in text.split(" ")]
    return [*words[:-1], words[-1][:-1]] if text else []


def _chunk(delta: dict[str, Any], finish: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return json.dumps({**_ENVELOPE, "object": "chat.completion.chunk", "choices": [choice]}, ensure_ascii=False)


@asynccontextmanager
async def chat_server(*, port: int = 0, **script: Answer | list[Answer]) -> AsyncIterator[ChatServer]:
    """Serve a script while the block runs."""
    server = ChatServer(**script)
    async with serving(server.handle, port) as url:
        server.url = f"{url}/v1"
        yield server
