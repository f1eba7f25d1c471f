"""Reading in a process of its own, which can be ended: by time, by memory, or because nobody waits for it any more.

What strangers send may be made to keep whoever reads it busy for ever, or to fill the memory; no look at a file's
beginning tells all such files from others.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO, NamedTuple

from stylegraph.tools.ingestion.formats.record import Failure, Item

_SLOW = "Split it, or let whoever runs the server raise STYLEGRAPH_SERVER_READ_SECONDS."
_LARGE = "Split it, or let whoever runs the server raise STYLEGRAPH_SERVER_READ_BYTES."
_OUT_OF_MEMORY = 17


class Bounds(NamedTuple):
    """What reading one source may take."""

    seconds: float
    bytes: int
    """Memory."""


class Recipe(NamedTuple):
    """How a reading is made; plain enough to be handed to another process."""

    make: Callable[..., Any]
    place: str
    """What messages name."""
    args: Sequence[Any]
    options: Mapping[str, Any]


class ApartReading:
    """A reading that another process makes and reads.

    Args:
        recipe: How it is made.
        bounds: What it may take.
    """

    def __init__(self, recipe: Recipe, bounds: Bounds) -> None:
        self.done = 0
        """Bytes read so far."""
        self._recipe = recipe
        self._bounds = bounds
        self._late = False
        command = [sys.executable, "-m", __name__]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - ourselves
        self._clock = threading.Timer(bounds.seconds, self._too_late)
        self._clock.daemon = True
        self._clock.start()
        try:
            self.total, self.whole = self._begin()
        except BaseException:
            self.close()
            raise

    def __iter__(self) -> Iterator[Item]:
        try:
            while (told := self._next()) is not None:
                item, self.done = told
                yield item
            if failure := self._failure():
                yield failure
            self.done = self.total
        finally:
            self.close()

    def close(self) -> None:
        """End the process, wherever it is."""
        self._clock.cancel()
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None and not pipe.closed:
                pipe.close()
        self._process.wait()

    def _begin(self) -> tuple[int, bool]:
        """Hand over what is to be read; give its size and whether it is whole."""
        told = self._process.stdin
        assert told is not None
        try:
            pickle.dump((self._bounds, self._recipe), told)
            told.close()
        except OSError:  # it ended before it had heard everything: why is told where the items are
            return 0, False
        return self._next() or (0, False)

    def _next(self) -> Any:  # noqa: ANN401 - what the process tells
        assert self._process.stdout is not None
        try:
            return pickle.load(self._process.stdout)  # noqa: S301 - our own process
        except (EOFError, pickle.UnpicklingError, ValueError):
            return None

    def _too_late(self) -> None:
        self._late = True
        self._process.kill()

    def _failure(self) -> Failure | None:
        """Return why the process ended, if it did before the end of what it read."""
        code, place = self._process.wait(), self._recipe.place
        if self._late:
            return Failure(place, f"can't be read within {self._bounds.seconds:g} s", _SLOW, id=place, hides=True)
        if code == _OUT_OF_MEMORY:
            memory = f"{self._bounds.bytes // 1_000_000:,} MB"
            return Failure(place, f"needs more than {memory} of memory to be read", _LARGE, id=place, hides=True)
        return Failure(place, "ended the process that read it", _LARGE, id=place, hides=True) if code else None


def main() -> None:
    """Read what comes in, and tell of it, item by item."""
    told, sys.stdout = sys.stdout.buffer, sys.stderr  # what a library prints is no item
    try:
        _tell(pickle.load(sys.stdin.buffer), told)  # noqa: S301 - our own process
    except MemoryError:
        sys.exit(_OUT_OF_MEMORY)


def _tell(wanted: tuple[Bounds, Recipe], told: BinaryIO) -> None:
    bounds, recipe = wanted
    _hold_to(bounds)
    reading = recipe.make(*recipe.args, **recipe.options)
    pickle.dump((reading.total, reading.whole), told)
    told.flush()
    for item in reading:
        pickle.dump((item, reading.done), told)
        told.flush()


def _hold_to(bounds: Bounds) -> None:
    """Let this process have no more memory than it may, and no core dump; where the system has such limits."""
    try:
        import resource
    except ImportError:  # Windows: time alone ends it
        return
    resource.setrlimit(resource.RLIMIT_DATA, (bounds.bytes, bounds.bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
