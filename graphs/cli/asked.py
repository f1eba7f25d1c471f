"""A state as the graph has it when a turn has begun, for commands that run one part of a turn."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Literal

from langchain_core.messages import AIMessage, HumanMessage

from stylegraph.agent.language import detect_language
from stylegraph.agent.settings import Settings
from stylegraph.agent.state import AssistantState, Turn
from stylegraph.graphs.turn import checked_question

Said = tuple[Literal["user", "assistant"], str]
"""Who said what."""


def asked_state(
    settings: Settings, text: str, *, said: Sequence[Said] = (), image: str | None = None, user: str = "local"
) -> AssistantState:
    """Give the state of a turn in which this is asked.

    Args:
        settings: The settings.
        text: The question.
        said: What was said before it.
        image: A reference to the picture that comes with it.
        user: Who asks.

    Raises:
        InputError: It is no question that can be answered.
    """
    asked = checked_question(text, settings.question_max_chars)
    before = [HumanMessage(content) if role == "user" else AIMessage(content) for role, content in said]
    turn = Turn(
        id="asked",
        asked=asked,
        language=detect_language(asked),
        user=user,
        effort=settings.effort,
        index=None,
        image=image,
        started=time.time(),
        budget=settings.budget,
    )
    return {"messages": [*before, HumanMessage(asked)], "turn": turn, "profile": {}, "notes": [], "ledger": []}
