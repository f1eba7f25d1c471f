"""The LangGraph server, really started: the same graph over HTTP, offline and without a key."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from langgraph_sdk import get_client
from served import served


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server where nobody has to say who they are."""
    with served(tmp_path_factory.mktemp("server")) as started:
        yield started.url


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
    assert told[0] == "looking_up"
    assert {"looking", "evidence", "draft", "graded"} <= set(told)
    assert told[-1] == "reply"
    reply = next(part.data["reply"] for part in events if part.event == "custom" and part.data["event"] == "reply")
    assert reply["status"] == "answered"
    assert reply["recommendations"]

    events = await _turn(client, thread, "그럼 겨울에는?")
    routed = next(part.data for part in events if part.event == "custom" and part.data["event"] == "looking_up")
    assert "겨울" in routed["question"]
    assert routed["routes"] == ["fashion"]
    state = await client.threads.get_state(thread)
    assert [message["type"] for message in state["values"]["messages"]] == ["human", "ai", "human", "ai"]


async def test_schemas_are_served_so_that_studio_can_draw_the_input(server):
    client = get_client(url=server)
    assistants = await client.assistants.search(graph_id="assistant")
    schemas = await client.assistants.get_schemas(assistants[0]["assistant_id"])
    assert "messages" in schemas["input_schema"]["properties"]
    assert "reply" in schemas["output_schema"]["properties"]


async def test_several_people_ask_at_once(server):
    client = get_client(url=server)
    threads = [(await client.threads.create())["thread_id"] for _ in range(4)]
    results = await asyncio.gather(*(_turn(client, thread, "How do I wash wool?") for thread in threads))
    for events in results:
        assert any(part.event == "custom" and part.data["event"] == "reply" for part in events)


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("Host", "evil.example", 401),  # a page whose own name was made to lead here
        ("Origin", "https://evil.example", 403),
        ("Origin", "null", 403),
        ("Host", "localhost", 200),
    ],
)
def test_a_page_of_another_site_can_not_use_the_server_of_this_machine(server, header, value, status):
    answer = httpx.post(f"{server}/threads", json={}, headers={header: value})
    assert answer.status_code == status
    assert "access-control-allow-origin" not in answer.headers


def test_a_browser_is_told_that_other_sites_may_not_call(server):
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    answer = httpx.options(f"{server}/threads", headers=asked)
    assert "access-control-allow-origin" not in answer.headers


def test_every_answer_forbids_scripts_that_stand_in_a_page(server):
    for path in ("/", "/ok", "/page/missing", "/threads/missing"):
        policy = httpx.get(server + path).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
