"""What outlives a process, in files of the home folder: conversations and profiles."""

from __future__ import annotations

import asyncio
import builtins
import os
import sqlite3
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import aiosqlite
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import ChannelVersions, Checkpoint, CheckpointMetadata, CheckpointTuple
from langgraph.store.base import BaseStore
from langgraph.store.sqlite.aio import AsyncSqliteStore

from stylegraph.agent.errors import KeepingError, SettingsError
from stylegraph.agent.settings import Settings
from stylegraph.graphs.checkpoints import CompactSaver
from stylegraph.tools.retrieval.sqlite.read_only import error_code, holds_something, read_only, writing_failed

_BUSY_SECONDS = 30.0
_NO_WRITING = "PRAGMA query_only = ON"
"""So that what can't be kept raises, also in memory."""

P = ParamSpec("P")
R = TypeVar("R")


class Threads(CompactSaver):
    """Conversations in one SQLite file.

    Each operation goes to a thread once, whole. langgraph's own asynchronous saver goes there and back for every
    statement, ten times a turn, which takes longer than the statements do.

    A turn is written to the log without waiting for the disk (5 ms): a killed process loses nothing, and a power cut at
    most the last turns, never the file. On a disk that can't be written they are read, and writing raises.

    Args:
        path: The file; made if it is not there.
        most: How many states of a conversation are kept, the newest; 0: all.

    Raises:
        KeepingError: It can't be opened, is damaged, or is no database.
    """

    def __init__(self, path: Path, most: int = 0) -> None:
        self._path = path
        self._newest = most
        with explained(path):
            try:
                self._open(path.absolute().as_uri())
                self.conn.execute("PRAGMA synchronous=NORMAL")
                self.make_tables()
            except sqlite3.Error as error:
                if not writing_failed(error):
                    raise
                self._open(_unwritten(path))
                self.conn.execute(_NO_WRITING)

    def _open(self, address: str) -> None:
        connection = sqlite3.connect(address, timeout=_BUSY_SECONDS, check_same_thread=False, uri=True)
        super().__init__(connection, self._newest)
        self.setup()

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Return a conversation as it is kept."""
        return await self._apart(self.get_tuple, config)

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Keep a turn."""
        return await self._apart(self.put, config, checkpoint, metadata, new_versions)

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Keep what a node gave before its turn was over."""
        await self._apart(self.put_writes, config, writes, task_id, task_path)

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,  # noqa: A002 - langgraph's name
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """Return what is kept, newest first."""
        kept = self.list(config, filter=filter, before=before, limit=limit)
        for one in await self._apart(list, kept):
            yield one

    async def adelete_thread(self, thread_id: str) -> None:
        """Forget a conversation."""
        await self._apart(self.delete_thread, thread_id)

    async def names(self) -> builtins.list[str]:
        """Return the names of the conversations, the one that was changed last first."""
        return await self._apart(self._names)

    def _names(self) -> builtins.list[str]:
        with self.cursor(transaction=False) as cursor:
            newest = "SELECT thread_id FROM checkpoints GROUP BY thread_id ORDER BY max(checkpoint_id) DESC"
            return [name for (name,) in cursor.execute(newest)]

    def close(self) -> None:
        """Close the file, after whatever is being written."""
        with self.lock:
            self.conn.close()

    async def _apart(self, work: Callable[P, R], *args: P.args, **named: P.kwargs) -> R:
        with explained(self._path):
            return await asyncio.to_thread(work, *args, **named)


@asynccontextmanager
async def open_threads(settings: Settings) -> AsyncIterator[Threads]:
    """Open the conversations.

    Raises:
        KeepingError: They can't be.
        SettingsError: The home folder can't be made.
    """
    await prepare_home(settings)
    threads = await asyncio.to_thread(Threads, settings.threads, settings.thread_states)
    try:
        yield threads
    finally:
        await asyncio.to_thread(threads.close)


@asynccontextmanager
async def open_people(settings: Settings) -> AsyncIterator[BaseStore]:
    """Open the profiles; on a disk that can't be written they are read, and writing raises.

    Raises:
        KeepingError: They can't be.
        SettingsError: The home folder can't be made.
    """
    await prepare_home(settings)
    async with AsyncExitStack() as stack:
        with explained(settings.people):
            try:
                await _make_people(settings.people)
                people = await _people(stack, settings.people.absolute().as_uri())
            except sqlite3.Error as error:
                if not writing_failed(error):
                    raise
                people = await _people(stack, _unwritten(settings.people))
                await people.conn.execute(_NO_WRITING)
        yield people


async def _people(stack: AsyncExitStack, address: str) -> AsyncSqliteStore:
    connection = await stack.enter_async_context(aiosqlite.connect(address, isolation_level=None, uri=True))
    people = await stack.enter_async_context(AsyncSqliteStore(connection))
    await people.setup()
    return people


def _unwritten(path: Path) -> str:
    """Return what is opened where nothing can be written: what there is, or an empty database in memory."""
    return read_only(path) if holds_something(path) else "file::memory:"


async def _make_people(path: Path) -> None:
    """Make a file without profiles aside and put it into place whole, if there is none.

    langgraph makes its tables step by step: two processes that begin at once would trip over each other's steps, and a
    file that a kill left half made would never open again.
    """
    if await asyncio.to_thread(path.exists):
        return
    aside = path.with_name(f"{path.name}-{uuid.uuid4().hex}")
    try:
        async with AsyncSqliteStore.from_conn_string(str(aside)) as people:
            await people.setup()
        await asyncio.to_thread(_into_place, aside, path)
    finally:
        with suppress(OSError):  # a disk that can't be written says so even of a file that is not there
            await asyncio.to_thread(aside.unlink, missing_ok=True)


def _into_place(aside: Path, path: Path) -> None:
    try:
        os.link(aside, path)  # unlike a rename it never takes another file's place
    except FileExistsError:
        return  # another process was faster
    except OSError:  # a file system without links
        aside.replace(path)


async def prepare_home(settings: Settings) -> None:
    """Make the folder that state lives in.

    Raises:
        SettingsError: It can't be made.
    """
    try:
        await asyncio.to_thread(settings.home.mkdir, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"STYLEGRAPH_HOME ({settings.home}) can't be made: {error.strerror}.", "Set it to a folder that you own."
        ) from None


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite says of a file into an error that says what to do.

    Raises:
        KeepingError: It can't be opened, read or written.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise KeepingError(*_explanation(path, error)) from error


def _explanation(path: Path, error: sqlite3.Error) -> tuple[str, str]:
    code = error_code(error)
    if code == sqlite3.SQLITE_FULL:
        return f"The disk is full; nothing more was written to {path}.", "Free some space."
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return f"{path} is being written by another process.", "Try again when it is done."
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return f"{path} is damaged, or is no database.", "Move it away: a new one is made, without what it held."
    if code == sqlite3.SQLITE_READONLY:
        return f"{path} can't be written.", "Free some space, or check the folder and its rights."
    return f"{path} can't be read or written: {error}.", "Check the folder and its rights."
