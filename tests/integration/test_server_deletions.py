"""Deleting at once takes out nobody else's conversation, and leaves none busy."""

from __future__ import annotations

import asyncio

from langgraph_sdk import get_client
from served import Server, keys, served
from standins.chat import Fault, chat_server

KEYS, ENVIRONMENT = keys("kim", "lee")
QUESTION = {"messages": [{"role": "user", "content": "How do I wash wool?"}]}


def client_of(server, user="kim"):
    return get_client(url=server.url, api_key=None, headers={"Authorization": f"Bearer {KEYS[user]}"})


async def test_two_deletions_at_once_take_out_what_was_to_be_deleted(tmp_path):
    with served(tmp_path, **ENVIRONMENT, STYLEGRAPH_SERVER_REQUESTS="10000") as server:
        kim, lee = client_of(server), client_of(server, "lee")
        theirs = {"kim": [], "lee": []}
        for _ in range(12):  # in turn, so that one's stand between the other's
            for user, client in (("kim", kim), ("lee", lee)):
                theirs[user].append((await client.threads.create())["thread_id"])
        await kim.runs.wait(theirs["kim"][0], "assistant", input=QUESTION)
        await asyncio.gather(*(kim.threads.delete(thread) for thread in theirs["kim"]))
        assert await kim.threads.search(limit=100) == []
        assert {one["thread_id"] for one in await lee.threads.search(limit=100)} == set(theirs["lee"])


async def test_what_is_under_way_in_a_deleted_conversation_is_stopped(tmp_path):
    async with chat_server(agent=Fault(hang=60)) as model:
        environment = {**ENVIRONMENT, "STYLEGRAPH_BASE_URL": model.url, "STYLEGRAPH_MODEL": "stand-in"}
        server = await asyncio.to_thread(Server, tmp_path, environment)
        try:
            kim = client_of(server)
            threads = [(await kim.threads.create())["thread_id"] for _ in range(4)]
            for thread in threads:
                await kim.runs.create(thread, "assistant", input=QUESTION)
            while len(model.of("agent")) < 4:
                await asyncio.sleep(0.05)
            await asyncio.gather(*(kim.threads.delete(thread) for thread in threads))
            while not all(call.hung_up for call in model.of("agent")):
                await asyncio.sleep(0.05)
            assert await kim.threads.search() == []
            await kim.runs.create((await kim.threads.create())["thread_id"], "assistant", input=QUESTION)
        finally:
            await asyncio.to_thread(server.kill)
        server = await asyncio.to_thread(Server, tmp_path, environment, server.port)
        assert len(await client_of(server).threads.search()) == 1
        await asyncio.to_thread(server.kill)
