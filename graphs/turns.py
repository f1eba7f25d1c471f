"""The turns of one conversation, one after another: each builds on the one before, so none may overtake another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from weakref import WeakValueDictionary

from langgraph.graph.state import CompiledStateGraph

from stylegraph.agent.errors import InputError

BUSY = "stylegraph_thread_busy"
"""Where an open assistant carries this setting, `queue` or `refuse`: among its metadata."""

_locks: WeakValueDictionary[tuple[int, int, str], asyncio.Lock] = WeakValueDictionary()
"""Event loop, place where conversations are kept, and name of a conversation -> who holds it. Gone when nobody does."""


@asynccontextmanager
async def its_turn(assistant: CompiledStateGraph[Any, Any, Any, Any], thread: str | None) -> AsyncIterator[None]:
    """Wait until no other question is being answered in a conversation, in the order in which they came.

    Args:
        assistant: Its metadata says whether a question waits or is refused.
        thread: The conversation; None: nothing is waited for.

    Raises:
        InputError: Another question is being answered, and a second is refused.
    """
    if thread is None:
        yield
        return
    key = (id(asyncio.get_running_loop()), id(assistant.checkpointer), thread)
    lock = _locks.setdefault(key, asyncio.Lock())
    if lock.locked() and (assistant.config or {}).get("metadata", {}).get(BUSY) == "refuse":
        raise InputError(
            f"Another question is being answered in the conversation {thread[:80]!r}.",
            "Wait for its answer, or set STYLEGRAPH_THREAD_BUSY=queue.",
        )
    async with lock:
        yield
