"""A small HTTP server on loopback whose every byte a test decides: the floor that the stand-in servers stand on."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any


@dataclass
class Exchange:
    """One request, and the ways to answer it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    _writer: asyncio.StreamWriter

    @property
    def json(self) -> Any:
        """The request's body."""
        return json.loads(self.body)

    async def answer(self, status: int, payload: Any, headers: dict[str, str] | None = None) -> None:
        """Answer with JSON, or with text or bytes as they stand."""
        text = payload if isinstance(payload, str | bytes) else json.dumps(payload, ensure_ascii=False)
        kind = "text/html" if isinstance(payload, str | bytes) else "application/json"
        body = text if isinstance(text, bytes) else text.encode()
        self._head(status, {"content-type": kind, "content-length": str(len(body)), **(headers or {})})
        self._writer.write(body)
        await self._writer.drain()

    async def stream(self, events: Iterable[str], pause: float = 0.0, *, cut: bool = False, sse: bool = True) -> None:
        """Answer with server-sent events or lines of JSON, a chunk each; `cut` breaks the connection off after the last."""
        kind = "text/event-stream" if sse else "application/x-ndjson"
        self._head(200, {"content-type": kind, "transfer-encoding": "chunked"})
        for event in events:
            data = (f"data: {event}\n\n" if sse else f"{event}\n").encode()
            self._writer.write(b"%x\r\n%s\r\n" % (len(data), data))
            await self._writer.drain()
            await asyncio.sleep(pause)
        if not cut:
            self._writer.write(b"0\r\n\r\n")
            await self._writer.drain()

    def _head(self, status: int, headers: dict[str, str]) -> None:
        lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in headers.items()), "connection: close"]
        self._writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())


Handler = Callable[[Exchange], Awaitable[None]]


@asynccontextmanager
async def serving(handler: Handler, port: int = 0) -> AsyncIterator[str]:
    """Serve on loopback while the block runs; gives the base URL, without a slash at its end.

    A handler is cancelled when its caller hangs up, so a test can see that it did.
    """
    running: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        running.add(asyncio.current_task())  # type: ignore[arg-type]
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await _exchange(reader, writer, handler)
        with contextlib.suppress(ConnectionError):
            writer.close()
        running.discard(asyncio.current_task())  # type: ignore[arg-type]

    server = await asyncio.start_server(connected, "127.0.0.1", port)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in running:
            task.cancel()


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, handler: Handler) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = head[0].split(" ", 2)
    pairs = (line.split(":", 1) for line in head[1:] if ":" in line)
    headers = {name.strip().lower(): value.strip() for name, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    answering = asyncio.ensure_future(handler(Exchange(method, path, headers, body, writer)))
    hung_up = asyncio.ensure_future(reader.read(1))
    done, _ = await asyncio.wait({answering, hung_up}, return_when=asyncio.FIRST_COMPLETED)
    if answering not in done:
        answering.cancel()
    hung_up.cancel()
    await asyncio.gather(answering, return_exceptions=answering not in done)
