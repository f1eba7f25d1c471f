"""Runs that were accepted are written down at once: a server that is killed asks them again when it starts.

The development server writes its list of runs down every ten seconds, so that a kill would lose those that came since.
"""

from __future__ import annotations

import asyncio
import logging
import pickle
from collections.abc import Container, Iterable
from pathlib import Path
from typing import Any

from stylegraph.graphs.server.inmem.records import UNDER_WAY, listed

logger = logging.getLogger(__name__)


class Accepted:
    """A folder with a file for each run that was accepted and is not done.

    The files hold pickled records, as the development server's own list does.

    Args:
        folder: The folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: set[str] = set()

    async def write_down(self, run: dict[str, Any]) -> None:
        """Keep a run; a disk that can't take it does not keep it from being answered."""
        thread = next((one for one in listed("threads") if one["thread_id"] == run["thread_id"]), None)
        try:
            await asyncio.to_thread(
                self._write, run["run_id"], pickle.dumps({"run": run, "thread": thread, "starts": 0})
            )
            self._kept.add(str(run["run_id"]))
        except OSError as error:
            logger.warning("a run that was accepted could not be written down: %s", type(error).__name__)

    async def settle(self) -> None:
        """Forget the runs that are done."""
        done = self._kept - {str(run["run_id"]) for run in listed("runs") if run["status"] in UNDER_WAY}
        if done:
            self._kept -= done
            await asyncio.to_thread(self._forget, done)

    def put_back(self, forgotten: Container[str]) -> int:
        """Restore in the server's list what was accepted and not written down there; return how many there were.

        Args:
            forgotten: Conversations that were deleted: nothing is asked in them any more.
        """
        known = {str(run["run_id"]) for run in listed("runs")}
        self._kept = {file.name for file in self._files()}
        kept = [self._read(file) for file in self._files() if file.name not in known]
        missing = [one for one in kept if one and str(one["run"]["thread_id"]) not in forgotten]
        for one in missing:
            self._put_back(one)
        return len(missing)

    def _put_back(self, kept: dict[str, Any]) -> None:
        kept["starts"] += 1
        list_again(kept["run"], kept["thread"], kept["starts"])
        self._write(kept["run"]["run_id"], pickle.dumps(kept))

    def _forget(self, runs: Iterable[str]) -> None:
        for run in runs:
            (self._folder / run).unlink(missing_ok=True)

    def _read(self, file: Path) -> dict[str, Any] | None:
        try:
            kept: dict[str, Any] = pickle.loads(file.read_bytes())  # noqa: S301 - this server wrote it, where it alone writes
        except Exception:
            logger.warning("what was accepted as %s can't be read", file.name, exc_info=True)
            file.unlink(missing_ok=True)
            return None
        return kept

    def _write(self, run: object, kept: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside = self._folder / f".{run}"
        aside.write_bytes(kept)
        aside.replace(self._folder / str(run))

    def _files(self) -> Iterable[Path]:
        if not self._folder.is_dir():
            return []
        return sorted(file for file in self._folder.iterdir() if not file.name.startswith("."))


def list_again(run: dict[str, Any], thread: dict[str, Any] | None, starts: int) -> None:
    """Restore a run in the server's list, to be asked again.

    Args:
        run: The run.
        thread: Its conversation, where that may be missing.
        starts: How often it was begun, so that one that ends the server is not run for ever.
    """
    from langgraph_runtime_inmem.database import GLOBAL_RETRY_COUNTER

    if thread and all(one["thread_id"] != run["thread_id"] for one in listed("threads")):
        listed("threads").append(thread)
    run["status"] = "pending"
    listed("runs").append(run)
    GLOBAL_RETRY_COUNTER._counters[run["run_id"]] = starts
