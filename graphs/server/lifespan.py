"""What the server does when it starts and when it stops."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from langgraph_api.store import get_store
from starlette.applications import Starlette

from stylegraph.agent.settings import Settings, load_settings
from stylegraph.agent.usage import sum_up
from stylegraph.graphs.nodes.usage import forget_spent
from stylegraph.graphs.server.deployed.assistant import parts
from stylegraph.graphs.server.inmem import persistence
from stylegraph.graphs.server.inmem.deletions import delete_one_at_a_time
from stylegraph.graphs.server.inmem.queue import take_in_turn
from stylegraph.graphs.server.inmem.records import keep_small
from stylegraph.graphs.server.inmem.runtime import check_runtime
from stylegraph.graphs.server.observability.logs import keep_content_out
from stylegraph.graphs.server.observability.metrics import measure_if_wanted
from stylegraph.graphs.server.observability.telemetry import trace_if_wanted
from stylegraph.graphs.server.routes.mcp import toolbox

logger = logging.getLogger(__name__)
_AN_HOUR = 3600.0


@asynccontextmanager
async def life(app: Starlette) -> AsyncIterator[None]:
    """Keep content out of log and traces, and put back, before anybody asks, what a killed server had not written down.

    Raises:
        SettingsError: The runtime is another one than its patches are for.
    """
    async with AsyncExitStack() as stack:
        mine = persistence.__name__ in os.environ.get("LANGGRAPH_CHECKPOINTER", "")
        if mine:
            check_runtime()
        settings = load_settings()
        content = settings.server_log_content
        if not content:
            keep_content_out()
        trace_if_wanted(content=content)
        measure_if_wanted()
        beside: list[asyncio.Task[Any]] = []
        if mine:
            delete_one_at_a_time()
            await stack.enter_async_context(_listing(settings))
            beside.append(asyncio.create_task(keep_small(persistence.state_on_disk)))
        beside.append(asyncio.create_task(_tidying(settings)))
        beside.append(asyncio.create_task(parts()))  # so that the first question need not wait for the models
        await stack.enter_async_context(toolbox.session_manager.run())
        yield
        for task in beside:
            task.cancel()


async def _tidying(settings: Settings) -> None:
    """Sum up what turns cost on days that are over, now and each hour."""
    while True:
        try:
            store = await get_store()
            await sum_up(store, settings.server_usage_days)
            await forget_spent(store)
        except Exception:
            logger.warning("what turns cost could not be summed up", exc_info=True)
        await asyncio.sleep(_AN_HOUR)


@asynccontextmanager
async def _listing(settings: Settings) -> AsyncIterator[None]:
    """List what was kept: of everybody in files, or of whoever comes in the database that several servers share."""
    if settings.server_database:
        from stylegraph.graphs.server.cluster.membership import joined

        async with joined(settings):
            yield
        return
    take_in_turn(persistence.accepted)
    await persistence.recover()
    yield
