"""Work that is done again and again on a schedule, until somebody ends it."""

from __future__ import annotations

import asyncio
import re
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress

from stylegraph.agent.errors import InputError, StylegraphError
from stylegraph.graphs.cli.ui.command import described
from stylegraph.graphs.cli.ui.screen import Screen
from stylegraph.tools.ingestion.manifest import SCHEDULE, seconds_of

_ENDING = (signal.SIGINT, signal.SIGTERM)


def span_of(written: str | None) -> int:
    """Return the seconds of a span such as `15m`; 0 where none is given.

    Raises:
        InputError: It is no span.
    """
    if written is not None and not re.fullmatch(SCHEDULE, written):
        raise InputError(f"--every {written} is no span of time.", "Such as 15m, 6h, 2d, hourly, daily or weekly.")
    return seconds_of(written)


async def repeat(screen: Screen, once: Callable[[], Awaitable[None]], seconds: float) -> None:
    """Do something now and then every so many seconds; SIGINT or SIGTERM ends it. A failure is said, and no end."""
    loop, work = asyncio.get_running_loop(), asyncio.create_task(_forever(screen, once, seconds))
    for number in _ENDING:
        loop.add_signal_handler(number, work.cancel)
    try:
        with suppress(asyncio.CancelledError):
            await work
    finally:
        for number in _ENDING:
            loop.remove_signal_handler(number)
    screen.tell("Ended.")


async def _forever(screen: Screen, once: Callable[[], Awaitable[None]], seconds: float) -> None:
    while True:
        try:
            await once()
        except StylegraphError as error:
            screen.fail(*described(error))
        await asyncio.sleep(seconds)
