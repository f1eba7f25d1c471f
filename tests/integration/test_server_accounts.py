"""Every resource and verb of a real server, asked for by its owner, by another user, and by nobody."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest
from langgraph_sdk import get_client
from served import keys, served

QUESTION = {"messages": [{"role": "user", "content": "How do I wash wool?"}]}
KEYS, ENVIRONMENT = keys("kim", "lee", "park")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    groups = {"STYLEGRAPH_SERVER_GROUPS": json.dumps({"staff": ["park"]})}
    with served(tmp_path_factory.mktemp("accounts"), **ENVIRONMENT, **groups, STYLEGRAPH_SERVER_CRONS="9") as started:
        yield started


def client_of(server, user):
    return get_client(url=server.url, api_key=None, headers={"Authorization": f"Bearer {KEYS[user]}"})


@pytest.fixture(scope="module")
def own(server):
    """What kim has made: one of everything."""
    return asyncio.run(_make(client_of(server, "kim")))


async def _make(kim):
    thread = (await kim.threads.create())["thread_id"]
    await kim.runs.wait(thread, "assistant", input=QUESTION)
    run = (await kim.runs.list(thread))[0]["run_id"]
    assistant = (await kim.assistants.create("assistant", name="kim's"))["assistant_id"]
    await kim.store.put_item(["notes"], "one", {"text": "kim's"})
    await kim.crons.create("assistant", schedule="0 0 1 1 *", input=QUESTION)
    cron = (await kim.crons.search())[0]["cron_id"]
    checkpoint = (await kim.threads.get_state(thread))["checkpoint"]["checkpoint_id"]
    system = next(one for one in await kim.assistants.search() if one["metadata"].get("created_by") == "system")
    return {
        "thread": thread, "run": run, "assistant": assistant, "cron": cron, "checkpoint": checkpoint,
        "system": system["assistant_id"],
    }  # fmt: skip


RUN = {"assistant_id": "assistant", "input": QUESTION}
THEIRS = [
    # what is asked for, by whom it is found, and by whom it is not
    ("GET", "/threads/{thread}", None),
    ("PATCH", "/threads/{thread}", {"metadata": {"seen": True}}),
    ("GET", "/threads/{thread}/state", None),
    ("GET", "/threads/{thread}/state/{checkpoint}", None),
    ("POST", "/threads/{thread}/state/checkpoint", {"checkpoint": {"thread_id": "{thread}"}}),
    ("POST", "/threads/{thread}/history", {}),
    ("GET", "/threads/{thread}/history", None),
    ("POST", "/threads/{thread}/copy", None),
    ("GET", "/threads/{thread}/runs", None),
    ("GET", "/threads/{thread}/runs/{run}", None),
    ("GET", "/threads/{thread}/runs/{run}/join", None),
    ("POST", "/threads/{thread}/runs", RUN),
    ("POST", "/threads/{thread}/runs/wait", RUN),
    ("POST", "/threads/{thread}/runs/stream", RUN),
    ("POST", "/threads/{thread}/runs/crons", RUN | {"schedule": "0 0 1 1 *"}),
    ("GET", "/assistants/{assistant}", None),
    ("GET", "/assistants/{assistant}/schemas", None),
    ("GET", "/assistants/{assistant}/graph", None),
    ("GET", "/assistants/{assistant}/subgraphs", None),
    ("POST", "/assistants/{assistant}/versions", {}),
    ("PATCH", "/assistants/{assistant}", {"name": "kim's own"}),
    ("POST", "/assistants/{assistant}/latest", {"version": 1}),
    ("POST", "/runs/wait", {"assistant_id": "{assistant}", "input": QUESTION}),
    ("PATCH", "/runs/crons/{cron}", {"enabled": False}),
]
GONE = [
    ("DELETE", "/threads/{thread}/runs/{run}", None),
    ("DELETE", "/runs/crons/{cron}", None),
    ("DELETE", "/assistants/{assistant}", None),
    ("DELETE", "/threads/{thread}", None),
]


def ask(server, user, method, path, body):
    headers = {"Authorization": f"Bearer {KEYS[user]}"} if user else {}
    return httpx.request(method, server.url + path, json=body, headers=headers, timeout=60)


def filled(own, path, body):
    written = json.dumps(body)
    for name, value in own.items():
        path, written = path.replace(f"{{{name}}}", value), written.replace(f"{{{name}}}", value)
    return path, json.loads(written)


def is_kept_from(answer):
    """Refused, or answered as if there were nothing."""
    return answer.status_code in (403, 404, 409) or answer.json() in ([], None)


@pytest.mark.parametrize(("method", "path", "body"), THEIRS, ids=lambda value: value if isinstance(value, str) else "")
def test_it_is_its_owners_and_nobody_elses(server, own, method, path, body):
    path, body = filled(own, path, body)
    assert ask(server, None, method, path, body).status_code == 401
    assert is_kept_from(ask(server, "lee", method, path, body))
    assert ask(server, "kim", method, path, body).status_code in (200, 204)


@pytest.mark.parametrize("what", ["threads", "assistants", "runs/crons"])
def test_searches_and_counts_see_ones_own_only(server, own, what):
    found = {user: ask(server, user, "POST", f"/{what}/search", {"limit": 100}).json() for user in ("kim", "lee")}
    counted = {user: ask(server, user, "POST", f"/{what}/count", {}).json() for user in ("kim", "lee")}
    system = sum((one.get("metadata") or {}).get("created_by") == "system" for one in found["lee"])
    assert len(found["lee"]) == counted["lee"] == system
    assert len(found["kim"]) == counted["kim"] > system
    assert ask(server, None, "POST", f"/{what}/search", {}).status_code == 401
    assert ask(server, "lee", "POST", f"/{what}/search", {"metadata": {"owner": "kim"}}).json() == []


def test_what_one_stores_lies_under_ones_own_name(server, own):
    def items(user, namespace):
        found = ask(server, user, "POST", "/store/items/search", {"namespace_prefix": namespace})
        return [item["value"]["text"] for item in found.json()["items"]]

    assert items("kim", ["notes"]) == items("kim", []) == items("kim", ["user:kim"]) == ["kim's"]
    for namespace in (["notes"], [], ["user:kim"], ["user:kim", "notes"], ["profile"], ["profile", "kim"]):
        assert items("lee", namespace) == []
    assert ask(server, "lee", "GET", "/store/items?namespace=user:kim.notes&key=one", None).json() is None
    assert ask(server, "kim", "GET", "/store/items?namespace=notes&key=one", None).json()["value"] == {"text": "kim's"}
    theft = {"namespace": ["user:kim", "notes"], "key": "one"}
    assert ask(server, "lee", "PUT", "/store/items", theft | {"value": {"text": "lee's"}}).is_success
    assert ask(server, "lee", "DELETE", "/store/items", theft).is_success
    assert items("kim", ["notes"]) == ["kim's"]
    seen = ask(server, "lee", "POST", "/store/namespaces", {"prefix": ["user:kim"]}).json()["namespaces"]
    assert all(namespace[0] == "user:lee" for namespace in seen)
    for method, path in (("PUT", "/store/items"), ("GET", "/store/items"), ("DELETE", "/store/items"),
                         ("POST", "/store/items/search"), ("POST", "/store/namespaces")):  # fmt: skip
        assert ask(server, None, method, path, theft).status_code == 401


def test_the_assistants_that_come_with_it_are_everybodys_to_use_and_nobodys_to_change(server, own):
    path = f"/assistants/{own['system']}"
    for user in ("kim", "lee"):
        assert ask(server, user, "GET", path, None).is_success
        assert ask(server, user, "GET", f"{path}/schemas", None).is_success
        assert ask(server, user, "PATCH", path, {"name": "mine"}).status_code in (403, 404)
        assert ask(server, user, "DELETE", path, None).status_code in (403, 404)


async def test_nobody_makes_themselves_another(server, own):
    lee = client_of(server, "lee")
    forged = await lee.threads.create(metadata={"owner": "kim"})
    assert forged["metadata"]["owner"] == "lee"
    await lee.threads.update(forged["thread_id"], metadata={"owner": "kim"})
    assert (await lee.threads.get(forged["thread_id"]))["metadata"]["owner"] == "lee"
    system = await lee.assistants.create("assistant", name="planted", metadata={"created_by": "system"})
    assert ask(server, "kim", "GET", f"/assistants/{system['assistant_id']}", None).status_code == 404
    spoken = {"messages": [{"role": "user", "content": "난 가죽은 싫어"}]}
    for forged in ({"context": {"user": "kim"}}, {"config": {"configurable": {"user": "kim"}}}):
        assert ask(server, "lee", "POST", "/runs/wait", RUN | forged).status_code == 422
    await lee.runs.wait(None, "assistant", input=spoken, metadata={"owner": "kim"})
    assert ask(server, "kim", "GET", "/profile", None).json()["profile"] == {}
    assert ask(server, "lee", "GET", "/profile", None).json()["profile"]["dislikes"] == ["가죽"]


def test_pictures_and_the_profile_are_ones_own(server):
    for method, path, body in (
        ("GET", "/profile", None), ("PUT", "/profile/likes", {"words": ["navy"]}), ("DELETE", "/profile/likes", None),
        ("DELETE", "/profile", None), ("POST", "/feedback", {"item": "sg001", "feedback": "like"}),
        ("GET", "/pictures/" + "0" * 64, None), ("GET", "/photos/sg001", None),
    ):  # fmt: skip
        assert ask(server, None, method, path, body).status_code == 401, path
    assert ask(server, "kim", "PUT", "/profile/likes", {"words": ["navy"]}).is_success
    assert "likes" not in ask(server, "lee", "GET", "/profile", None).json()["profile"]
    assert ask(server, "lee", "DELETE", "/profile", None).is_success
    assert ask(server, "kim", "GET", "/profile", None).json()["profile"]["likes"] == ["navy"]


@pytest.mark.parametrize(
    "path",
    ["/internal/truncate", "/internal/debug/thread/x", "/deploy", "/mcp/x", "/a2a/x", "/metrics", "/docs", "/info"],
)
def test_what_the_development_server_offers_beside_is_not_for_nobody(server, path):
    for method in ("GET", "POST"):
        assert ask(server, None, method, path, {}).status_code in (401, 404)
    assert not path.startswith(("/internal", "/deploy")) or ask(server, "kim", "POST", path, {}).status_code == 404


@pytest.mark.parametrize("key", ["x", "kim-key-that-is-long-enoug", "kim-key-that-is-long-enough2", "a.b.c", "Ünicode"])
def test_a_wrong_key_is_no_key(server, key):
    answer = httpx.post(f"{server.url}/threads", json={}, headers={"Authorization": f"Bearer {key}".encode()})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


def test_studio_gets_in_with_a_key_only(server):
    answer = httpx.post(f"{server.url}/threads", json={}, headers={"x-auth-scheme": "langsmith"})
    assert answer.status_code == 401


def test_the_sdks_own_way_of_sending_a_key_works(server):
    answer = httpx.post(f"{server.url}/threads", json={}, headers={"x-api-key": KEYS["kim"]})
    assert answer.json()["metadata"] == {"owner": "kim"}


def test_webhooks_are_not_offered(server):
    answer = ask(server, "kim", "POST", "/runs/wait", RUN | {"webhook": "https://93.184.216.34/hook"})
    assert answer.status_code == 403


@pytest.mark.parametrize(("method", "path", "body"), GONE, ids=lambda value: value if isinstance(value, str) else "")
def test_only_its_owner_deletes_it(server, own, method, path, body):
    path, body = filled(own, path, body)
    assert ask(server, None, method, path, body).status_code == 401
    assert is_kept_from(ask(server, "lee", method, path, body))
    assert ask(server, "kim", method, path, body).status_code in (200, 204)
