"""The toolbox over HTTP at `/mcp`, for the person whose key came with the request.

LangGraph's own endpoint is switched off: it calls the server without its auth, so whoever asks would be nobody in
particular, and it answers with a printed dictionary.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import Any, cast
from uuid import UUID

import httpx
from langgraph_api.store import get_store
from langgraph_api.utils import get_auth_ctx, with_user
from langgraph_sdk import get_client
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.request_state import RequestStateSecurity
from mcp.server.transport_security import TransportSecuritySettings
from starlette.types import Receive, Scope, Send

from stylegraph.agent.profile import Profile, read_profile
from stylegraph.agent.reply import Reply
from stylegraph.agent.settings import load_settings
from stylegraph.agent.state import AssistantContext
from stylegraph.graphs.assistant import Parts
from stylegraph.graphs.mcp.toolbox import Toolbox
from stylegraph.graphs.nodes.identity import Asker, asker_over
from stylegraph.graphs.server.auth.sessions import KEPT_IN, secret_in
from stylegraph.graphs.server.deployed import assistant

_LARGEST = 30_000_000
_AGAIN = "Ask again in a minute."
_NOT_YOURS = (404, 409)
_WAITING = {"waits": "mcp"}
"""Metadata of conversations that are only there until the client comes back with an answer."""
_MOST_WAITING, _AT_ONCE = 20, 100
_PASSING = 429
"""From this status on it is worth asking again."""


class Signed:
    """Whose key came with the request that is being answered."""

    async def parts(self) -> Parts:
        """Return what the server has open."""
        return await assistant.parts()

    def asker(self) -> Asker:
        """Return whom the server's auth has found out."""
        found = get_auth_ctx()
        return asker_over(found.user if found else None)

    async def profile(self) -> Profile:
        """Return what is known of them, where profiles are on."""
        if not (await assistant.parts()).settings.profile:
            return {}
        return await read_profile(await get_store(), self.asker().user)

    async def reply(self, question: str, conversation: UUID | None, pictures: list[str]) -> Reply:
        """Ask by a run of the server's, counted and limited as any other.

        Raises:
            ToolError: It was refused or has failed; says why and what to do.
        """
        thread = cast(str, str(conversation) if conversation else None)  # without one the run has a thread of its own
        asked: dict[str, Any] = {"messages": [{"role": "user", "content": question}]}
        try:
            values = await get_client().runs.wait(
                thread,
                "assistant",
                input=asked,
                context=AssistantContext(image=pictures),
                if_not_exists="create",
                raise_error=False,
            )
        except httpx.HTTPError as error:
            raise ToolError(_refusal(error)) from error
        return _reply(cast(dict[str, Any], values))

    async def forget(self, conversation: UUID) -> None:
        """Forget a conversation that was only there for one question."""
        with suppress(httpx.HTTPError):  # it was refused before there was one
            await get_client().threads.delete(str(conversation))

    async def waits(self, conversation: UUID) -> None:
        """Hear that such a conversation waits for an answer; of each person's only the newest are kept."""
        threads = get_client().threads
        with suppress(httpx.HTTPError):
            await threads.update(str(conversation), metadata=_WAITING)
            old = await threads.search(metadata=_WAITING, offset=_MOST_WAITING, limit=_AT_ONCE, sort_by="updated_at")
            for one in old:
                await threads.delete(one["thread_id"])


def _refusal(error: httpx.HTTPError) -> str:
    """Return why a question was not taken, and what to do about it."""
    if not isinstance(error, httpx.HTTPStatusError):
        return f"The server did not answer. {_AGAIN}"
    status = error.response.status_code
    if status in _NOT_YOURS:
        return "There is no such conversation of yours. Choose another UUID, or leave `conversation` out."
    told = getattr(error, "message", "") or f"The server refused with {status}."
    return f"{told} {_AGAIN}" if status >= _PASSING else str(told)


def _reply(values: dict[str, Any]) -> Reply:
    """Read the reply out of a run's state.

    Raises:
        ToolError: The run failed; says why and what to do.
    """
    if failed := values.get("__error__"):
        raise ToolError(failed.get("message") or f"{failed.get('error', 'The run failed')}. {_AGAIN}")
    return Reply.model_validate(values["reply"])


def _sealed(caller: Signed) -> RequestStateSecurity:
    """Return how a question put back is carried until it is answered: for its person alone, and for all servers of a home."""
    secret = secret_in(load_settings().home / KEPT_IN)
    key = hashlib.blake2b(secret, digest_size=32, person=b"mcp").digest()
    return RequestStateSecurity(keys=[key], bind_principal=lambda _: caller.asker().user)


_signed = Signed()
toolbox = Toolbox(_signed, _sealed(_signed))


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
