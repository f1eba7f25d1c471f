"""A question as a run of the server's own: by the same account, counted and limited as any other."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

import httpx
from langgraph_sdk import get_client

from stylegraph.agent.events import Event
from stylegraph.agent.reply import Reply
from stylegraph.graphs.nodes.streaming import told
from stylegraph.graphs.server.routes.openai.errors import ApiError
from stylegraph.graphs.server.routes.openai.models import Model
from stylegraph.graphs.server.routes.openai.places import Place

_AGAIN = "Ask again in a minute."
_ASKED_WRONGLY = ("InputError", "FetchError")
_BUSY = 429


@dataclass
class Turn:
    """A run that has begun."""

    run: str
    events: AsyncIterator[Event]
    """What it tells from now on; the last one is `reply`."""

    async def ended(self) -> Reply:
        """Wait for the reply.

        Raises:
            ApiError: There is none.
        """
        async for event in self.events:
            if event["event"] == "reply":
                return Reply.model_validate(event["reply"])
        raise ApiError(500, f"The turn ended without a reply. {_AGAIN}")


@asynccontextmanager
async def begun(model: Model, place: Place) -> AsyncIterator[Turn]:
    """Begin a run, and wait for its first event: what is refused is refused before anything is answered.

    A run whose asker goes away is stopped.

    Args:
        model: Which assistant, at which effort.
        place: Where, and what is said there.

    Raises:
        ApiError: It was refused, or failed at once.
    """
    asked: dict[str, Any] = {"messages": place.messages}
    context: dict[str, Any] = {"effort": model.effort} if model.effort else {}
    stream = get_client().runs.stream(
        cast(str, place.thread),  # without one the run has a thread of its own
        model.assistant,
        input=asked,
        context=context or None,
        stream_mode="custom",
        on_disconnect="cancel",
        if_not_exists="create",
        checkpoint_id=place.checkpoint,
    )
    async with aclosing(_parts(stream)) as parts:
        run = str((await anext(parts)).get("run_id"))
        events = told(parts)
        first = await anext(events, None)
        yield Turn(run, _after(first, events))


async def _parts(stream: AsyncIterator[Any]) -> AsyncGenerator[Any]:
    """Return what a run sends: its metadata, then what its nodes write.

    Raises:
        ApiError: It was refused or has failed.
    """
    try:
        async for part in stream:
            if part.event == "error":
                raise _failed(part.data)
            if part.event in ("metadata", "custom"):
                yield part.data
    except httpx.HTTPStatusError as error:
        raise _refused(error) from error
    except httpx.HTTPError as error:
        raise ApiError(503, f"The server did not answer. {_AGAIN}") from error


async def _after(first: Event | None, events: AsyncIterator[Event]) -> AsyncIterator[Event]:
    """Return events; the reply when the run has ended: whoever has it may go, and then a run is stopped."""
    replied = first if first and first["event"] == "reply" else None
    if first is not None and replied is None:
        yield first
    async for event in events:
        if event["event"] == "reply":
            replied = event
        else:
            yield event
    if replied is not None:
        yield replied


def _failed(said: dict[str, Any]) -> ApiError:
    status = 400 if said.get("error") in _ASKED_WRONGLY else 500
    return ApiError(status, str(said.get("message") or f"{said.get('error', 'The run failed')}. {_AGAIN}"))


def _refused(error: httpx.HTTPStatusError) -> ApiError:
    status, headers = error.response.status_code, error.response.headers
    if status in (404, 409):
        return ApiError(404, "There is no such conversation of yours.", code="thread_not_found", param="X-Thread-Id")
    message = str(getattr(error, "message", "") or f"The server refused with {status}.")
    again = {"Retry-After": headers["retry-after"]} if "retry-after" in headers else None
    return ApiError(status, message, headers=again)
