"""The graph that langgraph.json names: the same assistant, with the server's own checkpoints and store."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from stylegraph.graphs.assemble import open_parts
from stylegraph.graphs.assistant import build_assistant
from stylegraph.graphs.door import CompiledAssistant

_opening = asyncio.Lock()
_process = AsyncExitStack()  # closed by the end of the process: indexes are safe to leave open
_open: list[CompiledAssistant] = []


async def graph() -> CompiledAssistant:
    """Give the compiled graph; its parts are opened once, by the first run.

    The server calls this for every run. It is compiled without a checkpointer, since the server brings its own.
    """
    async with _opening:
        if not _open:
            parts = await _process.enter_async_context(open_parts())
            _open.append(build_assistant(parts).compile(name="stylegraph"))
    return _open[0]
