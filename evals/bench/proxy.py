"""A small proxy before several servers: each connection goes to the next of them that takes it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from itertools import count


class Proxy:
    """One that knows nothing of what goes through it.

    Args:
        ports: Gives the ports of the servers that there are.
    """

    def __init__(self, ports: Callable[[], Sequence[int]]) -> None:
        self._ports = ports
        self._turn = count()
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on what comes and what is answered."""
        answers, upstream = await self._opened()
        await asyncio.gather(_pump(reader, upstream), _pump(answers, writer))

    async def _opened(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while True:
            ports = self._ports()
            for _ in ports:
                try:
                    return await asyncio.open_connection("127.0.0.1", ports[next(self._turn) % len(ports)])
                except OSError:
                    continue
            await asyncio.sleep(0.1)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while part := await reader.read(65_536):
            writer.write(part)
            await writer.drain()
    except OSError:
        pass  # one side has gone; the other is told by the closed connection
    finally:
        writer.close()


@asynccontextmanager
async def proxied(ports: Callable[[], Sequence[int]]) -> AsyncIterator[Proxy]:
    """Run a proxy on a free port for as long as the block lasts."""
    proxy = Proxy(ports)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        server.close()
