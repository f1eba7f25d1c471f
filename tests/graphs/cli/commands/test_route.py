"""`stylegraph route`."""

from __future__ import annotations

import json

import pytest

FIELDS = ["routes", "standalone", "language", "filters", "ask_back"]


def test_the_decision_is_given_as_data(cli, scripted):
    [record] = cli("route", "5만원 이하 셔츠", "--json").records
    assert list(record) == FIELDS
    assert record["routes"] == ["documents"]
    assert record["language"] == "ko"
    assert record["filters"] == {"documents": {"price_krw": {"lte": 50000}}}


def test_for_people_route_question_and_conditions_are_shown(cli, scripted):
    assert cli("route", "셔츠?").stdout.splitlines() == ["문서", "셔츠?", "  문서: price_krw at most 50,000"]


def test_history_and_a_picture_reach_the_router(cli, scripted, tmp_path, monkeypatch):
    seen = []

    async def route(state):
        seen.append(([(message.type, message.text) for message in state["messages"]], bool(state["turn"]["image"])))
        return await type(scripted).route(scripted, state)

    monkeypatch.setattr(scripted, "route", route)
    history = [{"role": "user", "content": "셔츠 추천해줘"}, {"role": "assistant", "content": "네."}]
    (tmp_path / "in.jsonl").write_text(
        json.dumps({"id": "a", "text": "더 싼 거", "history": history})
        + "\n"
        + json.dumps({"id": "b", "text": "이거 뭐야?", "image": True})
        + "\n"
        + json.dumps({"id": "c", "text": "?", "history": [{"role": "robot", "content": ""}]})
    )
    result = cli("route", "--questions", tmp_path / "in.jsonl", "--out", tmp_path / "out.jsonl")
    assert seen == [
        ([("human", "셔츠 추천해줘"), ("ai", "네."), ("human", "더 싼 거")], False),
        ([("human", "이거 뭐야?")], True),
    ]
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert [list(line) for line in lines] == [["id", *FIELDS]] * 2
    assert (result.exit_code, "Line 3: history.0.role" in result.stderr) == (1, True)


@pytest.mark.parametrize("args", [[], [""], ["a", "--questions", "b"], ["--questions", "missing"]])
def test_what_cant_be_routed_is_refused(cli, scripted, args):
    assert cli("route", *args).exit_code == 2
