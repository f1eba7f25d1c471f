"""The conversation as a model reads it: the newest messages as they stand, what came before as a running summary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from langchain_core.messages import AnyMessage, HumanMessage

from stylegraph.agent.injection import plain
from stylegraph.agent.llm.prompts import shortened
from stylegraph.agent.llm.usage import estimated_tokens
from stylegraph.agent.state import AssistantState, Summary

_TOKENS = 900
"""What is read as it stands; a conversation that outgrows it is summarised."""
_KEPT = 4
"""Newest messages that a summary leaves out: a follow-up leans on their words."""
_LONGEST_SUMMARY = 900
"""Characters."""


class Conversation(NamedTuple):
    """What a model reads of a conversation."""

    summary: str
    """What was said before `messages`; empty if nothing was."""
    messages: str
    """One `person:` or `assistant:` line each, oldest first."""
    upto: str
    """Id of the last message that a new summary would cover; empty while all fits and none is needed."""


def conversation(state: AssistantState) -> Conversation:
    """Return what a model reads, and whether it should be asked to take the older part into the summary."""
    known = state.get("summary")
    messages = _after(state["messages"], known["upto"] if known else "")
    lines = [_line(message) for message in messages]
    long = sum(map(estimated_tokens, lines)) > _TOKENS and len(messages) > _KEPT
    read = _newest(lines, 2 * _TOKENS if long else _TOKENS)
    return Conversation(known["text"] if known else "", "\n".join(read), str(messages[-_KEPT - 1].id) if long else "")


def summarised(text: str, upto: str) -> Summary:
    """Return the summary to keep."""
    return Summary(text=plain(text).strip()[:_LONGEST_SUMMARY], upto=upto)


def _after(messages: Sequence[AnyMessage], upto: str) -> Sequence[AnyMessage]:
    place = next((place for place, message in enumerate(messages) if message.id == upto), -1) if upto else -1
    return messages[place + 1 :]


def _line(message: AnyMessage) -> str:
    who = "person" if isinstance(message, HumanMessage) else "assistant"
    text = " ".join(plain(message.text).split())
    return f"{who}: {shortened(text)}"


def _newest(lines: Sequence[str], tokens: int) -> list[str]:
    """Return the newest lines that fit, and always the newest one."""
    kept: list[str] = []
    for line in reversed(lines):
        tokens -= estimated_tokens(line)
        if kept and tokens < 0:
            break
        kept.append(line)
    return kept[::-1]
