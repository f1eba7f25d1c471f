"""A conversation that is only there for one question is forgotten also where the question fails."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from mcp.types import ElicitationCapability, ElicitResult, FormElicitationCapability, InputRequiredResult

from stylegraph.agent.budget import tally
from stylegraph.agent.reply import Reply, Status
from stylegraph.graphs.mcp.asking_back import answered


class Asking:
    """A caller whose assistant asks back, until it fails."""

    def __init__(self, *outcomes):
        self.outcomes, self.open = list(outcomes), set()

    async def reply(self, question, conversation, pictures):
        self.open.add(conversation)
        if (outcome := self.outcomes.pop(0)) is not Status.ASKED_BACK:
            raise outcome
        return Reply(text="Which?", status=outcome, language="en", routes=["notes"], spent=tally([], 0.0, 0))

    async def forget(self, conversation):
        self.open.discard(conversation)


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
