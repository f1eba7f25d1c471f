"""What a signed-in stranger may ask a real server for: turns, and answers to interrupts. Nobody else's documents."""

from __future__ import annotations

import asyncio
import json
import time

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langgraph_sdk import get_client
from served import keys, served
from standins.collector import collector
from websockets.asyncio.client import connect

KEYS, ENVIRONMENT = keys("kim", "lee")
CANARY = "heliotrope-7731"
ABOUT = "the vault of the Kovalenko archive"
QUESTION = {"messages": [{"role": "user", "content": f"What opens {ABOUT}?"}]}
TASK = {
    "question": f"What opens {ABOUT}?",
    "asked": f"What opens {ABOUT}?",
    "queries": [f"What opens {ABOUT}?"],
    "filters": {},
    "language": "en",
    "k": 50,
    "attempt": 0,
    "web_searches": 9,
    "seconds": 60.0,
    "user": "kim",
    "index": None,
    "shown": [],
    "profile": {},
}
GOTO = {"goto": {"node": "retrieve", "input": TASK}}
EVIDENCE = {"evidence": [], "turn": {"user": "kim", "budget": {"seconds": 1e9}}, "only": {}}


@pytest.fixture(scope="module")
def collected():
    """Where traces go, and what has come."""
    with collector() as (url, bodies):
        yield url, bodies


@pytest.fixture(scope="module")
def server(tmp_path_factory, collected):
    """A server that logs and traces what is said, so that nothing hides a leak."""
    many = {"STYLEGRAPH_SERVER_REQUESTS": "100000", "STYLEGRAPH_SERVER_CRONS": "5"}
    open_to_see = {"STYLEGRAPH_SERVER_LOG_CONTENT": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": collected[0]}
    often = {"OTEL_BSP_SCHEDULE_DELAY": "200", "OTEL_METRICS_EXPORTER": "none"}
    with served(tmp_path_factory.mktemp("strangers"), **ENVIRONMENT, **many, **open_to_see, **often) as started:
        asyncio.run(_index(client_of(started, "kim")))
        yield started


@pytest.fixture(scope="module")
def traced(server, collected):
    """Return what traces have told since the owner of the secret asked, of which they do tell."""
    _, bodies = collected
    _wait_for(bodies)
    assert any(CANARY.encode() in body for body in bodies)
    before = len(bodies)

    def since():
        _wait_for(bodies)
        return b"".join(bodies[before:])

    return since


def _wait_for(bodies):
    """Wait until nothing more comes: spans are sent five times a second."""
    before = -1
    while before < len(bodies):
        before = len(bodies)
        time.sleep(1.0)


def client_of(server, user):
    return get_client(url=server.url, api_key=None, headers={"Authorization": f"Bearer {KEYS[user]}"})


async def _index(kim):
    text = f"What opens {ABOUT}? The word that opens {ABOUT} is {CANARY}."
    done = await kim.runs.wait(None, "indexing", input={"texts": [{"title": "Kovalenko", "text": text}]})
    assert done["reports"][0]["chunks"], done
    own = await kim.runs.wait(None, "assistant", input=QUESTION)
    assert CANARY in own["reply"]["text"], own


@pytest.fixture(scope="module")
def thread(server):
    """A conversation of lee's."""

    async def begin():
        lee = client_of(server, "lee")
        thread = (await lee.threads.create())["thread_id"]
        await lee.runs.wait(thread, "assistant", input={"messages": [{"role": "user", "content": "hello"}]})
        return thread

    return asyncio.run(begin())


def ask(server, method, path, body, user="lee"):
    headers = {"Authorization": f"Bearer {KEYS[user]}"}
    return httpx.request(method, server.url + path, json=body, headers=headers, timeout=90)


def run(**more):
    return {"assistant_id": "assistant", **more}


BORN = ["/threads/{thread}/runs/wait", "/threads/{thread}/runs/stream", "/threads/{thread}/runs", "/runs/wait",
        "/runs/stream", "/runs", "/runs/batch", "/runs/crons", "/threads/{thread}/runs/crons"]  # fmt: skip
REFUSED = [
    ({"command": GOTO}, "`goto`"),
    ({"command": {"goto": "answer"}}, "`goto`"),
    ({"command": {"update": {"turn": {"user": "kim"}}}}, "`update`"),
    ({"command": {"update": [["turn", {"user": "kim"}]], "goto": None}}, "`update`"),
    ({"command": {"graph": "__parent__"}}, "`graph`"),
    ({"input": QUESTION | {"turn": {"user": "kim"}}}, "`turn`"),
    ({"input": QUESTION | EVIDENCE}, "`evidence`"),
    ({"input": QUESTION, "context": {"user": "kim"}}, "`user`"),
    ({"input": QUESTION, "context": {"filters": {}}}, "`filters`"),
    ({"input": QUESTION, "config": {"configurable": {"user": "kim"}}}, "`user`"),
    ({"input": QUESTION, "config": {"configurable": {"__pregel_task_id": "x"}}}, "`__pregel_task_id`"),
]


@pytest.mark.parametrize("path", BORN)
@pytest.mark.parametrize(("asked", "named"), REFUSED, ids=[named for _, named in REFUSED])
def test_a_run_starts_a_turn_or_answers_an_interrupt(server, thread, path, asked, named):
    if "crons" in path and "command" in asked:
        asked = asked | {"input": QUESTION}
    body = run(**asked) | ({"schedule": "0 0 1 1 *"} if "crons" in path else {})
    answer = ask(server, "POST", path.replace("{thread}", thread), [body] if "batch" in path else body)
    assert answer.status_code in (403, 422), answer.text
    assert named in answer.json()["detail"]


def test_an_answer_to_an_interrupt_brings_nothing_else(server, thread):
    for beside in ({"goto": "answer"}, {"update": {"turn": {}}}):
        answer = ask(server, "POST", f"/threads/{thread}/runs/wait", run(command={"resume": "yes"} | beside))
        assert answer.status_code == 403
    nothing = {"goto": None, "update": None}  # as the SDKs send it
    assert ask(server, "POST", f"/threads/{thread}/runs/wait", run(command={"resume": "yes"} | nothing)).is_success


def test_nor_is_it_another_by_a_cron_that_is_changed_later(server, thread):
    body = run(input=QUESTION, schedule="0 0 1 1 *")
    forged = {"config": {"configurable": {"user": "kim"}}}
    assert ask(server, "POST", "/runs/crons", body | forged).status_code == 422
    cron = ask(server, "POST", "/runs/crons", body).json()["cron_id"]
    assert ask(server, "PATCH", f"/runs/crons/{cron}", forged).status_code == 422
    assert ask(server, "PATCH", f"/runs/crons/{cron}", {"input": {"turn": {}}}).status_code == 422
    assert ask(server, "DELETE", f"/runs/crons/{cron}", None).is_success


def test_nor_by_an_assistant_of_ones_own(server):
    for forged in ({"config": {"configurable": {"user": "kim"}}}, {"context": {"user": "kim"}}):
        answer = ask(server, "POST", "/assistants", {"graph_id": "assistant"} | forged)
        assert (answer.status_code, "`user`" in answer.json()["detail"]) == (422, True)
    mine = ask(server, "POST", "/assistants", {"graph_id": "indexing", "context": {"effort": "quick"}}).json()
    answer = ask(server, "POST", "/runs/wait", {"assistant_id": mine["assistant_id"], "input": QUESTION})
    assert (answer.status_code, "`documents`" in answer.json()["detail"]) == (422, True)
    assert ask(server, "PATCH", f"/assistants/{mine['assistant_id']}", {"context": {"user": "kim"}}).status_code == 422


def test_the_state_of_a_conversation_is_not_written(server, thread):
    for method in ("POST", "PATCH"):
        answer = ask(
            server, method, f"/threads/{thread}/state", {"values": {"turn": {"user": "kim"}}, "as_node": "plan"}
        )
        assert (answer.status_code, "can't be written" in answer.json()["detail"]) == (403, True)
    steps = [{"updates": [{"command": GOTO, "as_node": "plan"}]}]
    answer = ask(server, "POST", "/threads", {"supersteps": steps, "metadata": {"graph_id": "assistant"}})
    assert answer.status_code == 403
    assert ask(server, "PATCH", f"/threads/{thread}", {"metadata": {"title": "mine"}}).is_success
    assert ask(server, "GET", f"/threads/{thread}/state", None).is_success


async def test_nor_do_commands_of_the_event_protocol_reach_a_node(server, thread):
    url = server.url.replace("http", "ws") + f"/threads/{thread}/stream/events"
    async with connect(url, additional_headers={"Authorization": f"Bearer {KEYS['lee']}"}) as socket:
        params = {"assistant_id": "assistant", "input": QUESTION | {"turn": {"user": "kim"}}}
        await socket.send(json.dumps({"id": 1, "method": "run.start", "params": params}))
        while (answer := json.loads(await asyncio.wait_for(socket.recv(), 30))).get("id") != 1:
            pass
        assert answer["type"] == "error", answer
        assert "`turn`" in json.dumps(answer)


keys_of_state = st.sampled_from(
    [
        "turn",
        "routing",
        "filters",
        "evidence",
        "user",
        "k",
        "queries",
        "messages",
        "revision",
        "profile",
        "only",
        "index",
    ]
)
values = st.recursive(
    st.sampled_from([None, True, 50, 1e9, "kim", "retrieve", "documents", "", "*", ABOUT, f"What opens {ABOUT}?"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys_of_state, inner, max_size=4),
    max_leaves=8,
)
tasks = st.fixed_dictionaries({name: st.just(value) | values for name, value in TASK.items()})
nodes = st.sampled_from(["retrieve", "begin", "plan", "answer", "analyse_image", "remember", "grade_answer", "no node"])
sends = st.builds(lambda node, task: {"node": node, "input": task}, nodes, tasks | values)
updates = st.dictionaries(keys_of_state, values, max_size=3)
commands = st.dictionaries(
    st.sampled_from(["goto", "update", "resume", "graph", "x"]), sends | updates | nodes | values
)
contexts = st.dictionaries(st.sampled_from(["user", "only", "index", "effort", "budget", "image", "filters"]), values)
requests = st.one_of(
    st.builds(lambda command: ("/runs/wait", run(command=command)), commands),
    st.builds(
        lambda given, context: ("/runs/wait", run(input=given, context=context)), updates | st.just(QUESTION), contexts
    ),
    st.builds(lambda given: ("/runs/stream", run(input=QUESTION | given, stream_mode=["debug", "events"])), updates),
    st.builds(lambda state, node: ("/state", {"values": state, "as_node": node}), updates, nodes),
    st.builds(
        lambda configurable: ("/runs/wait", run(input=QUESTION, config={"configurable": configurable})),
        st.dictionaries(keys_of_state | st.sampled_from(["langgraph_auth_user", "__pregel_send", "owner"]), values),
    ),
)


def test_whatever_a_stranger_sends_nobodys_secret_comes_back(server, traced, thread):
    @settings(max_examples=60, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(requests)
    def never_told(request):
        path, body = request
        answer = ask(server, "POST", f"/threads/{thread}{path}", body)
        assert CANARY not in answer.text
        assert answer.status_code < 500 or "detail" in answer.text
        assert CANARY not in ask(server, "GET", f"/threads/{thread}/state", None).text

    never_told()
    assert CANARY not in ask(server, "POST", f"/threads/{thread}/history", {"limit": 100}).text
    assert CANARY not in server.said()
    told = traced()
    assert ABOUT.encode() in told
    assert CANARY.encode() not in told
