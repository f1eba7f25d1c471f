"""A real MCP server, over standard input and output and over HTTP, as sources."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

import mcp.client.stdio  # noqa: F401  (here, since it keeps the standard error that there is when it is imported)
import pytest

from stylegraph.agent.errors import SourceError
from stylegraph.agent.settings import Settings
from stylegraph.graphs.adapters import from_mcp
from stylegraph.graphs.api import ask
from stylegraph.graphs.build import open_assistant

pytestmark = pytest.mark.integration

SERVER = Path(__file__).with_name("hr_server.py")
STDIO = [sys.executable, str(SERVER)]


@pytest.fixture(scope="module")
def http():
    """The address of a server that listens on loopback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([*STDIO, str(port)], stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until and process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def settings(tmp_path):
    return Settings(_env_file=None, home=tmp_path / "home", samples=False)


def task(*queries, **more):
    return {"question": queries[0], "queries": list(queries), "language": "en", "k": 5, **more}


@pytest.mark.parametrize("over", ["stdio", "http"])
async def test_its_tools_answer_as_sources(over, request, settings):
    server = STDIO if over == "stdio" else request.getfixturevalue("http")
    async with from_mcp(server)(settings) as sources:
        by_name = {source.name: source for source in sources}
        assert set(by_name) == {"find_leave", "book_room", "broken"}  # not what says that it changes something
        found = await by_name["find_leave"].gather(task("How much leave has Kim?", "leave of lee"))
        texts = [piece["text"] for piece in found["evidence"]]
        assert texts == ["Kim has 11 days of leave left in 2026.", "Lee has 3 days of leave left in 2026."]
        assert (await by_name["find_leave"].gather(task("leave of nobody")))["evidence"] == []


async def test_a_tool_is_called_with_what_a_model_chose_by_its_schema(settings):
    async with from_mcp(STDIO, tools=["book_room"], prefix="hr_")(settings) as [room]:
        assert room.name == "hr_book_room"
        assert room.args_schema["required"] == ["floor", "name"]
        found = await room.gather(task("A room, please", arguments={"floor": 3, "name": "Kim"}))
        assert [piece["text"] for piece in found["evidence"]] == ["Room 304 is free for Kim."]
        with pytest.raises(SourceError, match="needs floor, name"):
            await room.gather(task("A room, please"))


async def test_one_that_fails_is_no_tool_that_found_nothing(settings):
    async with from_mcp(STDIO, tools=["broken"])(settings) as [broken]:
        with pytest.raises(SourceError, match="broken: Error executing tool"):
            await broken.gather(task("anything"))


async def test_a_server_that_cant_be_reached_is_named(settings):
    for server in ("http://127.0.0.1:9/mcp", ["/no/such/command"]):
        with pytest.raises(SourceError, match="can't be reached"):
            async with from_mcp(server)(settings):
                pass


async def test_a_tool_that_is_not_there_is_named(settings):
    with pytest.raises(SourceError, match=r"no tool fly.*find_leave"):
        async with from_mcp(STDIO, tools=["fly"])(settings):
            pass


async def test_the_assistant_routes_to_it_and_cites_it(settings):
    examples = {
        "find_leave": ["How many days of leave has Kim left?", "이 과장 연차 며칠 남았어?", "leave left of Lee"]
    }
    hr = from_mcp(STDIO, tools=["find_leave"], examples=examples)
    async with open_assistant(settings, sources=[hr], builtin=["documents"]) as assistant:
        reply = await ask(assistant, "How many days of leave has Kim left?")
    assert reply.routes == ["find_leave"]
    assert "11 days of leave" in reply.text
    assert [citation.quote for citation in reply.citations] == ["Kim has 11 days of leave left in 2026."]
