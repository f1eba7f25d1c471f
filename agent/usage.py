"""What turns cost and how they ended: a line for each turn, by day and by user, and without a word of what was said.

Lines lie in a LangGraph store under `("usage", day, user)`; once a day is over they are summed up, one row for each user
and one for all, under `("usage_days", day)`. Whoever measures (OpenTelemetry) hears of each line as it is written.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import cast

from langgraph.store.base import BaseStore
from typing_extensions import TypedDict

from stylegraph.agent.profile import label
from stylegraph.agent.reply import Reply

_ALL, _DAYS = "usage", "usage_days"
_EVERYBODY = "everybody"
"""The key of a row of all users; users' own keys begin otherwise."""
_MOST_LINES = 500_000
"""Turns of one day: five each second."""
_MOST_DAYS = 10_000
_FALLBACK = ("_failed", "_unavailable", "_fallback", "_incomplete")
"""How codes of notes end that tell of something that failed; others tell what was found or understood."""


class Line(TypedDict):
    """One turn."""

    seconds: float
    calls: int
    tokens_in: int
    tokens_out: int
    dollars: float | None
    """None where the price of a call is not known."""
    status: str
    grade: str
    """`good`, `poor`, or `none` where it was not graded."""
    fallbacks: list[str]
    """Codes of the notes that something failed and something else was done."""


class Usage(TypedDict):
    """The turns of one user on one day."""

    day: str
    """UTC, as `2026-12-01`."""
    user: str
    """Empty: of all users."""
    turns: int
    calls: int
    tokens_in: int
    tokens_out: int
    dollars: float
    """Of the calls whose price is known."""
    unpriced: int
    """Turns that made a call without a known price."""
    seconds_p50: float
    seconds_p95: float
    statuses: dict[str, int]
    grades: dict[str, int]
    fallbacks: dict[str, int]


Watcher = Callable[[Line], None]
_watchers: list[Watcher] = []


def watch(watcher: Watcher) -> Callable[[], None]:
    """Let something hear of every turn of this process; give what ends that."""
    _watchers.append(watcher)
    return lambda: _watchers.remove(watcher)


def line_of(reply: Reply) -> Line:
    """Return what a turn cost and how it ended."""
    spent, grade = reply.spent, reply.grade
    return Line(
        seconds=spent["seconds"],
        calls=spent["model_calls"],
        tokens_in=spent["tokens_in"],
        tokens_out=spent["tokens_out"],
        dollars=spent.get("dollars"),
        status=reply.status.value,
        grade="none" if grade is None else "good" if grade.good else "poor",
        fallbacks=sorted({note["code"] for note in reply.notes if note["code"].endswith(_FALLBACK)}),
    )


async def keep(store: BaseStore | None, user: str, turn: str, line: Line) -> None:
    """Tell whoever watches of a turn, and keep it where there is a store."""
    for watcher in _watchers:
        watcher(line)
    if store is not None:
        await store.aput((_ALL, _today().isoformat(), label(user)), turn, dict(line), index=False)


async def usage(store: BaseStore, days: int) -> list[Usage]:
    """Return the turns of the last days, today among them: for each day and user a row, the newest day first."""
    return [row for day in last_days(days) for row in (await _rows(store, day))[0]]


async def usage_by_day(store: BaseStore, days: int) -> list[Usage]:
    """Return a row for each of the last days that had a turn, of all users together, the newest day first."""
    return [row for day in last_days(days) if (row := (await _rows(store, day))[1])]


async def sum_up(store: BaseStore, keep_days: int) -> None:
    """Put one row for each user in the place of the lines of each day that is over; forget days that are too long ago."""
    today, oldest = _today().isoformat(), (_today() - timedelta(days=keep_days - 1)).isoformat()
    for day in await _days(store, _ALL):
        if day < today:
            await _sum_up(store, day)
    for day in await _days(store, _DAYS):
        if day < oldest:
            for row in await store.asearch((_DAYS, day), limit=_MOST_LINES):
                await store.adelete((_DAYS, day), row.key)


async def _sum_up(store: BaseStore, day: str) -> None:
    """Write a day's rows before its lines go: whoever is cut off between finds the rows, and only the rest of the lines."""
    lines = await store.asearch((_ALL, day), limit=_MOST_LINES)
    by_user, everybody = _summed(day, ((one.namespace[-1], cast(Line, one.value)) for one in lines))
    if everybody and await store.aget((_DAYS, day), _EVERYBODY) is None:
        for row in by_user:
            await store.aput((_DAYS, day), f"user:{row['user']}", dict(row), index=False)
        await store.aput((_DAYS, day), _EVERYBODY, dict(everybody), index=False)
    for one in lines:
        await store.adelete(one.namespace, one.key)


async def _rows(store: BaseStore, day: str) -> tuple[list[Usage], Usage | None]:
    """Return a day's rows: of each user, and of all together; None where nobody asked."""
    kept = {one.key: cast(Usage, one.value) for one in await store.asearch((_DAYS, day), limit=_MOST_LINES)}
    if everybody := kept.pop(_EVERYBODY, None):
        return [kept[key] for key in sorted(kept)], everybody
    lines = await store.asearch((_ALL, day), limit=_MOST_LINES)
    return _summed(day, ((one.namespace[-1], cast(Line, one.value)) for one in lines))


def _summed(day: str, lines: Iterable[tuple[str, Line]]) -> tuple[list[Usage], Usage | None]:
    by_user: dict[str, list[Line]] = {}
    for user, line in lines:
        by_user.setdefault(user, []).append(line)
    everything = [line for own in by_user.values() for line in own]
    rows = [summed(day, user, by_user[user]) for user in sorted(by_user)]
    return rows, summed(day, "", everything) if everything else None


def last_days(days: int) -> list[str]:
    """Return the last days, today first, as `2026-12-01` (UTC)."""
    return [(_today() - timedelta(days=back)).isoformat() for back in range(days)]


async def _days(store: BaseStore, what: str) -> list[str]:
    found = await store.alist_namespaces(prefix=(what,), max_depth=2, limit=_MOST_DAYS)
    return sorted({namespace[1] for namespace in found})


def summed(day: str, user: str, lines: Sequence[Line]) -> Usage:
    """Return one row of many turns."""
    seconds = sorted(line["seconds"] for line in lines)
    return Usage(
        day=day,
        user=user,
        turns=len(lines),
        calls=sum(line["calls"] for line in lines),
        tokens_in=sum(line["tokens_in"] for line in lines),
        tokens_out=sum(line["tokens_out"] for line in lines),
        dollars=round(sum(line["dollars"] or 0.0 for line in lines), 6),
        unpriced=sum(line["dollars"] is None for line in lines),
        seconds_p50=percentile(seconds, 0.5),
        seconds_p95=percentile(seconds, 0.95),
        statuses=_counted(line["status"] for line in lines),
        grades=_counted(line["grade"] for line in lines),
        fallbacks=_counted(code for line in lines for code in line["fallbacks"]),
    )


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return the smallest value that so large a share of the values, in ascending order, does not exceed (nearest rank)."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _counted(words: Iterable[str]) -> dict[str, int]:
    counts: Mapping[str, int] = Counter(words)
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def _today() -> date:
    return datetime.now(UTC).date()
