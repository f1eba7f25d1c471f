"""What spans must not hold: what exceptions say, and metadata that people wrote.

OpenInference leaves out what goes into a run and what comes out of it, but records each exception with its message and its
traceback, and all metadata of a run; the page names a conversation there by its first question.
"""

from __future__ import annotations

import json
from typing import Any

from opentelemetry.context import Context
from opentelemetry.sdk.trace import Span, SpanProcessor
from opentelemetry.trace import Status, StatusCode

_TYPE = "exception.type"
_METADATA = "metadata"
_IDS = ("run_id", "thread_id", "graph_id", "assistant_id", "run_attempt")


class WithoutWords(SpanProcessor):
    """Takes the words out of each span before they are in it: of an exception its type is left, of metadata the ids."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Let a span take no words."""
        add_event, set_attribute, set_status = span.add_event, span.set_attribute, span.set_status

        def add_type(name: str, attributes: Any = None, timestamp: int | None = None) -> None:  # noqa: ANN401
            add_event(name, {key: value for key, value in (attributes or {}).items() if key == _TYPE}, timestamp)

        def set_without_words(key: str, value: Any) -> None:  # noqa: ANN401 - OpenTelemetry's own types
            set_attribute(key, _ids_only(value) if key == _METADATA else value)

        def set_all_without_words(attributes: Any) -> None:  # noqa: ANN401
            for key, value in attributes.items():
                set_without_words(key, value)

        def set_kind(status: Status | StatusCode, description: str | None = None) -> None:
            set_status(status.status_code if isinstance(status, Status) else status)

        span.add_event = add_type  # type: ignore[method-assign]
        span.set_attribute = set_without_words  # type: ignore[method-assign]
        span.set_attributes = set_all_without_words  # type: ignore[method-assign]
        span.set_status = set_kind


def _ids_only(written: str) -> str:
    metadata: dict[str, Any] = json.loads(written)
    return json.dumps(
        {name: value for name, value in metadata.items() if name in _IDS or name.startswith("langgraph_")}
    )
