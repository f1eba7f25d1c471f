"""The assistant with a decision model: one request routes, one orders what each source found, one grades.

The graph, the clients and the local decisions behind them are real; `decision_server` and `chat_server` stand in for servers
that are paid for or can't run here.
"""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest
from langchain_openai.decisions import OpenAIDecisions
from standins.chat import chat_server
from standins.decisions import decision_server

from stylegraph import InputError, LocalDecisions, Settings, SettingsError, Status, ask, make_evidence, open_assistant

pytestmark = pytest.mark.filterwarnings("ignore:.*OpenAIDecisions.*")

GIFTS = "A gift for a colleague may cost 50,000 won at most. Above that, ask the team lead."
GIFTS_KO = "동료 선물은 5만 원까지입니다. 그보다 비싸면 팀장에게 물어봅니다."
QUESTION = "How much may a gift for a colleague cost?"
QUESTION_KO = "동료 선물은 얼마까지 돼?"


class Shelf:
    """A source with the same pieces for every question."""

    def __init__(self, name, description, *pieces, examples=()):
        self.name, self.node, self.description = name, f"look_in_{name}", description
        self.examples, self.pieces = examples, pieces

    async def gather(self, state):
        return {"evidence": [make_evidence(self.name, title, text, score=0.5) for title, text in self.pieces]}


def policies():
    examples = (
        "What may a present for a coworker cost?",
        "What is our gift policy?",
        "동료에게 주는 선물 한도",
        "선물 규정 알려줘",
    )
    return Shelf("policies", "The company's policies.", ("Gifts", GIFTS), ("선물", GIFTS_KO), examples=examples)


def parcels():
    told = ("Order 7", "Your parcel arrives on Friday. 택배는 금요일에 와요.")
    return Shelf("parcels", "Orders and parcels.", told, examples=("Where is my parcel?", "내 택배 언제 와?"))


def says(**scripted):
    """Answer by the question's name; passages by 0.9, sentences too, and a whole answer."""

    def answer(name, instructions, state):
        usual = {"first": "policies", "ask_back": 0.05, "also_policies": 0.1, "also_parcels": 0.1, "answers": 2.0}
        told = {**usual, **scripted}.get(name, 0.9)
        return told(instructions) if callable(told) else told

    return answer


@asynccontextmanager
async def opened(home, decisions, *sources, **more):
    given = {name: more.pop(name) for name in list(more) if name in Settings.model_fields}
    settings = Settings(_env_file=None, home=home, samples=False, decisions_timeout=2.0, model_retries=0, **given)
    sources = sources or (policies(), parcels())
    async with open_assistant(settings, sources=sources, builtin=[], decisions=decisions, **more) as assistant:
        yield assistant


async def test_one_request_routes_one_orders_and_one_grades(tmp_path):
    async with decision_server(says()) as server, opened(tmp_path, server.url) as assistant:
        reply = await ask(assistant, QUESTION)
    assert (reply.status, reply.routes, reply.notes) == (Status.ANSWERED, ["policies"], [])
    assert "50,000 won" in reply.text
    assert server.kinds == ["route", "rerank", "grade"]
    assert (reply.spent["model_calls"], reply.spent["tokens_in"]) == (3, 300)
    assert reply.spent["rerank_seconds"] > 0


async def test_with_a_chat_model_one_generating_call_is_left(tmp_path):
    async with decision_server(says()) as server, chat_server(agent="It may cost 50,000 won at most [1.1].") as chat:
        more = {"base_url": chat.url, "openai_api_key": "sk-secret-1234", "model": "a-model"}
        async with opened(tmp_path, server.url, **more) as assistant:
            reply = await ask(assistant, QUESTION)
    assert (reply.status, reply.text) == (Status.ANSWERED, "It may cost 50,000 won at most [1].")
    assert chat.kinds == ["agent"]
    assert server.kinds == ["route", "rerank", "grade"]
    claim = server.asked[-1].questions["0"]["instructions"]
    assert claim["claim"] == "It may cost 50,000 won at most."
    assert claim["evidence"] == ["A gift for a colleague may cost 50,000 won at most."]


async def test_two_sources_are_looked_into_where_the_second_is_sure(tmp_path):
    async with decision_server(says(also_parcels=0.8)) as server, opened(tmp_path, server.url) as assistant:
        reply = await ask(assistant, QUESTION)
    assert set(reply.routes) == {"policies", "parcels"}
    assert server.kinds.count("rerank") == 2


@pytest.mark.parametrize(("question", "words"), [(QUESTION_KO, "자세히"), (QUESTION, "a little more")])
async def test_a_person_is_asked_back_where_a_fact_is_missing(tmp_path, question, words):
    async with decision_server(says(ask_back=0.9)) as server, opened(tmp_path, server.url) as assistant:
        reply = await ask(assistant, question)
    assert reply.status is Status.ASKED_BACK
    assert words in reply.text
    assert server.kinds == ["route"]


async def test_small_talk_is_answered_at_once(tmp_path):
    async with decision_server(says(first="at_once")) as server, opened(tmp_path, server.url) as assistant:
        reply = await ask(assistant, "고마워!")
    assert (reply.status, reply.evidence, server.kinds) == (Status.ANSWERED, [], ["route"])


async def test_a_follow_up_is_decided_with_the_conversation_before_it(tmp_path):
    async with decision_server(says()) as server, opened(tmp_path, server.url) as assistant:
        await ask(assistant, QUESTION_KO, thread="t")
        await ask(assistant, "그보다 비싸면?", thread="t")
    later = [one for one in server.asked if one.kind == "route"][-1]
    assert [one["role"] for one in later.state["earlier"]] == ["user", "assistant"]
    assert later.state["earlier"][0]["content"] == QUESTION_KO


async def test_the_likeliest_passage_is_read_first(tmp_path):
    def near(instructions):
        return 0.95 if "선물" in instructions["passage"] else 0.2

    answers = says(**{"0": near, "1": near})
    async with decision_server(answers) as server, opened(tmp_path, server.url) as assistant:
        reply = await ask(assistant, QUESTION_KO, effort="quick")
    assert [(one["title"], one["score"]) for one in reply.evidence] == [("선물", 0.95), ("Gifts", 0.2)]
    assert server.kinds == ["route", "rerank"]


async def test_thirty_passages_go_into_one_request(tmp_path):
    many = Shelf("policies", "The company's policies.", *((f"Rule {at}", f"{GIFTS} Rule {at}.") for at in range(40)))
    async with decision_server(says()) as server, opened(tmp_path, server.url, many) as assistant:
        await ask(assistant, QUESTION, effort="quick")
    assert sorted(len(one.questions) for one in server.asked if one.kind == "rerank") == [10, 30]


async def test_a_sentence_that_its_units_do_not_say_is_not_called_supported(tmp_path):
    async with decision_server(says(**{"0": 0.1})) as server, opened(tmp_path, server.url) as assistant:
        reply = await ask(assistant, QUESTION)
    assert reply.grade is not None
    assert "grade" in server.kinds
    assert not reply.grade.good
    assert not reply.grade.sentences[0].supported


async def test_an_answer_to_half_of_a_question_is_half_an_answer(tmp_path):
    async with decision_server(says(answers=1.0)) as server, opened(tmp_path, server.url) as assistant:
        reply = await ask(assistant, QUESTION)
    assert server.kinds[-1] == "grade"
    assert (reply.grade.answers, reply.grade.missing) == (0.5, [QUESTION])


@pytest.mark.parametrize(
    ("options", "korean", "english"),
    [
        ({"fault": (500, {"error": "down"})}, "500 오류", "answered 500"),
        ({"fault": (200, {"model": "m", "answers": {}})}, "물은 대로", "did not answer what was asked"),
        ({"fault": (200, "<html>")}, "물은 대로", "did not answer what was asked"),
        ({"key": "right"}, "401 오류", "answered 401"),
        ({"hang": 9.0}, "초 안에", "within 2 s"),
    ],
)
async def test_where_it_fails_the_local_decisions_stand_in_and_the_reply_says_why(tmp_path, options, korean, english):
    for question, words, figure in ((QUESTION_KO, korean, "5만 원"), (QUESTION, english, "50,000 won")):
        async with (
            decision_server(says(), **options) as server,
            opened(tmp_path, server.url, decisions_api_key="sk-wrong-key") as assistant,
        ):
            reply = await ask(assistant, question)
        notes = {note["code"]: note["text"] for note in reply.notes}
        assert notes.keys() == {"decisions_failed", "rerank_failed"}
        assert any(words in note["text"] for note in reply.notes)
        assert figure in reply.text
        assert "sk-wrong-key" not in str(reply)
        assert len(server.asked) <= 1, "a model that has failed is left alone for a moment"


async def test_without_a_call_left_in_the_budget_it_is_not_asked(tmp_path):
    async with decision_server(says()) as server, opened(tmp_path, server.url, budget_model_calls=0) as assistant:
        reply = await ask(assistant, QUESTION)
    assert server.asked == []
    assert "leaves no model call" in str(reply.notes)
    assert "50,000 won" in reply.text


async def test_openais_client_serves_as_well(tmp_path):
    async with decision_server(says()) as server:
        client = OpenAIDecisions(model="gpt-6-luna", base_url=f"{server.url}/v1", api_key="sk-1", max_retries=0)
        async with opened(tmp_path, client, model_prices={"gpt-6-luna": {"input": 1, "output": 10}}) as assistant:
            reply = await ask(assistant, QUESTION)
    assert (reply.status, reply.notes) == (Status.ANSWERED, [])
    assert server.kinds == ["route", "rerank", "grade"]
    assert reply.spent["model_calls"] == 3
    assert reply.spent["dollars"] == pytest.approx(
        (3 * 100 + 10 * sum(len(one.questions) for one in server.asked)) / 1_000_000
    )
    predicate = server.asked[1].questions["0"]
    assert predicate["type"] == "predicate"
    assert '"passage": "Gifts' in predicate["instructions"]


async def test_openais_model_by_its_name(tmp_path, monkeypatch):
    async with decision_server(says(), key="sk-2") as server:
        monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/v1")
        async with opened(tmp_path, "openai:gpt-6-luna", decisions_api_key="sk-2") as assistant:
            assert (await ask(assistant, QUESTION)).notes == []
    assert server.kinds == ["route", "rerank", "grade"]


@pytest.mark.parametrize("status", [401, 429, 500])
async def test_openais_errors_are_told_without_what_the_server_said(tmp_path, status):
    fault = (status, {"error": {"message": "bad key sk-secret"}})
    async with decision_server(says(), fault=fault) as server:
        client = OpenAIDecisions(model="gpt-6-luna", base_url=f"{server.url}/v1", api_key="sk-secret", max_retries=0)
        async with opened(tmp_path, client) as assistant:
            reply = await ask(assistant, QUESTION)
    assert f"answered {status}" in str(reply.notes)
    assert "sk-secret" not in str(reply)


async def test_the_local_decision_model_costs_nothing(tmp_path):
    async with opened(tmp_path, LocalDecisions()) as assistant:
        reply = await ask(assistant, "What do the policies say about gifts for a colleague?")
    assert (reply.routes, reply.spent["model_calls"]) == (["policies"], 0)
    assert reply.notes == []


async def test_a_strangers_model_may_raise_anything(tmp_path):
    class Broken(LocalDecisions):
        async def _aclassify(self, state, questions):
            raise InputError("sk-secret")

    async with opened(tmp_path, Broken()) as assistant:
        reply = await ask(assistant, QUESTION)
    assert "failed with InputError" in str(reply.notes)
    assert "sk-secret" not in str(reply)


@pytest.mark.parametrize(("given", "said"), [("gpt-6-luna", "names no decision model"), (7, "can't be a int")])
async def test_what_names_no_model_is_refused(tmp_path, given, said):
    with pytest.raises(SettingsError, match=said):
        async with opened(tmp_path, given):
            pass
