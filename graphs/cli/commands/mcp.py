"""`stylegraph mcp`: the assistant as tools for another one on this machine, over standard input and output."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stylegraph.graphs.cli.ui.screen import Screen

EXAMPLES = (
    "stylegraph mcp",
    "claude mcp add stylegraph -- stylegraph mcp  # for a client that starts it itself",
)


async def mcp(screen: Screen) -> None:
    """Offer the assistant to another one by the Model Context Protocol, over standard input and output.

    Its tools are ask, search and read, and those of the catalogue; documents
    are resources. Whoever starts it sees all that this machine has. Over HTTP
    the server offers the same: stylegraph serve, at /mcp.
    """
    from stylegraph.agent.extras import needed

    with needed("MCP"):
        from stylegraph.graphs.mcp.local import open_toolbox
    async with open_toolbox() as toolbox:
        await toolbox.run_stdio_async()
