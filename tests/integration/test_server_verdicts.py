"""What people think of answers: kept with the turn on a real server, each person's own, and theirs to delete."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import httpx
import pytest
import yaml
from served import keys, served

KEYS, ENVIRONMENT = keys("kim", "lee")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    groups = {"STYLEGRAPH_SERVER_GROUPS": json.dumps({"operators": ["lee"]})}
    with served(tmp_path_factory.mktemp("verdicts"), **ENVIRONMENT, **groups) as started:
        yield started


def asking(server, user="kim"):
    return httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {KEYS[user]}"}, timeout=90)


def answered(client, *questions):
    """Ask in a thread of its own; return the thread, and the id of each answer."""
    thread, messages = client.post("/threads", json={}).json()["thread_id"], []
    for question in questions:
        run = {"assistant_id": "assistant", "input": {"messages": [{"role": "user", "content": question}]}}
        state = client.post(f"/threads/{thread}/runs/wait", json=run).json()
        messages.append(state["messages"][-1]["id"])
    return thread, messages


def test_a_verdict_is_kept_with_the_turn_and_its_evidence_and_is_deletable(server):
    with asking(server) as kim, asking(server, "lee") as lee:
        thread, (first, second) = answered(kim, "울 니트는 어떻게 세탁해야 해?", "린넨은?")
        down = {"thread": thread, "message": second, "rating": "down", "reason": "한국어로 답해 주세요"}
        given = kim.post("/verdicts", json=down)
        assert given.status_code == 201
        assert given.json()["earlier"] == ["울 니트는 어떻게 세탁해야 해?"]
        assert (given.json()["question"], given.json()["reason"]) == ("린넨은?", "한국어로 답해 주세요")
        assert given.json()["reply"]["evidence"]
        kim.post("/verdicts", json={"thread": thread, "message": first, "rating": "up"})
        kim.post("/verdicts", json={"thread": thread, "message": first, "rating": "down"})  # changes their mind
        kept = kim.get("/verdicts").json()["verdicts"]
        assert {one["message"]: one["rating"] for one in kept} == {first: "down", second: "down"}
        brief = kim.get("/verdicts", params={"brief": "true"}).json()["verdicts"]
        assert [set(one) for one in brief] == [{"message", "rating", "reason", "better", "at", "question"}] * 2
        assert lee.get("/verdicts").json()["verdicts"] == []
        assert lee.post("/verdicts", json=down).status_code == 404
        assert lee.delete(f"/verdicts/{second}").json() == {"forgotten": 0}
        assert kim.delete(f"/verdicts/{second}").json() == {"forgotten": 1}
        assert kim.delete("/profile").status_code == 200
        assert kim.get("/verdicts").json()["verdicts"] == []


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"rating": "meh"}, 400),
        ({"better": ["x"]}, 400),
        ({"reason": "x" * 1_001}, 400),
        ({"message": "reply-none"}, 404),
        ({"thread": "x"}, 404),
    ],
)
def test_what_can_not_be_a_verdict_is_refused(server, more, status):
    with asking(server) as kim:
        thread, (message,) = answered(kim, "How do I wash wool?")
        refused = kim.post("/verdicts", json={"thread": thread, "message": message, "rating": "down", **more})
    assert refused.status_code == status


def test_what_turns_cost_is_shown_to_operators_alone_and_on_the_machine(server):
    with asking(server) as kim, asking(server, "lee") as lee:
        answered(kim, "How do I wash wool?")
        assert kim.get("/usage").status_code == 403
        assert lee.get("/usage", params={"days": "0"}).status_code == 400
        rows = lee.get("/usage", params={"days": "1"}).json()["usage"]
    mine = next(row for row in rows if row["user"] == "kim")
    assert mine["turns"] == sum(mine["statuses"].values()) >= 1
    assert 0 < mine["seconds_p50"] <= mine["seconds_p95"]
    assert "wool" not in json.dumps(rows)
    variables = {**os.environ, "STYLEGRAPH_HOME": str(server.folder / "home")}
    command = [sys.executable, "-m", "stylegraph.graphs.cli", "usage", "--days", "1", "--json"]
    told = subprocess.run(command, env=variables, capture_output=True, text=True, check=True, timeout=60).stdout
    assert mine in [json.loads(line) for line in told.splitlines()]


def test_nobody_without_a_key_gives_one(server):
    assert httpx.post(f"{server.url}/verdicts", json={}).status_code == 401


def evals(server, folder, *arguments):
    variables = {**os.environ, "STYLEGRAPH_HOME": str(server.folder / "home")}
    command = [sys.executable, "-c", "from stylegraph.evals.cli import main; main()", *arguments, "--json"]
    done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False, timeout=800)
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_what_is_disliked_becomes_a_case_that_is_labelled_and_judged(server, tmp_path):
    with asking(server) as kim, asking(server, "lee") as lee:
        kim.delete("/verdicts")
        for client, question in (
            (kim, "울 니트는 어떻게 세탁해야 해? 010-1234-5678로 알려줘"),
            (lee, "울 니트는 어떻게 세탁해야 해?? 010-1234-5678로 알려줘"),
        ):
            thread, (message,) = answered(client, question)
            complaint = {"rating": "down", "reason": "물 온도가 없어요. kim@example.com"}
            client.post("/verdicts", json={"thread": thread, "message": message, **complaint})
        thread, (message,) = answered(kim, "How do I wash linen?")
        kim.post("/verdicts", json={"thread": thread, "message": message, "rating": "up"})
        thread, (message,) = answered(kim, "실크는 어떻게 빨아?")
        again = {"thread": thread, "message": message, "rating": "again", "better": "찬물에 손으로. a@b.kr"}
        assert kim.post("/verdicts", json=again).json()["better"] == "찬물에 손으로. a@b.kr"
    file = tmp_path / "harvested.yaml"
    counts = {"disliked": 2, "regenerated": 1, "failed": 0}
    assert evals(server, tmp_path, "harvest") == [{**counts, "new": 2, "cases": 2, "labelled": 0}]
    text = file.read_text("utf-8")
    assert not [word for word in ("010-1234", "kim", "reply-", "example.com") if word in text]
    case, regenerated = yaml.safe_load(text)
    assert (regenerated["why"], regenerated["better"]) == ("regenerated", "찬물에 손으로. […]")
    assert case["question"].startswith("울 니트는 어떻게 세탁해야 해")
    assert case["complaint"] == "물 온도가 없어요. […]"
    assert case["routes"] == ["documents"]
    assert case["evidence"]
    file.write_text(
        yaml.safe_dump([{**case, "statuses": ["answered"], "facts": [["30"]]}, regenerated], allow_unicode=True),
        "utf-8",
    )
    told = {one["result"]: one for one in evals(server, tmp_path, "run", "--harvested", "harvested.yaml")}
    assert {one["suite"] for one in told.values()} == {"harvested"}
    assert {one["cases"] for one in told.values()} == {1}
    assert evals(server, tmp_path, "harvest") == [{**counts, "new": 0, "cases": 2, "labelled": 1}]


def test_a_failed_turn_that_nobody_judged_is_harvested_until_its_conversation_is_deleted(server, tmp_path):
    def harvested(*options):
        evals(server, tmp_path, "harvest", "--out", f"{len(options)}.yaml", *options)
        file = tmp_path / f"{len(options)}.yaml"
        cases = yaml.safe_load(file.read_text("utf-8")) if file.exists() else []
        file.unlink(missing_ok=True)
        return [one for one in cases if one["question"] == "여권은 어디서 갱신해? […]로 알려줘"]

    with asking(server) as kim:
        thread, _ = answered(kim, "울 니트는 어떻게 빨아?", "여권은 어디서 갱신해? 010-1234-5678로 알려줘")
        assert harvested() == []
        (case,) = harvested("--failed")
        assert (case["why"], case["earlier"]) == ("failed", ["울 니트는 어떻게 빨아?"])
        assert case["answered"]
        kim.delete(f"/threads/{thread}")
        assert harvested("--failed") == []
