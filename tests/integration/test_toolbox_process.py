"""`stylegraph mcp`, started and called over a pipe by the official client of the Model Context Protocol."""

from __future__ import annotations

import sys
import uuid

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client


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
