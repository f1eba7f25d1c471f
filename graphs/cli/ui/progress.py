"""A bar with rate and time left. Apart from the screen because `--help` must not pay for importing it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.text import Text

Unit = Literal["lines", "bytes"]


class Bar:
    """A bar that is moved on."""

    def __init__(self, progress: Progress, doing: str, total: float | None) -> None:
        self._progress = progress
        self._task = progress.add_task(doing, total=total)

    def advance(self) -> None:
        """State that one more is done."""
        self._progress.advance(self._task)

    def at(self, done: float, total: float, doing: str) -> None:
        """Report how many are done, of how many, and what is being done."""
        self._progress.update(self._task, completed=done, total=total, description=doing)


@contextmanager
def bar(console: Console, doing: str, total: float | None, unit: Unit, shown: bool) -> Iterator[Bar]:
    """Show a bar while something long runs, and take it away afterwards.

    Args:
        console: Where.
        doing: What is being done.
        total: How many there are; None: not known.
        unit: What is counted.
        shown: Whether to show anything.
    """
    counted = [MofNCompleteColumn(), _Rate()] if unit == "lines" else [DownloadColumn(), TransferSpeedColumn()]
    columns = (TextColumn("{task.description}", markup=False), BarColumn(bar_width=24), *counted, TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not shown) as progress:
        yield Bar(progress, doing, total)


class _Rate(ProgressColumn):
    """Steps a second."""

    def render(self, task: Task) -> Text:
        """Return the rate."""
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:,.1f}/s", "progress.data.speed")
