"""Where training examples come from: kept runs of the evals, and people's conversations."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from langchain_core.messages import AnyMessage, HumanMessage
from langgraph.checkpoint.base import BaseCheckpointSaver
from pydantic import BaseModel, ConfigDict

from stylegraph.agent.citations import without_markers
from stylegraph.agent.errors import InputError
from stylegraph.agent.reply import Reply, Status
from stylegraph.agent.text.language import detect_language
from stylegraph.evals.harness.runs import Run
from stylegraph.evals.tuning.pool import read_generated

_TURNS_BEFORE = 6
"""Earlier messages that an example keeps."""


class Message(BaseModel):
    """One message of a conversation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Literal["system", "user", "assistant"]
    content: str


class Example(BaseModel):
    """A conversation that ends in an answer worth learning, or not: the filters say."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    messages: tuple[Message, ...]
    """The last is the assistant's."""
    language: str
    origin: str
    """Where it is from: `run NAME suite/case` or `thread NAME`."""
    made_by: Literal["local", "model", "unknown"]
    answered: bool
    """Whether the turn ended in an answer that its grade, or every label of its case, calls good."""
    grounded: float
    """Share of its sentences that the evidence bears, 0..1."""
    in_language: bool
    routes: tuple[str, ...] = ()
    """Where the question went; empty: not known."""
    asked_by: Literal["people", "model"] = "people"
    """Who wrote the question."""

    @property
    def question(self) -> str:
        """What the last answer answers."""
        return self.messages[-2].content

    @property
    def answer(self) -> str:
        """The last answer."""
        return self.messages[-1].content


def of_run(run: Run) -> Iterator[Example]:
    """Return the answers of a kept run; cases without an answer in words are left out."""
    for one in run.judged:
        if one.suite in ("documents", "turns") and one.error is None and one.text:
            yield Example(
                messages=_asked_and_told([], one.asked.split(" → ")[-1], one.text),
                language=one.language,
                origin=f"run {run.name} {one.suite}/{one.case}",
                made_by=one.maker,
                answered=not one.failed and one.scores.get("facts", 1.0) == 1.0,
                grounded=one.scores.get("grounded", 1.0),
                in_language=one.passed.get("in its language", True),
                routes=_routed(one.path),
            )


def of_generated(path: Path) -> Iterator[Example]:
    """Return the pairs that `tuning generate` wrote; no evidence bears them."""
    for pair in read_generated(path):
        yield Example(
            messages=_asked_and_told([], pair.question, pair.answer),
            language=pair.language,
            origin=f"generated {path.name} {pair.id}",
            made_by="model",
            answered=True,
            grounded=0.0,
            in_language=True,
            routes=(pair.route,),
            asked_by="model",
        )


def of_file(path: Path) -> Iterator[Example]:
    """Return the examples of a file in any of the forms that `tuning export` writes: what it does not say is not known.

    Raises:
        InputError: A line is in none of them.
    """
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        messages = _messages_of(line)
        if len(messages) < 2 or messages[-1].role != "assistant":
            raise InputError(f"{path}, line {number} is no example.", "Give files of stylegraph-evals tuning export.")
        yield Example(
            messages=messages,
            language=detect_language(messages[-2].content),
            origin=f"file {path.name}:{number}",
            made_by="unknown",
            answered=True,
            grounded=1.0,
            in_language=detect_language(messages[-1].content) == detect_language(messages[-2].content),
        )


def _messages_of(line: str) -> tuple[Message, ...]:
    try:
        read = json.loads(line)
        if "instruction" in read:
            pair = (("user", read["instruction"]), ("assistant", read["output"]))
            return tuple(Message(role=role, content=text) for role, text in pair)  # type: ignore[arg-type]
        given = read["messages"] if "messages" in read else [*read["prompt"], *read["completion"]]
        return tuple(Message(role=one["role"], content=one["content"]) for one in given)
    except (ValueError, KeyError, TypeError):
        return ()


def _routed(path: Sequence[str]) -> tuple[str, ...]:
    """Read the routes off the way that a run kept."""
    said = [step.removeprefix("routed: ").partition(" — ")[0] for step in path if step.startswith("routed: ")]
    return tuple(said[-1].split(", ")) if said else ()


async def of_threads(threads: BaseCheckpointSaver[Any]) -> AsyncIterator[Example]:
    """Return every answered turn of every conversation that is kept, the newest first."""
    seen: set[str] = set()
    async for kept in threads.alist(None):
        values = kept.checkpoint["channel_values"]
        messages: Sequence[AnyMessage] = values.get("messages", [])
        if not values.get("reply") or len(messages) < 2 or not messages[-1].id or messages[-1].id in seen:
            continue
        seen.add(messages[-1].id)
        reply = Reply.model_validate(values["reply"])
        if messages[-1].text != reply.text:  # a turn that has not ended
            continue
        yield _of_turn(reply, messages, str(kept.config["configurable"]["thread_id"]))


def _of_turn(reply: Reply, messages: Sequence[AnyMessage], thread: str) -> Example:
    grade, asked = reply.grade, messages[-2].text
    return Example(
        messages=_asked_and_told(messages[:-2], asked, reply.text),
        language=detect_language(asked),
        origin=f"thread {thread}",
        made_by="model" if reply.spent["model_calls"] else "local",
        answered=reply.status is Status.ANSWERED and (grade is None or grade.good),
        grounded=1.0 if grade is None else grade.grounded,
        in_language=grade is None or grade.in_language,
        routes=tuple(reply.routes),
    )


def _asked_and_told(before: Sequence[AnyMessage], asked: str, told: str) -> tuple[Message, ...]:
    """Assemble a conversation; citations name evidence that the example does not hold, so their numbers go."""
    earlier = [
        Message(role="user", content=one.text)
        if isinstance(one, HumanMessage)
        else Message(role="assistant", content=_plain(one.text))
        for one in before[-_TURNS_BEFORE:]
    ]
    return (*earlier, Message(role="user", content=asked.strip()), Message(role="assistant", content=_plain(told)))


def _plain(told: str) -> str:
    return "\n".join(without_markers(line) for line in told.splitlines()).strip()
