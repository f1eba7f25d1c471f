"""Runs begin when they come.

LangGraph's development server looks for new runs every half second, which is a quarter of a second for each question: more
than answering it takes here. The server on Postgres and Redis is told of them, and this one is then, too.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Any

logger = logging.getLogger(__name__)

_AT_LATEST = 0.5


def wake_on_new_runs() -> bool:
    """Let this process' queue look as soon as a run is put into it; say whether that can be done.

    It reaches into the runtime, so where that has changed everything stays as it is, and runs begin a little later.
    """
    try:
        from langgraph_runtime_inmem.ops import Runs

        put, take = Runs.put, Runs.next
    except (ImportError, AttributeError):
        logger.warning("runs begin up to half a second late: the runtime has changed")
        return False
    came = asyncio.Event()

    async def put_and_tell(*args: Any, **named: Any) -> Any:  # noqa: ANN401 - as the runtime has it
        run = await put(*args, **named)
        came.set()
        return run

    async def take_when_told(wait: bool, limit: int = 1) -> AsyncIterator[tuple[Any, int]]:
        if wait:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(came.wait(), _AT_LATEST)
        came.clear()
        async for run in take(wait=False, limit=limit):
            yield run

    Runs.put, Runs.next = staticmethod(put_and_tell), staticmethod(take_when_told)
    return True
