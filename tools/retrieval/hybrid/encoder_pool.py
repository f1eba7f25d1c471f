"""Tokenising and embedding for indexing: in a thread at first, in a process a core once there is enough to do.

A process takes seconds to load its models, so a few files are done before it would be ready. The processes are started
by hand rather than by `multiprocessing`: they need no guard in the caller's script, and they end with the process that
started them even if that is killed.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from stylegraph.agent.errors import IndexStoreError
from stylegraph.tools.retrieval.hybrid.encoder_worker import HEADER
from stylegraph.tools.retrieval.hybrid.encoding import TextEncoder, encode

Work = Callable[[Sequence[Any], TextEncoder | None], list[Any]]
"""What is done with a batch, such as `encode`: CPU work, a function of a module, so that it travels to processes."""
_WORTH_PROCESSES = 250_000
"""Characters ahead that make processes worth their start: about ten seconds of one core."""
_WORKER_BYTES = 1_000_000_000
"""Memory that is left free for each process: the models take about two thirds of it."""
_FAREWELL_SECONDS = 0.2


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
        self._workers: list[_Worker] = []
        self._starting: asyncio.Task[None] | None = None

    def expect(self, characters: int) -> None:
        """Report how much is still to come, so that processes are started when they are worth it."""
        if characters >= _WORTH_PROCESSES and self._starting is None:
            self._starting = asyncio.create_task(self._start())

    async def encode(self, batch: Sequence[Any]) -> list[Any]:
        """Tokenise and embed a batch, documents as a rule, as soon as something is free for it.

        Raises:
            IndexStoreError: A worker process was ended from outside.
        """
        lane = await self._idle.get()
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
        await asyncio.gather(*(worker.stop() for worker in self._workers))

    async def _start(self) -> None:
        """Start the processes; from the moment that they are ready the thread rests, for its core is theirs."""
        processes = self._processes
        if processes is None:
            processes = await asyncio.to_thread(default_processes)
        workers = [_Worker(self._work, self._encoder) for _ in range(processes)] if processes > 1 else []
        try:
            await asyncio.gather(*(worker.start() for worker in workers))
        except (OSError, NotImplementedError, IndexStoreError):  # no memory or no way for it: the thread goes on alone
            await asyncio.gather(*(worker.stop() for worker in workers))
            return
        except asyncio.CancelledError:
            await asyncio.gather(*(worker.stop() for worker in workers))
            raise
        self._workers = workers
        for worker in workers:
            self._idle.put_nowait(worker)


class _Thread:
    """Encodes in a thread of this process."""

    def __init__(self, work: Work, encoder: TextEncoder | None) -> None:
        self._work = work
        self._encoder = encoder

    async def encode(self, batch: Sequence[Any]) -> list[Any]:
        return await asyncio.to_thread(self._work, batch, self._encoder)


class _Worker:
    """Encodes in a process of its own."""

    def __init__(self, work: Work, encoder: TextEncoder | None) -> None:
        self._work = work
        self._encoder = encoder
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start the process and wait until its models are loaded."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-P", "-m", "stylegraph.tools.retrieval.hybrid.encoder_worker"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            start_new_session=True,  # Ctrl-C is for the process that started it
        )
        await self._ask((self._work, self._encoder))

    async def encode(self, batch: Sequence[Any]) -> list[Any]:
        answer: list[Any] = await self._ask(batch)
        return answer

    async def stop(self) -> None:
        """End the process: it ends with its input, unless it is in the middle of something.

        What it still says is read meanwhile: a process counts as ended only once its pipes are, and an answer that
        nobody reads any more keeps one open.
        """
        process = self._process
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        try:
            await asyncio.wait_for(process.communicate(), _FAREWELL_SECONDS)
        except TimeoutError:
            process.kill()
            await process.communicate()

    async def _ask(self, request: object):  # type: ignore[no-untyped-def] # noqa: ANN202
        process = self._process
        assert process is not None and process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(pickle.dumps(request, protocol=5))
            await process.stdin.drain()
            worked, length = HEADER.unpack(await process.stdout.readexactly(HEADER.size))
            answer = pickle.loads(await process.stdout.readexactly(length))  # noqa: S301 - our own process
        except (asyncio.IncompleteReadError, ConnectionError):
            raise IndexStoreError(
                "A worker process of the indexing was ended from outside.",
                "Free some memory, then index again: what is indexed so far is kept.",
            ) from None
        if not worked:
            raise IndexStoreError(f"A document could not be encoded ({answer}).", "Please report it.")
        return answer


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
