"""What came of a stranger's question, as far as code can see it."""

from __future__ import annotations

import pytest

from stylegraph.agent.budget import tally
from stylegraph.agent.reply import Reply, Status
from stylegraph.evals.bench.everyday import Asked, measure, outcome, table
from stylegraph.evals.harness.everyday_cases import EverydayCase, EverydayTurn

LINEN = EverydayTurn(
    text="how hot for linen", holds="answer", facts=[["40 °C"], ["gentle", "delicate"]], judged="wrong"
)
NOTHING = EverydayTurn(text="who won last night", holds="nothing", judged="right")
TALK = EverydayTurn(text="hi", holds="talk", judged="right")


def reply(text, status=Status.ANSWERED):
    return Reply(
        text=text, status=status, language="en", routes=[], citations=[], recommendations=[], spent=tally([], 0.0, 0)
    )


@pytest.mark.parametrize(
    ("turn", "said", "came"),
    [
        (LINEN, reply("At 40 °C, on a gentle cycle."), "right"),
        (LINEN, reply("At 40 °C."), "wrong"),
        (LINEN, reply("I found nothing.", Status.NOT_FOUND), "refused"),
        (NOTHING, reply("I found nothing.", Status.NOT_FOUND), "right"),
        (NOTHING, reply("Which match?", Status.ASKED_BACK), "right"),
        (NOTHING, reply("At 40 °C."), "made up"),
        (TALK, reply("Hello!"), "right"),
        (TALK, reply("I can't do that.", Status.DECLINED), "refused"),
    ],
)
def test_facts_decide_where_there_are_some_and_silence_where_there_are_none(turn, said, came):
    assert outcome(turn, said) == came


def test_the_table_has_a_row_for_each_kind_of_turn_that_there_is():
    case = EverydayCase(id="r1-001", language="en", turns=[LINEN, NOTHING])
    told = table([Asked(case, 1, LINEN, "right", ""), Asked(case, 2, NOTHING, "made up", "")])
    assert "| all | 2 | 0.50 | 0.00 | 1.00 | 0.50 |" in told
    assert "| follow-ups | 1 |" in told
    assert "| there to learn from | 2 |" in told
    assert "kept aside" not in told
    assert "Korean" not in told


async def test_conversations_are_asked_of_all_documents_at_once():
    jeans = EverydayTurn(
        text="how often should jeans be washed?", holds="answer", facts=[["ten times"]], judged="right"
    )
    gym = EverydayTurn(text="헬스장 한달만 쉬고싶은데 정지 되나요", holds="answer", facts=[["60일"]], judged="right")
    cases = [
        EverydayCase(id="r1-001", language="en", turns=[jeans]),
        EverydayCase(id="r1-002", language="ko", turns=[gym]),
    ]
    assert [one.outcome for one in await measure(cases)] == ["right", "right"]
