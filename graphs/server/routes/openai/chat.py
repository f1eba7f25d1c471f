"""`POST /v1/chat/completions`."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any, NamedTuple
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from stylegraph.agent.reply import Reply
from stylegraph.agent.text.language import Language, detect_language
from stylegraph.graphs.progress import line_of
from stylegraph.graphs.server.routes.openai.answers import beside, chat_usage, text_of, url_citations
from stylegraph.graphs.server.routes.openai.asked import ChatRequest, read
from stylegraph.graphs.server.routes.openai.errors import ApiError
from stylegraph.graphs.server.routes.openai.models import model_of
from stylegraph.graphs.server.routes.openai.places import THREAD, place_in, thread_of
from stylegraph.graphs.server.routes.openai.runs import Turn, begun
from stylegraph.graphs.server.routes.openai.sse import data, streamed
from stylegraph.graphs.server.routes.openai.tasks import done, task_of

_END = "data: [DONE]\n\n"
_NOTHING = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}


class _Completion(NamedTuple):
    """What stands in each piece of one answer."""

    id: str
    model: str
    language: Language
    created: int

    def piece(self, delta: Mapping[str, Any], finish: str | None = None, **more: Any) -> str:  # noqa: ANN401
        """Return one event: what is new of the message."""
        choice = {"index": 0, "delta": dict(delta), "logprobs": None, "finish_reason": finish}
        return data({**self._head("chat.completion.chunk"), "choices": [choice], **more})

    def usage(self, reply: Reply) -> str:
        """Return the event that says what was spent."""
        return data({**self._head("chat.completion.chunk"), "choices": [], "usage": chat_usage(reply)})

    def whole(self, reply: Reply) -> dict[str, Any]:
        """Return the answer as one."""
        told = self.text(text_of(reply), url_citations(reply))
        return {**told, "usage": chat_usage(reply), "stylegraph": beside(reply)}

    def text(self, content: str, annotations: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
        """Return a text as one answer, for which no chat model was asked."""
        message = {"role": "assistant", "content": content, "refusal": None, "annotations": list(annotations)}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return {**self._head("chat.completion"), "choices": [choice], "usage": dict(_NOTHING)}

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model}


async def complete(request: Request) -> Response:
    """Answer a conversation.

    Raises:
        ApiError: It can't be answered; says why.
    """
    wanted = await read(request, ChatRequest)
    asked, thread, model = wanted.asked(), thread_of(request), await model_of(wanted.model)
    if not wanted.stream and (task := task_of(asked)):
        answer = _Completion(f"chatcmpl-{uuid4()}", model.id, "en", int(time.time()))
        return JSONResponse(answer.text(await done(task, asked, thread)))
    place = await place_in(thread, asked)
    headers = {THREAD: place.thread} if place.thread else {}
    async with AsyncExitStack() as stack:
        turn = await stack.enter_async_context(begun(model, place))
        answer = _Completion(f"chatcmpl-{turn.run}", model.id, detect_language(asked.text), int(time.time()))
        if not wanted.stream:
            return JSONResponse(answer.whole(await turn.ended()), headers=headers)
        usage = bool(wanted.stream_options and wanted.stream_options.include_usage)
        return streamed(_told(stack.pop_all(), turn, answer, usage), headers)


async def _told(stack: AsyncExitStack, turn: Turn, answer: _Completion, usage: bool) -> AsyncIterator[str]:
    """Return a turn's events: what is done and drafted as reasoning, and as content only the checked answer."""
    async with stack:
        yield answer.piece({"role": "assistant", "content": ""})
        try:
            async for event in turn.events:
                if event["event"] == "reply":
                    for line in _replied(answer, Reply.model_validate(event["reply"]), usage):
                        yield line
                elif event["event"] == "draft":
                    yield answer.piece({"reasoning_content": event["text"]})
                elif step := line_of(event, answer.language):
                    yield answer.piece({"reasoning_content": f"{step}\n"})
        except ApiError as error:
            yield data(error.shape)
        yield _END


def _replied(answer: _Completion, reply: Reply, usage: bool) -> list[str]:
    pieces = [answer.piece({"content": text_of(reply)})]
    if cited := url_citations(reply):
        pieces.append(answer.piece({"annotations": cited}))
    pieces.append(answer.piece({}, "stop", stylegraph=beside(reply)))
    return [*pieces, answer.usage(reply)] if usage else pieces
