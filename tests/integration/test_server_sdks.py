"""Both of LangGraph's SDKs, and what its Studio and Agent Chat UI ask of a server before they show anything."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest
from langgraph_sdk import get_client
from served import keys, served

KEYS, ENVIRONMENT = keys("kim")
ORIGIN = "https://smith.langchain.com"
VAGUE = "그거 어떻게 빨아?"
PINNED = ("@langchain/langgraph-sdk@1.15.0", "@langchain/core@1.4.0")
SCRIPT = Path(__file__).with_name("sdk.mjs")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    origins = {"STYLEGRAPH_SERVER_ORIGINS": json.dumps([ORIGIN])}
    with served(tmp_path_factory.mktemp("sdks"), **ENVIRONMENT, **origins) as started:
        yield started


@pytest.fixture
def client(server):
    return get_client(url=server.url, api_key=KEYS["kim"])


def asking(text):
    return {"messages": [{"role": "user", "content": text}]}


async def collected(stream):
    return [part async for part in stream]


async def test_ask_and_follow_up(client):
    thread = (await client.threads.create())["thread_id"]
    first = await client.runs.wait(thread, "assistant", input=asking("여름에 입을 시원한 옷 추천해줘"))
    assert first["reply"]["status"] == "answered"
    second = await client.runs.wait(thread, "assistant", input=asking("그럼 겨울에는?"))
    assert second["reply"]["routes"] == ["fashion"]
    assert [message["type"] for message in second["messages"]] == ["human", "ai"] * 2


async def test_every_way_of_streaming(client):
    modes = ["messages-tuple", "custom", "updates", "values"]
    parts = await collected(
        client.runs.stream(None, "assistant", input=asking("How do I wash wool?"), stream_mode=modes)
    )
    assert {part.event for part in parts} == {"metadata", "messages", "custom", "updates", "values"}
    told = [part.data["event"] for part in parts if part.event == "custom"]
    assert (told[0], told[-1]) == ("looking_up", "reply")
    nodes = [node for part in parts if part.event == "updates" for node in part.data]
    assert (nodes[0], nodes[-1]) == ("begin", "remember")
    messages = [part.data[0] for part in parts if part.event == "messages"]
    assert {message["type"] for message in messages} == {"AIMessageChunk"}
    assert all(message["content"] for message in messages)


def cited(message):
    """Return the places of a message that its annotations point at."""
    text = next(block for block in message["content"] if block["type"] == "text")
    assert {note["type"] for note in text["annotations"]} == {"citation"}
    return [text["text"][note["start_index"] : note["end_index"]] for note in text["annotations"]]


def words(message):
    content = message["content"]
    return content if isinstance(content, str) else "".join(block["text"] for block in content)


FRONT_ENDS = {
    "Agent Chat UI": {"stream_mode": ["values", "messages-tuple"], "stream_subgraphs": True, "stream_resumable": True},
    "assistant-ui": {
        "stream_mode": ["messages", "updates", "custom"],
        "stream_subgraphs": True,
        "multitask_strategy": "interrupt",
        "on_disconnect": "cancel",
    },
}
"""What chat front-ends send with each question: LangGraph's React hook as Agent Chat UI calls it, and assistant-ui's adapter."""


def spoken(parts):
    """Return the messages of the assistant's as they came, whichever mode they came in."""
    tuples = [part.data[0] for part in parts if part.event.split("|")[0] == "messages"]
    partial = [
        said for part in parts if part.event.startswith("messages/") for said in part.data if isinstance(said, dict)
    ]
    return [one for one in [*tuples, *partial] if str(one.get("type")).lower().startswith("ai")]


@pytest.mark.parametrize("asks", FRONT_ENDS.values(), ids=FRONT_ENDS)
async def test_a_chat_front_end_sees_one_message_grow_and_end_in_citations(client, asks):
    thread = (await client.threads.create())["thread_id"]
    parts = await collected(client.runs.stream(thread, "assistant", input=asking("How do I wash wool?"), **asks))
    assert not [part for part in parts if part.event == "error"]
    final = (await client.threads.get_state(thread))["values"]["messages"][-1]
    said = spoken(parts)
    assert len(said) > 1
    assert {one["id"] for one in said} == {final["id"]}
    assert words(said[0])
    assert words(final).startswith(words(said[0])[:20])
    marks = cited(final)
    assert marks
    assert all(mark.startswith("[") and mark[1:-1].isdigit() for mark in marks)


@pytest.mark.parametrize("asks", FRONT_ENDS.values(), ids=FRONT_ENDS)
async def test_a_front_end_edits_a_question_and_asks_for_another_answer(client, asks):
    thread = (await client.threads.create())["thread_id"]
    await collected(client.runs.stream(thread, "assistant", input=asking("How do I wash wool?"), **asks))
    history = await client.threads.get_history(thread, limit=100)
    start = next(one for one in history[::-1] if not one["values"].get("messages"))["checkpoint"]
    first = next(one for one in history[::-1] if one["values"].get("messages"))["checkpoint"]
    edited = asking("How do I wash silk?")
    await collected(client.runs.stream(thread, "assistant", input=edited, checkpoint=start, **asks))
    state = await client.threads.get_state(thread)
    assert [words(one) for one in state["values"]["messages"]][:1] == ["How do I wash silk?"]
    assert len(state["values"]["messages"]) == 2
    await collected(client.runs.stream(thread, "assistant", input=None, checkpoint=first, **asks))
    state = await client.threads.get_state(thread)
    assert [one["type"] for one in state["values"]["messages"]] == ["human", "ai"]
    assert words(state["values"]["messages"][0]) == "How do I wash wool?"


async def test_a_question_back_is_an_interrupt_with_a_schema_and_is_resumed(client):
    thread = (await client.threads.create())["thread_id"]
    context = {"ask_back": "interrupt"}
    parts = await collected(
        client.runs.stream(thread, "assistant", input=asking(VAGUE), context=context, stream_mode=["values", "updates"])
    )
    state = await client.threads.get_state(thread)
    (asked,) = [interrupt for task in state["tasks"] for interrupt in task["interrupts"]]
    assert asked["value"]["type"] == "ask_back"
    assert asked["value"]["response_schema"]["type"] == "string"
    assert asked["value"]["response_schema"]["title"] == asked["value"]["question"]
    assert any("__interrupt__" in part.data for part in parts if part.event in ("values", "updates"))
    command = {"resume": "린넨 셔츠는 어떻게 빨아?"}
    done = await client.runs.wait(thread, "assistant", command=command, context=context)
    assert done["reply"]["status"] == "answered"
    assert [one["type"] for one in done["messages"]] == ["human", "ai", "human", "ai"]


@pytest.mark.parametrize("when", ["interrupt_before", "interrupt_after"])
async def test_a_run_stops_at_a_node_and_goes_on(client, when):
    thread = (await client.threads.create())["thread_id"]
    await client.runs.wait(thread, "assistant", input=asking("How do I wash wool?"), **{when: ["grade"]})
    state = await client.threads.get_state(thread)
    assert state["next"] == (["grade"] if when == "interrupt_before" else ["remember"])
    assert state["values"]["draft"]["text"]
    assert (await client.threads.get(thread))["status"] == "interrupted"
    done = await client.runs.wait(thread, "assistant", input=None)
    assert done["reply"]["status"] == "answered"


async def test_a_run_is_joined_again_from_where_it_was_left_and_stopped(client):
    texts = [{"title": f"part {number}", "text": f"Part {number}. " * 800} for number in range(30)]
    thread = (await client.threads.create())["thread_id"]
    run = await client.runs.create(
        thread, "indexing", input={"texts": texts}, stream_mode=["custom"], stream_resumable=True
    )
    first, last = [], "-1"
    async for part in client.runs.join_stream(thread, run["run_id"], stream_mode=["custom"], last_event_id=last):
        last = part.id or last
        first.append((part.id, part.event))
        if len(first) > 4:
            break
    async for part in client.runs.join_stream(thread, run["run_id"], stream_mode=["custom"], last_event_id=last):
        assert (part.id, part.event) not in first
        if part.event == "custom":
            break
    await client.runs.cancel(thread, run["run_id"], wait=True)
    assert (await client.runs.get(thread, run["run_id"]))["status"] == "interrupted"


async def test_a_run_that_waits_is_cancelled(client):
    thread = (await client.threads.create())["thread_id"]
    run = await client.runs.create(thread, "assistant", input=asking("How do I wash wool?"), after_seconds=60)
    await client.runs.cancel(thread, run["run_id"], wait=False, action="rollback")
    assert (await client.threads.get_state(thread))["values"] == {}


async def test_a_run_on_a_busy_thread_is_refused_or_waits_or_takes_over(client):
    thread = (await client.threads.create())["thread_id"]
    texts = [{"title": f"busy {number}", "text": f"Part {number}. " * 800} for number in range(30)]
    await client.runs.create(thread, "indexing", input={"texts": texts})
    with pytest.raises(httpx.HTTPStatusError, match="already running"):
        await client.runs.create(thread, "indexing", input=None, multitask_strategy="reject")
    taken = await client.runs.wait(
        thread, "assistant", input=asking("How do I wash wool?"), multitask_strategy="interrupt"
    )
    assert taken["reply"]["status"] == "answered"


async def test_studio_and_agent_chat_ui_find_what_they_ask_for(server, client):
    key = {"x-api-key": KEYS["kim"], "Origin": ORIGIN}
    info = httpx.get(f"{server.url}/info", headers=key)  # noqa: ASYNC210
    assert (info.status_code, info.headers["access-control-allow-origin"]) == (200, ORIGIN)
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-api-key"}
    allowed = httpx.options(f"{server.url}/threads", headers=asked)  # noqa: ASYNC210
    assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (200, ORIGIN)
    assistants = await client.assistants.search()
    assert {assistant["graph_id"] for assistant in assistants} == {"assistant", "indexing"}
    for assistant in assistants:
        schemas = await client.assistants.get_schemas(assistant["assistant_id"])
        assert schemas["input_schema"]["properties"]
        assert schemas["output_schema"]["properties"]
        graph = await client.assistants.get_graph(assistant["assistant_id"])
        assert graph["nodes"]
        assert graph["edges"]


@pytest.fixture(scope="module")
def node_modules(tmp_path_factory):
    """The JavaScript SDK, installed for this test alone."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("no node or npm")
    folder = tmp_path_factory.mktemp("node")
    install = ["npm", "install", *PINNED, "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder)]
    done = subprocess.run(install, capture_output=True, text=True, check=False, cwd=folder)
    if done.returncode:
        pytest.skip(f"npm could not install the SDK: {done.stderr[-300:]}")
    return folder


def test_the_javascript_sdk(server, node_modules):
    script = shutil.copy(SCRIPT, node_modules)
    done = subprocess.run(
        ["node", script, server.url, KEYS["kim"]], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads(done.stdout)
    assert seen["ask"]["status"] == "answered"
    assert seen["ask"]["items"] > 0
    assert seen["stream"]["modes"] == ["custom", "messages", "metadata", "updates"]
    assert (seen["stream"]["events"][0], seen["stream"]["events"][-1]) == ("looking_up", "reply")
    assert {"begin", "agent", "recommend", "grade", "remember"} <= set(seen["stream"]["nodes"])
    assert set(seen["stream"]["message"]) == {"AIMessageChunk"}
    assert seen["cited"]["ids"] == [seen["cited"]["final"]]
    assert seen["cited"]["modes"] == ["messages", "metadata", "values"]
    assert seen["cited"]["marks"]
    assert all(re.fullmatch(r"\[\d+\]", mark) for mark in seen["cited"]["marks"])
    assert seen["askBack"] == {"type": "ask_back", "schema": "string", "status": "answered", "turns": 4}
    assert seen["followUp"]["types"] == ["human", "ai", "human", "ai"]
    assert "겨울" in seen["followUp"]["question"]
    assert seen["interrupt"] == {"next": ["grade"], "evidence": True, "status": "answered"}
    assert seen["rejoin"] == {"custom": True}
    assert seen["cancel"] == {"status": "interrupted"}
