"""What a server lists is written down as it was, whatever becomes of it meanwhile."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime

import pytest
from postgres_server import postgres

from stylegraph.agent.settings import load_settings
from stylegraph.graphs.server.cluster.database import make_tables, open_database
from stylegraph.graphs.server.cluster.records import Records

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
