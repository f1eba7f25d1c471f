"""What a server lists is written down as it was, whatever becomes of it meanwhile."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from postgres_server import postgres
from starlette.exceptions import HTTPException

from stylegraph.agent.errors import KeepingError
from stylegraph.agent.settings import load_settings
from stylegraph.graphs.server.cluster import records as module
from stylegraph.graphs.server.cluster.database import make_tables, open_database
from stylegraph.graphs.server.cluster.records import Records, write_through

pytest.importorskip("langgraph_runtime_inmem")
pytestmark = pytest.mark.integration


class Asker:
    """Whoever asked, as the runtime has them: no plain data."""

    def dict(self):
        return {"identity": "kim", "groups": ["staff"]}


@pytest.fixture(scope="module")
def database():
    with postgres() as url:
        yield url


async def test_a_run_that_begins_while_it_is_written_down_is_written_as_it_was_accepted(database):
    config = {"configurable": {"langgraph_auth_user": Asker(), "thread_id": "t"}}
    run = {"run_id": uuid.uuid4(), "thread_id": uuid.uuid4(), "status": "pending", "created_at": datetime.now(UTC),
           "metadata": {"owner": "kim"}, "kwargs": {"config": config, "input": {"messages": []}}}  # fmt: skip
    async with open_database(load_settings(server_database=database)) as pool:
        await make_tables(pool)
        records = Records(pool)
        writing = asyncio.create_task(records.write_down(run))
        await asyncio.sleep(0)
        run["status"], config["configurable"]["callback"] = "running", print  # as the runtime does
        await writing
        async with pool.connection() as connection:
            [row] = await (await connection.execute("SELECT * FROM stylegraph_records")).fetchall()
    kept = records._serde.loads_typed((row["type"], row["value"]))["run"]
    assert (row["kind"], row["owner"], kept["status"]) == ("run", "kim", "pending")
    assert kept["kwargs"]["config"]["configurable"] == {
        "langgraph_auth_user": {"identity": "kim", "groups": ["staff"]},
        "thread_id": "t",
    }


def accepted(owner="kim", thread=None):
    """Return a run as the runtime lists it."""
    config = {"configurable": {"langgraph_auth_user": None}}
    return {"run_id": uuid.uuid4(), "thread_id": thread or uuid.uuid4(), "status": "pending",
            "created_at": datetime.now(UTC), "metadata": {"owner": owner}, "kwargs": {"config": config}}  # fmt: skip


@pytest.fixture
def store(monkeypatch):
    """What this server lists: nothing yet."""
    from langgraph_runtime_inmem import database

    kept = {"runs": [], "threads": [], "assistants": [], "crons": []}
    monkeypatch.setattr(database, "GLOBAL_STORE", kept)
    return kept


@pytest.fixture
async def records(database, store):
    async with open_database(load_settings(server_database=database)) as pool:
        await make_tables(pool)
        async with pool.connection() as connection:
            await connection.execute("TRUNCATE stylegraph_records")
        yield Records(pool)


@pytest.fixture
def asked_by(monkeypatch, records, store):
    """The runtime's own `Threads.put` and `Runs.put`, written through, as somebody calls them."""
    for name, value in {"REDIS_URI": "fake", "DATABASE_URI": ":memory:", "MIGRATIONS_PATH": "__inmem"}.items():
        monkeypatch.setenv(name, value)  # as `langgraph dev` has them
    from langgraph_api import utils
    from langgraph_runtime_inmem import ops

    for kind, names in ((ops.Threads, ("put", "patch", "copy", "set_status", "set_joint_status", "delete")),
                        (ops.Runs, ("put",))):  # fmt: skip
        for name in names:
            monkeypatch.setattr(kind, name, staticmethod(getattr(kind, name)))
    marked = staticmethod(mark)
    monkeypatch.setattr(ops.Threads, "handle_event", marked)
    monkeypatch.setattr(ops.Runs, "handle_event", marked)
    write_through(records)
    graph = {"assistant_id": uuid.uuid4(), "graph_id": "g", "config": {}, "metadata": {"created_by": "system"}}
    store["assistants"].append(graph)
    conn = SimpleNamespace(store=store)

    async def put(person, thread):
        monkeypatch.setattr(utils, "get_auth_ctx", lambda: SimpleNamespace(user=SimpleNamespace(identity=person)))
        given = await ops.Threads.put(conn, thread, metadata={"owner": person}, if_exists="do_nothing")
        return [one async for one in given]

    async def run(person, thread):
        monkeypatch.setattr(utils, "get_auth_ctx", lambda: SimpleNamespace(user=SimpleNamespace(identity=person)))
        begun = await ops.Runs.put(
            conn, graph["assistant_id"], {"config": {}}, thread_id=thread, run_id=uuid.uuid4(),
            metadata={"owner": person}, prevent_insert_if_inflight=False, if_not_exists="create",
        )  # fmt: skip
        return [one async for one in begun]

    return SimpleNamespace(put=put, run=run)


async def mark(ctx, action, value):
    """Stand in for the policies, which need a request: give by what they filter."""
    return {"owner": value["metadata"]["owner"]}


async def test_a_conversation_at_another_server_is_not_to_be_had_by_its_id(asked_by, store):
    thread = uuid.uuid4()
    assert await asked_by.put("kim", thread)
    store["threads"].clear()  # as another server has it: it lists what is kim's nowhere
    for name in (thread, str(thread).upper()):
        with pytest.raises(HTTPException, match="already exists"):
            await asked_by.put("lee", name)
    assert await asked_by.run("lee", thread) == []
    assert (store["threads"], store["runs"]) == ([], [])
    assert await asked_by.run("kim", thread)
    assert await asked_by.run("lee", uuid.uuid4())


async def test_of_two_people_who_give_one_id_at_once_one_has_it(records, store, monkeypatch):
    thread = uuid.uuid4()
    of_kim, of_lee = ({"thread_id": thread, "metadata": {"owner": owner}} for owner in ("kim", "lee"))
    store["threads"][:] = [of_kim]
    await records.keep(thread)
    begun = accepted("lee", thread)
    store["threads"][:], store["runs"][:] = [of_lee], [begun]
    with pytest.raises(HTTPException, match="already exists"):
        await records.write_down(begun)
    assert (store["threads"], store["runs"]) == ([], [])
    async with records._pool.connection() as connection:
        rows = await (await connection.execute("SELECT kind, owner FROM stylegraph_records")).fetchall()
    assert [(row["kind"], row["owner"]) for row in rows] == [("thread", "kim")]


async def test_a_database_that_is_away_for_a_while_keeps_no_run_from_being_taken(records, monkeypatch):
    run, forget = accepted(), records._forget
    await records.write_down(run)

    async def away(*args):
        raise KeepingError("away", "later")

    monkeypatch.setattr(records, "_forget", away)
    await records.settle()
    monkeypatch.setattr(records, "_forget", forget)
    await records.settle()
    async with records._pool.connection() as connection:
        assert not await (await connection.execute("SELECT * FROM stylegraph_records")).fetchall()


async def test_a_takeover_that_fails_halfway_lists_nothing_twice(records, store, monkeypatch):
    begun = accepted()
    store["threads"].append({"thread_id": begun["thread_id"], "status": "busy", "metadata": {"owner": "kim"}})
    await records.write_down(begun)
    store["threads"].clear()
    broken = "INSERT INTO stylegraph_records VALUES ('thread', 'x', 'kim', 'msgpack', '')"
    async with records._pool.connection() as connection:
        await connection.execute(broken)
    monkeypatch.setattr(module, "_of_whoever_asked", lambda run: run)

    async def away(run, thread):
        raise KeepingError("away", "later")

    async def unanswered(run, thread):
        return None

    monkeypatch.setattr(module, "_answered", away)
    with pytest.raises(KeepingError):
        await records.take_over("kim")
    assert (store["threads"], store["runs"]) == ([], [])
    monkeypatch.setattr(module, "_answered", unanswered)
    for _ in range(2):
        await records.take_over("kim")
        assert [one["thread_id"] for one in store["threads"]] == [begun["thread_id"]]
        assert [one["run_id"] for one in store["runs"]] == [begun["run_id"]]
