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
from standins.turns import graded, looks_up
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

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


async def test_a_batch_counts_as_the_runs_that_it_is_and_is_taken_whole_or_not_at_all(server):
    async with asking(server) as kim, asking(server, "lee") as lee:
        refused = await kim.post("/runs/batch", json=[run("How do I wash wool?")] * 400)
        assert (refused.status_code, "2 questions at once" in refused.json()["detail"]) == (429, True)
        assert (await lee.post("/runs/wait", json=run("How do I wash wool?"))).status_code == 200
        assert (await kim.post("/runs/batch", json=[run("How do I wash wool?")] * 2)).status_code == 200
        for _ in range(3):  # a machine at rest may be done with some before the next are asked
            several = await asyncio.gather(*(kim.post("/runs", json=run("How do I wash wool?")) for _ in range(20)))
            if 429 in (statuses := [answer.status_code for answer in several]):
                break
        assert {429} <= set(statuses) <= {200, 429}
        later = await kim.post("/runs", json=run("How do I wash wool?") | {"after_seconds": 9})
        assert later.status_code in (200, 429)
        client = get_client(url=server.url, api_key=None, headers=dict(kim.headers))
        while await client.threads.count(status="busy"):
            await asyncio.sleep(0.1)


async def test_crons_are_off_unless_a_setting_says_how_many(server, tmp_path):
    cron = run("How do I wash wool?") | {"schedule": "* * * * *"}
    async with asking(server) as kim:
        refused = await kim.post("/runs/crons", json=cron)
        assert (refused.status_code, "STYLEGRAPH_SERVER_CRONS" in refused.json()["detail"]) == (403, True)
    server = await asyncio.to_thread(Server, tmp_path, ENVIRONMENT | {"STYLEGRAPH_SERVER_CRONS": "2"})
    async with asking(server) as kim, asking(server, "lee") as lee:
        each_second = await kim.post("/runs/crons", json=cron | {"schedule": "* * * * * *"})
        assert (each_second.status_code, "once a minute" in each_second.json()["detail"]) == (422, True)
        made = await asyncio.gather(*(kim.post("/runs/crons", json=cron) for _ in range(9)))
        assert sorted(answer.status_code for answer in made) == [200, 200, *[429] * 7]
        faster = await kim.patch(f"/runs/crons/{made[0].json()['cron_id']}", json={"schedule": "* * * * * */2"})
        assert faster.status_code == 422
        assert (await lee.post("/runs/crons", json=cron)).status_code == 200
    await asyncio.to_thread(server.stop)


async def test_a_websocket_has_a_rate_too(tmp_path):
    server = await asyncio.to_thread(Server, tmp_path, ENVIRONMENT | {"STYLEGRAPH_SERVER_REQUESTS": "20"})
    async with asking(server) as kim:
        thread = (await kim.post("/threads", json={})).json()["thread_id"]
    url = f"ws://127.0.0.1:{server.port}/threads/{thread}/stream/events"
    async with connect(url, additional_headers={"Authorization": f"Bearer {KEYS['kim']}"}) as socket:
        with pytest.raises(ConnectionClosed):
            for number in range(100):
                await socket.send(json.dumps({"id": number, "method": "no.such"}))
                await asyncio.wait_for(socket.recv(), 20)
        assert socket.close_code == 1013
    assert number < 20
    await asyncio.to_thread(server.stop)


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
    wool = looks_up(Fault(hang=30), search_documents="wool")
    async with chat_server(agent=wool, grade=graded()) as model:
        environment = {
            **ENVIRONMENT,
            "STYLEGRAPH_BASE_URL": model.url,
            "STYLEGRAPH_MODEL": "a-model",
            "STYLEGRAPH_SERVER_TOKENS": "100",
        }
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
            while model.count("agent") < 2:
                await asyncio.sleep(0.05)
            run_id = answer.headers["content-location"].rpartition("/")[2]
            if how == "stopped":
                await kim.post(f"/threads/{thread}/runs/{run_id}/cancel?wait=true")
        while (await kim.get(f"/threads/{thread}/runs/{run_id}")).json()["status"] != "interrupted" or not model.of(
            "agent"
        )[1].hung_up:
            await asyncio.sleep(0.05)
        refused = await kim.post("/runs/wait", json=run("How do I wash wool?"))
    assert refused.status_code == 429
    assert "100 tokens a day" in refused.json()["detail"]


async def test_a_request_that_is_too_large_is_refused(server):
    async with asking(server) as kim:
        assert (await kim.post("/runs/wait", json=run("x" * 100_000))).status_code == 413
        whole = json.dumps(run("x" * 200_000)).encode()

        async def chunked():
            for start in range(0, len(whole), 1_000):
                yield whole[start : start + 1_000]

        headers = {"Content-Type": "application/json"}
        for path in ("/runs/wait", "/runs/batch", "/threads", "/documents"):
            refused = await kim.post(path, content=chunked(), headers=headers)
            assert refused.status_code == (413 if path != "/documents" else 400), path


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
            {"index": secret},
            {"effort": secret},
        ):
            failed = (await kim.post("/runs/wait", json=run(secret) | {"context": context})).json()
            told = failed.get("__error__", {})
            assert told, context
            assert told["error"] != "Exception" and "internal" not in told["message"], told
        await kim.post("/runs/wait", json={"assistant_id": secret, "input": {"messages": secret}})
    lines = [json.loads(line) for line in server.said().splitlines() if line.startswith("{")]
    assert secret not in server.said().lower()
    ended = [line for line in lines if line["event"] == "Background run succeeded"]
    assert all(line["run_id"] for line in ended)
    assert ended
