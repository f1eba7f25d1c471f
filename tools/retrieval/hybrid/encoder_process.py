"""Processes that encode: the first loads the models, the others are copies of it that share its memory where that can be."""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from stylegraph.agent.errors import IndexStoreError
from stylegraph.tools.retrieval.hybrid.encoder_worker import HEADER, Work
from stylegraph.tools.retrieval.hybrid.encoding import TextEncoder

_FAREWELL_SECONDS = 0.2


class Line:
    """Asks a process and waits for its answer.

    Args:
        reader: Of its answers.
        writer: For what it is asked.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def ask(self, request: object) -> Any:  # noqa: ANN401 (what the work gives)
        """Return the answer to a request.

        Raises:
            IndexStoreError: The process was ended from outside.
        """
        try:
            self._writer.write(pickle.dumps(request, protocol=5))
            await self._writer.drain()
            worked, length = HEADER.unpack(await self._reader.readexactly(HEADER.size))
            answer = pickle.loads(await self._reader.readexactly(length))  # noqa: S301 - our own process
        except (asyncio.IncompleteReadError, ConnectionError):
            raise IndexStoreError(
                "A worker process of the indexing was ended from outside.",
                "Free some memory, then index again: what is indexed so far is kept.",
            ) from None
        if not worked:
            raise IndexStoreError(f"A document could not be encoded ({answer}).", "Please report it.")
        return answer

    async def close(self) -> None:
        """Tell the process to end, and read what it still says: one whose answer nobody reads would not."""
        self._writer.write_eof()
        await self.ended()
        self._writer.close()

    async def ended(self) -> None:
        """Wait until the process has let go of the line."""
        while await self._reader.read(1 << 16):
            pass


class Copy:
    """Encodes in a copy of another process.

    Args:
        own: This end of the line to it.
    """

    def __init__(self, own: socket.socket) -> None:
        self._own = own
        self._line: Line | None = None
        self._pid = 0

    async def start(self) -> None:
        """Wait until it is there."""
        self._line = Line(*await asyncio.open_connection(sock=self._own))
        self._pid = await self._line.ask(None)

    async def encode(self, batch: Sequence[Any]) -> list[Any]:
        """Return what the work makes of a batch."""
        assert self._line is not None
        answer: list[Any] = await self._line.ask(batch)
        return answer

    async def stop(self) -> None:
        """End it: it ends with its line, unless it is in the middle of something."""
        if self._line is None:
            self._own.close()
            return
        try:
            await asyncio.wait_for(self._line.close(), _FAREWELL_SECONDS)
        except (TimeoutError, ConnectionError):
            with suppress(ProcessLookupError, ConnectionError):
                os.kill(self._pid, signal.SIGKILL)
                await self._line.ended()


class Worker:
    """Encodes in a process of its own.

    Args:
        work: What is done with each batch.
        encoder: The embedding; None leaves vectors out.
        copies: How many copies of itself it makes, once its models are loaded.
    """

    def __init__(self, work: Work, encoder: TextEncoder | None, copies: int = 0) -> None:
        self._work = work
        self._encoder = encoder
        self._process: asyncio.subprocess.Process | None = None
        self._line: Line | None = None
        self._copies = copies
        self.copies: list[Copy] = []
        """Those that it made."""

    async def start(self) -> None:
        """Start the process and wait until its models are loaded, and its copies are there."""
        pairs = [socket.socketpair() for _ in range(self._copies)]
        self.copies = [Copy(own) for own, _ in pairs]
        ends = [theirs.fileno() for _, theirs in pairs]
        try:
            self._process = await self._started(ends)
        finally:
            for _, theirs in pairs:
                theirs.close()
        assert self._process.stdin is not None and self._process.stdout is not None
        self._line = Line(self._process.stdout, self._process.stdin)
        await self._line.ask((self._work, self._encoder, ends))
        for copy in self.copies:
            await copy.start()

    async def encode(self, batch: Sequence[Any]) -> list[Any]:
        """Return what the work makes of a batch."""
        assert self._line is not None
        answer: list[Any] = await self._line.ask(batch)
        return answer

    async def stop(self) -> None:
        """End the process and its copies: it ends with its input, unless it is in the middle of something.

        What it still says is read meanwhile: a process counts as ended only once its pipes are, and an answer that
        nobody reads any more keeps one open.
        """
        await asyncio.gather(*(copy.stop() for copy in self.copies))
        process = self._process
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        try:
            await asyncio.wait_for(process.communicate(), _FAREWELL_SECONDS)
        except TimeoutError:
            with suppress(ProcessLookupError):  # it has ended by itself meanwhile
                process.kill()
            await process.communicate()

    async def _started(self, ends: Sequence[int]) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *("-P", "-m", "stylegraph.tools.retrieval.hybrid.encoder_worker"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            start_new_session=True,  # Ctrl-C is for the process that started it
            pass_fds=ends,
        )


def workers_for(work: Work, encoder: TextEncoder | None, processes: int) -> list[Worker]:
    """Return what makes so many processes: copies of one where its models may be copied, else each of its own."""
    if sys.platform == "linux" and getattr(encoder, "may_fork", encoder is None):
        return [Worker(work, encoder, processes - 1)]
    return [Worker(work, encoder) for _ in range(processes)]
