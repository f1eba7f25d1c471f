"""Whatever a model's server does, the turn ends in an answer, says what was done without it, and shows no secret."""

from __future__ import annotations

import json
import logging

import pytest
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from standins.chat import Calls, Fault, calls, per_turn
from standins.tavily import tavily_server
from standins.turns import LINEN, QUESTION, WASH, WASHED, documents, form, graded, looks_up, staged, text, web

from stylegraph.agent.reply import Status
from stylegraph.graphs.api import ask
from stylegraph.graphs.build import open_web

MODEL_KEY, WEB_KEY = "sk-secret-1234", "tvly-secret-5678"
"""The model's is what the stage sets; the stand-ins repeat it in all their errors."""
REPEATED = {"error": {"message": f"{MODEL_KEY} and {WEB_KEY}"}}

DOWN = {
    "401": Fault(401, REPEATED),
    "403": Fault(403, REPEATED),
    "429": Fault(429, REPEATED, {"retry-after": "0.1"}),
    "429 for an hour": Fault(429, REPEATED, {"retry-after": "3600"}),
    "500": Fault(500, REPEATED),
    "503": Fault(503, f"<html>{MODEL_KEY}</html>"),
}
"""Failures that mean that the server answers nobody: it is not asked again in that turn."""
BAD = {
    "400": Fault(400, REPEATED),
    "refusal": Fault(refusal=f"I can't help with {MODEL_KEY}"),
    "empty": "",
    "no completion": Fault(200, {"object": "list"}),
    "a web page": Fault(200, f"<html>{MODEL_KEY}</html>"),
    "cut": Fault(body="린넨은 찬물에서 중성세제로", cut_after=2),
    "only tools that there are not": Calls([("shell", {"command": f"echo {MODEL_KEY}"})]),
    "only broken arguments": Calls([("documents", f"query={MODEL_KEY}")]),
}
"""Failures of one message."""
NO_FORM = {
    "no JSON": "I think so",
    "broken JSON": '{"unsupported": [1',
    "wrong schema": {"colour": "red"},
    **{name: BAD[name] for name in ("400", "refusal", "empty", "no completion", "a web page")},
}
"""Failures of one decision that has a form."""
HANG = Fault(hang=30)
KINDS = ("agent", "form", "grade")


def codes(reply):
    return {note["code"] for note in reply.notes}


@pytest.mark.parametrize("fault", DOWN.values(), ids=DOWN)
async def test_a_server_that_answers_nobody_is_done_without(fault):
    async with staged(**dict.fromkeys(KINDS, fault)) as stage:
        reply = await ask(stage.graph, QUESTION)
    assert (reply.status, codes(reply)) == (Status.ANSWERED, {"model_unavailable"})
    assert "찬물" in reply.text
    assert reply.citations
    assert len(reply.notes) == 1  # said once, whatever the number of decisions
    assert stage.server.count() <= 2  # the first decision and its one retry


async def test_a_server_that_is_not_there_is_done_without(unused_tcp_port):
    async with staged(settings={"base_url": f"http://127.0.0.1:{unused_tcp_port}/v1"}) as stage:
        reply = await ask(stage.graph, QUESTION)
    assert (reply.status, codes(reply)) == (Status.ANSWERED, {"model_unavailable"})
    assert "STYLEGRAPH_BASE_URL" in reply.notes[0]["text"]


@pytest.mark.parametrize("fault", BAD.values(), ids=BAD)
@pytest.mark.parametrize("visit", ["look up", "write"])
async def test_a_visit_that_fails_is_made_without_the_model_and_named(visit, fault):
    agent = fault if visit == "look up" else looks_up(fault)
    async with staged(settings={"model_timeout": 10.0}, agent=agent) as stage:
        reply = await ask(stage.graph, QUESTION)
    assert reply.status in (Status.ANSWERED, Status.BEST_EFFORT)
    assert "찬물" in reply.text
    assert reply.citations
    assert codes(reply) == {"model_failed"}
    assert "찾아보고 답하기" in reply.notes[0]["text"]


async def test_after_a_look_up_without_the_model_it_is_asked_again_with_what_was_found():
    async with staged(agent=["", WASH]) as stage:
        reply = await ask(stage.graph, QUESTION)
    assert (reply.status, reply.text, codes(reply)) == (Status.ANSWERED, WASHED, {"model_failed"})
    assert "Found so far" in stage.server.seen[1].text


@pytest.mark.parametrize("fault", NO_FORM.values(), ids=NO_FORM)
async def test_a_grade_that_fails_leaves_the_draft_as_it_is_and_is_named(fault):
    async with staged(settings={"model_timeout": 10.0}, grade=fault) as stage:
        reply = await ask(stage.graph, QUESTION)
    assert (reply.text, codes(reply)) == (WASHED, {"model_failed"})
    assert "점검" in reply.notes[0]["text"]


@pytest.mark.parametrize("fault", [*NO_FORM.values(), form(documents="")], ids=[*NO_FORM, "nothing to look for"])
async def test_a_form_that_fails_is_done_without(fault):
    async with staged(settings={"model_timeout": 10.0}, form=fault) as stage:
        stage.server.refuses = {"tools": "this model does not support tools"}
        reply = await ask(stage.graph, QUESTION)
    assert reply.status in (Status.ANSWERED, Status.BEST_EFFORT)
    assert "찬물" in reply.text


@pytest.mark.parametrize("kind", ["agent", "grade"])
async def test_a_model_that_hangs_is_given_up_once(kind):
    async with staged(settings={"model_timeout": 1.0}, **{kind: HANG}) as stage:
        reply = await ask(stage.graph, QUESTION)
    assert "찬물" in reply.text
    assert codes(reply) == {"model_unavailable"}
    assert "STYLEGRAPH_MODEL_TIMEOUT" in reply.notes[0]["text"]
    assert stage.server.count(kind) == 1


async def test_what_the_note_says_helps():
    """Who sets what the note names sees the fallback gone."""
    slow = Fault(hang=2)
    slow_then = lambda seen: slow if stage.caller.settings.model_timeout < 2 else graded()  # noqa: E731
    async with staged(settings={"model_timeout": 0.5}, grade=slow_then) as stage:
        noted = await ask(stage.graph, QUESTION)
    async with staged(settings={"model_timeout": 5.0}, grade=slow_then) as stage:
        fine = await ask(stage.graph, QUESTION)
    assert "STYLEGRAPH_MODEL_TIMEOUT" in noted.notes[0]["text"]
    assert fine.notes == []


async def test_a_wrong_key_says_which_variable_and_where_to_get_one():
    async with staged(**dict.fromkeys(KINDS, DOWN["401"])) as stage:
        korean = await ask(stage.graph, QUESTION)
        english = await ask(stage.graph, "How is linen washed?")
    for reply in (korean, english):
        assert "OPENAI_API_KEY" in reply.notes[0]["text"]
        assert "platform.openai.com/api-keys" in reply.notes[0]["text"]
    assert korean.notes[0]["text"].startswith("모델을 쓸 수 없어 모델 없이 답했어요.")
    assert english.notes[0]["text"].startswith("The model could not be used")


async def test_no_secret_is_in_a_reply_a_log_or_a_conversation_on_disk(caplog, tmp_path):
    """Every failure in turn, with keys in the servers' own words, logged as loudly as can be."""
    caplog.set_level(logging.DEBUG)
    replies = []
    async with AsyncSqliteSaver.from_conn_string(str(tmp_path / "threads")) as threads, tavily_server() as tavily:
        tavily.key = "another"  # so that ours is refused
        keys = {"tavily_api_key": WEB_KEY, "tavily_base_url": tavily.url, "model_timeout": 1.0}
        for name, fault in {**DOWN, **BAD, **NO_FORM}.items():
            async with staged(documents(), web(), settings=keys, threads=threads, agent=fault, grade=fault) as stage:
                replies.append(await ask(stage.graph, QUESTION, thread=name))
                async with open_web(stage.caller.settings) as searching:
                    task = {"question": QUESTION, "queries": [QUESTION], "filters": {}, "language": "ko", "k": 3}
                    gathered = await searching.gather({**task, "attempt": 0, "web_searches": 2})
                    assert "TAVILY_API_KEY" in str(gathered["notes"])
                    replies.append(gathered)
    told = json.dumps([reply if isinstance(reply, dict) else reply.as_dict() for reply in replies], ensure_ascii=False)
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert QUESTION.encode() in written
    assert "HTTP Request" in caplog.text
    for key in (MODEL_KEY, WEB_KEY):
        assert key not in told
        assert key.encode() not in written
        assert key not in caplog.text


@pytest.mark.parametrize("searches", [0, 1])
async def test_when_the_web_searches_end_the_turn_ends_in_best_effort(searches):
    async with tavily_server() as tavily:
        settings = {"tavily_base_url": tavily.url, "budget_web_searches": 4}
        async with staged(
            documents([text("documents", "린넨", LINEN)]),
            web(),
            agent=per_turn(calls(web=["오늘 서울 날씨", "장화 시세"]), "NOT_FOUND: 찾지 못했어요."),
        ) as stage:
            settings = stage.caller.settings.model_copy(update=settings)
            async with open_web(settings) as searching:
                stage.sources[1].gather = searching.gather
                reply = await ask(stage.graph, "오늘 서울 날씨랑 장화 시세 알려줘", budget={"web_searches": searches})
    assert len(tavily.asked) == reply.spent["web_searches"] == searches
    assert (reply.status, "budget_ended" in codes(reply)) == (Status.BEST_EFFORT, True)
