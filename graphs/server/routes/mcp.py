"""The assistant as a tool for other assistants, over the Model Context Protocol at `/mcp`.

LangGraph's own endpoint is switched off: it calls the server without its auth, so whoever asks would be nobody in
particular, and it answers with a printed dictionary. This one asks as the person whose key came with the request.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast
from uuid import UUID

import httpx
from langgraph_api.utils import with_user
from langgraph_sdk import get_client
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import ToolAnnotations
from pydantic import BaseModel, Field
from starlette.types import Receive, Scope, Send

from stylegraph.agent.reply import Reply
from stylegraph.agent.state import AssistantContext

_LARGEST = 30_000_000
_AGAIN = "Ask again in a minute."
_NOT_YOURS = (404, 409)
_PASSING = 429
"""From this status on it is worth asking again."""

Question = Annotated[
    str,
    Field(
        min_length=1,
        description="The question, in Korean or English, as a person would ask it: 'How do I wash a wool sweater?', "
        "'여름에 입을 시원한 옷 5만원 이하로 추천해줘'.",
    ),
]
Conversation = Annotated[
    UUID | None,
    Field(
        description="A UUID of your own choosing. Send the same again to ask a follow-up; without one nothing is kept."
    ),
]
Pictures = Annotated[
    list[str],
    Field(
        max_length=8,
        description="Pictures that the question is about: web addresses, or data URLs of PNG, JPEG or WebP.",
    ),
]


class Source(BaseModel):
    """What a statement of the answer rests on."""

    title: str
    quote: str = Field(description="Word for word.")
    url: str | None


class Item(BaseModel):
    """A piece of clothing that is recommended."""

    id: str
    name: str
    price_krw: int | None
    reasons: list[str]


class Answer(BaseModel):
    """What the assistant answers."""

    text: str = Field(description="The answer, in the language of the question; [n] names the n-th source.")
    status: Literal["answered", "best_effort", "asked_back", "not_found", "declined"]
    sources: list[Source]
    items: list[Item]
    choices: list[str] = Field(description="Quick answers, where the assistant asks back.")
    notes: list[str] = Field(description="What went differently than asked.")


toolbox = MCPServer(
    "stylegraph",
    instructions="Answers from the user's documents, the web and a fashion catalogue, with its sources, in Korean and English.",
)


@toolbox.tool(
    title="Ask stylegraph",
    annotations=ToolAnnotations(
        read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=True
    ),
)
async def ask(question: Question, conversation: Conversation = None, pictures: Pictures = []) -> Answer:  # noqa: B006
    """Answer a question from the user's own documents, the web, pictures and a fashion catalogue, citing each source.

    Use it for questions about facts in their documents, for news and prices, for what a picture shows, for
    recommending clothes and for putting outfits together. Ask one thing at a time, in whole sentences.
    """
    thread = cast(str, str(conversation) if conversation else None)  # without one the run has a thread of its own
    asked: dict[str, Any] = {"messages": [{"role": "user", "content": question}]}
    try:
        values = await get_client().runs.wait(
            thread,
            "assistant",
            input=asked,
            context=AssistantContext(image=list(pictures)),
            if_not_exists="create",
            raise_error=False,
        )
    except httpx.HTTPError as error:
        raise ToolError(_refusal(error)) from error
    return _answer(cast(dict[str, Any], values))


def _refusal(error: httpx.HTTPError) -> str:
    """Return why a question was not taken, and what to do about it."""
    if not isinstance(error, httpx.HTTPStatusError):
        return f"The server did not answer. {_AGAIN}"
    status = error.response.status_code
    if status in _NOT_YOURS:
        return "There is no such conversation of yours. Choose another UUID, or leave `conversation` out."
    told = getattr(error, "message", "") or f"The server refused with {status}."
    return f"{told} {_AGAIN}" if status >= _PASSING else str(told)


def _answer(values: dict[str, Any]) -> Answer:
    """Read the answer out of a run's state.

    Raises:
        ToolError: The run failed; says why and what to do.
    """
    if failed := values.get("__error__"):
        raise ToolError(failed.get("message") or f"{failed.get('error', 'The run failed')}. {_AGAIN}")
    reply = Reply.model_validate(values["reply"])
    return Answer(
        text=reply.text,
        status=reply.status.value,
        sources=[Source(title=one.title, quote=one.quote, url=one.url) for one in reply.citations],
        items=[
            Item(id=item.id, name=item.name, price_krw=item.price_krw, reasons=[one.text for one in item.reasons])
            for item in reply.recommendations
        ],
        choices=list(reply.choices),
        notes=[note["text"] for note in reply.notes],
    )


class Door:
    """The endpoint: it passes on who asks, whom the server's auth has found out."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        async with with_user(scope["user"], scope["auth"]):
            await toolbox.session_manager.handle_request(scope, receive, send)


toolbox.streamable_http_app(
    json_response=True,
    stateless_http=True,  # any of several servers may answer
    max_request_body_size=_LARGEST,
    transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),  # the gate has looked
)
