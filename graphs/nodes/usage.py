"""What a user of the server has spent: a line for each turn in the store, so that turns at once don't collide.

It is written each time that a model has been called: a turn that is stopped or fails on its way is paid for as far as it came.
"""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime

from langgraph.runtime import get_runtime
from langgraph.store.base import BaseStore

from stylegraph.agent.profile import label
from stylegraph.agent.reply import Reply
from stylegraph.agent.state import AssistantContext
from stylegraph.agent.usage import keep, line_of
from stylegraph.graphs.nodes.identity import asker

logger = logging.getLogger(__name__)

_SPENDING = "spending"
_MOST_TURNS = 10_000
_DAY = 86_400


async def write_down(store: BaseStore, user: str, turn: str, tokens: int) -> None:
    """Keep what a turn has spent, in the place of what it had spent before."""
    if tokens:
        await store.aput(_today(user), turn, {"tokens": tokens}, index=False)


async def charge(turn: str, tokens: int) -> None:
    """Keep what a turn has spent so far; for a node of it to call.

    Users of a server are charged, and not who owns the machine. An answer is not held back because this can't be kept.
    """
    try:
        runtime = get_runtime(AssistantContext)
        by = asker(runtime)
        if by.capped and runtime.store is not None:
            await write_down(runtime.store, by.user, turn, tokens)
    except Exception:
        logger.warning("what a turn has spent could not be kept", exc_info=True)


async def written_down(reply: Reply, turn: str) -> None:
    """Keep what a turn over a server has cost and how it ended, for whoever runs it; for a node to call."""
    try:
        runtime = get_runtime(AssistantContext)
        by = asker(runtime)
        if by.served:
            await keep(runtime.store, by.user, turn, line_of(reply))
    except Exception:
        logger.warning("what a turn has cost could not be kept", exc_info=True)


async def tokens_today(store: BaseStore, user: str) -> int:
    """Return how many model tokens a user has spent since midnight (UTC)."""
    turns = await store.asearch(_today(user), limit=_MOST_TURNS)
    return sum(int(turn.value.get("tokens", 0)) for turn in turns)


async def forget_spent(store: BaseStore) -> None:
    """Forget what was spent on days that are over: it counts against a day's limit and nothing else."""
    today = datetime.now(UTC).date().isoformat()
    for namespace in await store.alist_namespaces(prefix=(_SPENDING,), limit=_MOST_TURNS):
        if namespace[-1] < today:
            for turn in await store.asearch(namespace, limit=_MOST_TURNS):
                await store.adelete(namespace, turn.key)


def until_tomorrow() -> int:
    """Return the seconds until midnight (UTC)."""
    return _DAY - int(time.time()) % _DAY


def _today(user: str) -> tuple[str, str, str]:
    return _SPENDING, label(user), datetime.now(UTC).date().isoformat()
