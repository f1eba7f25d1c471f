"""The tools and resources themselves, the same over HTTP and over a pipe.

`ask` answers by the assistant; `search` and `read` give the documents themselves; what a domain's pack offers of its own
sources stands beside them. Each call is for one person, and shows what that person may see.
"""

from __future__ import annotations

from typing import Any

from mcp.server import MCPServer
from mcp.server.lowlevel.helper_types import ReadResourceContents
from mcp.server.mcpserver.context import Context
from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError
from mcp.server.request_state import RequestStateSecurity
from mcp.types import (
    CallToolResult,
    InputRequiredResult,
    Resource,
    ResourceTemplate,
    TextContent,
    Tool,
    ToolAnnotations,
)

from stylegraph.agent.errors import StylegraphError
from stylegraph.graphs.mcp import lookups
from stylegraph.graphs.mcp.asking_back import answered
from stylegraph.graphs.mcp.lookups import Caller
from stylegraph.graphs.mcp.shapes import (
    Answer,
    Conversation,
    Document,
    Found,
    Most,
    Part,
    Pictures,
    Query,
    Question,
    Start,
    Title,
)

_LOOKS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
_ASKS = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=True)
_TEMPLATE = ResourceTemplate(
    uri_template="stylegraph://documents/{index}/{title}",
    name="document",
    description="A document as text, by its index and title.",
    mime_type="text/markdown",
)


class Toolbox(MCPServer[Any]):
    """The tools that there always are, those of the pack, and the documents as resources.

    Args:
        caller: Whoever's assistant calls.
        sealed: How what is carried from round to round is sealed; None: so that this process alone can read it.
    """

    def __init__(self, caller: Caller, sealed: RequestStateSecurity | None = None) -> None:
        super().__init__(
            "stylegraph",
            instructions="Answers from the user's documents, the web, pictures and catalogues, with its sources, in Korean "
            "and English. `ask` answers a question; `search` and `read` give documents word for word.",
            request_state_security=sealed,
        )
        self._caller = caller
        self.add_tool(self.ask, title="Ask stylegraph", annotations=_ASKS)
        self.add_tool(self.search, title="Search documents", annotations=_LOOKS)
        self.add_tool(self.read, title="Read a document", annotations=_LOOKS)

    async def ask(
        self,
        context: Context[Any, Any],
        question: Question,
        conversation: Conversation = None,
        pictures: Pictures = [],  # noqa: B006
    ) -> Answer | InputRequiredResult:
        """Answer a question from the user's own documents, the web, pictures and catalogues, citing each source.

        Use it for questions about facts in their documents, for news and prices, for what a picture shows, and for
        recommendations. Ask one thing at a time, in whole sentences.
        """
        return await answered(self._caller, question, conversation, pictures, context)

    async def search(self, query: Query, most: Most = 8) -> Found:
        """Search the user's own documents by words and meaning; gives the best passages word for word.

        Use it to read the sources yourself; `ask` answers from them, checked.
        """
        try:
            return await lookups.searched(self._caller, query, most)
        except (StylegraphError, LookupError) as error:
            raise ToolError(str(error)) from error

    async def read(self, document: Title, section: Part = None, start: Start = None) -> Document:
        """Read one of the user's documents, or a section of it; a long one in parts, on from `next`."""
        try:
            return await lookups.read(self._caller, document, section=section, start=start)
        except (StylegraphError, LookupError) as error:
            raise ToolError(str(error)) from error

    async def list_tools(self) -> list[Tool]:
        """Return the tools, the pack's after those that there always are."""
        offered = await lookups.offered(await self._caller.parts())
        return [*await super().list_tools(), *(_tool(spec) for _, spec in offered.values())]

    async def call_tool(self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None) -> Any:  # noqa: ANN401
        """Call a tool."""
        if name not in await lookups.offered(await self._caller.parts()):
            return await super().call_tool(name, arguments, context)
        found = await lookups.looked_up(self._caller, name, arguments)
        text = TextContent(type="text", text=found.model_dump_json(indent=2))
        return CallToolResult(content=[text], structured_content=found.model_dump(mode="json"))

    async def list_resources(self) -> list[Resource]:
        """Return documents that the person may see."""
        try:
            found = await lookups.listed(self._caller)
        except (StylegraphError, LookupError):
            return []
        return [Resource(uri=uri, name=title, title=title, mime_type="text/markdown") for uri, title in found.items()]

    async def list_resource_templates(self) -> list[ResourceTemplate]:
        """Return how a document is addressed: of very many not all are listed."""
        return [_TEMPLATE]

    async def read_resource(self, uri: Any, context: Context[Any, Any] | None = None) -> Any:  # noqa: ANN401
        """Return a document's text.

        Raises:
            ResourceNotFoundError: There is none at the address that the person may see.
        """
        try:
            found = await lookups.read_at(self._caller, str(uri))
        except (StylegraphError, LookupError) as error:
            raise ResourceNotFoundError(str(error)) from error
        if found is None:
            raise ResourceNotFoundError(f"There is nothing at {str(uri)[:200]}.")
        return [ReadResourceContents(content=_whole(found), mime_type="text/markdown")]


def _tool(spec: Any) -> Tool:  # noqa: ANN401 - a typed dict of the source's
    return Tool(
        name=spec["name"],
        description=spec["description"],
        input_schema=spec["parameters"],
        output_schema=Found.model_json_schema(),
        annotations=_LOOKS,
    )


def _whole(found: Document) -> str:
    """Return a document's text, and where it goes on if it is longer than can be read at once."""
    more = "" if found.next is None else f"\n\n[It goes on: read it with start={found.next}.]"
    return found.text + more
