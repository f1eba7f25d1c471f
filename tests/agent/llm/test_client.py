"""The one caller of chat models, against a server that answers as a test wants."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from typing import Literal

import pytest
from langchain_core.messages import HumanMessage, SystemMessage
from pydantic import BaseModel
from standins.chat import Calls, Fault, calls, chat_server

from stylegraph.agent.errors import ModelError
from stylegraph.agent.llm.errors import BudgetEndedError, ServerError, UnsupportedOptionError

GOOD = {"colour": "red"}
BUSY = Fault(429, {"error": {"message": "slow down sk-secret-1234"}}, {"retry-after": "0.2"})
DOWN = Fault(500, {"error": {"message": "oops"}})


class Colour(BaseModel):
    colour: Literal["red", "blue"]


SEARCH = {
    "type": "function",
    "function": {
        "name": "search",
        "description": "Finds documents.",
        "parameters": {"type": "object", "properties": {"query": {"type": "string"}}},
    },
}


def asking():
    """Messages that are no prompt of ours: the server answers them with what is scripted for `chat`."""
    rules = "Answer in the form that is wanted, and state nothing that nobody asked for. " * 6
    return [SystemMessage(rules), HumanMessage("which colour?")]


async def test_a_decision_comes_in_its_form_and_is_charged(a_state, calling):
    async with chat_server(chat=GOOD) as server, calling(server.url) as caller:
        call = caller.call(a_state(), "grade")
        assert (await call.decide(asking(), Colour)).colour == "red"
    assert [(charge["kind"], charge["by"]) for charge in call.ledger] == [("model", "grade")]
    assert call.ledger[0]["tokens_in"] > call.ledger[0]["tokens_out"] > 0
    assert call.ledger[0]["started"] < call.ledger[0]["ended"]
    schema = server.seen[0].body["response_format"]["json_schema"]
    assert (schema["strict"], schema["schema"]["additionalProperties"]) == (True, False)


@pytest.mark.parametrize(
    ("model", "sent"),
    [
        ("gpt-6-luna", {"max_completion_tokens": 100, "reasoning_effort": "none"}),
        ("gpt-5", {"max_completion_tokens": 4_100}),  # it thinks, and takes no `none`
        ("gpt-4o-mini", {"max_completion_tokens": 100, "temperature": 0}),
        ("what-nobody-knows", {"max_completion_tokens": 100, "temperature": 0}),
    ],
)
async def test_what_is_sent_is_what_the_model_takes_and_leaves_room_for_hidden_thinking(a_state, calling, model, sent):
    async with chat_server(chat=GOOD) as server, calling(server.url, model=model) as caller:
        await caller.call(a_state(), "grade").decide(asking(), Colour, most=100)
    body = server.seen[0].body
    assert {
        name: body[name] for name in ("max_completion_tokens", "temperature", "reasoning_effort") if name in body
    } == sent


@pytest.mark.parametrize("wrong", ["{broken", '{"colour": "green"}', "[]", '{"shade": "red"}', '{"colour": null}'])
async def test_a_wrong_form_is_asked_for_once_more_with_what_was_wrong(a_state, calling, wrong):
    async with chat_server(chat=[wrong, GOOD]) as server, calling(server.url) as caller:
        call = caller.call(a_state(), "grade")
        assert (await call.decide(asking(), Colour)).colour == "red"
    assert len(call.ledger) == 2
    assert "can't be used" in server.seen[1].text
    assert wrong in server.seen[1].text


async def test_a_form_that_is_wrong_twice_is_an_error_that_repeats_nothing_of_it(a_state, calling):
    async with chat_server(chat='{"colour": "sk-secret-1234"}') as server, calling(server.url) as caller:
        call = caller.call(a_state(), "grade")
        with pytest.raises(ModelError, match="twice") as failed:
            await call.decide(asking(), Colour)
    assert (server.count(), len(call.ledger)) == (2, 2)
    assert "sk-secret" not in str(failed.value)


@pytest.mark.parametrize("around", ["```json\n{}\n```", "Sure! Here it is: {}", "{}\nHope that helps."])
async def test_words_around_the_form_do_no_harm(a_state, calling, around):
    answer = around.replace("{}", json.dumps(GOOD))
    async with chat_server(chat=answer) as server, calling(server.url) as caller:
        assert (await caller.call(a_state(), "grade").decide(asking(), Colour)).colour == "red"
    assert server.count() == 1


async def test_a_server_that_does_not_take_a_schema_is_found_out_once_and_asked_in_words(a_state, calling):
    async with chat_server(chat=GOOD) as server, calling(server.url) as caller:
        server.refuses = {"response_format": "'response_format' of type 'json_schema' is not supported"}
        for _ in range(3):
            assert (await caller.call(a_state(), "grade").decide(asking(), Colour)).colour == "red"
        assert caller.refused == {"response_format"}
    assert ["response_format" in seen.body for seen in server.seen] == [True, False, False, False]
    assert '"colour"' in server.seen[-1].text


async def test_a_server_that_ignores_the_schema_is_asked_in_words_from_then_on(a_state, calling):
    async with chat_server(chat=["red, I would say", GOOD]) as server, calling(server.url) as caller:
        assert (await caller.call(a_state(), "grade").decide(asking(), Colour)).colour == "red"
        assert (await caller.call(a_state(), "grade").decide(asking(), Colour)).colour == "red"
    assert ["response_format" in seen.body for seen in server.seen] == [True, False, False]


@pytest.mark.parametrize("option", ["temperature", "max_completion_tokens"])
async def test_an_option_that_the_server_does_not_take_is_left_out_from_then_on(a_state, calling, option):
    async with chat_server(chat=GOOD) as server, calling(server.url, model="gpt-4o-mini") as caller:
        server.refuses = {option: f"Unsupported parameter: '{option}'"}
        for _ in range(2):
            await caller.call(a_state(), "grade").decide(asking(), Colour)
    assert [option in seen.body for seen in server.seen] == [True, False, False]


async def test_text_is_handed_on_as_it_comes(a_state, calling):
    async with chat_server(chat="one two three") as server, calling(server.url) as caller:
        pieces: list[str] = []
        call = caller.call(a_state(), "agent")
        assert (await call.converse(asking(), [], pieces.append)).text == "one two three"
    assert pieces == ["one ", "two ", "three"]
    assert call.ledger[0]["tokens_out"] == 3
    assert server.seen[0].body["stream_options"] == {"include_usage": True}


async def test_tokens_are_estimated_where_the_server_does_not_count(a_state, calling):
    async with chat_server(chat="하나 둘 셋") as server, calling(server.url) as caller:
        server.usage = False
        call = caller.call(a_state(), "agent")
        await call.converse(asking(), [], lambda _: None)
    assert 80 < call.ledger[0]["tokens_in"] < 200
    assert 0 < call.ledger[0]["tokens_out"] < 10


async def test_a_busy_server_is_asked_again_after_as_long_as_it_says(a_state, calling):
    async with chat_server(chat=[BUSY, GOOD]) as server, calling(server.url) as caller:
        call = caller.call(a_state(), "grade")
        await call.decide(asking(), Colour)
    assert 0.2 <= server.seen[1].began - server.seen[0].ended < 2
    assert len(call.ledger) == 2  # a trip is a trip


async def test_a_failing_server_is_asked_so_often_and_no_more(a_state, calling):
    async with chat_server(chat=DOWN) as server, calling(server.url) as caller:
        with pytest.raises(ServerError, match="500"):
            await caller.call(a_state(), "grade").decide(asking(), Colour)
        assert server.count() == 3


async def test_no_pause_reaches_into_what_is_kept_for_an_answer_without_the_model(a_state, calling):
    """Of 8 seconds 2 are kept; 6.5 after which to ask again end within them."""
    busy = Fault(429, {"error": {"message": "quota"}}, {"retry-after": "6.5"})
    async with chat_server(chat=[busy, GOOD]) as server, calling(server.url) as caller:
        begun = time.monotonic()
        with pytest.raises(ModelError):
            await caller.call(a_state(budget={"seconds": 8.0}), "grade").decide(asking(), Colour)
    assert time.monotonic() - begun < 4
    assert len(server.seen) == 1


async def test_a_pause_that_the_turn_has_no_time_for_is_not_waited_for(a_state, calling):
    busy = Fault(429, {"error": {"message": "quota"}}, {"retry-after": "3600"})
    began = time.monotonic()
    async with chat_server(chat=busy) as server, calling(server.url) as caller:
        with pytest.raises(ServerError, match="429"):
            await caller.call(a_state(), "grade").decide(asking(), Colour)
    assert (server.count(), time.monotonic() - began < 5) == (1, True)


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (Fault(401, {"error": {"message": "Incorrect API key provided: sk-secret-1234"}}), "OPENAI_API_KEY"),
        (Fault(403, {"error": {"message": "sk-secret-1234 may not"}}), "OPENAI_API_KEY"),
        (Fault(404, {"error": {"message": "no such model"}}), "STYLEGRAPH_MODEL"),
        (Fault(400, {"error": {"message": "bad sk-secret-1234"}}), "STYLEGRAPH_MODEL"),
        (Fault(refusal="I can't help sk-secret-1234"), "refused"),
        (Fault(200, "<html>gateway sk-secret-1234</html>"), "something else than a chat completion"),
        (Fault(200, {"object": "list"}), "something else than a chat completion"),
        (Fault(200, {"choices": []}), "something else than a chat completion"),
        (Fault(200, {"error": {"message": "sk-secret-1234"}, "choices": None}), "something else"),
        ("", "empty"),
        ("  \n ", "empty"),
    ],
)
async def test_what_can_t_pass_is_not_tried_again_and_says_what_to_do_without_secrets(
    a_state, calling, caplog, fault, says
):
    caplog.set_level(logging.INFO)
    async with chat_server(chat=fault) as server, calling(server.url) as caller:
        with pytest.raises(ModelError, match=says) as failed:
            await caller.call(a_state(), "grade").decide(asking(), Colour)
    assert server.count() == 1
    assert "sk-secret" not in f"{failed.value}{failed.value.__cause__}{caplog.text}"


async def test_a_server_that_is_not_there_is_an_error_that_says_so(a_state, calling, unused_tcp_port):
    async with calling(f"http://127.0.0.1:{unused_tcp_port}/v1", model_retries=1) as caller:
        call = caller.call(a_state(), "grade")
        with pytest.raises(ServerError, match="STYLEGRAPH_BASE_URL"):
            await call.decide(asking(), Colour)
    assert [charge["tokens_in"] for charge in call.ledger] == [0, 0]


async def test_a_server_that_failed_one_decision_is_not_asked_by_the_next_of_that_turn(a_state, calling):
    async with chat_server(chat=DOWN) as server, calling(server.url, model_retries=0) as caller:
        state = a_state()
        for by in ("look", "agent", "grade"):
            with pytest.raises(ServerError):
                await caller.call(state, by).decide(asking(), Colour)
        assert server.count() == 1
        with pytest.raises(ServerError):
            await caller.call(a_state(), "grade").decide(asking(), Colour)
        assert server.count() == 2


async def test_a_model_that_takes_too_long_is_given_up_once(a_state, calling):
    async with chat_server(chat=Fault(hang=30)) as server, calling(server.url, model_timeout=0.3) as caller:
        with pytest.raises(ModelError, match="too long"):
            await caller.call(a_state(), "grade").decide(asking(), Colour)
        assert server.count() == 1


async def test_a_stream_that_is_cut_is_an_error_and_not_begun_again(a_state, calling):
    async with chat_server(chat=Fault(body="one two three four", cut_after=2)) as server, calling(server.url) as caller:
        pieces: list[str] = []
        call = caller.call(a_state(), "agent")
        with pytest.raises(ModelError, match="cut off"):
            await call.converse(asking(), [], pieces.append)
    assert (server.count(), "".join(pieces)) == (1, "one two ")
    assert call.ledger[0]["tokens_out"] > 0


async def test_cancelling_a_decision_reaches_the_request(a_state, calling):
    async with chat_server(chat=Fault(hang=30)) as server, calling(server.url) as caller:
        task = asyncio.ensure_future(caller.call(a_state(), "grade").decide(asking(), Colour))
        while not server.seen:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        for _ in range(100):
            await asyncio.sleep(0.01)
            if server.seen[0].hung_up:
                break
        assert server.seen[0].hung_up


@pytest.mark.parametrize(
    ("budget", "ago", "part"),
    [({"model_calls": 0}, 0, "model_calls"), ({"seconds": 1}, 2, "seconds"), ({"tokens": 0}, 0, "tokens")],
)
async def test_no_call_is_begun_that_the_budget_has_no_room_for(a_state, calling, budget, ago, part):
    async with chat_server(chat=GOOD) as server, calling(server.url) as caller:
        call = caller.call(a_state(budget=budget, seconds_ago=ago), "grade")
        with pytest.raises(BudgetEndedError) as ended:
            await call.decide(asking(), Colour)
    assert (ended.value.part, server.count(), call.ledger) == (part, 0, [])


async def test_a_call_in_flight_ends_when_the_turn_s_time_does(a_state, calling):
    began = time.monotonic()
    async with chat_server(chat=Fault(hang=30)) as server, calling(server.url, model_timeout=20) as caller:
        with pytest.raises(BudgetEndedError):
            await caller.call(a_state(budget={"seconds": 3.0}), "grade").decide(asking(), Colour)
    assert (server.count(), time.monotonic() - began < 20) == (1, True)


async def test_a_mistake_of_ours_while_a_draft_streams_is_not_blamed_on_the_server(a_state, calling):
    def broken(text):
        raise TypeError("ours")

    async with chat_server(chat="one two three") as server, calling(server.url) as caller:
        with pytest.raises(TypeError, match="ours"):
            await caller.call(a_state(), "agent").converse(asking(), [], broken)
        assert server.count() == 1


async def test_retries_count_against_the_budget(a_state, calling):
    async with chat_server(chat=DOWN) as server, calling(server.url, model_retries=5) as caller:
        with pytest.raises(BudgetEndedError):
            await caller.call(a_state(budget={"model_calls": 2}), "grade").decide(asking(), Colour)
        assert server.count() == 2


async def test_decisions_side_by_side_share_what_is_left_and_the_one_that_matters_goes_first(a_state, calling):
    async with chat_server(chat=GOOD) as server, calling(server.url) as caller:
        state = a_state(budget={"model_calls": 1})
        looking = caller.call(state, "look", spare=1).decide(asking(), Colour)
        writer = caller.call(state, "agent").decide(asking(), Colour)
        looked, written = await asyncio.gather(looking, writer, return_exceptions=True)
    assert isinstance(looked, BudgetEndedError)
    assert isinstance(written, Colour)
    assert server.count() == 1


async def test_calls_of_tools_come_whole_though_they_are_streamed_in_pieces(a_state, calling):
    answer = calls(search=["린넨 세탁 온도와 세제", "linen care"])
    async with chat_server(chat=answer) as server, calling(server.url) as caller:
        call = caller.call(a_state(), "agent")
        message = await call.converse(asking(), [SEARCH], lambda _: None)
    assert [(one["name"], one["args"]) for one in message.tool_calls] == [
        ("search", {"query": "린넨 세탁 온도와 세제"}),
        ("search", {"query": "linen care"}),
    ]
    assert len({one["id"] for one in message.tool_calls}) == 2
    assert server.seen[0].tools == ["search"]
    assert call.ledger[0]["tokens_out"] > 0


async def test_text_beside_calls_is_handed_on_and_kept(a_state, calling):
    pieces: list[str] = []
    async with (
        chat_server(chat=Calls([("search", {"query": "x"})], "Let me see.")) as server,
        calling(server.url) as caller,
    ):
        message = await caller.call(a_state(), "agent").converse(asking(), [SEARCH], pieces.append)
    assert (message.text, "".join(pieces), len(message.tool_calls)) == ("Let me see.", "Let me see.", 1)


async def test_arguments_that_are_no_json_are_kept_as_an_invalid_call_and_are_no_empty_answer(a_state, calling):
    async with chat_server(chat=Calls([("search", "query=linen")])) as server, calling(server.url) as caller:
        message = await caller.call(a_state(), "agent").converse(asking(), [SEARCH], lambda _: None)
    assert (message.tool_calls, [one["name"] for one in message.invalid_tool_calls]) == ([], ["search"])


async def test_a_server_without_tools_is_found_out_once_and_never_handed_any_again(a_state, calling):
    async with chat_server(chat="hello") as server, calling(server.url) as caller:
        server.refuses = {"tools": "tools is not supported by this model"}
        assert caller.takes_tools
        for _ in range(2):
            with pytest.raises(UnsupportedOptionError, match="tools"):
                await caller.call(a_state(), "agent").converse(asking(), [SEARCH], lambda _: None)
        assert not caller.takes_tools
        assert (await caller.call(a_state(), "agent").converse(asking(), [], lambda _: None)).text == "hello"
    assert [bool(seen.tools) for seen in server.seen] == [True, False]  # the second time it is not even tried


@pytest.mark.parametrize("answer", ["", "  \n", Fault(refusal="I can't help sk-secret-1234")])
async def test_a_message_that_says_nothing_and_calls_nothing_is_an_error(a_state, calling, answer):
    async with chat_server(chat=answer) as server, calling(server.url) as caller:
        with pytest.raises(ModelError, match=r"empty|refused") as failed:
            await caller.call(a_state(), "agent").converse(asking(), [SEARCH], lambda _: None)
    assert "sk-secret" not in str(failed.value)
