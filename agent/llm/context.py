"""What a chat model reads: the conversation as messages, what is known beside it, and what was found this turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage

from stylegraph.agent.acts import Finding
from stylegraph.agent.citations import without_marks
from stylegraph.agent.conversation import said_before
from stylegraph.agent.evidence import Evidence
from stylegraph.agent.injection import plain
from stylegraph.agent.llm.desk import Desk
from stylegraph.agent.llm.passages import numbered
from stylegraph.agent.llm.prompts import fenced, shortened
from stylegraph.agent.llm.usage import estimated_tokens
from stylegraph.agent.llm.working import said
from stylegraph.agent.settings import Settings
from stylegraph.agent.state import AssistantState, Summary

_FOUND_TOKENS = 6_000
"""What is shown of one look-up at most: a whole document of two dozen chunks."""
_LONGEST_SUMMARY = 900
"""Characters."""
_KEPT = 4
"""Newest messages that a summary leaves out: a follow-up leans on their words."""
_NOTHING = "Nothing was found."
_FIRST = "Found so far, by a first search with these words; search on where it is not enough:"
_UNKNOWN = "This was not looked up."
_LAST = "(Look nothing more up: answer now with what there is, and say what is missing.)"


class Conversation(NamedTuple):
    """What a model reads of what was said before."""

    messages: list[BaseMessage]
    """As they stand, oldest first."""
    upto: str
    """Id of the last message that a new summary would cover; empty while all fits."""


def prompt_for(rules: str, state: AssistantState, desk: Desk, *, last: bool, told: bool) -> list[BaseMessage]:
    """Return the messages of one visit: what never changes first, so that a provider can keep it.

    Args:
        rules: What the model is told once and for all.
        state: The state.
        desk: What lies before the model.
        last: Whether the budget has room for no other call: then tools are taken away.
        told: Whether what was found is told in words, for a model without tools.
    """
    before = conversation(state, desk.settings.context_tokens).messages
    question = f"{_context(state, desk)}\n\n{shortened(state['turn']['asked'], 4_000)}"
    worked = _worked(state, desk)
    if last or told:
        worked = _in_words(worked)
    if last:
        worked = [*worked, HumanMessage(_LAST)]
    return _joined([SystemMessage(rules), *before, HumanMessage(question), *worked])


def conversation(state: AssistantState, most: int) -> Conversation:
    """Return what was said before, the newest within so many tokens, beginning with the person's words."""
    earlier = said_before(state["messages"])
    kept: list[BaseMessage] = []
    room = most
    for message in reversed(earlier):
        said = _as_said(message)
        room -= estimated_tokens(said.text)
        if kept and room < 0:
            break
        kept.append(said)
    while kept and not isinstance(kept[-1], HumanMessage):
        kept.pop()
    long = len(kept) < len(earlier) and len(earlier) > _KEPT
    return Conversation(kept[::-1], str(earlier[-_KEPT - 1].id) if long else "")


def summarised(text: str, upto: str) -> Summary:
    """Return the summary to keep."""
    return Summary(text=plain(text).strip()[:_LONGEST_SUMMARY], upto=upto)


def _as_said(message: AnyMessage) -> BaseMessage:
    """Return a message of the conversation without the numbers of its citations, which name nothing any more."""
    text = shortened(plain(message.text), 1_500)
    if isinstance(message, HumanMessage):
        return HumanMessage(text)
    return AIMessage(without_marks(text))


def _context(state: AssistantState, desk: Desk) -> str:
    """Return what is known beside the conversation, fenced: some of it was said by people or documents."""
    summary = state.get("summary")
    return fenced(
        today=_today(state, desk.settings),
        person=_profile(state.get("profile", {})),
        earlier=summary["text"] if summary else "",
        shown="\n\n".join(numbered(place, found) for place, found in enumerate(desk.passages[: desk.shown], start=1)),
    )


def _today(state: AssistantState, settings: Settings) -> str:
    zone = ZoneInfo(settings.time_zone) if settings.time_zone else None
    now = datetime.fromtimestamp(state["turn"]["started"], UTC).astimezone(zone)
    day = settings.today or now.date()
    return f"{day:%A}, {day.isoformat()}{f' ({settings.time_zone})' if settings.time_zone else ''}"


def _profile(profile: Mapping[str, Sequence[str]]) -> str:
    told = {field: values for field, values in profile.items() if field not in ("liked", "disliked") and values}
    return "; ".join(f"{field}: {', '.join(plain(value) for value in values)}" for field, values in told.items())


def _worked(state: AssistantState, desk: Desk) -> list[BaseMessage]:
    """Return what the model and the graph said to each other this turn, with what each look-up found."""
    passages = desk.passages
    numbers = {found["id"]: number for number, found in enumerate(passages, start=1)}
    findings = {finding["id"]: finding for finding in state.get("findings", [])}
    seen = {found["id"] for found in passages[: desk.shown]}
    messages = said(state)
    called = {call["id"] or call["name"] for message in messages for call in getattr(message, "tool_calls", [])}
    told = [_found(one, passages, numbers, seen) for identity, one in findings.items() if identity not in called]
    worked: list[BaseMessage] = [HumanMessage("\n".join([_FIRST, *told]))] if told else []
    for message in messages:
        worked.append(message)
        for call in getattr(message, "tool_calls", []):
            finding = findings.get(call["id"] or call["name"])
            content = _found(finding, passages, numbers, seen) if finding else _UNKNOWN
            worked.append(ToolMessage(content, tool_call_id=call["id"] or call["name"], name=call["name"]))
    return worked


def _found(finding: Finding, passages: Sequence[Evidence], numbers: Mapping[str, int], seen: set[str]) -> str:
    """Return what a look-up found: each passage once, however often it was found."""
    new = sorted(numbers[one] for one in finding["evidence"] if one in numbers and one not in seen)
    again = [f"[{numbers[one]}]" for one in finding["evidence"] if one in seen and one in numbers]
    seen.update(finding["evidence"])
    texts, room = list[str](), _FOUND_TOKENS
    for number in new:
        text = numbered(number, passages[number - 1])
        room -= estimated_tokens(text)
        if texts and room < 0:
            break
        texts.append(text)
    notes = [*dict.fromkeys(finding["notes"]), *([f"Also found, shown above: {', '.join(again)}."] if again else [])]
    body = fenced(found="\n\n".join(texts)) if texts else "" if again else _NOTHING
    return "\n".join(part for part in (body, *map(plain, notes)) if part)


def _in_words(worked: Sequence[BaseMessage]) -> list[BaseMessage]:
    """Return messages without calls and results, which a model without tools can't be sent: both are told in words."""
    told: list[BaseMessage] = []
    for message in worked:
        if isinstance(message, ToolMessage):
            told.append(HumanMessage(f"{message.name}:\n{message.text}"))
        elif isinstance(message, AIMessage) and message.tool_calls:
            calls = "; ".join(f"{call['name']}({call['args']})" for call in message.tool_calls)
            told.append(AIMessage(f"{message.text}\n(looked up: {calls})".strip()))
        else:
            told.append(message)
    return told


def _joined(messages: Sequence[BaseMessage]) -> list[BaseMessage]:
    """Join messages of the person's that follow one another: some servers want turns to alternate."""
    joined: list[BaseMessage] = []
    for message in messages:
        if joined and isinstance(message, HumanMessage) and isinstance(joined[-1], HumanMessage):
            joined[-1] = HumanMessage(f"{joined[-1].text}\n\n{message.text}")
        else:
            joined.append(message)
    return joined
