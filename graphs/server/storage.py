"""Where a server's settings keep conversations and people: in files of the home folder, or in Postgres."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
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


def stored_people(settings: Settings) -> AbstractAsyncContextManager[BaseStore]:
    """Open profiles, verdicts and spending.

    Raises:
        KeepingError: They can't be opened.
        MissingExtraError: They are in Postgres, and its driver is not installed.
    """
    if not settings.server_database:
        return open_people(settings)
    with needed("Postgres"):
        from stylegraph.graphs.server.cluster.threads import open_shared_people
    return open_shared_people(settings)


def stored_conversations(settings: Settings) -> AbstractAsyncContextManager[Conversations]:
    """Open the conversations, to be read.

    Raises:
        KeepingError: They can't be opened.
        MissingExtraError: They are in Postgres, and its driver is not installed.
    """
    if not settings.server_database:
        return open_threads(settings)
    with needed("Postgres"):
        from stylegraph.graphs.server.cluster.threads import open_shared_threads
    return open_shared_threads(settings)
