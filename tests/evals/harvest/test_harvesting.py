"""Turns that people disliked, made into cases."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from stylegraph.agent.errors import InputError
from stylegraph.agent.evidence import make_evidence
from stylegraph.evals.harness.fixtures import settings_for
from stylegraph.evals.harvest.cases import HarvestedCase, read, write
from stylegraph.evals.harvest.harvesting import case_of, harvested
from stylegraph.evals.harvest.suite import Constraints, play, suite_of

LINEN = make_evidence(
    "documents", "린넨 세탁", "린넨은 30도 이하의 찬물에서 중성세제로 빤다. 문의: 02, help@example.com"
)


def verdict(question: str, *earlier: str, reason: str = "", evidence: Any = (LINEN,)) -> Any:
    reply = {"text": "모르겠어요.", "routes": ["documents"], "evidence": list(evidence)}
    return {
        "message": f"reply-{question}", "rating": "down", "reason": reason, "better": "", "at": "2026-12-01",
        "earlier": list(earlier), "question": question, "reply": reply,
    }  # fmt: skip


def test_what_names_people_is_taken_out_everywhere():
    case = case_of(verdict("제 번호는 010-1234-5678인데 린넨은요?", "a@b.kr로 보내줘", reason="+82 10-1234-5678"))
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
    assert len(harvested([verdict(*one) for one in questions])) == count


def test_a_case_that_somebody_has_labelled_stays_as_it_is(tmp_path):
    file = tmp_path / "cases.yaml"
    (first,) = harvested([verdict("린넨은 어떻게 빨아요?")])
    write([HarvestedCase(**{**first.model_dump(), "statuses": ["answered"]})], file)
    assert harvested([verdict("린넨은 어떻게 빨아요?")], read(file)) == []
    assert [case.labelled for case in read(file)] == [True]
    assert [case.id for case in suite_of(file).cases()] == [first.id]


def test_a_regenerated_turn_is_a_case_and_an_edited_answer_goes_with_it():
    (case,) = harvested([{**verdict("린넨은 어떻게 빨아요?"), "rating": "again", "better": "30도에. a@b.kr"}])
    assert (case.why, case.better) == ("regenerated", "30도에. […]")


async def test_what_must_not_be_said_and_what_a_piece_may_cost_are_judged():
    plain = case_of(verdict("린넨은 몇 도 물에 빨아요?"))
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
    reply = await play(case_of(verdict("린넨은 몇 도 물에 빨아요?")), settings_for(None))
    assert "30도" in reply.text
    assert {citation.title for citation in reply.citations} == {"린넨 세탁"}


def test_a_file_of_something_else_is_refused(tmp_path):
    file = tmp_path / "cases.yaml"
    file.write_text("- {id: t-ko-01}\n", encoding="utf-8")
    with pytest.raises(InputError, match="no file of harvested cases"):
        read(file)
