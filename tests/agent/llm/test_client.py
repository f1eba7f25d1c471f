"""The one caller of chat models, against a server that answers as a test wants."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from typing import Literal

import pytest
from pydantic import BaseModel
from standins.chat import Fault, chat_server

from stylegraph.agent.errors import ModelError
from stylegraph.agent.llm.errors import BudgetEndedError, ServerError
from stylegraph.agent.llm.prompts import prompt

GOOD = {"colour": "red"}
BUSY = Fault(429, {"error": {"message": "slow down sk-secret-1234"}}, {"retry-after": "0.2"})
DOWN = Fault(500, {"error": {"message": "oops"}})


class Colour(BaseModel):
    colour: Literal["red", "blue"]


def asking():
    data = {"conversation": "person: which colour?"}
    return prompt("chat", examples="en", values={"language": "English"}, data=data)


async def test_a_decision_comes_in_its_form_and_is_charged(a_state, calling):
    async with chat_server(chat=GOOD) as server, calling(server.url) as caller:
        call = caller.call(a_state(), "route")
        assert (await call.decide(asking(), Colour)).colour == "red"
    assert [(charge["kind"], charge["by"]) for charge in call.ledger] == [("model", "route")]
    assert call.ledger[0]["tokens_in"] > call.ledger[0]["tokens_out"] > 0
    assert call.ledger[0]["started"] < call.ledger[0]["ended"]
    schema = server.seen[0].body["response_format"]["json_schema"]
    assert (schema["strict"], schema["schema"]["additionalProperties"]) == (True, False)
    assert server.seen[0].body["temperature"] == 0


@pytest.mark.parametrize("wrong", ["{broken", '{"colour": "green"}', "[]", '{"shade": "red"}', '{"colour": null}'])
async def test_a_wrong_form_is_asked_for_once_more_with_what_was_wrong(a_state, calling, wrong):
    async with chat_server(chat=[wrong, GOOD]) as server, calling(server.url) as caller:
        call = caller.call(a_state(), "route")
        assert (await call.decide(asking(), Colour)).colour == "red"
    assert len(call.ledger) == 2
    assert "can't be used" in server.seen[1].text
    assert wrong in server.seen[1].text


async def test_a_form_that_is_wrong_twice_is_an_error_that_repeats_nothing_of_it(a_state, calling):
    async with chat_server(chat='{"colour": "sk-secret-1234"}') as server, calling(server.url) as caller:
        call = caller.call(a_state(), "route")
        with pytest.raises(ModelError, match="twice") as failed:
            await call.decide(asking(), Colour)
    assert (server.count(), len(call.ledger)) == (2, 2)
    assert "sk-secret" not in str(failed.value)


@pytest.mark.parametrize("around", ["```json\n{}\n```", "Sure! Here it is: {}", "{}\nHope that helps."])
async def test_words_around_the_form_do_no_harm(a_state, calling, around):
    answer = around.replace("{}", json.dumps(GOOD))
    async with chat_server(chat=answer) as server, calling(server.url) as caller:
        assert (await caller.call(a_state(), "route").decide(asking(), Colour)).colour == "red"
    assert server.count() == 1


async def test_a_server_that_does_not_take_a_schema_is_found_out_once_and_asked_in_words(a_state, calling):
    async with chat_server(chat=GOOD) as server, calling(server.url) as caller:
        server.refuses = {"response_format": "'response_format' of type 'json_schema' is not supported"}
        for _ in range(3):
            assert (await caller.call(a_state(), "route").decide(asking(), Colour)).colour == "red"
        assert caller.refused == {"response_format"}
    assert ["response_format" in seen.body for seen in server.seen] == [True, False, False, False]
    assert '"colour"' in server.seen[-1].text


async def test_a_server_that_ignores_the_schema_is_asked_in_words_from_then_on(a_state, calling):
    async with chat_server(chat=["red, I would say", GOOD]) as server, calling(server.url) as caller:
        assert (await caller.call(a_state(), "route").decide(asking(), Colour)).colour == "red"
        assert (await caller.call(a_state(), "route").decide(asking(), Colour)).colour == "red"
    assert ["response_format" in seen.body for seen in server.seen] == [True, False, False]


@pytest.mark.parametrize("option", ["temperature", "max_completion_tokens"])
async def test_an_option_that_the_server_does_not_take_is_left_out_from_then_on(a_state, calling, option):
    async with chat_server(chat=GOOD) as server, calling(server.url) as caller:
        server.refuses = {option: f"Unsupported parameter: '{option}'"}
        for _ in range(2):
            await caller.call(a_state(), "route").decide(asking(), Colour)
    assert [option in seen.body for seen in server.seen] == [True, False, False]


async def test_text_is_handed_on_as_it_comes(a_state, calling):
    async with chat_server(chat="one two three") as server, calling(server.url) as caller:
        pieces: list[str] = []
        call = caller.call(a_state(), "answer")
        assert await call.write(asking(), pieces.append) == "one two three"
    assert pieces == ["one ", "two ", "three"]
    assert call.ledger[0]["tokens_out"] == 3
    assert server.seen[0].body["stream_options"] == {"include_usage": True}


async def test_tokens_are_estimated_where_the_server_does_not_count(a_state, calling):
    async with chat_server(chat="하나 둘 셋") as server, calling(server.url) as caller:
        server.usage = False
        call = caller.call(a_state(), "answer")
        await call.write(asking(), lambda _: None)
    assert 200 < call.ledger[0]["tokens_in"] < 500
    assert 0 < call.ledger[0]["tokens_out"] < 10


async def test_a_busy_server_is_asked_again_after_as_long_as_it_says(a_state, calling):
    async with chat_server(chat=[BUSY, GOOD]) as server, calling(server.url) as caller:
        call = caller.call(a_state(), "route")
        await call.decide(asking(), Colour)
    assert 0.2 <= server.seen[1].began - server.seen[0].ended < 2
    assert len(call.ledger) == 2  # a trip is a trip


async def test_a_failing_server_is_asked_so_often_and_no_more(a_state, calling):
    async with chat_server(chat=DOWN) as server, calling(server.url) as caller:
        with pytest.raises(ServerError, match="500"):
            await caller.call(a_state(), "route").decide(asking(), Colour)
        assert server.count() == 3


async def test_a_pause_that_the_turn_has_no_time_for_is_not_waited_for(a_state, calling):
    busy = Fault(429, {"error": {"message": "quota"}}, {"retry-after": "3600"})
    began = time.monotonic()
    async with chat_server(chat=busy) as server, calling(server.url) as caller:
        with pytest.raises(ServerError, match="429"):
            await caller.call(a_state(), "route").decide(asking(), Colour)
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
            await caller.call(a_state(), "route").decide(asking(), Colour)
    assert server.count() == 1
    assert "sk-secret" not in f"{failed.value}{failed.value.__cause__}{caplog.text}"


async def test_a_server_that_is_not_there_is_an_error_that_says_so(a_state, calling, unused_tcp_port):
    async with calling(f"http://127.0.0.1:{unused_tcp_port}/v1", model_retries=1) as caller:
        call = caller.call(a_state(), "route")
        with pytest.raises(ServerError, match="STYLEGRAPH_BASE_URL"):
            await call.decide(asking(), Colour)
    assert [charge["tokens_in"] for charge in call.ledger] == [0, 0]


async def test_a_server_that_failed_one_decision_is_not_asked_by_the_next_of_that_turn(a_state, calling):
    async with chat_server(chat=DOWN) as server, calling(server.url, model_retries=0) as caller:
        state = a_state()
        for by in ("route", "answer", "grade_answer"):
            with pytest.raises(ServerError):
                await caller.call(state, by).decide(asking(), Colour)
        assert server.count() == 1
        with pytest.raises(ServerError):
            await caller.call(a_state(), "route").decide(asking(), Colour)
        assert server.count() == 2


async def test_a_model_that_takes_too_long_is_given_up_once(a_state, calling):
    async with chat_server(chat=Fault(hang=30)) as server, calling(server.url, model_timeout=0.3) as caller:
        with pytest.raises(ModelError, match="too long"):
            await caller.call(a_state(), "route").decide(asking(), Colour)
        assert server.count() == 1


async def test_a_stream_that_is_cut_is_an_error_and_not_begun_again(a_state, calling):
    async with chat_server(chat=Fault(body="one two three four", cut_after=2)) as server, calling(server.url) as caller:
        pieces: list[str] = []
        call = caller.call(a_state(), "answer")
        with pytest.raises(ModelError, match="cut off"):
            await call.write(asking(), pieces.append)
    assert (server.count(), "".join(pieces)) == (1, "one two ")
    assert call.ledger[0]["tokens_out"] > 0


async def test_cancelling_a_decision_reaches_the_request(a_state, calling):
    async with chat_server(chat=Fault(hang=30)) as server, calling(server.url) as caller:
        task = asyncio.ensure_future(caller.call(a_state(), "route").decide(asking(), Colour))
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
        call = caller.call(a_state(budget=budget, seconds_ago=ago), "route")
        with pytest.raises(BudgetEndedError) as ended:
            await call.decide(asking(), Colour)
    assert (ended.value.part, server.count(), call.ledger) == (part, 0, [])


async def test_a_call_in_flight_ends_when_the_turn_s_time_does(a_state, calling):
    began = time.monotonic()
    async with chat_server(chat=Fault(hang=30)) as server, calling(server.url, model_timeout=20) as caller:
        with pytest.raises(BudgetEndedError):
            await caller.call(a_state(budget={"seconds": 3.0}), "route").decide(asking(), Colour)
    assert (server.count(), time.monotonic() - began < 20) == (1, True)


async def test_retries_count_against_the_budget(a_state, calling):
    async with chat_server(chat=DOWN) as server, calling(server.url, model_retries=5) as caller:
        with pytest.raises(BudgetEndedError):
            await caller.call(a_state(budget={"model_calls": 2}), "route").decide(asking(), Colour)
        assert server.count() == 2


async def test_decisions_side_by_side_share_what_is_left_and_the_one_that_matters_goes_first(a_state, calling):
    async with chat_server(chat=GOOD) as server, calling(server.url) as caller:
        state = a_state(budget={"model_calls": 1})
        grader = caller.call(state, "grade_evidence", after="answer").decide(asking(), Colour)
        writer = caller.call(state, "answer").decide(asking(), Colour)
        graded, written = await asyncio.gather(grader, writer, return_exceptions=True)
    assert isinstance(graded, BudgetEndedError)
    assert isinstance(written, Colour)
    assert server.count() == 1
