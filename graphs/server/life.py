"""What the server does when it starts and when it stops."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette

from stylegraph.agent.settings import load_settings
from stylegraph.graphs.server import keeping
from stylegraph.graphs.server.graph import parts
from stylegraph.graphs.server.logs import keep_content_out
from stylegraph.graphs.server.records import keep_small
from stylegraph.graphs.server.telemetry import trace_if_wanted
from stylegraph.graphs.server.toolbox import toolbox
from stylegraph.graphs.server.waking import wake_on_new_runs


@asynccontextmanager
async def life(app: Starlette) -> AsyncIterator[None]:
    """Keep content out of log and traces, and put back, before anybody asks, what a killed server had not written down."""
    content = load_settings().server_log_content
    if not content:
        keep_content_out()
    trace_if_wanted(content=content)
    beside: list[asyncio.Task[Any]] = []
    if keeping.__name__ in os.environ.get("LANGGRAPH_CHECKPOINTER", ""):
        await keeping.recover()
        wake_on_new_runs()
        beside.append(asyncio.create_task(keep_small(keeping.state_on_disk)))
    beside.append(asyncio.create_task(parts()))  # so that the first question need not wait for the models
    async with toolbox.session_manager.run():
        yield
    for task in beside:
        task.cancel()
