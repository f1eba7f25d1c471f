"""`stylegraph mcp`, started and called over a pipe by the official client of the Model Context Protocol."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import uuid

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.types import ElicitResult


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    """What starts it, in a home of its own."""
    home = tmp_path_factory.mktemp("pipe") / "home"
    return StdioServerParameters(
        command=sys.executable,
        args=["-m", "stylegraph.graphs.cli", "mcp"],
        env={"STYLEGRAPH_HOME": str(home), "PATH": "/usr/bin:/bin"},
        cwd=str(home.parent),
    )


async def test_it_offers_over_a_pipe_what_the_server_offers(started):
    async with Client(stdio_client(started), raise_exceptions=True) as client:
        tools = [tool.name for tool in (await client.list_tools()).tools]
        assert tools == ["ask", "search", "read", "recommend", "recommend_outfit", "show_item"]
        conversation = str(uuid.uuid4())
        first = await client.call_tool(
            "ask", {"question": "울 니트는 어떻게 세탁해야 해?", "conversation": conversation}
        )
        assert first.structured_content["sources"]
        second = await client.call_tool("ask", {"question": "린넨은?", "conversation": conversation})
        assert "linen" in second.structured_content["text"].lower()
        found = await client.call_tool("search", {"query": "washing wool"})
        title = found.structured_content["pieces"][0]["title"]
        documents = {one.name: one.uri for one in (await client.list_resources()).resources}
        (whole,) = (await client.read_resource(documents[title])).contents
        assert found.structured_content["pieces"][0]["text"].split("\n")[0].strip() in whole.text
        refused = await client.call_tool("ask", {"question": "이게 뭐야?", "pictures": ["/etc/hostname"]})
        assert (refused.is_error, "https address" in refused.content[0].text) == (True, True)


def answering(*words, action="accept"):
    """Return a person who answers questions put back, and the questions that they were put."""
    put = []

    async def person(context, params):
        put.append(params.message)
        return ElicitResult(action=action, content={"answer": words[len(put) - 1]} if action == "accept" else None)

    return person, put


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_what_is_asked_back_is_put_to_the_person(started, mode):
    person, put = answering("울 스웨터")
    client = Client(stdio_client(started), mode=mode, elicitation_callback=person, raise_exceptions=True)
    async with client:
        answer = (await client.call_tool("ask", {"question": "그거 얼마야?"})).structured_content
    assert len(put) == 1
    assert put[0].endswith("(셔츠 / 니트 / 코트 / 원피스)")
    assert (answer["status"], bool(answer["items"])) == ("answered", True)
    kept = [sys.executable, "-m", "stylegraph.graphs.cli", "threads", "--json"]
    listed = await asyncio.to_thread(subprocess.run, kept, env=started.env, capture_output=True, text=True, check=True)
    assert "그거" not in listed.stdout  # a conversation that was there for one question is forgotten


async def test_who_does_not_answer_gets_the_question_as_the_answer(started):
    for person in (answering(action="decline")[0], None):
        async with Client(stdio_client(started), elicitation_callback=person, raise_exceptions=True) as client:
            answer = (await client.call_tool("ask", {"question": "그거 얼마야?"})).structured_content
        assert (answer["status"], answer["choices"]) == ("asked_back", ["셔츠", "니트", "코트", "원피스"])
