"""Conversations and profiles in Postgres: for servers, and for whoever opens the assistant over them."""

from __future__ import annotations

import uuid

import pytest
from postgres_server import postgres

pytest.importorskip("psycopg", reason="the extra postgres is not installed")

from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.store.postgres.aio import AsyncPostgresStore

from stylegraph.agent.settings import load_settings
from stylegraph.graphs.api import ask
from stylegraph.graphs.build import open_assistant
from stylegraph.graphs.server.cluster.threads import open_shared_people, open_shared_threads

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]
TURNS = 30


@pytest.fixture(scope="module")
def database():
    with postgres() as url:
        yield url


@pytest.fixture
async def opened(database, tmp_path):
    settings = load_settings(server_database=database, home=tmp_path / "home", thread_states=5)
    async with open_shared_threads(settings) as threads, open_shared_people(settings) as people:
        yield settings, threads, people


async def sizes(threads, thread):
    """Count what is kept of a conversation: states, and bytes."""
    bytes_of = {"checkpoints": "pg_column_size(checkpoints.*)", "checkpoint_blobs": "length(blob)", "checkpoint_writes": "length(blob)",
                "stylegraph_messages": "length(value)"}  # fmt: skip
    async with threads._pool.connection() as connection:
        found = [
            await (
                await connection.execute(f"SELECT count(*) AS n, coalesce(sum({size}), 0) AS b FROM {table} WHERE thread_id = %s", (thread,))
            ).fetchone()
            for table, size in bytes_of.items()
        ]  # fmt: skip
    return found[0]["n"], sum(one["b"] for one in found)


async def test_the_assistant_goes_on_with_a_conversation_and_what_it_knows_of_a_person(opened):
    settings, threads, people = opened
    thread = str(uuid.uuid4())
    for question in ("난 가죽은 싫어", "여름에 입을 시원한 옷 추천해줘", "그럼 겨울에는?"):
        async with open_assistant(settings, checkpointer=threads, store=people) as assistant:
            reply = await ask(assistant, question, thread=thread)
    assert reply.routes == ["fashion"]
    state = await assistant.aget_state({"configurable": {"thread_id": thread}})
    assert [message.type for message in state.values["messages"]] == ["human", "ai"] * 3
    [item] = await people.asearch(())
    assert "가죽" in str(item.value)


async def test_langgraphs_own_saver_and_store_do_as_well(database, tmp_path):
    settings, thread = load_settings(home=tmp_path / "home"), str(uuid.uuid4())
    async with (
        AsyncPostgresSaver.from_conn_string(database) as threads,
        AsyncPostgresStore.from_conn_string(database) as people,
    ):
        await threads.setup()
        await people.setup()
        async with open_assistant(settings, checkpointer=threads, store=people) as assistant:
            await ask(assistant, "여름에 입을 시원한 옷 추천해줘", thread=thread)
            reply = await ask(assistant, "그럼 겨울에는?", thread=thread)
            state = await assistant.aget_state({"configurable": {"thread_id": thread}})
    assert reply.routes == ["fashion"]
    assert len(state.values["messages"]) == 4


async def test_a_conversation_grows_by_what_is_said_and_old_states_go(opened):
    settings, threads, people = opened
    thread = str(uuid.uuid4())
    async with open_assistant(settings, checkpointer=threads, store=people) as assistant:
        for turn in range(TURNS):
            await ask(assistant, f"How do I wash wool, {turn}?", thread=thread)
            if turn == 9:
                _, early = await sizes(threads, thread)
        history = [state async for state in assistant.aget_state_history({"configurable": {"thread_id": thread}})]
    states, late = await sizes(threads, thread)
    assert states == len(history) == settings.thread_states
    assert len(history[0].values["messages"]) == 2 * TURNS
    assert (late - early) / (TURNS - 10) < 20_000


async def test_a_run_that_is_rolled_back_leaves_the_one_before(opened):
    settings, threads, people = opened
    thread = str(uuid.uuid4())
    async with open_assistant(settings, checkpointer=threads, store=people) as assistant:
        for run in ("first", "second"):
            config = {"configurable": {"thread_id": thread}, "metadata": {"run_id": run}}
            await assistant.ainvoke({"messages": [("user", run)]}, config, durability="exit")
        await threads.adelete_for_runs(["second"])
        state = await assistant.aget_state({"configurable": {"thread_id": thread}})
    assert [message.content for message in state.values["messages"] if message.type == "human"] == ["first"]


async def test_only_the_newest_state_is_left_or_nothing(opened):
    settings, threads, people = opened
    thread = str(uuid.uuid4())
    async with open_assistant(settings, checkpointer=threads, store=people) as assistant:
        await ask(assistant, "How do I wash wool?", thread=thread)
        await ask(assistant, "And silk?", thread=thread)
        await threads.aprune([thread])
        state = await assistant.aget_state({"configurable": {"thread_id": thread}})
        assert (await sizes(threads, thread))[0] == 1
        assert len(state.values["messages"]) == 4
        await threads.aprune([thread], strategy="delete_all")
    assert await sizes(threads, thread) == (0, 0)
