"""A conversation that is only there for one question is forgotten also where the question fails."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from uuid import uuid4

import pytest
from mcp.types import ElicitationCapability, ElicitResult, FormElicitationCapability, InputRequiredResult

from stylegraph.agent.budget import tally
from stylegraph.agent.reply import Reply, Status
from stylegraph.graphs.mcp.asking_back import answered
from stylegraph.graphs.mcp.local import Owner


class Asking:
    """A caller whose assistant asks back, until it fails."""

    def __init__(self, *outcomes):
        self.outcomes, self.open, self.waiting = list(outcomes), set(), []

    async def reply(self, question, conversation, pictures):
        self.open.add(conversation)
        if (outcome := self.outcomes.pop(0)) is not Status.ASKED_BACK:
            raise outcome
        return Reply(text="Which?", status=outcome, language="en", routes=["notes"], spent=tally([], 0.0, 0))

    async def forget(self, conversation):
        self.open.discard(conversation)

    async def waits(self, conversation):
        self.waiting.append(conversation)


def context(version, said=None, state=None, outcome=None):
    async def elicit(message, shape):
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    return SimpleNamespace(
        request_state=state,
        input_responses={"answer": ElicitResult(action="accept", content={"answer": said})},
        client_capabilities=SimpleNamespace(elicitation=ElicitationCapability(form=FormElicitationCapability())),
        protocol_version=version,
        elicit=elicit,
    )


OLD, NEW = "2025-06-18", "2026-07-28"
ACCEPTED = SimpleNamespace(action="accept", data=SimpleNamespace(answer="The red one"))


@pytest.mark.parametrize("failure", [RuntimeError("down"), asyncio.CancelledError()], ids=repr)
@pytest.mark.parametrize("where", ["at first", "at the person", "going on"])
async def test_a_passing_conversation_is_forgotten_where_it_fails(where, failure):
    caller = Asking(*([failure] if where == "at first" else [Status.ASKED_BACK, failure]))
    asking = context(OLD, outcome=failure if where == "at the person" else ACCEPTED)
    with pytest.raises(type(failure)):
        await answered(caller, "How much?", None, [], asking)
    assert caller.open == set()


async def test_it_is_forgotten_where_a_later_round_fails():
    caller = Asking(Status.ASKED_BACK, RuntimeError("down"))
    first = await answered(caller, "How much?", None, [], context(NEW))
    assert isinstance(first, InputRequiredResult)
    assert len(caller.open) == 1  # the next round goes on in it
    with pytest.raises(RuntimeError):
        await answered(caller, "How much?", None, [], context(NEW, "The red one", first.request_state))
    assert caller.open == set()


async def test_a_conversation_that_the_caller_named_stays():
    caller = Asking(RuntimeError("down"))
    with pytest.raises(RuntimeError):
        await answered(caller, "How much?", "named", [], context(OLD))
    assert caller.open == {"named"}


async def test_whoever_asks_is_told_of_each_passing_conversation_that_waits_for_a_client_to_come_back():
    caller = Asking(*[Status.ASKED_BACK] * 3)
    for _ in range(2):
        assert isinstance(await answered(caller, "How much?", None, [], context(NEW)), InputRequiredResult)
    assert set(caller.waiting) == caller.open
    assert len(caller.open) == 2
    own = uuid4()
    await answered(caller, "How much?", own, [], context(NEW))
    assert own not in caller.waiting  # one that the client named is its own to keep


async def test_what_still_waits_when_a_pipe_is_closed_is_forgotten():
    gone = []

    class Threads:
        async def adelete_thread(self, thread):
            gone.append(thread)

    owner, (one, other) = Owner(None, None, None, Threads()), (uuid4(), uuid4())
    for conversation in (one, other, other):
        await owner.waits(conversation)
    await owner.forget(one)
    await owner.close()
    assert gone == [str(one), str(other)]
