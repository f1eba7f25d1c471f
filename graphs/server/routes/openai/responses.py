"""`POST /v1/responses`."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from stylegraph.agent.reply import Reply
from stylegraph.agent.text.language import Language, detect_language
from stylegraph.graphs.progress import line_of
from stylegraph.graphs.server.routes.openai.answers import beside, citations, response_usage, text_of
from stylegraph.graphs.server.routes.openai.asked import Asked, ResponseRequest, read
from stylegraph.graphs.server.routes.openai.errors import ApiError
from stylegraph.graphs.server.routes.openai.models import model_of
from stylegraph.graphs.server.routes.openai.places import THREAD, Place, place_after, place_in, response_id, thread_of
from stylegraph.graphs.server.routes.openai.runs import Turn, begun
from stylegraph.graphs.server.routes.openai.sse import data, streamed


@dataclass
class _Response:
    """One response, and the numbers of its events."""

    id: str
    model: str
    language: Language
    created: int
    previous: str | None
    stored: bool
    sent: int = 0

    def event(self, kind: str, **told: Any) -> str:  # noqa: ANN401
        """Return one event."""
        self.sent += 1
        return data({"type": kind, "sequence_number": self.sent - 1, **told}, kind)

    def at(self, status: str, reply: Reply | None = None, **more: Any) -> dict[str, Any]:  # noqa: ANN401
        """Return the response as it stands."""
        return {
            "id": self.id,
            "object": "response",
            "created_at": self.created,
            "status": status,
            "error": None,
            "incomplete_details": None,
            "instructions": None,
            "metadata": {},
            "model": self.model,
            "output": [self.message(reply)] if reply else [],
            "parallel_tool_calls": False,
            "previous_response_id": self.previous,
            "store": self.stored,
            "temperature": None,
            "text": {"format": {"type": "text"}},
            "tool_choice": "auto",
            "tools": [],
            "top_p": None,
            "usage": response_usage(reply) if reply else None,
            **({"stylegraph": beside(reply)} if reply else {}),
            **more,
        }

    @property
    def message_id(self) -> str:
        """The id of its message."""
        return f"msg_{self.id.removeprefix('resp_')[-32:]}"

    @property
    def thoughts_id(self) -> str:
        """The id of what is told while it is made."""
        return f"rs_{self.id.removeprefix('resp_')[-32:]}"

    def message(self, reply: Reply | None) -> dict[str, Any]:
        """Return its message: whole, or as it begins."""
        status, content = ("completed", [_part(reply)]) if reply else ("in_progress", [])
        return {"id": self.message_id, "type": "message", "role": "assistant", "status": status, "content": content}

    def thoughts(self, told: str | None) -> dict[str, Any]:
        """Return what is told while it is made, as a summary of reasoning: whole, or as it begins."""
        summary = [] if told is None else [{"type": "summary_text", "text": told}]
        status = "in_progress" if told is None else "completed"
        return {"id": self.thoughts_id, "type": "reasoning", "summary": summary, "status": status}


async def respond(request: Request) -> Response:
    """Answer a question, or a conversation.

    Raises:
        ApiError: It can't be answered; says why.
    """
    wanted = await read(request, ResponseRequest)
    asked = wanted.asked()
    model, place = await model_of(wanted.model), await _place(request, wanted, asked)
    headers = {THREAD: place.thread} if place.thread else {}
    async with AsyncExitStack() as stack:
        turn = await stack.enter_async_context(begun(model, place))
        answer = _Response(
            response_id(turn.run, place.thread),
            model.id,
            detect_language(asked.text),
            int(time.time()),
            wanted.previous_response_id,
            bool(place.thread),
        )
        if not wanted.stream:
            return JSONResponse(answer.at("completed", await turn.ended()), headers=headers)
        return streamed(_told(stack.pop_all(), turn, answer), headers)


async def _place(request: Request, wanted: ResponseRequest, asked: Asked) -> Place:
    """Return where a question is asked: after a response, in a thread, or, unless nothing is to be stored, in a new one.

    What comes alone goes on at a thread's end: by this API new words are sent, not all that was said.
    """
    if wanted.previous_response_id:
        return await place_after(wanted.previous_response_id, asked)
    kept = wanted.store if wanted.store is not None else True
    thread = thread_of(request) or (str(uuid4()) if kept else None)
    return await place_in(thread, asked) if asked.before else Place([asked.question], thread)


async def _told(stack: AsyncExitStack, turn: Turn, answer: _Response) -> AsyncIterator[str]:
    """Return a turn's events: what is done and drafted as a summary of reasoning, then the checked answer."""
    async with stack:
        yield answer.event("response.created", response=answer.at("in_progress"))
        yield answer.event("response.in_progress", response=answer.at("in_progress"))
        thoughts = ""
        try:
            async for event in turn.events:
                if event["event"] == "reply":
                    for line in _replied(answer, Reply.model_validate(event["reply"]), thoughts):
                        yield line
                    continue
                step = line_of(event, answer.language)
                said = event["text"] if event["event"] == "draft" else f"{step}\n" if step else ""
                for told in _thought(answer, said, first=not thoughts):
                    yield told
                thoughts += said
        except ApiError as error:
            said_of_it = error.shape["error"]
            failed = {"code": said_of_it["code"] or "server_error", "message": said_of_it["message"]}
            yield answer.event("response.failed", response=answer.at("failed", error=failed))


def _thought(answer: _Response, said: str, *, first: bool) -> Iterator[str]:
    if not said:
        return
    where: dict[str, Any] = {"item_id": answer.thoughts_id, "output_index": 0, "summary_index": 0}
    if first:
        yield answer.event("response.output_item.added", output_index=0, item=answer.thoughts(None))
        empty = {"type": "summary_text", "text": ""}
        yield answer.event("response.reasoning_summary_part.added", **where, part=empty)
    yield answer.event("response.reasoning_summary_text.delta", **where, delta=said)


def _thought_through(answer: _Response, thoughts: str) -> Iterator[str]:
    where: dict[str, Any] = {"item_id": answer.thoughts_id, "output_index": 0, "summary_index": 0}
    whole = {"type": "summary_text", "text": thoughts}
    yield answer.event("response.reasoning_summary_text.done", **where, text=thoughts)
    yield answer.event("response.reasoning_summary_part.done", **where, part=whole)
    yield answer.event("response.output_item.done", output_index=0, item=answer.thoughts(thoughts))


def _replied(answer: _Response, reply: Reply, thoughts: str) -> Iterator[str]:
    place = 0
    if thoughts:
        yield from _thought_through(answer, thoughts)
        place = 1
    where: dict[str, Any] = {"item_id": answer.message_id, "output_index": place, "content_index": 0}
    part, whole = _part(reply), answer.message(reply)
    yield answer.event("response.output_item.added", output_index=place, item=answer.message(None))
    empty = {**part, "text": "", "annotations": []}
    yield answer.event("response.content_part.added", **where, part=empty)
    yield answer.event("response.output_text.delta", **where, delta=part["text"], logprobs=[])
    for number, cited in enumerate(part["annotations"]):
        kind = "response.output_text.annotation.added"
        yield answer.event(kind, **where, annotation_index=number, annotation=cited)
    yield answer.event("response.output_text.done", **where, text=part["text"], logprobs=[])
    yield answer.event("response.content_part.done", **where, part=part)
    yield answer.event("response.output_item.done", output_index=place, item=whole)
    output = [*([answer.thoughts(thoughts)] if thoughts else []), whole]
    yield answer.event("response.completed", response=answer.at("completed", reply, output=output))


def _part(reply: Reply) -> dict[str, Any]:
    return {"type": "output_text", "text": text_of(reply), "annotations": citations(reply), "logprobs": []}
