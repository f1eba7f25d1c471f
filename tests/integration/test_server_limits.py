"""What a real server turns away, what it logs, and whether it is ready."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

import httpx
import pytest
from langgraph.store.sqlite.aio import AsyncSqliteStore
from langgraph_sdk import get_client
from served import Server, keys, served
from standins.chat import Fault, chat_server
from standins.turns import all_full, graded, routing

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]
KEYS, ENVIRONMENT = keys("kim", "lee")
LIMITS = {
    "STYLEGRAPH_SERVER_RUNS": "2",
    "STYLEGRAPH_SERVER_TOKENS": "1000",
    "STYLEGRAPH_SERVER_BODY_MAX_BYTES": "100000",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with served(tmp_path_factory.mktemp("limits"), **ENVIRONMENT, **LIMITS, LOG_JSON="true") as started:
        yield started


def asking(server, user="kim"):
    return httpx.AsyncClient(base_url=server.url, headers={"Authorization": f"Bearer {KEYS[user]}"}, timeout=90)


def run(text):
    return {"assistant_id": "assistant", "input": {"messages": [{"role": "user", "content": text}]}}


async def test_it_is_ready_and_anybody_may_ask(server):
    async with httpx.AsyncClient() as anybody:
        answer = await anybody.get(f"{server.url}/ready", timeout=90)
    assert answer.json() == {"ready": True, "parts": {"disk": "ok", "indexes": "ok"}}


async def test_runs_in_the_background_count_as_questions_at_once(server):
    async with asking(server) as kim, asking(server, "lee") as lee:
        threads = [(await kim.post("/threads", json={})).json()["thread_id"] for _ in range(4)]
        for _ in range(3):  # a machine at rest may be done with one before the next is asked
            answers = [await kim.post(f"/threads/{thread}/runs", json=run("How do I wash wool?")) for thread in threads]
            if refused := [answer for answer in answers if answer.status_code == 429]:
                break
        assert refused[0].headers["retry-after"] == "2"
        assert "2 questions at once" in refused[0].json()["detail"]
        assert (await lee.post("/runs/wait", json=run("How do I wash wool?"))).status_code == 200
        client = get_client(url=server.url, api_key=None, headers=dict(kim.headers))
        while await client.threads.count(status="busy"):
            await asyncio.sleep(0.1)
        assert (await kim.post("/runs/wait", json=run("How do I wash wool?"))).status_code == 200


async def test_who_has_spent_what_they_may_comes_back_tomorrow(server):
    today = datetime.now(UTC).date().isoformat()
    async with AsyncSqliteStore.from_conn_string(str(server.folder / "home" / "people.sqlite")) as store:
        await store.aput(("spending", "lee", today), "a turn", {"tokens": 1_000})
    async with asking(server, "lee") as lee, asking(server) as kim:
        refused = await lee.post("/runs/wait", json=run("How do I wash wool?"))
        assert refused.status_code == 429
        assert 0 < int(refused.headers["retry-after"]) <= 86_400
        assert (await kim.post("/runs/wait", json=run("How do I wash wool?"))).status_code == 200


@pytest.fixture
async def slow(tmp_path):
    """A server whose model takes its time to write, and the model's server."""
    script = {
        "route": routing("documents"),
        "write": Fault(hang=30),
        "grade_evidence": all_full,
        "grade_answer": graded(),
    }
    async with chat_server(**script) as model:
        environment = {**ENVIRONMENT, "STYLEGRAPH_BASE_URL": model.url, "STYLEGRAPH_SERVER_TOKENS": "100"}
        server = await asyncio.to_thread(Server, tmp_path, environment)
        yield server, model
        await asyncio.to_thread(server.stop)


@pytest.mark.parametrize("how", ["stopped", "left"])
async def test_a_turn_that_is_not_waited_for_counts_for_the_day_all_the_same(slow, how):
    server, model = slow
    async with asking(server) as kim:
        thread = (await kim.post("/threads", json={})).json()["thread_id"]
        wanted = run("How do I wash wool?") | {"stream_mode": ["custom"], "on_disconnect": "cancel"}
        async with kim.stream("POST", f"/threads/{thread}/runs/stream", json=wanted) as answer:
            while "write" not in model.kinds:
                await asyncio.sleep(0.05)
            run_id = answer.headers["content-location"].rpartition("/")[2]
            if how == "stopped":
                await kim.post(f"/threads/{thread}/runs/{run_id}/cancel?wait=true")
        while (await kim.get(f"/threads/{thread}/runs/{run_id}")).json()["status"] != "interrupted" or not model.of(
            "write"
        )[0].hung_up:
            await asyncio.sleep(0.05)
        refused = await kim.post("/runs/wait", json=run("How do I wash wool?"))
    assert refused.status_code == 429
    assert "100 tokens a day" in refused.json()["detail"]


async def test_a_request_that_is_too_large_is_refused(server):
    async with asking(server) as kim:
        assert (await kim.post("/runs/wait", json=run("x" * 100_000))).status_code == 413


async def test_an_error_says_what_to_do_and_the_log_nothing_of_what_was_asked(server):
    secret = "zanzibar"
    async with asking(server) as kim:
        thread = (await kim.post("/threads", json={"metadata": {}})).json()["thread_id"]
        fine = await kim.post(f"/threads/{thread}/runs/wait", json=run(f"How do I wash {secret} wool?"))
        assert fine.status_code == 200
        for context in (
            {"image": f"http://{secret}.invalid/x"},
            {"image": secret},
            {"only": secret},
            {"budget": secret},
        ):
            failed = (await kim.post("/runs/wait", json=run(secret) | {"context": context})).json()
            told = failed.get("__error__", {})
            assert told, context
            assert "budget" in context or (told["error"] != "Exception" and "internal" not in told["message"]), told
        await kim.post("/runs/wait", json={"assistant_id": secret, "input": {"messages": secret}})
    lines = [json.loads(line) for line in server.said().splitlines() if line.startswith("{")]
    assert secret not in server.said().lower()
    ended = [line for line in lines if line["event"] == "Background run succeeded"]
    assert all(line["run_id"] for line in ended)
    assert ended
