"""What a user of the server has spent today: a line for each turn in the store, so that turns at once don't collide."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from langgraph.store.base import BaseStore

from stylegraph.agent.budget import Spent
from stylegraph.agent.memory import label

_MOST_TURNS = 10_000
_DAY = 86_400


async def write_down(store: BaseStore, user: str, turn: str, spent: Spent) -> None:
    """Keep what a turn has spent, if it has."""
    tokens = spent["tokens_in"] + spent["tokens_out"]
    if tokens:
        await store.aput(_today(user), turn, {"tokens": tokens}, index=False)


async def tokens_today(store: BaseStore, user: str) -> int:
    """Give how many model tokens a user has spent since midnight (UTC)."""
    turns = await store.asearch(_today(user), limit=_MOST_TURNS)
    return sum(int(turn.value.get("tokens", 0)) for turn in turns)


def until_tomorrow() -> int:
    """Give the seconds until midnight (UTC)."""
    return _DAY - int(time.time()) % _DAY


def _today(user: str) -> tuple[str, str, str]:
    return "spending", label(user), datetime.now(UTC).date().isoformat()
