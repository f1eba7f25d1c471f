"""Stand-ins for servers of other protocols than OpenAI's chat: the same scripts, refusing what the real ones refuse."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from standins.chat import Answer, Calls, ChatServer, Fault, Said, Seen, content_of, words_of
from standins.http import Exchange, serving


def _texts(content: Any) -> str:
    """Return the text of a content: as it is, or of its blocks."""
    if isinstance(content, str):
        return content
    return "\n".join(str(block.get("text") or block.get("content") or "") for block in content)


def _arguments(call: tuple[str, dict[str, Any] | str]) -> str:
    return call[1] if isinstance(call[1], str) else json.dumps(call[1], ensure_ascii=False)


def _called(answer: Said) -> Sequence[tuple[str, dict[str, Any] | str]]:
    return answer.calls if isinstance(answer, Calls) else ()


def _spoken(answer: Said) -> str:
    return str(answer.body) if isinstance(answer, Fault) else content_of(answer)


class OpenAIServer(ChatServer):
    """OpenAI's Responses API, and its chat protocol beside it."""

    def in_openais_words(self, sent: dict[str, Any]) -> dict[str, Any]:
        """Return a request as the chat protocol has it."""
        self.path = "/v1/chat/completions" if "messages" in sent else "/v1/responses"
        if "messages" in sent:
            return sent
        messages = [
            {"role": one.get("role", one["type"]), "content": _texts(one.get("content") or one.get("output") or "")}
            for one in sent["input"]
        ]
        tools = [{"function": tool} for tool in sent.get("tools", [])]
        effort = {"reasoning_effort": sent["reasoning"].get("effort")} if sent.get("reasoning") else {}
        most = {"max_tokens": sent["max_output_tokens"]} if "max_output_tokens" in sent else {}
        return {**sent, "messages": messages, "tools": tools, **effort, **most}

    def wrong(self, exchange: Exchange, seen: Seen) -> tuple[int, str] | None:
        """Refuse results that answer no call, as OpenAI does."""
        sent = seen.sent.get("input", [])
        made = {one["call_id"] for one in sent if one.get("type") == "function_call"}
        told = {one["call_id"] for one in sent if one.get("type") == "function_call_output"}
        return super().wrong(exchange, seen) or ((400, "No tool call found for output") if made != told else None)

    async def say(self, exchange: Exchange, seen: Seen, answer: Said) -> None:
        """Answer with a response, or with the events that build it up."""
        if "messages" in seen.sent:
            await super().say(exchange, seen, answer)
            return
        text, whole = self.limited(seen, _spoken(answer))
        called = _called(answer) if whole else ()
        response = self._response(seen, text, called, whole=whole)
        if not seen.sent.get("stream"):
            await exchange.answer(200, response)
            return
        events = [{"type": "response.created", "response": {**response, "status": "in_progress", "output": []}}]
        events += [event for place, item in enumerate(response["output"]) for event in _built_up(place, item)]
        events += [{"type": f"response.{response['status']}", "response": response}]
        numbered = [{**event, "sequence_number": number} for number, event in enumerate(events)]
        await exchange.stream([json.dumps(event, ensure_ascii=False) for event in numbered])

    def _response(self, seen: Seen, text: str, called: Any, *, whole: bool) -> dict[str, Any]:
        tokens = self._tokens(seen, f"{text} {called or ''}")
        output: list[dict[str, Any]] = []
        if text:
            part = {"type": "output_text", "text": text, "annotations": []}
            output += [
                {"type": "message", "id": "msg-1", "role": "assistant", "status": "completed", "content": [part]}
            ]
        output += [
            {
                "type": "function_call",
                "id": f"fc-{len(self.seen)}-{place}",
                "call_id": f"call-{len(self.seen)}-{place}",
                "name": call[0],
                "arguments": _arguments(call),
                "status": "completed",
            }
            for place, call in enumerate(called)
        ]
        return {
            "id": f"resp-{len(self.seen)}",
            "object": "response",
            "created_at": 1,
            "model": seen.body["model"],
            "status": "completed" if whole else "incomplete",
            "incomplete_details": None if whole else {"reason": "max_output_tokens"},
            "error": None,
            "output": output,
            "parallel_tool_calls": True,
            "tool_choice": "auto",
            "tools": [],
            "usage": {
                "input_tokens": tokens["prompt_tokens"],
                "output_tokens": tokens["completion_tokens"],
                "total_tokens": tokens["total_tokens"],
                "input_tokens_details": {"cached_tokens": self.cached, "cache_write_tokens": 0},
                "output_tokens_details": {"reasoning_tokens": self.thought(seen)},
            },
        }


def _built_up(place: int, item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return the events by which one item of a response comes."""
    where = {"item_id": item["id"], "output_index": place}
    if item["type"] == "message":
        part = item["content"][0]
        yield {"type": "response.output_item.added", "output_index": place, "item": {**item, "content": []}}
        yield {"type": "response.content_part.added", **where, "content_index": 0, "part": {**part, "text": ""}}
        for word in words_of(part["text"]):
            yield {"type": "response.output_text.delta", **where, "content_index": 0, "delta": word, "logprobs": []}
        yield {"type": "response.output_text.done", **where, "content_index": 0, "text": part["text"], "logprobs": []}
    else:
        yield {"type": "response.output_item.added", "output_index": place, "item": {**item, "arguments": ""}}
        yield {"type": "response.function_call_arguments.delta", **where, "delta": item["arguments"]}
    yield {"type": "response.output_item.done", "output_index": place, "item": item}


class AnthropicServer(ChatServer):
    """Anthropic's Messages protocol."""

    path = "/v1/messages"

    def in_openais_words(self, sent: dict[str, Any]) -> dict[str, Any]:
        """Return a request as OpenAI's chat protocol has it."""
        messages = [{"role": one["role"], "content": _texts(one["content"])} for one in sent["messages"]]
        tools = [{"function": tool} for tool in sent.get("tools", [])]
        rules = {"role": "system", "content": _texts(sent.get("system", ""))}
        return {**sent, "messages": [rules, *messages], "tools": tools}

    def error(self, status: int, message: str) -> dict[str, Any]:
        """Return the body of an error."""
        kind = {401: "authentication_error", 404: "not_found_error"}.get(status, "invalid_request_error")
        return {"type": "error", "error": {"type": kind, "message": message}}

    def wrong(self, exchange: Exchange, seen: Seen) -> tuple[int, str] | None:
        """Refuse what Anthropic refuses: empty blocks, turns of one side in a row, calls without results or tools."""
        return super().wrong(exchange, seen) or next(((400, told) for told in _faults(seen.sent)), None)

    async def say(self, exchange: Exchange, seen: Seen, answer: Said) -> None:
        """Answer with a message, or with the events that build it up."""
        forced = seen.sent.get("tool_choice") or {}
        if forced.get("type") == "tool" and isinstance(answer, dict):
            answer = Calls([(forced["name"], answer)])
        text, whole = self.limited(seen, _spoken(answer))
        called = _called(answer) if whole else ()
        blocks: list[dict[str, Any]] = [{"type": "text", "text": text}] if text else []
        blocks += [
            {"type": "tool_use", "id": f"toolu-{len(self.seen)}-{place}", "name": name, "input": arguments}
            for place, (name, arguments) in enumerate(called)
        ]
        tokens = self._tokens(seen, f"{text} {called or ''}")
        fresh = {"input_tokens": tokens["prompt_tokens"], "cache_read_input_tokens": self.cached}
        usage = {**fresh, "cache_creation_input_tokens": 0, "output_tokens": tokens["completion_tokens"]}
        stop = "tool_use" if called else "end_turn" if whole else "max_tokens"
        message = {
            "id": f"msg-{len(self.seen)}",
            "type": "message",
            "role": "assistant",
            "model": seen.body["model"],
            "content": blocks,
            "stop_reason": stop,
            "stop_sequence": None,
            "usage": usage,
        }
        if seen.sent.get("stream"):
            await exchange.stream([_event(one) for one in _messages_events(message)])
        else:
            await exchange.answer(200, message)


def _faults(sent: dict[str, Any]) -> Iterator[str]:
    roles = [message["role"] for message in sent["messages"]]
    blocks = [
        [block for block in message["content"] if isinstance(block, dict)] if message["content"] else []
        for message in sent["messages"]
    ]
    if "max_tokens" not in sent:
        yield "max_tokens: field required"
    if roles[0] != "user" or any(one == next_ for one, next_ in itertools.pairwise(roles)):
        yield "messages: roles must alternate"
    if any(block["type"] == "text" and not block["text"].strip() for some in blocks for block in some):
        yield "messages: text content blocks must be non-empty"
    if not all(message["content"] for message in sent["messages"]):
        yield "messages: all messages must have non-empty content"
    for some, after in zip(blocks, [*blocks[1:], []], strict=True):
        made = [block["id"] for block in some if block["type"] == "tool_use"]
        told = [block["tool_use_id"] for block in after if block["type"] == "tool_result"]
        if made != told:
            yield "messages: `tool_use` ids were found without `tool_result` blocks immediately after"
        if made and not sent.get("tools"):
            yield "Requests which include `tool_use` blocks must define tools"


def _messages_events(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    begun = {**message, "content": [], "stop_reason": None, "usage": {**message["usage"], "output_tokens": 1}}
    yield {"type": "message_start", "message": begun}
    for index, block in enumerate(message["content"]):
        called = block["type"] == "tool_use"
        empty = {**block, "input": {}} if called else {"type": "text", "text": ""}
        yield {"type": "content_block_start", "index": index, "content_block": empty}
        if called:
            written = json.dumps(block["input"], ensure_ascii=False)
            deltas = [
                {"type": "input_json_delta", "partial_json": written[at : at + 7]} for at in range(0, len(written), 7)
            ]
        else:
            deltas = [{"type": "text_delta", "text": word} for word in words_of(block["text"])]
        yield from ({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas)
        yield {"type": "content_block_stop", "index": index}
    ended = {"stop_reason": message["stop_reason"], "stop_sequence": None}
    yield {"type": "message_delta", "delta": ended, "usage": {"output_tokens": message["usage"]["output_tokens"]}}
    yield {"type": "message_stop"}


def _event(event: dict[str, Any]) -> str:
    """Return an event with its name, which Anthropic's client goes by."""
    return f"{json.dumps(event, ensure_ascii=False)}\nevent: {event['type']}"


class OllamaServer(ChatServer):
    """Ollama's chat protocol."""

    path = "/api/chat"

    def in_openais_words(self, sent: dict[str, Any]) -> dict[str, Any]:
        """Return a request as OpenAI's chat protocol has it."""
        messages = [{"content": "", **message} for message in sent["messages"]]
        most = sent.get("options", {}).get("num_predict") or 128
        return {**sent, "messages": messages, "max_tokens": most}

    def error(self, status: int, message: str) -> dict[str, Any]:
        """Return the body of an error."""
        return {"error": message}

    def thought(self, seen: Seen) -> int:
        """Return how many tokens are thought unseen."""
        return 0 if seen.sent.get("think") is False else self.thinks

    async def say(self, exchange: Exchange, seen: Seen, answer: Said) -> None:
        """Answer with lines of JSON; calls come whole."""
        text, whole = self.limited(seen, _spoken(answer))
        called = _called(answer) if whole else ()
        tokens = self._tokens(seen, f"{text} {called or ''}")
        lines = [{"role": "assistant", "content": word} for word in words_of(text)]
        if called:
            functions = [{"function": {"name": name, "arguments": arguments}} for name, arguments in called]
            lines += [{"role": "assistant", "content": "", "tool_calls": functions}]
        kept = {"model": seen.body["model"], "created_at": "2026-12-01T00:00:00Z"}
        counts = {"prompt_eval_count": tokens["prompt_tokens"], "eval_count": tokens["completion_tokens"]}
        ended = {"done": True, "done_reason": "stop" if whole else "length", "total_duration": 1, **counts}
        told = [{**kept, "message": line, "done": False} for line in lines]
        told += [{**kept, "message": {"role": "assistant", "content": ""}, **ended}]
        await exchange.stream([json.dumps(one, ensure_ascii=False) for one in told], sse=False)


@asynccontextmanager
async def provider_server(kind: type[ChatServer], **script: Answer | list[Answer]) -> AsyncIterator[ChatServer]:
    """Serve a script in a protocol while the block runs."""
    server = kind(**script)
    async with serving(server.handle) as url:
        server.url = f"{url}/v1" if kind is OpenAIServer else url
        yield server
