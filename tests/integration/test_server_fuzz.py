"""Requests that nobody would send, seeded, to every door of a real server: each is answered, and none is the server's fault."""

from __future__ import annotations

import json
import random
import re
import time
from importlib.util import find_spec
from pathlib import Path

import httpx
import psutil
import pytest
from served import ROOT, keys, served

KEYS, ENVIRONMENT = keys("kim")
SEED, ROUNDS = 18, 12
MEMORY = 1_000_000_000
SECONDS = 20
NOT_OFFERED = 501
FRESH = httpx.Limits(max_keepalive_connections=0)
"""A connection each: a server that gets no processor for five seconds takes a held one for idle, and closes it on a request."""
ABSENT = "5b1c9a52-6f0e-4a43-9b3c-0d3c4c7a9f10"
ASKED = [{"role": "user", "content": "How do I wash wool?"}]
PLAUSIBLE = {
    "assistant_id": "assistant", "graph_id": "assistant", "model": "assistant", "input": {"messages": ASKED}, "messages": ASKED, "limit": 5,
    "namespace": ["notes"], "namespace_prefix": ["notes"], "prefix": ["notes"], "key": "k", "value": {"size": 3}, "filter": {"size": {"$gt": 1}},
    "metadata": {"a": 1}, "version": 1, "jsonrpc": "2.0", "id": 1, "method": "tools/list", "rating": "up", "thread": ABSENT, "message": "x",
    "stream_mode": ["values"], "multitask_strategy": "enqueue", "if_exists": "do_nothing", "schedule": "0 0 1 1 *",
}  # fmt: skip
STRANGE = (
    None, True, 0, -1, 1e308, 10**30, "", " ", "x" * 5_000, "가" * 3_000, "\x00", "\u202e", "../../etc/passwd", "%2e%2e%2f", "' OR 1=1 --",
    "file:///etc/passwd", "http://[::ffff:127.0.0.1]/", ABSENT, [], [[]], {}, {"a": {"b": []}}, ["x"] * 50, {"role": "user", "content": "hi"},
    {"$or": [{"a": 1}]}, {"configurable": {"thread_id": 3}}, [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "/etc/passwd"}}]}],
)  # fmt: skip
OURS = {
    "/v1/chat/completions": ("model", "messages", "stream", "tools", "user"),
    "/v1/responses": ("model", "input", "stream", "previous_response_id", "conversation"),
    "/mcp": ("jsonrpc", "id", "method", "params"),
    "/verdicts": ("thread", "message", "rating", "reason"),
    "/feedback": ("item", "feedback", "liked"),
    "/session": ("key",),
}
"""Door of ours -> what it reads of a body; others read `value`."""
PARTS = ("x", ABSENT, "%00", "..%2f..", "가", "a" * 400, "%ff", "assistant", "likes")
QUERIES = ("?limit=-1", "?limit=x&offset=1e9", f"?limit={10**30}", "?days=0", "?days=99999999999", "?namespace=..&key=%00", "?namespace=notes&key=k",
           "?before=x", "?subgraphs=true", "?xray=-1", "?stream_mode=x", "/")  # fmt: skip
HEADERS = ({"Content-Type": "text/plain"}, {"Content-Type": "multipart/form-data"}, {"Accept": "x/y;q=z"}, {"X-Thread-Id": "../x"}, {"Last-Event-ID": "x"},
           {"Range": "bytes=9-1"}, {"Content-Encoding": "gzip"}, {"Cookie": "a=%00; b"}, {"Mcp-Session-Id": "x"}, {"Authorization": "Bearer x"})  # fmt: skip
TORN = (b"{", b"\xff\xfe", b"[" * 2_000, b"NaN", b'{"a": 1} x', b"", b'"\\ud800"', b"9" * 5_000)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with served(tmp_path_factory.mktemp("fuzz"), **ENVIRONMENT, STYLEGRAPH_SERVER_REQUESTS="100000") as started:
        yield started


def doors():
    """Every door, with the fields of what it reads: LangGraph's by its own description, ours by the application."""
    described = json.loads((Path(find_spec("langgraph_api").origin).parents[1] / "openapi.json").read_text())
    found = [(method.upper(), path, _fields(how, described)) for path, ways in described["paths"].items() for method, how in ways.items()]  # fmt: skip
    ours = re.findall(r'Route\("(/[^"]*)",.*methods=\["(\w+)"\]', (ROOT / "graphs/server/app.py").read_text())
    return found + [(method, path, OURS.get(path, ("value",))) for path, method in [*ours, ("/mcp", "POST")]]


def _fields(how, described):
    return tuple(_named(how.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {}), described))  # fmt: skip


def _named(schema, described):
    """The fields of a schema, with those of the schemas that it is made of."""
    schema = described["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], schema)
    parts = [*([schema["items"]] if "items" in schema else []), *schema.get("allOf", []), *schema.get("anyOf", [])]
    return dict(schema.get("properties", {})) | {name: 1 for part in parts for name in _named(part, described)}


def request(dice, door, thread):
    """One request: its door, its path made odd, headers, and a body with something wrong in it, or torn."""
    method, path, fields = door
    parts = iter(dice.choices((thread, *PARTS), weights=(9, *[1] * len(PARTS)), k=4))
    path = re.sub(r"\{[^}]*\}", lambda _: next(parts), path) + (dice.choice(QUERIES) if dice.random() < 0.3 else "")
    body = {field: PLAUSIBLE[field] for field in fields if field in PLAUSIBLE and dice.random() < 0.9}
    body |= {field: dice.choice(STRANGE) for field in dice.sample(fields, min(len(fields), dice.choice((0, 1, 1, 2))))}
    content = json.dumps(body if dice.random() < 0.9 else dice.choice(STRANGE)).encode()
    headers = {"Content-Type": "application/json"} | (dice.choice(HEADERS) if dice.random() < 0.2 else {})
    torn = dice.choice(TORN) if dice.random() < 0.1 else content
    return method, path, torn if method != "GET" else None, headers


def answered(http):
    """A conversation in which a question was answered."""
    thread = http.post("/threads", json={}).json()["thread_id"]
    asked = {"assistant_id": "assistant", "input": {"messages": ASKED}}
    assert http.post(f"/threads/{thread}/runs/wait", json=asked).is_success
    return thread


def told(http, method, path, content, headers):
    """What is wrong with how a request was answered, or nothing; of a stream no more than its beginning is waited for."""
    begun = time.monotonic()
    try:
        with http.stream(method, path, content=content, headers=headers) as answer:
            streams = answer.headers.get("content-type", "").startswith("text/event-stream")
            said = "" if streams else answer.read().decode(errors="replace")
    except httpx.HTTPError as error:
        return repr(error)
    if (answer.status_code >= 500 and answer.status_code != NOT_OFFERED) or "Traceback" in said or str(ROOT) in said:
        return f"{answer.status_code} {said[:300]}"
    return f"{time.monotonic() - begun:.0f} s" if time.monotonic() - begun > SECONDS else ""


def test_every_door_answers_whatever_it_is_sent(server):
    dice, process, most, wrong = random.Random(SEED), psutil.Process(server.process.pid), 0, []
    headers = {"Authorization": f"Bearer {KEYS['kim']}"}
    with httpx.Client(base_url=server.url, headers=headers, timeout=3 * SECONDS, limits=FRESH) as http:
        for _ in range(ROUNDS):
            thread = answered(http)
            for door in doors():
                method, path, content, more = request(dice, door, thread)
                if said := told(http, method, path, content, more):
                    wrong.append((method, path, (content or b"")[:200], more, said))
                most = max(most, process.memory_info().rss)
        assert wrong == []
        assert http.get("/ok").is_success
    assert most < MEMORY, f"{most:,}"


def test_every_door_is_tried():
    paths = {path for _, path, _ in doors()}
    assert {
        "/store/items/search",
        "/threads/{thread_id}/runs/wait",
        "/v1/responses",
        "/mcp",
        "/verdicts/{message}",
        "/ready",
    } <= paths
    assert len(doors()) > 90
