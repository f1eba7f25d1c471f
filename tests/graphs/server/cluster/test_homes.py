"""Each person has one home among the servers, and another one when that dies."""

from __future__ import annotations

import asyncio
import time

import psycopg
import pytest
from postgres_server import postgres

from stylegraph.agent.errors import KeepingError, SettingsError
from stylegraph.agent.settings import load_settings
from stylegraph.graphs.server.cluster import homes as module
from stylegraph.graphs.server.cluster import membership
from stylegraph.graphs.server.cluster.database import make_tables, open_database
from stylegraph.graphs.server.cluster.homes import Homes
from stylegraph.graphs.server.cluster.membership import check_shared
from stylegraph.graphs.server.observability import health

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def database():
    with postgres() as url:
        yield url


@pytest.fixture
async def pool(database):
    async with open_database(load_settings(server_database=database)) as pool:
        await make_tables(pool)
        async with pool.connection() as connection:
            await connection.execute("TRUNCATE stylegraph_servers, stylegraph_homes, stylegraph_records")
        yield pool


async def joined(pool, name):
    taken = []

    async def take_over(person):
        taken.append(person)

    server = Homes(pool, f"http://{name}", take_over)
    await server.join()
    return server, taken


async def died(pool, name):
    async with pool.connection() as connection:
        await connection.execute(
            "UPDATE stylegraph_servers SET beat = now() - interval '1 hour' WHERE address = %s", (f"http://{name}",)
        )


async def test_who_is_asked_first_is_ones_home_and_the_others_say_where_that_is(pool):
    (first, taken), (second, others) = await joined(pool, "first"), await joined(pool, "second")
    assert await first.elsewhere("kim") is None
    assert await second.elsewhere("kim") == "http://first"
    assert await second.elsewhere("lee") is None
    assert await first.elsewhere("lee") == "http://second"
    assert (taken, others) == (["kim"], ["lee"])


async def test_of_two_that_are_asked_at_once_one_is_the_home(pool):
    servers = [(await joined(pool, f"server-{number}"))[0] for number in range(4)]
    for person in map(str, range(20)):
        told = await asyncio.gather(*(server.elsewhere(person) for server in servers), return_exceptions=True)
        told = [await server.elsewhere(person) for server, _ in zip(servers, told, strict=True)]
        assert told.count(None) == 1
        assert len({address for address in told if address}) == 1


async def test_somebodys_conversations_are_brought_once_however_many_requests_came(pool):
    server, taken = await joined(pool, "only")
    await asyncio.gather(*(server.elsewhere("kim") for _ in range(10)))
    assert taken == ["kim"]


async def test_whose_home_has_died_is_taken_over_by_who_is_asked_next(pool):
    (first, _), (second, taken) = await joined(pool, "first"), await joined(pool, "second")
    await first.elsewhere("kim")
    await died(pool, "first")
    assert await second.elsewhere("kim") is None
    assert taken == ["kim"]


async def test_whose_question_was_accepted_by_a_dead_server_is_taken_over_without_asking(pool, monkeypatch):
    monkeypatch.setattr(module, "BEAT", 0.01)
    (first, _), (second, taken) = await joined(pool, "first"), await joined(pool, "second")
    await first.elsewhere("kim")
    async with pool.connection() as connection:
        await connection.execute("INSERT INTO stylegraph_records VALUES ('run', 'r', 'kim', 'msgpack', '')")
    beating = asyncio.create_task(second.keep())
    await asyncio.sleep(0.2)
    assert taken == []
    await died(pool, "first")
    async with asyncio.timeout(10):
        while taken != ["kim"]:
            await asyncio.sleep(0.02)
    beating.cancel()


async def test_a_server_that_was_silent_for_too_long_answers_nobody_until_it_knows_what_is_its_own(pool, monkeypatch):
    server, _ = await joined(pool, "late")
    await server.elsewhere("kim")
    monkeypatch.setattr(server, "_signed", time.monotonic() - 60)
    with pytest.raises(KeepingError):
        await server.elsewhere("kim")
    await asyncio.to_thread(server._sign)
    assert await server.elsewhere("kim") is None


def blocked_until_it_signs(pool, name):
    """Let nothing else run in this loop until a server has given a sign of life, however slow the machine is."""
    with psycopg.connect(pool.conninfo, autocommit=True) as connection:
        until = time.monotonic() + 60
        while not connection.execute(
            "SELECT 1 FROM stylegraph_servers WHERE address = %s AND beat > now() - interval '1 minute'",
            (f"http://{name}",),
        ).fetchone():
            assert time.monotonic() < until, "it gave no sign of life"
            time.sleep(0.02)


async def test_a_server_whose_loop_is_busy_is_not_given_up(pool, monkeypatch):
    monkeypatch.setattr(module, "BEAT", 0.05)
    (busy, _), (second, _) = await joined(pool, "busy"), await joined(pool, "second")
    await busy.elsewhere("kim")
    beating = asyncio.create_task(busy.keep())
    await asyncio.sleep(0)
    await died(pool, "busy")
    blocked_until_it_signs(pool, "busy")
    assert await second.elsewhere("kim") == "http://busy"
    beating.cancel()


async def taken_over(pool):
    """Return a server for whose person another one answers by now."""
    (late, _), (second, _) = await joined(pool, "late"), await joined(pool, "second")
    await late.elsewhere("kim")
    await died(pool, "late")
    await second.elsewhere("kim")
    return late


async def test_a_server_that_others_answer_for_ends(pool, monkeypatch):
    ended = []
    monkeypatch.setattr(module.os, "_exit", ended.append)
    late = await taken_over(pool)
    monkeypatch.setattr(late, "_signed", time.monotonic() - 60)
    await asyncio.to_thread(late._sign)
    assert ended == [75]


async def test_a_server_that_slept_and_did_not_notice_ends_where_others_answer_for_it(pool, monkeypatch):
    ended = []
    monkeypatch.setattr(module.os, "_exit", ended.append)
    late = await taken_over(pool)
    await asyncio.to_thread(late._sign)
    assert ended == [75]


async def test_a_server_that_was_given_up_answers_after_two_signs_of_life(pool):
    server, _ = await joined(pool, "late")
    await server.elsewhere("kim")
    await died(pool, "late")
    await asyncio.to_thread(server._sign)
    with pytest.raises(KeepingError):
        await server.elsewhere("kim")
    await asyncio.to_thread(server._sign)
    assert await server.elsewhere("kim") is None


async def test_somebody_who_cant_be_taken_over_keeps_nobody_else_waiting(pool, monkeypatch):
    monkeypatch.setattr(module, "BEAT", 0.01)
    taken = []

    async def take_over(person):
        if person == "a-broken-one":
            raise ValueError
        taken.append(person)

    server = Homes(pool, "http://only", take_over)
    await server.join()
    async with pool.connection() as connection:
        for person in ("a-broken-one", "kim"):
            await connection.execute("INSERT INTO stylegraph_records VALUES ('run', %s, %s, '', '')", (person, person))
    beating = asyncio.create_task(server.keep())
    await asyncio.sleep(0.5)
    assert (taken, beating.done()) == (["kim"], False)
    beating.cancel()


async def test_a_server_without_a_sign_of_life_is_not_ready(pool, database, monkeypatch):
    server, _ = await joined(pool, "late")
    monkeypatch.setattr(membership, "_joined", [server])
    settings = load_settings(server_database=database)
    await health.database(settings)
    monkeypatch.setattr(server, "_signed", time.monotonic() - 60)
    with pytest.raises(KeepingError, match="lost"):
        await health.database(settings)


async def test_a_database_that_is_away_is_told_without_its_password():
    settings = load_settings(server_database="postgresql://kim:a-password@127.0.0.1:1/none")
    with pytest.raises(KeepingError, match="STYLEGRAPH_SERVER_DATABASE") as told:
        async with open_database(settings):
            pass
    assert "a-password" not in str(told.value)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, "STYLEGRAPH_SERVER_ADDRESS"),
        ({"server_address": "http://10.0.0.5 10.0.0.6:8000"}, "STYLEGRAPH_SERVER_ADDRESS"),
        ({"server_address": "http://10.0.0.5:1,http://10.0.0.6:1"}, "STYLEGRAPH_SERVER_ADDRESS"),
        ({"server_address": "http://:8000"}, "STYLEGRAPH_SERVER_ADDRESS"),
        ({"server_address": "http://a:1"}, "users"),
        ({"server_address": "http://a:1", "server_keys": {"kim": "k" * 24}, "server_crons": 1}, "crons"),
    ],
)
def test_what_several_servers_cant_share_is_refused(more, told):
    with pytest.raises(SettingsError, match=told):
        check_shared(load_settings(server_database="postgresql://x", **more))
