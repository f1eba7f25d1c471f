"""What a chat model and the graph said to each other in a turn, kept as plain data.

Messages in what a node returns are taken by LangGraph for messages to the person: its `messages` mode would stream them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AnyMessage, messages_from_dict, messages_to_dict

from stylegraph.agent.state import AssistantState


def said(state: AssistantState) -> list[AnyMessage]:
    """Return what was said, oldest first."""
    return messages_from_dict(state.get("working", []))  # type: ignore[return-value]


def kept(messages: Sequence[AnyMessage]) -> list[dict[str, Any]]:
    """Return messages as the state keeps them."""
    return messages_to_dict(messages)
