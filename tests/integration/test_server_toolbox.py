"""The assistant as a tool, called by the official client of the Model Context Protocol."""

from __future__ import annotations

import uuid

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from served import keys, served

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]
KEYS, ENVIRONMENT = keys("kim", "lee")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with served(tmp_path_factory.mktemp("toolbox"), **ENVIRONMENT) as started:
        yield started


def client_of(server, user):
    http = httpx2.AsyncClient(headers={"Authorization": f"Bearer {KEYS[user]}"}, timeout=90)
    return Client(streamable_http_client(f"{server.url}/mcp", http_client=http), raise_exceptions=True)


async def test_the_tool_says_what_it_does_and_what_it_takes(server):
    async with client_of(server, "kim") as client:
        [tool] = (await client.list_tools()).tools
    assert (tool.name, tool.title) == ("ask", "Ask stylegraph")
    assert "citing each source" in tool.description
    assert tool.input_schema["required"] == ["question"]
    assert all("description" in one for one in tool.input_schema["properties"].values())
    assert set(tool.output_schema["properties"]) == {"text", "status", "sources", "items", "choices", "notes"}


async def test_it_answers_with_its_sources(server):
    async with client_of(server, "kim") as client:
        result = await client.call_tool("ask", {"question": "울 니트는 어떻게 세탁해야 해?"})
    answer = result.structured_content
    assert (result.is_error, answer["status"]) == (False, "answered")
    assert all(source["title"] and source["quote"] for source in answer["sources"])
    assert answer["sources"]


async def test_a_follow_up_is_asked_in_the_same_conversation_by_the_same_person_only(server):
    conversation = str(uuid.uuid4())
    async with client_of(server, "kim") as client:
        await client.call_tool("ask", {"question": "여름에 입을 시원한 옷 추천해줘", "conversation": conversation})
        result = await client.call_tool("ask", {"question": "그럼 겨울에는?", "conversation": conversation})
        assert result.structured_content["items"]
    async with client_of(server, "lee") as client:
        theirs = await client.call_tool("ask", {"question": "그럼 겨울에는?", "conversation": conversation})
        assert theirs.is_error
        assert "Choose another UUID" in theirs.content[0].text
    async with httpx2.AsyncClient(base_url=server.url, timeout=30) as http:
        found = [
            (await http.get(f"/threads/{conversation}", headers={"Authorization": f"Bearer {KEYS[user]}"})).status_code
            for user in ("kim", "lee")
        ]
    assert found == [200, 404]


async def test_what_can_not_be_used_is_said(server):
    async with client_of(server, "kim") as client:
        result = await client.call_tool("ask", {"question": "이게 뭐야?", "pictures": ["/etc/passwd"]})
        assert result.is_error
        assert "Traceback" not in result.content[0].text
        assert "https address" in result.content[0].text
        assert (await client.call_tool("ask", {"question": ""})).is_error


async def test_nobody_calls_it_without_a_key(server):
    async with httpx2.AsyncClient() as http:
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
        answer = await http.post(
            f"{server.url}/mcp", json=body, headers={"Accept": "application/json, text/event-stream"}
        )
    assert answer.status_code == 401
