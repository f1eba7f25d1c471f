"""The LangGraph server, really started: the same graph over HTTP, offline and without a key."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from langgraph_sdk import get_client

pytestmark = pytest.mark.integration
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server on a free port, stopped at the end."""
    folder = tmp_path_factory.mktemp("server")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if "API_KEY" not in name}
    environment |= {
        "STYLEGRAPH_HOME": str(folder / "home"),
        "LANGGRAPH_CLI_NO_ANALYTICS": "1",
        "LANGSMITH_TRACING": "false",
        "NO_COLOR": "1",
    }
    command = [str(Path(sys.executable).with_name("langgraph")), "dev", "--no-browser", "--no-reload"]
    command += ["--port", str(port), "--config", str(ROOT / "langgraph.json")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url, process, folder / "log")
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(url, process, log):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"{url}/ok", timeout=1).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.3)
    pytest.fail(f"the server did not start:\n{log.read_text()[-3000:]}")


async def _turn(client, thread, text):
    events = []
    async for part in client.runs.stream(
        thread,
        "assistant",
        input={"messages": [{"role": "user", "content": text}]},
        context={"user": "kim"},
        stream_mode=["custom", "values"],
    ):
        if part.event == "error":
            pytest.fail(str(part.data))
        events.append(part)
    return events


async def test_a_question_and_its_follow_up_in_the_same_thread(server):
    client = get_client(url=server)
    thread = (await client.threads.create())["thread_id"]

    events = await _turn(client, thread, "여름에 입을 수 있는 시원한 캐주얼 스타일 추천해줘")
    told = [part.data["event"] for part in events if part.event == "custom"]
    assert told[0] == "routed"
    assert {"looking", "evidence", "draft", "graded"} <= set(told)
    assert told[-1] == "reply"
    reply = next(part.data["reply"] for part in events if part.event == "custom" and part.data["event"] == "reply")
    assert reply["status"] == "answered"
    assert reply["recommendations"]

    events = await _turn(client, thread, "그럼 겨울에는?")
    routed = next(part.data for part in events if part.event == "custom" and part.data["event"] == "routed")
    assert "겨울" in routed["question"]
    assert routed["routes"] == ["fashion"]
    state = await client.threads.get_state(thread)
    assert [message["type"] for message in state["values"]["messages"]] == ["human", "ai", "human", "ai"]


async def test_schemas_are_served_so_that_studio_can_draw_the_input(server):
    client = get_client(url=server)
    assistants = await client.assistants.search()
    schemas = await client.assistants.get_schemas(assistants[0]["assistant_id"])
    assert "messages" in schemas["input_schema"]["properties"]
    assert "reply" in schemas["output_schema"]["properties"]


async def test_several_people_ask_at_once(server):
    client = get_client(url=server)
    threads = [(await client.threads.create())["thread_id"] for _ in range(4)]
    results = await asyncio.gather(*(_turn(client, thread, "How do I wash wool?") for thread in threads))
    for events in results:
        assert any(part.event == "custom" and part.data["event"] == "reply" for part in events)
