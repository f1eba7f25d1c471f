"""How whatever is asked over a network is asked again: the one policy, which each caller tells its limits and its faults."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import NamedTuple, TypeVar

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_attempt,
    stop_before_delay,
    wait_exponential_jitter,
)

T = TypeVar("T")


class Passing(NamedTuple):
    """A fault that may be over in a moment."""

    pause: float | None = None
    """Seconds that the server asks to wait (Retry-After), if it does."""


Passes = Callable[[BaseException], Passing | None]
"""Says of a fault whether it passes; None: it does not. Whoever asks knows its server's faults; ours never are any."""


@dataclass(frozen=True)
class Retries:
    """How often one thing is asked again, and how long.

    Args:
        times: Further tries; infinite where only the time counts.
        seconds: Time for all tries together. A pause that would not end within it is not begun: the fault is raised at once.
        first_pause: Seconds before the second try, doubled each time, with as much of jitter.
        longest_pause: Seconds of a pause that the server did not ask for.
        cuts: Whether a try that is under way is cut off when the time is over.
    """

    times: float
    seconds: float
    first_pause: float = 0.25
    longest_pause: float = 60.0
    cuts: bool = True

    async def call(self, once: Callable[[], Awaitable[T]], passes: Passes) -> T:
        """Return what one try gives: the first that works.

        Args:
            once: One try.
            passes: Which faults are worth another.

        Raises:
            TimeoutError: The time is over, and what was under way is cut off.
            Exception: Whatever the last try raised.
        """

        async def tried() -> T:
            return await once()

        async with asyncio.timeout(max(0.0, self.seconds) if self.cuts else None):
            return await self._retrying(passes)(tried)

    def _retrying(self, passes: Passes) -> AsyncRetrying:
        return AsyncRetrying(
            retry=retry_if_exception(lambda error: passes(error) is not None),
            wait=self._pause(passes),
            stop=stop_after_attempt(self.times + 1) | stop_before_delay(self.seconds),  # type: ignore[arg-type]
            reraise=True,
        )

    def _pause(self, passes: Passes) -> Callable[[RetryCallState], float]:
        backoff = wait_exponential_jitter(self.first_pause, self.longest_pause, jitter=self.first_pause)

        def pause(state: RetryCallState) -> float:
            fault = state.outcome.exception() if state.outcome else None
            passing = passes(fault) if fault else None
            if passing is None or passing.pause is None:
                return backoff(state)
            endless = math.isinf(self.times)  # "at once" is no leave to hammer a server that is busy
            return max(passing.pause, backoff(state)) if endless else passing.pause

        return pause


def asked_pause(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of Retry-After, which holds seconds or a date (RFC 9110, 10.2.3); None where it holds neither."""
    asked = headers.get("retry-after", "").strip()
    try:
        seconds = float(asked)
    except ValueError:
        return _until(asked)
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _until(date: str) -> float | None:
    try:
        return max(0.0, parsedate_to_datetime(date).timestamp() - time.time())
    except (ValueError, OverflowError, OSError):  # no date, or one in a year that there is not
        return None
