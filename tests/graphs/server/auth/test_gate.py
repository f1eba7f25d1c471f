"""The gate lets in who says who they are, and on this machine its owner."""

from __future__ import annotations

import httpx
import pytest
from starlette.responses import JSONResponse

from stylegraph.agent.settings import load_settings
from stylegraph.graphs.server.auth.accounts import Accounts
from stylegraph.graphs.server.auth.gate import Gate, is_loopback, person_in

KEYS = {"kim": "kim-key-that-is-long-enough"}


async def behind(scope, receive, send):
    person = person_in(scope)
    await JSONResponse({"is": person.identity if person else None})(scope, receive, send)


def ask(gate, client="127.0.0.1", **headers):
    transport = httpx.ASGITransport(gate, client=(client, 50000))
    return httpx.AsyncClient(transport=transport, base_url="http://localhost:2024", headers=headers)


async def status(gate, path="/threads", client="127.0.0.1", **headers):
    async with ask(gate, client, **headers) as session:
        return (await session.get(path)).status_code


@pytest.fixture
def opened():
    return Gate(behind, Accounts(load_settings()))


@pytest.fixture
def accounts(tmp_path):
    return Accounts(load_settings(server_keys=KEYS, home=tmp_path))


@pytest.fixture
def guarded(accounts):
    return Gate(behind, accounts, ["https://studio.example"])


async def test_without_users_this_machine_alone_gets_in(opened):
    assert await status(opened) == 200
    for stranger in ("10.0.0.7", "203.0.113.9", "fe80::1"):
        assert await status(opened, client=stranger) == 401
        assert await status(opened, "/ok", client=stranger) == 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:2024", "127.0.0.1.evil.example", "", "[::2]"])
async def test_and_only_by_its_own_name(opened, host):
    assert await status(opened, host=host) == 401


@pytest.mark.parametrize(
    "told", ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via", "X-Forwarded-Host", "X-Forwarded-Proto"]
)
async def test_a_proxy_on_this_machine_asks_for_somebody_else_whatever_host_it_names(opened, told):
    assert await status(opened, host="127.0.0.1", **{told: "127.0.0.1"}) == 401
    assert await status(opened, "/ok", host="127.0.0.1", **{told: "203.0.113.9"}) == 200


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:2024", "127.3.2.1", "[::1]:80"])
async def test_of_which_it_has_several(opened, host):
    assert await status(opened, host=host) == 200


async def test_with_users_this_machine_is_a_stranger_too(guarded):
    assert await status(guarded) == 401
    assert await status(guarded, authorization=f"Bearer {KEYS['kim']}") == 200
    assert await status(guarded, **{"x-api-key": KEYS["kim"]}) == 200
    assert await status(guarded, authorization=f"Basic {KEYS['kim']}") == 401


async def test_pages_of_sites_that_are_named_may_call(guarded):
    key = {"authorization": f"Bearer {KEYS['kim']}"}
    assert await status(guarded, origin="https://studio.example", **key) == 200
    assert await status(guarded, origin="https://evil.example", **key) == 403
    assert await status(guarded, origin="http://localhost:2024", **key) == 200


@pytest.mark.parametrize("path", ["/internal/truncate", "/internal", "/deploy", "/ui/x"])
async def test_what_empties_the_store_is_not_there(opened, path):
    assert await status(opened, path) == 404


async def test_nor_is_it_where_the_server_is_mounted_at_a_prefix(opened):
    transport = httpx.ASGITransport(opened, root_path="/api", client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as session:
        assert (await session.get("/api/internal/truncate")).status_code == 404
        assert (await session.get("/api/threads")).status_code == 200


async def test_a_websocket_is_closed_before_it_opens(guarded):
    sent = []

    async def send(message):
        sent.append(message)

    scope = {"type": "websocket", "path": "/threads/x/stream", "headers": [], "client": ("127.0.0.1", 1)}
    await guarded(scope, None, send)
    assert sent == [{"type": "websocket.close", "code": 1008, "reason": ""}]


def test_names_and_addresses_of_this_machine():
    assert all(map(is_loopback, ["localhost", "127.0.0.1", "::1", "[::1]"]))
    assert not any(map(is_loopback, ["0.0.0.0", "::", "10.0.0.1", "example.com", "localhost.example", ""]))


async def method_status(gate, method, **headers):
    async with ask(gate, **headers) as session:
        return (await session.request(method, "/threads")).status_code


OWN = "http://localhost:2024"


@pytest.mark.parametrize(
    ("method", "told", "status"),
    [
        ("GET", {}, 200),
        ("POST", {"origin": OWN}, 200),
        ("POST", {"sec-fetch-site": "same-origin"}, 200),
        ("POST", {}, 401),  # whoever says nothing of where it comes from brings a key
        ("POST", {"sec-fetch-site": "same-site"}, 401),
        ("DELETE", {"origin": "http://localhost:8000"}, 403),  # the same site to a browser, and another page
        ("POST", {"origin": "https://studio.example"}, 401),  # may call with a key, not with what a browser adds
        ("GET", {"origin": "https://studio.example"}, 401),
        ("POST", {"origin": "null"}, 403),
    ],
)
async def test_a_session_counts_only_where_the_servers_own_page_asks(guarded, accounts, method, told, status):
    session = await accounts.session("kim", KEYS["kim"])
    assert await method_status(guarded, method, cookie=f"stylegraph-session={session}", **told) == status


async def test_a_websocket_with_a_session_is_let_in_from_the_own_page_alone(guarded, accounts):
    cookie = f"stylegraph-session={await accounts.session('kim', KEYS['kim'])}"
    for origin, person in ((OWN, "kim"), ("https://studio.example", None)):
        headers = [(b"host", b"localhost:2024"), (b"cookie", cookie.encode()), (b"origin", origin.encode())]
        scope = {"type": "websocket", "path": "/threads/x/stream", "headers": headers, "client": ("127.0.0.1", 1)}
        refusal = await guarded._identify(scope)
        assert (refusal is None) == (person is not None)
        assert getattr(person_in(scope), "identity", None) == person


async def test_over_https_a_session_counts_only_under_the_name_that_no_neighbour_can_plant(guarded, accounts):
    session = await accounts.session("kim", KEYS["kim"])
    told = {"x-forwarded-proto": "https", "origin": OWN}
    assert await method_status(guarded, "GET", cookie=f"__Host-stylegraph-session={session}", **told) == 200
    assert await method_status(guarded, "GET", cookie=f"stylegraph-session={session}", **told) == 401
    assert await method_status(guarded, "GET", cookie=f"__Host-stylegraph-session={session}", origin=OWN) == 401


@pytest.mark.parametrize(("readers", "status_"), [(True, 200), (False, 401)])
async def test_anybody_may_read_by_a_link_where_that_is_set_and_nothing_else(accounts, readers, status_):
    gate = Gate(behind, accounts, readers=readers)
    for path in ("/shared", "/shared/photos/one"):
        assert await status(gate, path, client="203.0.113.9") == status_
    for path in ("/shares/thread", "/sharedness", "/photos/one", "/threads"):
        assert await status(gate, path, client="203.0.113.9") == 401
    async with ask(gate) as session:
        assert (await session.post("/shared")).status_code == 401
        assert (await session.delete("/shares/thread")).status_code == 401
