"""The day on which all conversations are held: prompts name it, pages and forecasts are of it, and recordings keep it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import time_machine

TODAY = date(2026, 6, 3)
"""A Wednesday."""
_MORNING = datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=UTC)


@contextmanager
def on_that_day() -> Iterator[None]:
    """Let it be the morning of that day while the block runs; time goes on from there."""
    with time_machine.travel(_MORNING, tick=True):
        yield
