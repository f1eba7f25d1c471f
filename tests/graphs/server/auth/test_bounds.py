"""What the store would fail over is refused at the door, with what there may be; anything else arrives as it was sent."""

from __future__ import annotations

import json

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response

from stylegraph.agent.settings import load_settings
from stylegraph.graphs.server.auth.accounts import Accounts
from stylegraph.graphs.server.auth.admission import RefusedError
from stylegraph.graphs.server.auth.bodies import Bodies
from stylegraph.graphs.server.auth.bounds import check_numbers
from stylegraph.graphs.server.auth.gate import Gate

KEYS = {"kim": "kim-key-that-is-long-enough"}
SEARCH = "/store/items/search"


async def echo(scope, receive, send):
    await Response(await Request(scope, receive).body())(scope, receive, send)


@pytest.fixture(params=["a user", "the owner of the machine"])
def http(request, tmp_path):
    keys = {"server_keys": KEYS} if request.param == "a user" else {}
    settings = load_settings(home=tmp_path, **keys)
    transport = httpx.ASGITransport(Gate(Bodies(echo, settings), Accounts(settings)))
    return httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1", headers={"Authorization": f"Bearer {KEYS['kim']}"}
    )


def nested(levels):
    return {"a": nested(levels - 1)} if levels else {}


@pytest.mark.parametrize(
    ("method", "path", "body", "said"),
    [
        ("POST", SEARCH, {}, "`namespace_prefix`"),
        ("POST", SEARCH, {"namespace_prefix": None}, "`namespace_prefix`"),
        ("POST", f"{SEARCH}/", {"namespace_prefix": "notes"}, "`namespace_prefix`"),
        ("POST", SEARCH, {"namespace_prefix": [], "limit": 1e30}, "`limit` is no number from 0 to 10,000"),
        ("POST", SEARCH, {"namespace_prefix": [], "offset": -1}, "`offset`"),
        ("POST", "/store/namespaces", {"limit": 10**30}, "`limit`"),
        ("POST", "/store/namespaces", {"max_depth": 1e308}, "`max_depth`"),
        ("PUT", "/store/items", {"namespace": ["a"], "key": "k", "value": {}, "ttl": 1e308}, "`ttl`"),
        ("PUT", "/store/items", {"namespace": ["a"], "key": "k\0", "value": {}}, "zero byte"),
        ("PUT", "/store/items", {"namespace": ["a"], "key": "k", "value": {"x": [{"\0": 1}]}}, "zero byte"),
        ("PUT", "/store/items", {"namespace": ["a"], "key": "k", "value": nested(300)}, "64 deep"),
        ("DELETE", "/store/items", {"namespace": ["a"], "key": "\0"}, "zero byte"),
    ],
)  # fmt: skip
async def test_the_store_is_not_asked_what_it_would_fail_over(http, method, path, body, said):
    answer = await http.request(method, path, json=body)
    assert answer.status_code == 422
    assert said in answer.json()["detail"]


@pytest.mark.parametrize("content", [b"[" * 2_000, b"{", b"\xff\xfe", b"", b"[]", b"null"])
async def test_what_is_no_object_is_left_to_langgraph_which_says_so(http, content):
    for path in (SEARCH, "/threads", "/runs/batch"):
        assert (await http.post(path, content=content)).content == content


async def test_what_the_store_can_take_arrives_as_it_was_sent(http):
    for path, body in (
        (SEARCH, {"namespace_prefix": ["notes"], "filter": {"size": {"$gt": 1e300}}, "limit": 10, "offset": 20}),
        ("/store/namespaces", {"prefix": ["notes"], "max_depth": 2}),
    ):
        assert (await http.post(path, json=body)).json() == body
    kept = {"namespace": ["notes"], "key": "가", "value": nested(30), "ttl": None}
    assert json.loads((await http.put("/store/items", json=kept)).content) == kept


async def test_numbers_behind_an_address_are_ones_that_a_database_can_count(http):
    assert (await http.get("/threads/x/history", params={"limit": str(10**30)})).status_code == 422
    assert (await http.get("/threads/x/runs", params={"offset": "5000000000"})).status_code == 422
    assert (await http.get("/threads/x/history", params={"limit": "50"})).status_code == 200


@pytest.mark.parametrize("seconds", [1e308, -1, float("nan")])
def test_a_run_begins_at_a_time_that_a_calendar_has(seconds):
    with pytest.raises(RefusedError, match="`after_seconds` is no number from 0 to"):
        check_numbers({"after_seconds": seconds})
