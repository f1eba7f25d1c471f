"""The development server forgets what nobody asks for any more, and nothing that somebody might."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from langchain_core.messages import HumanMessage

database = pytest.importorskip("langgraph_runtime_inmem.database")

from langgraph_runtime_inmem import inmem_stream, ops  # noqa: E402

from stylegraph.graphs.server.inmem import records  # noqa: E402

PICTURE = "data:image/png;base64," + "A" * 1_000


def soon(**after):
    """A time after now; by default when what ends now is old."""
    return datetime.now(UTC) + timedelta(**(after or {"minutes": 3}))


@pytest.fixture
def store(monkeypatch, tmp_path):
    """The runtime's records, empty."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(inmem_stream, "stream_manager", inmem_stream.StreamManager())
    for name in ("_counters", "_locks"):
        monkeypatch.setattr(database.GLOBAL_RETRY_COUNTER, name, {})
    for name in ("runs", "threads"):
        monkeypatch.setitem(database.GLOBAL_STORE, name, [])
    return database.GLOBAL_STORE


async def asked(store, status, text="How do I wash wool?"):
    """A run with all that the runtime keeps of it."""
    run_id, thread_id, updated = uuid.uuid4(), uuid.uuid4(), datetime.now(UTC)
    values = {"messages": [HumanMessage(text)], "evidence": ["much"]}
    busy = status in ("pending", "running")
    store["threads"].append(
        {"thread_id": thread_id, "status": "busy" if busy else "idle", "updated_at": updated, "values": values, "metadata": {}}
    )  # fmt: skip
    kwargs = {"input": {"messages": [PICTURE]}, "context": {"image": PICTURE}, "resumable": True,
              "config": {"configurable": {"graph_id": "assistant"}}}  # fmt: skip
    store["runs"].append(
        {"run_id": run_id, "thread_id": thread_id, "status": status, "updated_at": updated, "kwargs": kwargs}
    )
    database.GLOBAL_RETRY_COUNTER._counters[run_id] = 1
    manager = inmem_stream.get_stream_manager()
    for topic in (f"run:{run_id}:stream", f"run:{run_id}:control"):
        message = inmem_stream.Message(topic=topic.encode(), data=b"done")
        await manager.put(run_id, thread_id, message, resumable="stream" in topic)
    return run_id


def kept(store):
    """The runs of which each thing is kept."""
    manager = inmem_stream.get_stream_manager()
    return {
        "asked": {run["run_id"] for run in store["runs"] if "input" in run["kwargs"]},
        "streamed": {run for runs in manager.message_stores.values() for run in runs},
        "controlled": {run for runs in manager.control_keys.values() for run in runs},
        "listened to": {run for runs in manager.queues.values() for run in runs},
        "tried": set(database.GLOBAL_RETRY_COUNTER._counters),
        "listed": {run["run_id"] for run in store["runs"]},
    }


async def test_of_a_run_that_ended_a_while_ago_only_how_it_ended_is_kept(store):
    ended = await asked(store, "success")
    under_way = [await asked(store, "running"), await asked(store, "pending")]
    records.forget(soon())
    left = kept(store)
    assert left.pop("listed") == {ended, *under_way}
    assert all(runs == set(under_way) for runs in left.values()), left
    assert PICTURE not in str([run for run in store["runs"] if run["run_id"] == ended])
    assert store["runs"][0]["kwargs"] == {"resumable": True}


async def test_a_run_that_has_just_ended_can_still_be_joined(store):
    ended = await asked(store, "success")
    records.forget(soon(seconds=30))
    assert all(runs == {ended} for runs in kept(store).values())


async def test_what_was_streamed_of_a_run_that_is_no_longer_listed_goes_too(store):
    await asked(store, "success")
    store["runs"].clear()  # as of a run without a thread of its own
    records.forget(soon())
    assert not any(kept(store).values())


async def test_so_many_runs_are_listed(store, monkeypatch):
    monkeypatch.setattr(records, "_MOST_ENDED", 2)
    runs = [await asked(store, "success") for _ in range(4)]
    records.forget(soon())
    assert kept(store)["listed"] == set(runs[2:])


async def test_of_a_conversation_that_rests_the_messages_stay(store):
    for status in ("success", "running"):
        await asked(store, status)
    records.forget(soon())
    resting, busy = store["threads"]
    assert [message.content for message in resting["values"].pop("messages")] == ["How do I wash wool?"]
    assert resting["values"] == {}
    assert busy["values"]["evidence"] == ["much"]


async def test_and_whoever_asks_for_it_gets_all_of_it(store, monkeypatch):
    on_disk = {"messages": ["from disk"], "evidence": ["much"]}
    await asked(store, "success")
    [thread] = store["threads"]

    async def read(asked):
        return on_disk if asked == str(thread["thread_id"]) else None

    async def listed(conn, thread_id, **named):  # in the place of the runtime's, which asks the server's auth first
        async def only():
            yield thread

        return only()

    async def got(**named):
        return (await anext(await ops.Threads.get(None, thread["thread_id"], **named)))["values"]

    monkeypatch.setattr(ops.Threads, "get", staticmethod(listed))
    records.fill_in_states(read)
    assert (await got())["messages"][0].content == "How do I wash wool?"
    records.forget(soon())
    assert await got() == on_disk
    assert (await got(read_mask_paths=[])).keys() == {"messages"}
    assert thread["values"].keys() == {"messages"}


async def test_no_conversation_is_busy_in_which_nothing_runs(store):
    await asked(store, "running")
    await asked(store, "success")
    left = store["threads"][1]
    left["status"] = "busy"
    assert records.free_the_resting() == 1
    assert [thread["status"] for thread in store["threads"]] == ["busy", "idle"]
