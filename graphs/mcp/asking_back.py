"""A question put back to the person, where the assistant that calls can put it to them (MCP's elicitation).

Clients of protocol 2026-07-28 and on get the question as the result of a first round and call again with the answer, so no
connection is held and any of several servers may go on; the state in between is sealed. Older ones are asked while the call
waits, where their transport lets a server ask: a pipe does. All others are given the question as an answer, to go on themselves.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

from anyio import CancelScope
from mcp.server.elicitation import render_elicitation_schema
from mcp.server.mcpserver.context import Context
from mcp.types import ElicitRequest, ElicitRequestFormParams, ElicitResult, InputRequiredResult
from mcp_types.version import is_version_at_least
from pydantic import BaseModel, Field

from stylegraph.agent.reply import Status
from stylegraph.graphs.mcp.lookups import Caller
from stylegraph.graphs.mcp.shapes import Answer, answer_of

_IN_ROUNDS = "2026-07-28"
_KEY = "answer"
_MOST = 2
"""Questions that are put back for one question of a caller's: then it is answered as far as it goes."""


class Said(BaseModel):
    """What the person says to it."""

    answer: str = Field(title="Answer", min_length=1, max_length=2_000)


class Asked(BaseModel):
    """A question that is being answered, as it is carried from round to round."""

    conversation: UUID | None
    passing: bool
    """Whether the conversation is only there to go on with, and forgotten then."""
    answer: Answer
    """What was answered last."""
    times: int


async def answered(
    caller: Caller, question: str, conversation: UUID | None, pictures: list[str], context: Context[Any, Any]
) -> Answer | InputRequiredResult:
    """Answer a question; what is asked back is put to the person, where the client can do so.

    Raises:
        ToolError: It was refused or has failed; says why and what to do.
    """
    if context.request_state is not None:
        return await _continued(caller, Asked.model_validate_json(context.request_state), context)
    passing = conversation is None and _elicits(context)
    place = uuid4() if passing else conversation
    async with _forgotten_on_failure(caller, place if passing else None):
        answer = answer_of(await caller.reply(question, place, pictures))
        return await _put_back(caller, Asked(conversation=place, passing=passing, answer=answer, times=1), context)


async def _continued(caller: Caller, asked: Asked, context: Context[Any, Any]) -> Answer | InputRequiredResult:
    """Go on with what came from the person in a later round."""
    async with _forgotten_on_failure(caller, asked.conversation if asked.passing else None):
        if (said := _said_in(context)) is None:
            return await _ended(caller, asked)
        return await _put_back(caller, await _gone_on(caller, asked, said), context)


async def _put_back(caller: Caller, asked: Asked, context: Context[Any, Any]) -> Answer | InputRequiredResult:
    """Put questions to the person for as long as the assistant has some."""
    while _is_question(asked) and asked.times <= _MOST and _elicits(context):
        if _in_rounds(context):
            if asked.passing and asked.conversation is not None:
                await caller.waits(asked.conversation)
            return _to_be_answered(asked)
        outcome = await context.elicit(_put(asked.answer), Said)
        if outcome.action != "accept":
            break
        asked = await _gone_on(caller, asked, outcome.data.answer)
    return await _ended(caller, asked)


@asynccontextmanager
async def _forgotten_on_failure(caller: Caller, passing: UUID | None) -> AsyncIterator[None]:
    """Forget a passing conversation where going on with it fails, or is given up by the client."""
    try:
        yield
    except BaseException:
        if passing is not None:
            with CancelScope(shield=True):  # who hangs up cancels every wait, also this one
                await caller.forget(passing)
        raise


async def _gone_on(caller: Caller, asked: Asked, said: str) -> Asked:
    """Go on with what the person said."""
    reply = await caller.reply(said, asked.conversation, [])
    return asked.model_copy(update={"answer": answer_of(reply), "times": asked.times + 1})


async def _ended(caller: Caller, asked: Asked) -> Answer:
    if asked.passing and asked.conversation is not None:
        await caller.forget(asked.conversation)
    return asked.answer


def _is_question(asked: Asked) -> bool:
    return Status(asked.answer.status) is Status.ASKED_BACK


def _elicits(context: Context[Any, Any]) -> bool:
    """Check whether the client puts forms to the person; one that says nothing of forms or addresses means forms."""
    found = context.client_capabilities
    able = None if found is None else found.elicitation
    return able is not None and (able.form is not None or able.url is None)


def _in_rounds(context: Context[Any, Any]) -> bool:
    return context.protocol_version is not None and is_version_at_least(context.protocol_version, _IN_ROUNDS)


def _put(answer: Answer) -> str:
    """Return the question as a person reads it, with the quick answers that there are."""
    return f"{answer.text}\n({' / '.join(answer.choices)})" if answer.choices else answer.text


def _to_be_answered(asked: Asked) -> InputRequiredResult:
    form = ElicitRequestFormParams(message=_put(asked.answer), requested_schema=render_elicitation_schema(Said))
    return InputRequiredResult(input_requests={_KEY: ElicitRequest(params=form)}, request_state=asked.model_dump_json())


def _said_in(context: Context[Any, Any]) -> str | None:
    """Return what the person said; None where they would not, or nothing that can be used came."""
    given = (context.input_responses or {}).get(_KEY)
    if not isinstance(given, ElicitResult) or given.action != "accept":
        return None
    said = (given.content or {}).get("answer")
    return said if isinstance(said, str) and said.strip() else None
