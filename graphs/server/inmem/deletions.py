"""Conversations are deleted and renamed one at a time, and what is under way in a deleted one is stopped.

The development server finds the place of a conversation in its list, waits for the disk, and then takes out whatever
stands at that place: where two were deleted at once, that was somebody else's.
"""

from __future__ import annotations

import asyncio
from typing import Any

from stylegraph.graphs.server.inmem.records import UNDER_WAY, listed


def delete_one_at_a_time() -> None:
    """Let this process change its list of conversations by one hand only."""
    from langgraph_runtime_inmem.ops import Threads

    delete, patch, by_one_hand = Threads.delete, Threads.patch, asyncio.Lock()

    async def delete_alone(conn: Any, thread_id: Any, ctx: Any = None) -> Any:  # noqa: ANN401 - as the runtime has it
        async with by_one_hand:
            stopping = [run for run in listed("runs") if _is_of(run, thread_id) and run["status"] in UNDER_WAY]
            deleted = await delete(conn, thread_id, ctx)
        for run in stopping:
            await stop(run)
        return deleted

    async def patch_alone(conn: Any, thread_id: Any, **named: Any) -> Any:  # noqa: ANN401
        async with by_one_hand:
            return await patch(conn, thread_id, **named)

    Threads.delete, Threads.patch = staticmethod(delete_alone), staticmethod(patch_alone)


async def stop(run: dict[str, Any]) -> None:
    """Have whoever works on a run roll it back: its conversation is gone."""
    from langgraph_runtime_inmem.inmem_stream import Message, get_stream_manager

    told = Message(
        topic=f"run:{run['run_id']}:control".encode(), data=b"rollback", reason="its conversation was deleted"
    )
    await get_stream_manager().put(run["run_id"], run["thread_id"], told)


def _is_of(run: dict[str, Any], thread: object) -> bool:
    return str(run["thread_id"]) == str(thread)
