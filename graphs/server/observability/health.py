"""Whether the server can do its work: what a load balancer asks before it sends somebody here.

`/ok` says that the process lives. `/ready` looks whether the disk takes something, the indexes open, and the chat model
and the database, where they are set, can be reached. Anybody may ask, so it names the part that fails and nothing of why; the log has that.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from stylegraph.agent.errors import KeepingError, ModelError
from stylegraph.agent.settings import Settings
from stylegraph.graphs.build import open_library
from stylegraph.graphs.server.deployed.assistant import parts

logger = logging.getLogger(__name__)

_SECONDS = 5.0
_FRESH = 5.0
_OPENAI = "https://api.openai.com/v1"

Check = Callable[[Settings], Awaitable[None]]


async def disk(settings: Settings) -> None:
    """Write something where everything is kept.

    Raises:
        OSError: It can't be.
    """
    await asyncio.to_thread(_write, settings)


async def indexes(settings: Settings) -> None:
    """Open our own knowledge indexes: what others made and is only attached may be away.

    Raises:
        StylegraphError: One can't be opened, or the cluster does not answer.
    """
    async with open_library(settings) as library:
        await library.own.indexes()
        for problem in (await library.own.problems()).values():
            raise problem


async def model(settings: Settings) -> None:
    """Ask the chat model's server which models it has: that costs nothing.

    Raises:
        ModelError: It is overloaded, or does not take the key.
        HTTPError: It can't be reached.
    """
    key = settings.openai_api_key
    headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
    async with httpx.AsyncClient(timeout=_SECONDS) as client:
        answer = await client.get(f"{(settings.base_url or _OPENAI).rstrip('/')}/models", headers=headers)
    if answer.status_code in (401, 403, 429) or answer.is_server_error:
        raise ModelError(f"The model's server answered {answer.status_code}.", "See `stylegraph doctor`.")


async def database(settings: Settings) -> None:
    """Reach the database that several servers share, where this one has given a sign of life of late.

    Raises:
        KeepingError: It can't be reached, or the others may have given this server up.
    """
    from stylegraph.graphs.server.cluster.database import open_database
    from stylegraph.graphs.server.cluster.membership import homes

    among = homes()
    if among and among.lost:
        raise KeepingError("This server has lost the others.", "Ask again in a moment.")
    async with open_database(settings, 1):
        pass


class Readiness:
    """Looks at every part, at most once in a few seconds however often it is asked."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = checks
        self._looking = asyncio.Lock()
        self._seen: tuple[float, dict[str, bool]] = (float("-inf"), {})

    async def look(self, settings: Settings) -> dict[str, bool]:
        """Return for each part whether it works."""
        async with self._looking:
            if time.monotonic() - self._seen[0] > _FRESH:
                set_up = {"model": settings.has_model, "database": settings.server_database is not None}
                wanted = {name: check for name, check in self._checks.items() if set_up.get(name, True)}
                found = await asyncio.gather(*(_works(name, check(settings)) for name, check in wanted.items()))
                self._seen = time.monotonic(), dict(zip(wanted, found, strict=True))
            return self._seen[1]


_readiness = Readiness({"disk": disk, "indexes": indexes, "model": model, "database": database})


async def ready(request: Request) -> Response:
    """Check whether the server can do its work: 200, or 503 with the parts that don't."""
    found = await _readiness.look((await parts()).settings)
    told = {
        "ready": all(found.values()),
        "parts": {name: "ok" if works else "failing" for name, works in found.items()},
    }
    return JSONResponse(told, status_code=200 if told["ready"] else 503)


async def _works(name: str, looking: Awaitable[None]) -> bool:
    try:
        async with asyncio.timeout(_SECONDS):
            await looking
    except Exception as error:
        logger.warning("not ready: %s: %s", name, type(error).__name__, exc_info=error)
        return False
    return True


def _write(settings: Settings) -> None:
    with tempfile.TemporaryFile(dir=settings.home) as file:
        file.write(b"ready")
        file.flush()
