"""Calls are counted for whoever makes them, and weighed along the longest chain."""

import asyncio

import pytest
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage

from stylegraph.evals.harness.agents.calls import Call, Calls, counting


def answering(tokens: int) -> GenericFakeChatModel:
    usage = {"input_tokens": 100, "output_tokens": tokens, "total_tokens": 100 + tokens}
    return GenericFakeChatModel(messages=iter([AIMessage("yes", usage_metadata=usage)]))


def test_the_longest_chain_counts_what_waited_and_weighs_what_was_said():
    calls = Calls()
    calls.made = [Call(0, 1, 10, 100), Call(0, 2, 10, 10), Call(1, 3, 10, 20), Call(2.5, 4, 10, 300)]
    assert calls.trips == 2
    assert calls.seconds == pytest.approx(0.4 + 1.0 + 0.4 + 3.0)


async def test_calls_of_tasks_are_counted_and_those_of_others_are_not():
    with counting() as mine:
        await asyncio.gather(answering(5).ainvoke("one"), answering(7).ainvoke("two"))
        with counting() as inner:
            await answering(9).ainvoke("three")
    await answering(11).ainvoke("four")
    assert sorted(call.tokens_out for call in mine.made) == [5, 7]
    assert [call.tokens_out for call in inner.made] == [9]
    assert {call.tokens_in for call in mine.made} == {100}


async def test_a_call_that_failed_was_a_call():
    with counting() as calls, pytest.raises(RuntimeError):
        await GenericFakeChatModel(messages=iter([])).ainvoke("one")
    assert [call.tokens_out for call in calls.made] == [0]
