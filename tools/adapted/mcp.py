"""The tools of an MCP server as sources, one a tool."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stylegraph.agent.errors import MissingExtraError, SourceError
from stylegraph.agent.evidence import Evidence, Gathered, SourceTask
from stylegraph.agent.extras import needed
from stylegraph.tools.adapted.arguments import calls_of, text_evidence_title
from stylegraph.tools.adapted.passages import passages_of

if TYPE_CHECKING:
    from mcp import Client, StdioServerParameters
    from mcp.types import CallToolResult, Tool

    Server = str | Sequence[str] | StdioServerParameters
    """A web address, or the command that starts a server, with its arguments."""


@dataclass(frozen=True)
class McpTool:
    """An `EvidenceSource` over one tool of a server."""

    client: Client
    tool: Tool
    name: str
    description: str
    examples: Sequence[str] = ()

    @property
    def node(self) -> str:
        """The node's verb in the graph."""
        return f"call_{self.name}"

    @property
    def args_schema(self) -> Mapping[str, Any]:
        """JSON schema of the tool's arguments, for a chat model to fill in."""
        return self.tool.input_schema

    async def gather(self, state: SourceTask) -> Gathered:
        """Call the tool with what a model chose, else once a query.

        Raises:
            SourceError: It failed, or needs arguments that nobody has chosen.
        """
        calls = calls_of(self.tool.name, self.args_schema, state)
        found = await asyncio.gather(*(self._called(arguments) for arguments in calls))
        return Gathered(evidence=[piece for pieces in found for piece in pieces])

    async def _called(self, arguments: dict[str, Any]) -> list[Evidence]:
        from mcp import MCPError

        try:
            result = await self.client.call_tool(self.tool.name, arguments)
        except MCPError as error:
            raise SourceError(f"{self.tool.name}: {error}") from error
        if result.is_error:
            raise SourceError(f"{self.tool.name}: {_text(result)}")
        return await self._evidence(result, text_evidence_title(self.tool.title or self.tool.name, arguments))

    async def _evidence(self, result: CallToolResult, title: str) -> list[Evidence]:
        """Return the texts of an answer as passages; what a text was read from is where it can be opened."""
        evidence: list[Evidence] = []
        for block in result.content:
            text, url = _read(block)
            evidence += await passages_of(self.name, title, text, url=url)
        return evidence


@asynccontextmanager
async def connect(server: Server, seconds: float) -> AsyncIterator[Client]:
    """Connect to a server; over standard input and output it is started, and ended with the connection.

    The connection lives in a task of its own: it may be opened and closed by different ones, as a server does.

    Raises:
        MissingExtraError: The `mcp` package is not installed.
        SourceError: The server can't be started or reached.
    """
    ready: asyncio.Future[Client] = asyncio.get_running_loop().create_future()
    over = asyncio.Event()
    holding = asyncio.create_task(_hold(server, seconds, ready, over))
    try:
        yield await ready
    finally:
        over.set()
        await asyncio.wait([holding])


async def _hold(server: Server, seconds: float, ready: asyncio.Future[Client], over: asyncio.Event) -> None:
    try:
        async with _client(server, seconds) as client:
            ready.set_result(client)
            await over.wait()
    except Exception as error:  # whatever a transport may raise, in groups too
        if not ready.done():
            ready.set_exception(_unreachable(server, error))


def _client(server: Server, seconds: float) -> Client:
    with needed("A source from an MCP server"):
        from mcp import Client, StdioServerParameters
    if isinstance(server, Sequence) and not isinstance(server, str):
        server = StdioServerParameters(command=server[0], args=list(server[1:]))
    return Client(server, read_timeout_seconds=seconds)


def _unreachable(server: Server, error: Exception) -> Exception:
    if isinstance(error, MissingExtraError):
        return error
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    named = server if isinstance(server, str) else str(server)
    return SourceError(
        f"The MCP server {named} can't be reached: {error}.", "Start it, or leave it out of the sources."
    )


async def offered(client: Client, wanted: Collection[str] | None) -> list[Tool]:
    """Return the tools that a server offers: those wanted, else all that don't say of themselves that they change something.

    Raises:
        SourceError: It has no tool of a name that is wanted.
    """
    tools: list[Tool] = []
    page = await client.list_tools()
    tools += page.tools
    while page.next_cursor:
        page = await client.list_tools(cursor=page.next_cursor)
        tools += page.tools
    if wanted is None:
        return [tool for tool in tools if not _changes_something(tool)]
    if missing := set(wanted) - {tool.name for tool in tools}:
        there = ", ".join(tool.name for tool in tools)
        raise SourceError(f"The MCP server has no tool {', '.join(sorted(missing))}.", f"It has: {there}.")
    return [tool for tool in tools if tool.name in wanted]


def _changes_something(tool: Tool) -> bool:
    return tool.annotations is not None and tool.annotations.read_only_hint is False


def _text(result: CallToolResult) -> str:
    return " ".join(text for text, _ in map(_read, result.content) if text)


def _read(block: Any) -> tuple[str, str | None]:  # noqa: ANN401 - one of the protocol's blocks
    """Return the text of a block, and where it can be opened; pictures and sounds have none."""
    if block.type == "text":
        return block.text, None
    if block.type == "resource" and hasattr(block.resource, "text"):
        return block.resource.text, str(block.resource.uri)
    if block.type == "resource_link":
        return f"{block.title or block.name}\n{block.description or ''}".strip(), str(block.uri)
    return "", None
