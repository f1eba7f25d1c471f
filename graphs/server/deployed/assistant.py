"""The graph that langgraph.json names: the same assistant, with the server's own checkpoints and store."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from stylegraph.graphs.api import CompiledAssistant
from stylegraph.graphs.assistant import Parts, build_assistant
from stylegraph.graphs.build import open_parts
from stylegraph.graphs.nodes.identity import most_for
from stylegraph.graphs.server.deployed.holding import hold

_opening = asyncio.Lock()
_process = AsyncExitStack()  # closed by the end of the process: indexes are safe to leave open
_open: list[tuple[Parts, CompiledAssistant]] = []


async def graph() -> CompiledAssistant:
    """Return the compiled graph.

    The server calls this for every run. It is compiled without a checkpointer, since the server brings its own.
    """
    return (await _opened())[1]


async def parts() -> Parts:
    """Return what the graph is made of, for what the server tells beside its answers."""
    return (await _opened())[0]


async def _opened() -> tuple[Parts, CompiledAssistant]:
    """Open the parts once, for whoever asks first."""
    async with _opening:
        if not _open:
            opened = await _process.enter_async_context(open_parts())
            assistant = build_assistant(opened)
            hold(assistant, most_for(opened.settings))
            _open.append((opened, assistant.compile(name="stylegraph")))
    return _open[0]
