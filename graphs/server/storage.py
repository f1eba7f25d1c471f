"""Where a server's settings keep conversations and people: in files of the home folder, or in Postgres."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import CheckpointTuple
from langgraph.store.base import BaseStore

from stylegraph.agent.extras import needed
from stylegraph.agent.settings import Settings
from stylegraph.graphs.persistence import open_people, open_threads


class Conversations(Protocol):
    """Conversations that can be gone through."""

    async def names(self) -> Sequence[str]:
        """Return the names of all, the one that was changed last first."""
        ...

    def alist(self, config: RunnableConfig | None) -> AsyncIterator[CheckpointTuple]:
        """Return the states of one, the newest first."""
        ...


@asynccontextmanager
async def stored_people(settings: Settings) -> AsyncIterator[BaseStore]:
    """Open profiles, verdicts and spending.

    Raises:
        KeepingError: They can't be opened.
        MissingExtraError: They are in Postgres, and its driver is not installed.
    """
    if not settings.server_database:
        async with open_people(settings) as people:
            yield people
        return
    with needed("Postgres"):
        from stylegraph.graphs.server.cluster.threads import open_shared_people

    async with open_shared_people(settings) as shared:
        yield shared


@asynccontextmanager
async def stored_conversations(settings: Settings) -> AsyncIterator[Conversations]:
    """Open the conversations, to be read.

    Raises:
        KeepingError: They can't be opened.
        MissingExtraError: They are in Postgres, and its driver is not installed.
    """
    if not settings.server_database:
        async with open_threads(settings) as threads:
            yield threads
        return
    with needed("Postgres"):
        from stylegraph.graphs.server.cluster.threads import open_shared_threads

    async with open_shared_threads(settings) as shared:
        yield shared
