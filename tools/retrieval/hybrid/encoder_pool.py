"""Tokenising and embedding for indexing: in a thread at first, in a process a core once there is enough to do.

A process takes seconds to load its models, so a few files are done before it would be ready. Where much is to be done from
the start, the thread does nothing, so that the models are in memory once: in the first process, and shared by its copies. The processes are started
by hand rather than by `multiprocessing`: they need no guard in the caller's script, and they end with the process that
started them even if that is killed.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from stylegraph.agent.errors import IndexStoreError
from stylegraph.tools.retrieval.hybrid.encoder_process import Copy, Worker, workers_for
from stylegraph.tools.retrieval.hybrid.encoder_worker import Work
from stylegraph.tools.retrieval.hybrid.encoding import TextEncoder, encode

_WORTH_PROCESSES = 250_000
"""Characters ahead that make processes worth their start: about ten seconds of one core."""
_WORKER_BYTES = 1_000_000_000
"""Memory that is left free for each process: the models take about two thirds of it."""
_NO_PROCESSES = (OSError, NotImplementedError, IndexStoreError)
"""No memory or no way for processes: the thread goes on alone."""


class _Lane(Protocol):
    async def encode(self, batch: Sequence[Any]) -> list[Any]: ...


class Encoders:
    """Everything that encodes, lent to one request at a time. An async context manager.

    Args:
        encoder: The embedding, or None where the index asks for vectors itself: then only tokens are made.
        processes: How many processes at most; by default one a core, if the memory is there.
        work: What is done with each batch.
    """

    def __init__(self, encoder: TextEncoder | None, processes: int | None = None, work: Work = encode) -> None:
        self._encoder = encoder
        self._processes = processes
        self._work = work
        self._thread = _Thread(work, encoder)
        self._idle: asyncio.Queue[_Lane] = asyncio.Queue()
        self._idle.put_nowait(self._thread)
        self._workers: list[Worker | Copy] = []
        self._is_fresh = True
        """Whether the thread was given nothing yet."""
        self._starting: asyncio.Task[None] | None = None

    def expect(self, characters: int) -> None:
        """Report how much is still to come, so that processes are started when they are worth it."""
        if characters >= _WORTH_PROCESSES and self._starting is None:
            if self._is_fresh:
                self._idle.get_nowait()  # so this process never loads the models
            self._starting = asyncio.create_task(self._start())

    async def encode(self, batch: Sequence[Any]) -> list[Any]:
        """Tokenise and embed a batch, documents as a rule, as soon as something is free for it.

        Raises:
            IndexStoreError: A worker process was ended from outside.
        """
        lane = await self._idle.get()
        self._is_fresh = False
        try:
            return await lane.encode(batch)
        finally:
            if lane is not self._thread or not self._workers:
                self._idle.put_nowait(lane)

    async def __aenter__(self) -> Encoders:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.gather(self._starting, return_exceptions=True)
        await asyncio.gather(*(worker.stop() for worker in self._workers if isinstance(worker, Worker)))

    async def _start(self) -> None:
        """Start the processes; from the moment that they are ready the thread rests, for its core is theirs."""
        processes = self._processes
        if processes is None:
            processes = await asyncio.to_thread(default_processes)
        workers = workers_for(self._work, self._encoder, processes) if processes > 1 else []
        try:
            ended = await asyncio.gather(*(worker.start() for worker in workers), return_exceptions=True)
        except asyncio.CancelledError:
            await asyncio.gather(*(worker.stop() for worker in workers))
            raise
        if failed := [error for error in ended if error is not None]:
            await asyncio.gather(*(worker.stop() for worker in workers))
            self._take_thread()
            if not isinstance(failed[0], _NO_PROCESSES):
                raise failed[0]
            return
        for worker in workers:
            self._workers += [worker, *worker.copies]
        for lane in self._workers:
            self._idle.put_nowait(lane)
        if not workers:
            self._take_thread()

    def _take_thread(self) -> None:
        """Let the thread do the work, where no process can."""
        if self._is_fresh:
            self._idle.put_nowait(self._thread)


class _Thread:
    """Encodes in a thread of this process."""

    def __init__(self, work: Work, encoder: TextEncoder | None) -> None:
        self._work = work
        self._encoder = encoder

    async def encode(self, batch: Sequence[Any]) -> list[Any]:
        return await asyncio.to_thread(self._work, batch, self._encoder)


def default_processes() -> int:
    """Return one process a core, but no more than there is free memory for."""
    return max(1, min(cores(), _free_bytes() // _WORKER_BYTES))


def cores() -> int:
    """Return the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _free_bytes() -> int:
    """Return the memory that is free or can be freed at once; all that is needed where the system doesn't say."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable"))
    except (OSError, StopIteration):
        return cores() * _WORKER_BYTES
