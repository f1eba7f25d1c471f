"""What was said, out of a graph's messages: hand-offs and tool calls of other agents stand among them."""

from __future__ import annotations

from collections.abc import Sequence

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage


def question_of(messages: Sequence[AnyMessage]) -> HumanMessage | None:
    """Return the person's last message, wherever it stands: a supervisor adds its hand-off after it."""
    return next((message for message in reversed(messages) if isinstance(message, HumanMessage)), None)


def said_before(messages: Sequence[AnyMessage]) -> list[HumanMessage | AIMessage]:
    """Return what people and assistants said before the question; calls of tools are not said to anybody."""
    last = max((place for place, message in enumerate(messages) if isinstance(message, HumanMessage)), default=0)
    return [message for message in messages[:last] if _is_said(message)]  # type: ignore[misc]


def cited_titles(message: AnyMessage) -> list[str]:
    """Return the title that an answer cites first; nothing where it only quotes what comes nearest."""
    if message.additional_kwargs.get("status") not in ("answered", "best_effort"):
        return []
    annotations = [
        one
        for block in message.content
        if isinstance(block, dict)
        for one in block.get("annotations", [])
        if isinstance(one, dict) and one.get("title")
    ]
    return [str(annotations[0]["title"])] if annotations else []


def _is_said(message: AnyMessage) -> bool:
    return isinstance(message, HumanMessage) or (isinstance(message, AIMessage) and not message.tool_calls)
