"""Several servers over one Postgres are, to whoever asks, one: whichever they come to, and though one is killed."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys

import httpx
import pytest
import pytest_asyncio
from langgraph_sdk.errors import ConflictError, NotFoundError, PermissionDeniedError
from postgres_server import postgres

from .machines import KEYS, two

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900), pytest.mark.asyncio(loop_scope="module")]
LIMIT = 200


def asked(text):
    return {"messages": [{"role": "user", "content": text}]}


def said(state):
    return [message["content"] for message in state["values"]["messages"] if message["type"] == "human"]


def http(server, user):
    headers = {"X-Api-Key": KEYS[user], "Connection": "close"}
    return httpx.AsyncClient(base_url=server.url, headers=headers, timeout=60)


@pytest.fixture(scope="module")
def database():
    with postgres() as url:
        yield url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def both(tmp_path_factory, database):
    async with two(tmp_path_factory.mktemp("machines"), database, STYLEGRAPH_SERVER_REQUESTS=str(LIMIT)) as both:
        yield both


async def test_a_key_is_good_at_either_and_nothing_else_is(both):
    machines, _ = both
    for server in machines.alive:
        async with httpx.AsyncClient(base_url=server.url, timeout=60) as nobody, http(server, "user-0") as user:
            assert (await nobody.get("/profile")).status_code == 401
            assert (await nobody.get("/profile", headers={"X-Api-Key": "a-key-of-somebody-else"})).status_code == 401
            assert (await user.get("/profile")).status_code == 200


async def test_a_turn_begun_on_one_is_followed_up_on_the_other(both):
    machines, _ = both
    first, second = (machines.client(server, "user-0") for server in machines.alive)
    thread = (await first.threads.create())["thread_id"]
    await second.runs.wait(thread, "assistant", input=asked("여름에 입을 시원한 옷 추천해줘"))
    reply = await first.runs.wait(thread, "assistant", input=asked("그럼 겨울에는?"))
    assert reply["reply"]["routes"] == ["fashion"]
    for client in (first, second):
        assert said(await client.threads.get_state(thread)) == ["여름에 입을 시원한 옷 추천해줘", "그럼 겨울에는?"]
        assert [one["thread_id"] for one in await client.threads.search()] == [thread]
    for server in machines.alive:
        with pytest.raises(NotFoundError):
            await machines.client(server, "user-1").threads.get_state(thread)


async def test_a_turn_is_streamed_through_either(both):
    machines, _ = both
    told = []
    for server in machines.alive:
        client = machines.client(server, "user-1")
        thread = (await client.threads.create())["thread_id"]
        run = client.runs.stream(thread, "assistant", input=asked("How do I wash wool?"), stream_mode="custom")
        told.append([part.data["event"] async for part in run if part.event == "custom"])
    assert told[0] == told[1]
    assert told[0][-1] == "reply"


async def test_questions_put_to_both_at_once_are_all_kept(both):
    machines, _ = both
    clients = [machines.client(server, "user-1") for server in machines.alive] * 2
    thread = (await clients[0].threads.create())["thread_id"]
    questions = [f"How do I wash wool, {number}?" for number in range(4)]
    await asyncio.gather(
        *(
            client.runs.wait(thread, "assistant", input=asked(question), multitask_strategy="enqueue")
            for client, question in zip(clients, questions, strict=True)
        )
    )
    assert sorted(said(await clients[1].threads.get_state(thread))) == questions


async def test_what_is_known_of_a_person_is_known_to_both(both):
    machines, _ = both
    first, second = machines.alive
    await machines.client(first, "user-1").runs.wait(None, "assistant", input=asked("난 가죽은 싫어"))
    async with http(second, "user-1") as client:
        assert (await client.get("/profile")).json()["profile"]["dislikes"] == ["가죽"]


async def test_an_operator_reads_spending_and_failed_turns_where_the_servers_keep_them(both, database, tmp_path):
    machines, _ = both
    client = machines.client(machines.alive[0], "user-1")
    thread = (await client.threads.create())["thread_id"]
    await client.runs.wait(thread, "assistant", input=asked("Where do I renew a zorblax?"))
    variables = {**os.environ, "STYLEGRAPH_HOME": str(tmp_path), "STYLEGRAPH_SERVER_DATABASE": database}

    def run(package, *command):
        main = f"from stylegraph.{package}.cli import main; main()"
        done = subprocess.run(
            [sys.executable, "-c", main, *command],
            cwd=tmp_path,
            env=variables,
            capture_output=True,
            text=True,
            check=True,
            timeout=300,
        )
        return [json.loads(line) for line in done.stdout.splitlines()]

    spent = await asyncio.to_thread(run, "graphs", "usage", "--json")
    assert next(one for one in spent if one["user"] == "user-1")["statuses"]["not_found"] >= 1
    await asyncio.to_thread(run, "evals", "harvest", "--failed", "--json")
    assert "Where do I renew a zorblax?" in (tmp_path / "harvested.yaml").read_text("utf-8")


async def test_a_file_that_was_sent_to_one_is_there_on_the_other(both):
    machines, _ = both
    first, second = machines.alive
    async with http(first, "user-1") as client:
        sent = await client.post("/documents", files={"file": ("note.md", b"# A note\n\nWool is washed cold.")})
        assert sent.status_code == 201, sent.text
    async with http(second, "user-1") as client:
        listed = (await client.get("/documents")).json()["documents"]
    assert [one["reference"] for one in listed] == ["upload:note.md"]


async def test_limits_are_counted_together(both):
    _, proxy = both
    async with http(proxy, "user-5") as client:
        told = []
        while len(told) < LIMIT + 40:
            answers = await asyncio.gather(*(client.get("/profile") for _ in range(20)))
            told += [answer.status_code for answer in answers]
    assert set(told) == {200, 429}
    assert told.count(200) < LIMIT + 20  # each alone would have counted 120; the minute moves on meanwhile


async def test_whoever_says_that_a_request_was_sent_on_is_not_answered_by_a_server_that_is_not_theirs(both):
    machines, _ = both
    told = []
    for server in machines.alive:
        async with http(server, "user-0") as client:
            told.append((await client.get("/threads/none", headers={"X-Stylegraph-Sent-On": "1"})).status_code)
    assert sorted(told)[-1] == 503
    assert 503 not in sorted(told)[:1]


async def test_nobody_gets_anothers_conversation_by_its_id_at_another_server(both):
    machines, _ = both
    first, second = machines.alive
    mine, other = machines.client(first, "user-0"), machines.client(second, "user-2")  # at home where they ask first
    thread = (await mine.threads.create())["thread_id"]
    await mine.runs.wait(thread, "assistant", input=asked("How do I wash wool?"))
    for if_exists in ("raise", "do_nothing"):
        with pytest.raises(ConflictError):
            await other.threads.create(thread_id=thread, if_exists=if_exists)
    with pytest.raises(httpx.HTTPStatusError, match="404"):  # the SDK's own class only where it does not wait
        await other.runs.wait(thread, "assistant", input=asked("What was said?"), if_not_exists="create")
    for looking in (other.threads.get_state, other.threads.get_history):
        with pytest.raises(NotFoundError):
            await looking(thread)
    assert said(await mine.threads.get_state(thread)) == ["How do I wash wool?"]


async def test_what_one_server_alone_would_know_is_refused(both):
    machines, _ = both
    for server in machines.alive:
        with pytest.raises(PermissionDeniedError, match="several servers"):
            await machines.client(server, "user-2").assistants.create("assistant", name="mine")


async def test_a_conversation_that_is_deleted_is_gone_everywhere(both):
    machines, _ = both
    first, second = (machines.client(server, "user-2") for server in machines.alive)
    thread = (await first.threads.create())["thread_id"]
    await first.runs.wait(thread, "assistant", input=asked("How do I wash wool?"))
    await second.threads.delete(thread)
    for client in (first, second):
        assert await client.threads.search() == []
        with pytest.raises(NotFoundError):
            await client.threads.get_state(thread)


async def test_a_killed_server_loses_no_turn_that_was_finished_or_accepted(both):
    machines, proxy = both
    doomed = machines.alive[0]
    users = ["user-3", "user-4"]
    at_home, there = (machines.client(doomed, user) for user in users)  # who asks here first is at home here
    thread, other = [(await client.threads.create())["thread_id"] for client in (at_home, there)]
    await at_home.runs.wait(thread, "assistant", input=asked("How do I wash wool?"))
    accepted = await there.runs.create(other, "assistant", input=asked("And silk?"))
    doomed.kill()

    client = machines.client(proxy, "user-3")
    assert said(await client.threads.get_state(thread)) == ["How do I wash wool?"]
    await client.runs.wait(thread, "assistant", input=asked("And silk?"))
    assert said(await client.threads.get_state(thread)) == ["How do I wash wool?", "And silk?"]
    assert [one["thread_id"] for one in await client.threads.search()] == [thread]
    joined = await asyncio.wait_for(machines.client(proxy, "user-4").runs.join(other, accepted["run_id"]), 120)
    assert [one["type"] for one in joined["messages"]] == ["human", "ai"]

    await asyncio.to_thread(machines.start)
    for server in machines.alive:
        assert said(await machines.client(server, "user-3").threads.get_state(thread))[-1] == "And silk?"
