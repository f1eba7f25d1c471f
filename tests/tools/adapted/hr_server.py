"""A small MCP server with the official library: over standard input and output, or over HTTP on a port that is given."""

from __future__ import annotations

import sys

from mcp.server import MCPServer
from mcp.types import ToolAnnotations

LEAVE = {"kim": "Kim has 11 days of leave left in 2026.", "lee": "Lee has 3 days of leave left in 2026."}
server = MCPServer("hr")


@server.tool()
def find_leave(query: str) -> str:
    """Days of leave that an employee has left, by name."""
    found = [text for name, text in LEAVE.items() if name in query.lower()]
    return " ".join(found)


@server.tool()
def book_room(floor: int, name: str) -> str:
    """Which meeting room is free on a floor, for whom."""
    return f"Room {floor}04 is free for {name}."


@server.tool()
def broken(query: str) -> str:
    """Always fails."""
    raise ValueError("the payroll system is closed")


@server.tool(annotations=ToolAnnotations(read_only_hint=False))
def dismiss(query: str) -> str:
    """Dismiss an employee."""
    return "Dismissed."


if __name__ == "__main__":
    if len(sys.argv) > 1:
        server.run("streamable-http", host="127.0.0.1", port=int(sys.argv[1]))
    else:
        server.run("stdio")
