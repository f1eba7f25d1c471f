"""`/ready` says what does not work, and nothing of why."""

from __future__ import annotations

import httpx
import pytest

from stylegraph.agent.settings import load_settings
from stylegraph.graphs.server.observability import health


@pytest.fixture
def readiness():
    return health.Readiness({"disk": health.disk, "indexes": health.indexes, "model": health.model})


async def test_a_fresh_home_is_ready(readiness, tmp_path):
    assert await readiness.look(load_settings(home=tmp_path)) == {"disk": True, "indexes": True}


async def test_a_home_that_is_gone_is_not(readiness, tmp_path):
    assert (await readiness.look(load_settings(home=tmp_path / "gone")))["disk"] is False


async def test_an_index_that_is_damaged_is_not(readiness, tmp_path):
    (tmp_path / "indexes").mkdir()
    (tmp_path / "indexes" / "notes.sqlite").write_bytes(b"damaged " * 1_000)
    assert await readiness.look(load_settings(home=tmp_path)) == {"disk": True, "indexes": False}


async def test_it_looks_once_in_a_while_however_often_it_is_asked(readiness, tmp_path):
    settings = load_settings(home=tmp_path)
    assert all((await readiness.look(settings)).values())
    tmp_path.rename(tmp_path.with_name("elsewhere"))
    assert all((await readiness.look(settings)).values())


async def test_a_model_that_can_not_be_reached_is_not(tmp_path):
    with pytest.raises(httpx.HTTPError):
        await health.model(load_settings(home=tmp_path, base_url="http://127.0.0.1:9/v1"))


async def test_a_database_that_several_servers_share_is_asked_for_where_one_is_set(tmp_path):
    readiness = health.Readiness({"database": health.database})
    assert await readiness.look(load_settings(home=tmp_path)) == {}
    away = load_settings(home=tmp_path, server_database="postgresql://127.0.0.1:9/none")
    assert await health.Readiness({"database": health.database}).look(away) == {"database": False}
