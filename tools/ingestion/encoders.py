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
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Protocol

from stylegraph.agent.errors import IndexStoreError
from stylegraph.tools.ingestion.worker import HEADER
from stylegraph.tools.retrieval.encoding import TextEncoder, encode
from stylegraph.tools.retrieval.index import Document, EncodedDocument

_PATIENCE = 3.0
"""Seconds of work in the thread before processes are started."""
_BACKLOG = 8
"""Requests that must wait at that moment: fewer are done sooner without."""


class _Lane(Protocol):
    async def encode(self, documents: Sequence[Document]) -> list[EncodedDocument]: ...


class Encoders:
    """Everything that encodes, lent to one request at a time. An async context manager.

    Args:
        encoder: The embedding, or None where the index asks for vectors itself: then only tokens are made.
        processes: How many processes at most; by default one a core.
    """

    def __init__(self, encoder: TextEncoder | None, processes: int | None = None) -> None:
        self._encoder = encoder
        self._processes = cores() if processes is None else processes
        self._thread = _Thread(encoder)
        self._idle: asyncio.Queue[_Lane] = asyncio.Queue()
        self._idle.put_nowait(self._thread)
        self._workers: list[_Worker] = []
        self._starting: asyncio.Task[None] | None = None
        self._waiting = 0

    async def encode(self, documents: Sequence[Document]) -> list[EncodedDocument]:
        """Tokenise and embed documents as soon as something is free for it.

        Raises:
            IndexStoreError: A worker process was ended from outside.
        """
        self._waiting += 1
        try:
            lane = await self._idle.get()
        finally:
            self._waiting -= 1
        try:
            return await lane.encode(documents)
        finally:
            if lane is not self._thread or not self._workers:
                self._idle.put_nowait(lane)
            self._consider_processes()

    async def __aenter__(self) -> Encoders:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.gather(self._starting, return_exceptions=True)
        for worker in self._workers:
            await worker.stop()

    def _consider_processes(self) -> None:
        enough = self._thread.seconds >= _PATIENCE and self._waiting >= _BACKLOG
        if enough and self._starting is None and self._processes > 1:
            self._starting = asyncio.create_task(self._start())

    async def _start(self) -> None:
        """Start the processes; from the moment that they are ready the thread rests, for its core is theirs."""
        workers = [_Worker(self._encoder) for _ in range(self._processes)]
        try:
            await asyncio.gather(*(worker.start() for worker in workers))
        except (OSError, IndexStoreError):  # too little memory for more processes: the thread goes on alone
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

    def __init__(self, encoder: TextEncoder | None) -> None:
        self._encoder = encoder
        self._warm = False
        self.seconds = 0.0
        """Time worked so far, without the first request, which may have loaded the models."""

    async def encode(self, documents: Sequence[Document]) -> list[EncodedDocument]:
        begun = time.monotonic()
        encoded = await asyncio.to_thread(encode, documents, self._encoder)
        self.seconds += time.monotonic() - begun if self._warm else 0.0
        self._warm = True
        return encoded


class _Worker:
    """Encodes in a process of its own."""

    def __init__(self, encoder: TextEncoder | None) -> None:
        self._encoder = encoder
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start the process and wait until its models are loaded."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-P", "-m", "stylegraph.tools.ingestion.worker"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            start_new_session=True,  # Ctrl-C is for the process that started it
        )
        await self._ask(self._encoder)

    async def encode(self, documents: Sequence[Document]) -> list[EncodedDocument]:
        answer: list[EncodedDocument] = await self._ask(documents)
        return answer

    async def stop(self) -> None:
        """End the process."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

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


def cores() -> int:
    """Give the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
