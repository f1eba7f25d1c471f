"""Turns that people disliked, asked for again or got no answer in, made into cases."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from stylegraph import ask, open_assistant
from stylegraph.agent.errors import InputError
from stylegraph.agent.evidence import make_evidence
from stylegraph.agent.settings import load_settings
from stylegraph.agent.verdicts import verdict_on
from stylegraph.evals.harness.fixtures import settings_for
from stylegraph.evals.harvest.cases import HarvestedCase, read, write
from stylegraph.evals.harvest.harvesting import case_of, harvested
from stylegraph.evals.harvest.suite import Constraints, play, suite_of
from stylegraph.evals.harvest.turns import HarvestedTurn, failed, judged
from stylegraph.graphs.persistence import open_threads

LINEN = make_evidence(
    "documents", "린넨 세탁", "린넨은 30도 이하의 찬물에서 중성세제로 빤다. 문의: 02, help@example.com"
)


def turn(question: str, *earlier: str, complaint: str = "", evidence: Any = (LINEN,)) -> HarvestedTurn:
    reply = {"text": "모르겠어요.", "routes": ["documents"], "evidence": list(evidence)}
    return HarvestedTurn("disliked", earlier, question, reply, complaint)


def test_what_names_people_is_taken_out_everywhere():
    case = case_of(turn("제 번호는 010-1234-5678인데 린넨은요?", "a@b.kr로 보내줘", complaint="+82 10-1234-5678"))
    told = case.model_dump_json()
    assert not [one for one in ("1234", "a@b.kr", "help@example.com") if one in told]
    assert "제 번호는 […]인데 린넨은요?" in told


@pytest.mark.parametrize(
    ("questions", "count"),
    [
        ([["린넨은 어떻게 빨아요?"], ["린넨은 어떻게 빨아요??"]], 1),
        ([["How do I wash linen?"], ["how do I wash linen"]], 1),
        ([["그건요?", "린넨 셔츠"], ["그건요?", "울 니트"]], 2),
        ([["린넨은 어떻게 빨아요?"], ["린넨은 어떻게 다려요?"]], 2),
    ],
    ids=["the same in Korean", "the same in English", "another conversation", "another question"],
)
def test_a_question_is_a_case_once(questions, count):
    assert len(harvested([turn(*one) for one in questions])) == count


def test_a_case_that_somebody_has_labelled_stays_as_it_is(tmp_path):
    file = tmp_path / "cases.yaml"
    (first,) = harvested([turn("린넨은 어떻게 빨아요?")])
    write([HarvestedCase(**{**first.model_dump(), "statuses": ["answered"]})], file)
    assert harvested([turn("린넨은 어떻게 빨아요?")], read(file)) == []
    assert [case.labelled for case in read(file)] == [True]
    assert [case.id for case in suite_of(file).cases()] == [first.id]


def test_a_regenerated_turn_is_a_case_and_an_edited_answer_goes_with_it():
    reply = {"text": "모르겠어요.", "routes": ["documents"], "evidence": [LINEN]}
    given = {"rating": "again", "better": "30도에. a@b.kr"}
    (case,) = harvested([judged(verdict_on("reply-1", given, [], "린넨은 어떻게 빨아요?", reply))])
    assert (case.why, case.better) == ("regenerated", "30도에. […]")


async def test_turns_that_ended_without_an_answer_are_found_in_the_conversations(tmp_path):
    settings = load_settings(home=tmp_path)
    async with open_threads(settings) as threads:
        async with open_assistant(settings, checkpointer=threads) as assistant:
            for question in ("How should I wash wool?", "Where do I renew a passport?", "Thanks!"):
                await ask(assistant, question, thread="t")
        found = [one async for one in failed(threads)]
        assert [(one.why, one.question) for one in found] == [("failed", "Where do I renew a passport?")]
        assert found[0].earlier == ["How should I wash wool?"]
        await threads.adelete_thread("t")
        assert [one async for one in failed(threads)] == []


async def test_what_must_not_be_said_and_what_a_piece_may_cost_are_judged():
    plain = case_of(turn("린넨은 몇 도 물에 빨아요?"))
    for labels, kept in (
        ({"never": ["30도"]}, False),
        ({"never": ["60도"]}, True),
        ({"most_krw": 10}, True),
        ({}, None),
    ):
        case = plain.model_copy(update=labels)
        reply = await play(case, settings_for(None))
        judged = Constraints().evaluate(SimpleNamespace(inputs=case, output=SimpleNamespace(reply=reply)))
        assert judged == ({} if kept is None else {"constraints kept": kept})
    dear = SimpleNamespace(text="", recommendations=[SimpleNamespace(price_krw=20_000)])
    case = plain.model_copy(update={"most_krw": 10_000})
    judged = Constraints().evaluate(SimpleNamespace(inputs=case, output=SimpleNamespace(reply=dear)))
    assert judged == {"constraints kept": False}


async def test_it_is_asked_again_over_what_was_found_then():
    reply = await play(case_of(turn("린넨은 몇 도 물에 빨아요?")), settings_for(None))
    assert "30도" in reply.text
    assert {citation.title for citation in reply.citations} == {"린넨 세탁"}


def test_a_file_of_something_else_is_refused(tmp_path):
    file = tmp_path / "cases.yaml"
    file.write_text("- {id: t-ko-01}\n", encoding="utf-8")
    with pytest.raises(InputError, match="no file of harvested cases"):
        read(file)
