"""Many questions from a JSONL file: read line by line, worked on side by side, written in order."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter, deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any, Generic, TypeVar
from weakref import WeakValueDictionary

import typer
from pydantic import BaseModel, ConfigDict, ValidationError

from stylegraph.agent.errors import InputError
from stylegraph.graphs.cli.ui.command import FAILED, described
from stylegraph.graphs.cli.ui.screen import Screen, json_line

_LONGEST_LINE = 4_000_000
"""Bytes; a conversation of many turns is far below."""
_BOM = b"\xef\xbb\xbf"
_AHEAD = 8
"""How many lines a worker may be ahead of the slowest one: what bounds the memory."""


class Entry(BaseModel):
    """One line of a bulk file."""

    model_config = ConfigDict(extra="ignore", strict=True)

    id: str | int
    text: str


E = TypeVar("E", bound=Entry)


@dataclass(frozen=True)
class Line(Generic[E]):
    """A line that can be worked on."""

    number: int
    entry: E


@dataclass(frozen=True)
class Failure:
    """A line that could not be read, or whose work failed."""

    number: int
    id: str | int | None
    kind: str
    message: str
    remedy: str


Passed = Line[E] | Failure | None
"""A line to work on, one that can't be, or one that has its result already."""
Outcome = Mapping[str, Any] | Failure | None
Write = Callable[[Mapping[str, Any]], None]


@dataclass(frozen=True)
class Job(Generic[E]):
    """What is done with the lines of a file."""

    model: type[E]
    answer: Callable[[E], Awaitable[Mapping[str, Any]]]
    """Returns what stands beside `id` in the result."""
    doing: str
    """For the progress bar."""
    workers: int = 1
    lane: Callable[[E], str | None] = lambda entry: None
    """Lines of one lane are worked on one after another, in their order; None: whenever there is room."""


async def run_bulk(screen: Screen, job: Job[E], source: Path, out: Path | None, resume: bool = False) -> None:
    """Work on every line of a file; results stand in the order of the lines, and failures go to standard error.

    Args:
        screen: Where progress, failures and the summary go.
        job: What is done.
        source: A JSONL file; `-` is standard input.
        out: The file of results; None: standard output.
        resume: Keep the results that are there, and work on the other lines only.

    Raises:
        InputError: A file can't be read or written.
        Exit: 1 when a line failed.
    """
    done = _finished(out) if resume and out is not None else set()
    lines = _unfinished(read_lines(source, job.model), done)
    counts = Counter(answered=0, skipped=0, failed=0)
    with _written(source, out, append=bool(done)) as write, screen.bar(job.doing, _lines_in(source)) as bar:
        async with aclosing(in_order(lines, job)) as results:
            async for line, outcome in results:
                counts[_kept(screen, write, line, outcome)] += 1
                bar.advance()
    _summarise(screen, out, counts)
    if counts["failed"]:
        raise typer.Exit(FAILED)


def _kept(screen: Screen, write: Write, line: Passed[E], outcome: Outcome) -> str:
    """Write a result, or say what went wrong; give what to count it as."""
    if isinstance(outcome, Failure):
        where = {"line": outcome.number, "id": outcome.id}
        screen.fail(outcome.kind, f"Line {outcome.number}: {outcome.message}", outcome.remedy, **where)
        return "failed"
    if not isinstance(line, Line) or outcome is None:
        return "skipped"
    write({"id": line.entry.id, **outcome})
    return "answered"


def _summarise(screen: Screen, out: Path | None, counts: Mapping[str, int]) -> None:
    if screen.json and out is not None:
        screen.record({**counts, "out": str(out)})
    elif not screen.json:
        place = f" in {out}" if out else ""
        kept = f", {counts['skipped']} there before" if counts["skipped"] else ""
        screen.tell(f"{counts['answered']} results{place}{kept}, {counts['failed']} lines failed.")


def read_lines(source: Path, model: type[E]) -> Iterator[Line[E] | Failure]:
    """Return the lines of a JSONL file, broken ones as failures with their number; blank lines are left out."""
    with _opened(source) as stream:
        for number, raw in enumerate(_raw_lines(stream), start=1):
            if raw.strip():
                yield _parsed(number, raw.removeprefix(_BOM if number == 1 else b"").rstrip(b"\r\n"), model)


def _parsed(number: int, raw: bytes, model: type[E]) -> Line[E] | Failure:
    name: str | int | None = None
    try:
        if len(raw) > _LONGEST_LINE:
            raise ValueError(f"longer than {_LONGEST_LINE:,} bytes")
        record = json.loads(raw.decode("utf-8"))
        if not isinstance(record, dict):
            raise ValueError("not a JSON object")
        name = record.get("id") if isinstance(record.get("id"), str | int) else None
        return Line(number, model.model_validate(record))
    except UnicodeDecodeError as error:
        reason = f"not valid UTF-8 at byte {error.start}"
    except json.JSONDecodeError as error:
        reason = f"not JSON: {error.msg} at character {error.pos}"
    except ValidationError as error:
        first = error.errors()[0]
        reason = f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    except (ValueError, RecursionError) as error:
        reason = str(error)
    return Failure(number, name, "InputError", f"{reason}.", "")


def _raw_lines(stream: IO[bytes]) -> Iterator[bytes]:
    """Return the lines; of one that is too long only so much that it can be told."""
    while raw := stream.readline(_LONGEST_LINE + 1):
        yield raw
        while len(raw) > _LONGEST_LINE and not raw.endswith(b"\n"):
            raw = stream.readline(_LONGEST_LINE + 1)


@contextmanager
def _opened(source: Path) -> Iterator[IO[bytes]]:
    if str(source) == "-":
        yield sys.stdin.buffer
        return
    with source.open("rb") as stream:
        yield stream


def _lines_in(source: Path) -> int | None:
    """Count the lines for the progress bar; None for a stream."""
    if not source.is_file():
        return None
    with source.open("rb") as stream:
        return sum(block.count(b"\n") for block in iter(lambda: stream.read(1 << 20), b"")) or 1


def _unfinished(lines: Iterable[Line[E] | Failure], done: set[Any]) -> Iterator[Passed[E]]:
    """Place None for a line that has its result already."""
    for line in lines:
        yield None if isinstance(line, Line) and line.entry.id in done else line


def _finished(out: Path) -> set[Any]:
    """Return the ids whose results are in a file, after cutting off a last line that was not finished."""
    if not out.is_file():
        return set()
    ids, end = set(), 0
    with out.open("rb+") as stream:
        for raw in stream:
            try:
                ids.add(json.loads(raw)["id"])
            except (ValueError, KeyError, TypeError):
                break
            if not raw.endswith(b"\n"):
                break
            end += len(raw)
        else:
            return ids
        stream.truncate(end)
    return ids


@contextmanager
def _written(source: Path, out: Path | None, append: bool) -> Iterator[Write]:
    """Open the file of results; each result is one line, written whole."""
    if out is None:
        yield Screen(json=True).record
        return
    if out.exists() and source.exists() and out.samefile(source):
        raise InputError(f"{out} is the file that is read.", "Give --out another name.")
    try:
        stream = out.open("a" if append else "w", encoding="utf-8", errors="replace", newline="\n")
    except OSError as error:
        raise InputError(f"{out} can't be written: {error.strerror}.", "Choose another --out.") from None
    with stream:

        def write(record: Mapping[str, Any]) -> None:
            stream.write(json_line(record) + "\n")
            stream.flush()

        yield write


async def in_order(lines: Iterable[Passed[E]], job: Job[E]) -> AsyncGenerator[tuple[Passed[E], Outcome]]:
    """Work on lines side by side and give them with their outcomes, in their order, however many there are.

    A failure is its own outcome, and None has none.
    """
    rest, room = iter(lines), asyncio.Semaphore(job.workers)
    lanes: WeakValueDictionary[str, asyncio.Task[Outcome]] = WeakValueDictionary()
    waiting: deque[tuple[Passed[E], asyncio.Task[Outcome]]] = deque()
    try:
        while True:
            for line in islice(rest, job.workers * _AHEAD - len(waiting)):
                waiting.append((line, _begin(line, job, room, lanes)))
            if not waiting:
                return
            line, task = waiting.popleft()
            yield line, await task
    finally:
        for _, task in waiting:
            task.cancel()
        await asyncio.gather(*(task for _, task in waiting), return_exceptions=True)


def _begin(
    line: Passed[E],
    job: Job[E],
    room: asyncio.Semaphore,
    lanes: WeakValueDictionary[str, asyncio.Task[Outcome]],
) -> asyncio.Task[Outcome]:
    lane = job.lane(line.entry) if isinstance(line, Line) else None
    before = lanes.get(lane) if lane is not None else None
    task = asyncio.create_task(_work(line, job, room, before))
    if lane is not None:
        lanes[lane] = task
    return task


async def _work(line: Passed[E], job: Job[E], room: asyncio.Semaphore, before: asyncio.Task[Outcome] | None) -> Outcome:
    if not isinstance(line, Line):
        return line
    if before is not None:
        await asyncio.wait([before])
    async with room:
        try:
            return await job.answer(line.entry)
        except Exception as error:  # one line's trouble is not the next one's
            return Failure(line.number, line.entry.id, *described(error))
