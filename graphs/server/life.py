"""What the server does when it starts and when it stops."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette

from stylegraph.graphs.server import keeping


@asynccontextmanager
async def life(app: Starlette) -> AsyncIterator[None]:
    """Put back, before anybody asks, what a server that was killed had not written down."""
    if keeping.__name__ in os.environ.get("LANGGRAPH_CHECKPOINTER", ""):
        await keeping.recover()
    yield
