"""Conversations are recorded side by side with a scripted model, and replay strictly: no server, no key, no network."""

import json

import pytest
from standins.http import serving

from stylegraph.agent.text.resources import parse_yaml
from stylegraph.evals.bench.agents import differences, rows, table
from stylegraph.evals.harness.agents.cases import agent_cases
from stylegraph.evals.harness.agents.running import hold_all, patient
from stylegraph.evals.harness.comparison import compare
from stylegraph.evals.harness.runs import Run, judge, load, save
from stylegraph.evals.recording.agents import FOLDERS, held_again, homes, record_all
from stylegraph.evals.replay import http
from stylegraph.evals.replay.http import ReplayError
from stylegraph.evals.suites.agents import suite_of

CASES = {case.id: case for case in agent_cases()}
ORDER, BALANCE = CASES["a-ko-051"], CASES["a-en-053"]
CALLED = {
    ORDER.id: ("orders", {"number": "B-2041"}, "배송 중이고 6월 4일에 도착해요. [주문 B-2041]"),
    BALANCE.id: ("leave", {"person": "Seojin Lee"}, "No, not on probation. 14 days are left. [휴가 현황: 이서진]"),
}


async def scripted(exchange) -> None:
    """A stand-in for a chat model: calls a tool, then says what is in the script."""
    case = exchange.path.split("/")[1]
    tool, arguments, text = CALLED[case]
    if exchange.json["messages"][-1]["role"] == "tool":
        message = {"role": "assistant", "content": text}
    else:
        function = {"name": tool, "arguments": json.dumps(arguments)}
        message = {"role": "assistant", "tool_calls": [{"id": "call_1", "type": "function", "function": function}]}
    usage = {"prompt_tokens": 50, "completion_tokens": 20, "total_tokens": 70}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    await exchange.answer(
        200,
        {
            "id": "1",
            "object": "chat.completion",
            "created": 0,
            "model": "scripted",
            "choices": [choice],
            "usage": usage,
        },
    )


@pytest.fixture
async def recorded(tmp_path, monkeypatch):
    monkeypatch.setattr(http, "CASSETTES", tmp_path)
    judged = {}
    async with serving(scripted) as url:
        missing = await record_all(
            "react",
            [ORDER, BALANCE],
            "scripted",
            url + "/{case}/v1",
            2,
            lambda case, turns: judged.update({case.id: turns}),
        )
    assert missing == []
    return judged, tmp_path


async def test_each_case_has_a_cassette_of_its_own_that_replays_without_a_network(recorded, no_network):
    judged, folder = recorded
    for case in (ORDER, BALANCE):
        _, again = await held_again("react", case)
        assert [turn.text for turn in again] == [turn.text for turn in judged[case.id]]
        assert [turn.results for turn in again] == [turn.results for turn in judged[case.id]]
        tape = parse_yaml((folder / FOLDERS["react"] / f"{case.id}.yaml").read_text(encoding="utf-8"))
        assert {one["request"]["uri"] for one in tape["interactions"]} == {"http://model.invalid/v1/chat/completions"}
        assert len(tape["interactions"]) == 2 * len(case.turns)
        assert tape["metadata"]["against"]["origin"].startswith("answers written by hand")
    assert no_network == []


async def test_what_was_judged_is_what_the_answer_says(recorded):
    judged, _ = recorded
    order, first, second = *judged[ORDER.id], *judged[BALANCE.id]
    assert order.passed == {"right": True, "citations exact": True, "cited": True}
    assert (order.scores["calls"], order.scores["trips"], order.scores["tokens_in"]) == (2, 2, 100)
    assert order.scores["seconds"] == pytest.approx(2 * (0.4 + 20 * 0.01))
    assert first.passed["right"]
    assert second.passed["right"]


async def test_another_prompt_does_not_replay(recorded, monkeypatch):
    monkeypatch.setattr("stylegraph.evals.harness.agents.sides.PROMPT", "You are somebody else.")
    with pytest.raises(ReplayError, match="not recorded"):
        await held_again("react", ORDER)


async def test_a_conversation_that_fails_is_wrong_and_keeps_no_other_from_its_answer():
    async def failing(exchange) -> None:
        await (scripted(exchange) if ORDER.id in exchange.path else exchange.answer(400, {"error": {"message": "no"}}))

    judged = {}
    async with serving(failing) as url:
        held = await hold_all(
            "react",
            [BALANCE, ORDER],
            lambda case: patient("scripted", f"{url}/{case.id}/v1"),
            2,
            lambda case, turns: judged.update({case.id: turns}),
        )
    assert list(held) == [ORDER.id]
    assert [turn.passed for turn in judged[BALANCE.id]] == [{"right": False}, {"right": False}]
    assert "Error code: 400" in judged[BALANCE.id][0].error


async def test_two_runs_are_kept_and_compared_turn_by_turn(recorded, tmp_path):
    judged = [turn for turns in recorded[0].values() for turn in turns]
    worse = [turn.model_copy(update={"passed": {**turn.passed, "right": turn.case != "a-ko-051#1"}}) for turn in judged]
    for name, turns in (("before", judged), ("after", worse)):
        save(Run(name=name, made="2026-06-03T09:00:00Z", judged=turns), tmp_path)
    told = differences(compare(load("before", tmp_path).judged, load("after", tmp_path).judged))
    assert "worse: a-ko-051#1" in told
    counted = rows({"ours": judged, "react": worse})
    assert [(row.kind, row.side, row.right, row.turns) for row in counted][-2:] == [
        ("all", "ours", 3, 3),
        ("all", "react", 2, 3),
    ]
    assert "| all | ours | 3/3 | 3/3 | 2.00 |" in table(counted)


async def test_our_own_side_is_asked_by_the_public_way_on_the_day_of_the_cases():
    from stylegraph.evals.harness.agents.clock import on_that_day
    from stylegraph.evals.harness.agents.running import hold
    from stylegraph.evals.harness.fixtures import settings_for

    with on_that_day():
        held = await hold("ours", CASES["a-ko-031"], settings_for(None, web=None, samples=False), homes())
    assert held[0].wrong == []
    assert len(held[0].said.answer.items) >= 3
    assert held[1].wrong == []


async def test_a_suite_judges_what_is_recorded(recorded):
    judged = await judge(suite_of("react"), "model")
    assert sorted(one.case for one in judged) == [BALANCE.id, ORDER.id]
    for one in judged:
        assert one.error is None
        assert one.results.items() >= {"right": 1.0, "cited": 1.0, "citations exact": 1.0, "code whole": 1.0}.items()
        assert one.results["calls"] == 2 * len(CASES[one.case].turns)
