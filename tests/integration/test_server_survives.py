"""A server that is killed loses no finished turn, and nobody's name on it."""

from __future__ import annotations

import asyncio
import contextlib

import httpx
import pytest
from langgraph_sdk import get_client
from served import Server, keys
from standins.chat import Fault, chat_server

KEYS, ENVIRONMENT = keys("kim", "lee")
MANY, ALL_OF_THEM = keys("kim", "lee", "park", "choi", "han")


def asked(text):
    return {"messages": [{"role": "user", "content": text}]}


def client_of(server, user="kim"):
    return get_client(url=server.url, api_key=None, headers={"Authorization": f"Bearer {KEYS[user]}"})


@pytest.fixture
def start(tmp_path):
    started = []

    def start():
        started.append(Server(tmp_path, ENVIRONMENT, started[0].port if started else None))
        return started[-1]

    yield start
    for server in started:
        server.kill()


async def test_a_turn_that_was_read_is_still_there_after_the_server_was_killed(start):
    server = start()
    kim = client_of(server)
    threads = [(await kim.threads.create())["thread_id"] for _ in range(3)]
    questions = ["여름에 입을 시원한 옷 추천해줘", "How do I wash wool?", "난 가죽은 싫어"]
    await asyncio.gather(
        *(
            kim.runs.wait(thread, "assistant", input=asked(question))
            for thread, question in zip(threads, questions, strict=True)
        )
    )
    unfinished = (await kim.threads.create())["thread_id"]
    await kim.runs.wait(unfinished, "assistant", input=asked("How do I wash wool?"))
    await kim.runs.create(unfinished, "assistant", input=asked("And silk?"))
    server.kill()

    server = start()
    kim, lee = client_of(server), client_of(server, "lee")
    for thread, question in zip(threads, questions, strict=True):
        messages = (await kim.threads.get_state(thread))["values"]["messages"]
        assert [message["type"] for message in messages] == ["human", "ai"]
        assert messages[0]["content"] == question
    kept = (await kim.threads.get_state(unfinished))["values"]["messages"]
    assert next(message["content"] for message in kept) == "How do I wash wool?"
    assert {thread["thread_id"] for thread in await kim.threads.search(limit=50)} == {*threads, unfinished}
    assert await lee.threads.search(limit=50) == []
    assert (await kim.http.get("/profile"))["profile"]["dislikes"] == ["가죽"]

    reply = await kim.runs.wait(threads[0], "assistant", input=asked("그럼 겨울에는?"))
    assert reply["reply"]["routes"] == ["fashion"]
    assert len(reply["messages"]) == 4


async def written_down(server, after=0.0):
    """Wait until the server has written down its list of runs; give when it did."""
    file = server.folder / ".langgraph_api" / ".langgraph_ops.pckl"
    while not file.exists() or file.stat().st_mtime <= after:
        await asyncio.sleep(0.05)
    return file.stat().st_mtime


async def answered_after_they_were_written_down(server, kim, thread):
    """Two questions that are listed as waiting, and answered before the list is written again."""
    while True:
        before = await written_down(server, await written_down(server))
        late = {"after_seconds": 12, "multitask_strategy": "enqueue"}
        runs = [
            await kim.runs.create(thread, "assistant", input=asked(text), **late)
            for text in ("And silk?", "And linen?")
        ]
        waiting = await written_down(server, before)
        while [(await kim.runs.get(thread, run["run_id"]))["status"] for run in runs] != ["success"] * 2:
            await asyncio.sleep(0.05)
        if await written_down(server) == waiting:
            return [run["run_id"] for run in runs]


async def test_turns_that_were_answered_just_before_the_kill_are_not_answered_again(start):
    server = start()
    kim = client_of(server)
    thread = (await kim.threads.create())["thread_id"]
    await kim.runs.wait(thread, "assistant", input=asked("How do I wash wool?"))
    runs = await answered_after_they_were_written_down(server, kim, thread)
    before = (await kim.threads.get_state(thread))["values"]
    server.kill()

    server = start()
    kim = client_of(server)
    for run in runs:
        joined = await asyncio.wait_for(kim.runs.join(thread, run), 60)
        assert joined["reply"] == before["reply"]
        assert (await kim.runs.get(thread, run))["status"] == "success"
    assert (await kim.threads.get(thread))["status"] == "idle"
    assert (await kim.threads.get_state(thread))["values"] == before


async def test_a_thread_that_was_deleted_does_not_come_back(start):
    server = start()
    kim = client_of(server)
    thread = (await kim.threads.create())["thread_id"]
    await kim.runs.wait(thread, "assistant", input=asked("How do I wash wool?"))
    await kim.threads.delete(thread)
    server.kill()
    assert await client_of(start()).threads.search() == []


async def put(server, user, door, thread):
    """Ask by one of the doors, as somebody who waits for the answer until the server is gone."""
    question = asked("Hello there")
    body = (
        {"model": "assistant", **question}
        if door.startswith("/v1")
        else {"assistant_id": "assistant", "input": question}
    )
    headers = {"Authorization": f"Bearer {MANY[user]}", "X-Thread-Id": thread}
    with contextlib.suppress(httpx.TransportError):
        async with httpx.AsyncClient(base_url=server.url, headers=headers, timeout=300) as client:
            await client.post(door.format(thread=thread), json=body)


async def put_by_all(server, *doors, users=MANY):
    """Ask by each of the doors as each of the users, in conversations of their own; give who waits for the answers."""
    asking = []
    for user in users:
        client = get_client(url=server.url, api_key=None, headers={"Authorization": f"Bearer {MANY[user]}"})
        threads = [(await client.threads.create())["thread_id"] for _ in doors]
        asking += [asyncio.create_task(put(server, user, *one)) for one in zip(doors, threads, strict=True)]
    return asking


async def every_thread(server):
    """Each conversation of each user, with what stands in it."""
    found = {}
    for user in MANY:
        client = get_client(url=server.url, api_key=None, headers={"Authorization": f"Bearer {MANY[user]}"})
        for thread in await client.threads.search(limit=50):
            runs = [run["run_id"] for run in await client.runs.list(thread["thread_id"])]
            values = (await client.threads.get_state(thread["thread_id"]))["values"] or {}
            found[user, thread["thread_id"]] = runs, [one["type"] for one in values.get("messages", [])]
    return found


async def test_of_turns_in_flight_none_vanishes_whoever_asked_and_by_whichever_door(tmp_path):
    """Ten are with the model when the server is killed, and ten have just been accepted; what was answered before stays."""
    hello = "Hello! What are you looking for?"
    async with chat_server(agent=[hello, Fault(hang=300)], grade="{}") as model:
        environment = ALL_OF_THEM | {"STYLEGRAPH_BASE_URL": model.url, "STYLEGRAPH_MODEL": "stand-in"}
        environment |= {"STYLEGRAPH_BUDGET_SECONDS": "300", "STYLEGRAPH_MODEL_TIMEOUT": "300"}
        server = await asyncio.to_thread(Server, tmp_path, environment)
        try:
            (first,) = await put_by_all(server, "/threads/{thread}/runs/wait", users=["kim"])
            await first
            asking = await put_by_all(server, "/threads/{thread}/runs", "/threads/{thread}/runs/stream")
            async with asyncio.timeout(60):
                while model.count("agent") <= len(asking):
                    await asyncio.sleep(0.2)
                asking += await put_by_all(server, "/threads/{thread}/runs/wait", "/v1/chat/completions")
                before = await every_thread(server)
                while not all(runs for runs, _ in before.values()):
                    before = await every_thread(server)
            server.kill()
            await asyncio.gather(*asking)
            assert len(before) == 21
            assert [said for _, said in before.values() if "ai" in said] == [["human", "ai"]]
            model.script["agent"] = [hello]
            server = await asyncio.to_thread(Server, tmp_path, environment, server.port)
            async with asyncio.timeout(120):
                after = await every_thread(server)
                while any("ai" not in said for _, said in after.values()):
                    await asyncio.sleep(0.5)
                    after = await every_thread(server)
            assert after.keys() == before.keys()
            assert all(said == ["human", "ai"] for _, said in after.values())
            assert [
                place for place, (runs, said) in before.items() if "ai" not in said and after[place][0] != runs
            ] == []
            while any((server.folder / "home" / "accepted").iterdir()):
                await asyncio.sleep(0.1)
        finally:
            server.kill()
