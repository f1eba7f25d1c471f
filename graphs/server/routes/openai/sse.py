"""Server-sent events, as OpenAI's clients read them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

from starlette.responses import StreamingResponse

_HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
"""No proxy may hold back what is meant to be seen as it comes."""


def data(record: Mapping[str, Any], event: str | None = None) -> str:
    """Return one event."""
    named = f"event: {event}\n" if event else ""
    return f"{named}data: {json.dumps(record, ensure_ascii=False)}\n\n"


def streamed(lines: AsyncIterator[str], headers: Mapping[str, str]) -> StreamingResponse:
    """Return events as an answer."""
    return StreamingResponse(lines, media_type="text/event-stream", headers={**_HEADERS, **headers})
