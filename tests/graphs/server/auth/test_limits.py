"""Too much is turned away, with the time to come back."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse

from stylegraph.agent.errors import SettingsError
from stylegraph.agent.settings import load_settings
from stylegraph.graphs.server.auth.accounts import Accounts
from stylegraph.graphs.server.auth.gate import Gate
from stylegraph.graphs.server.auth.limits import Limits

KEYS = {user: f"{user}-key-that-is-long-enough" for user in ("kim", "lee")}


class Behind:
    """What is behind the limits: it reads a request, and answers when it is let."""

    def __init__(self):
        self.go = asyncio.Event()
        self.go.set()
        self.read = 0

    async def __call__(self, scope, receive, send):
        self.read = len(await Request(scope, receive).body())
        await self.go.wait()
        await JSONResponse({"read": self.read})(scope, receive, send)


@pytest.fixture
def behind():
    return Behind()


def session(behind, user="kim", **limits):
    settings = load_settings(server_keys=KEYS, **limits) if user else load_settings(**limits)
    gate = Gate(Limits(behind, settings), Accounts(settings))
    return [
        httpx.AsyncClient(
            transport=httpx.ASGITransport(gate, client=("127.0.0.1", 1)),
            base_url="http://localhost",
            headers={"Authorization": f"Bearer {KEYS[one]}"} if user else {},
        )
        for one in KEYS
    ]


async def test_requests_a_minute_are_counted_for_each_user(behind):
    kim, lee = session(behind, server_requests=3)
    assert [(await kim.get("/threads/x")).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = await kim.get("/threads/x")
    assert 1 <= int(refused.headers["retry-after"]) <= 120
    assert "3 requests a minute" in refused.json()["detail"]
    assert (await lee.get("/threads/x")).status_code == 200


async def test_what_a_page_shows_many_of_is_not_counted(behind):
    kim, _ = session(behind, server_requests=1)
    for path in ("/ok", "/page/a.js", "/photos/sg001", "/pictures/x"):
        assert [(await kim.get(path)).status_code for _ in range(3)] == [200, 200, 200]


async def test_questions_at_once_are_counted_for_each_user(behind):
    kim, lee = session(behind, server_runs=2)
    behind.go.clear()
    waiting = [asyncio.create_task(kim.post(path)) for path in ("/runs/wait", "/threads/x/runs/stream")]
    await asyncio.sleep(0.05)
    refused = await kim.post("/runs/wait")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "2")
    others = asyncio.create_task(lee.post("/runs/wait"))
    behind.go.set()
    assert [one.status_code for one in await asyncio.gather(*waiting, others)] == [200, 200, 200]
    assert (await kim.post("/runs/wait")).status_code == 200


async def test_a_burst_does_not_get_more_in_than_may_be_in(behind):
    kim, _ = session(behind, server_runs=3)
    behind.go.clear()
    burst = [asyncio.create_task(kim.post("/threads/x/runs")) for _ in range(20)]
    await asyncio.sleep(0.1)
    behind.go.set()
    answers = [one.status_code for one in await asyncio.gather(*burst)]
    assert (answers.count(200), answers.count(429)) == (3, 17)


async def test_a_request_that_says_it_is_too_large_is_not_read(behind):
    kim, _ = session(behind, server_body_max_bytes=1_000)
    answer = await kim.post("/threads", content=b"x" * 1_001)
    assert (answer.status_code, behind.read) == (413, 0)
    assert "1,000 bytes" in answer.json()["detail"]
    assert (await kim.post("/threads", content=b"x" * 1_000)).json() == {"read": 1_000}


async def test_nor_is_one_that_does_not_say_so_read_to_its_end(behind):
    kim, _ = session(behind, server_body_max_bytes=1_000)
    sent = 0

    async def endless():
        nonlocal sent
        for _ in range(1_000):
            sent += 100
            yield b"x" * 100

    assert (await kim.post("/threads", content=endless())).status_code == 413
    assert behind.read == 0


@pytest.mark.parametrize("answer", ["answers", "raises"])
async def test_whatever_is_made_behind_of_a_body_that_is_too_large_it_is_told_as_that(answer):
    async def behind(scope, receive, send):
        try:
            await Request(scope, receive).body()
        except Exception as error:
            if answer == "raises":
                raise RuntimeError("something else") from error
            await JSONResponse({"detail": "Internal Server Error"}, 500)(scope, receive, send)

    async def chunked():
        for _ in range(20):
            yield b"x" * 100

    kim, _ = session(behind, server_body_max_bytes=1_000)
    refused = await kim.post("/threads", content=chunked())
    assert (refused.status_code, "1,000 bytes" in refused.json()["detail"]) == (413, True)


async def test_documents_may_be_as_large_as_documents_may_be(behind):
    kim, _ = session(behind, server_body_max_bytes=1_000, document_max_bytes=5_000)
    assert (await kim.post("/documents", content=b"x" * 5_000)).status_code == 200
    assert (await kim.post("/documents", content=b"x" * 5_001)).status_code == 413


async def test_the_owner_of_this_machine_is_limited_in_size_only(behind):
    owner, _ = session(behind, user=None, server_requests=1, server_runs=1, server_body_max_bytes=1_000)
    assert [(await owner.post("/runs/wait")).status_code for _ in range(3)] == [200, 200, 200]
    assert (await owner.post("/runs/wait", content=b"x" * 1_001)).status_code == 413


@pytest.mark.parametrize("address", ["nowhere://", "redis", ""])
def test_a_place_to_count_that_is_none_is_said_to_be(behind, address):
    with pytest.raises(SettingsError, match="STYLEGRAPH_SERVER_LIMITS"):
        Limits(behind, load_settings(server_limits=address))


async def test_who_reads_by_a_link_without_a_key_is_counted_by_the_address_they_ask_from(behind):
    settings = load_settings(server_keys=KEYS, server_requests=3, server_shared="anyone")
    gate = Gate(Limits(behind, settings), Accounts(settings), readers=True)

    async def reads(address):
        transport = httpx.ASGITransport(gate, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as reader:
            return [
                (await reader.get("/shared", headers={"Shared-Link": str(guess)})).status_code for guess in range(5)
            ]

    assert await reads("203.0.113.9") == [200, 200, 200, 429, 429]
    assert (await reads("203.0.113.10"))[0] == 200
