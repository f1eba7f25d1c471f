"""Many people at once, for a while: does a server on one machine make errors, grow, or get slow?

Each of them asks, reads for some seconds, and asks again, five questions to a conversation; the embedded maker answers.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import random
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from statistics import quantiles
from typing import Any

import psutil

from stylegraph.evals.bench.served import Server, serving

USERS, MINUTES, PAUSE = 10, 1.0, 12.0
CONVERSATIONS: Sequence[Sequence[str]] = (
    (
        "여름에 입을 수 있는 시원한 캐주얼 스타일 추천해줘",
        "그럼 겨울에는?",
        "더 저렴한 걸로",
        "두 번째 거 마음에 들어",
        "고마워",
    ),
    (
        "How do I wash a wool sweater?",
        "And silk?",
        "How should I store winter coats?",
        "What removes red wine?",
        "Thanks",
    ),
    (
        "20만원 이하 가을 출근 코디",
        "신발만 바꿔줘",
        "난 가죽은 싫어",
        "린넨 셔츠 다리는 법 알려줘",
        "ALL-in 코딩 공모전 수상작 알려줘",
    ),
    (
        "Recommend a navy cardigan under 50,000 won",
        "In grey instead",
        "What goes with it?",
        "울 니트는 어떻게 세탁해야 해?",
        "안녕",
    ),
)
_SAMPLE = 5.0


@dataclass
class Soaked:
    """What came of it."""

    seconds: list[float] = field(default_factory=list)
    """Of each turn, from the request to the reply."""
    first: list[float] = field(default_factory=list)
    """Of each turn, until the first event."""
    errors: Counter[str] = field(default_factory=Counter)
    memory: list[tuple[float, int]] = field(default_factory=list)
    """Seconds since the beginning, and the server's resident bytes."""


async def soak(server: Server, minutes: float, pause: float, seed: int = 0) -> Soaked:
    """Let every user of a server ask for so long.

    Args:
        server: The server.
        minutes: How long.
        pause: Seconds that somebody reads between two questions, on average.
        seed: Of when they ask.
    """
    soaked, end = Soaked(), time.monotonic() + 60 * minutes
    asking = [_user(server, user, end, pause, random.Random(f"{seed} {user}"), soaked) for user in server.keys]
    watching = asyncio.create_task(_watch(server, soaked))
    await asyncio.gather(*asking)
    watching.cancel()
    return soaked


async def _user(server: Server, user: str, end: float, pause: float, chance: random.Random, soaked: Soaked) -> None:
    client, number = server.client(user), chance.randrange(len(CONVERSATIONS))
    await asyncio.sleep(chance.uniform(0, pause))
    for questions in islice(cycle(CONVERSATIONS), number, None):
        try:
            thread = (await client.threads.create())["thread_id"]
        except Exception as error:  # whatever it is, it is counted
            soaked.errors[type(error).__name__] += 1
            thread = None
        for question in questions:
            if time.monotonic() > end:
                return
            if thread is None:
                await asyncio.sleep(pause)
                break
            await _turn(server, user, thread, question, soaked)
            await asyncio.sleep(chance.uniform(0.5, 1.5) * pause)


async def _turn(server: Server, user: str, thread: str, question: str, soaked: Soaked) -> None:
    begun, first, replied = time.monotonic(), 0.0, False
    asked: dict[str, Any] = {"messages": [{"role": "user", "content": question}]}
    try:
        async for part in server.client(user).runs.stream(thread, "assistant", input=asked, stream_mode="custom"):
            if part.event == "error":
                soaked.errors[str(part.data.get("error"))] += 1
                return
            if part.event == "custom":
                first = first or time.monotonic() - begun
                replied = replied or part.data["event"] == "reply"
    except Exception as error:  # whatever it is, it is counted
        soaked.errors[type(error).__name__] += 1
        return
    if not replied:
        soaked.errors["no reply"] += 1
        return
    soaked.first.append(first)
    soaked.seconds.append(time.monotonic() - begun)


async def _watch(server: Server, soaked: Soaked) -> None:
    begun, process = time.monotonic(), psutil.Process(server.process.pid)
    while True:
        soaked.memory.append((time.monotonic() - begun, process.memory_info().rss))
        await asyncio.sleep(_SAMPLE)


def kept_turns(home: Path) -> int:
    """Count the conversations that are on disk."""
    with closing(sqlite3.connect(home / "threads.sqlite")) as connection:
        return int(connection.execute("SELECT count(DISTINCT thread_id) FROM checkpoints").fetchone()[0])


async def measure(users: int, minutes: float, pause: float) -> Soaked:
    """Run a server and soak it; print what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        people = [f"user {number}" for number in range(users)]
        async with serving(Path(folder), people) as server:
            soaked = await soak(server, minutes, pause)
        report(soaked, users, minutes, pause)
        print(f"{kept_turns(Path(folder) / 'home')} conversations on disk after the server was killed")
        return soaked


def report(soaked: Soaked, users: int, minutes: float, pause: float) -> None:
    """Print what came of it."""
    turns = len(soaked.seconds)
    print(f"{users} users, {minutes:g} minutes, {pause:g} s between an answer and the next question (mean)")
    print(
        f"{turns:,} turns ({turns / minutes / 60:.1f} a second), {sum(soaked.errors.values())} errors {dict(soaked.errors)}"
    )
    for name, values in (("first event", soaked.first), ("whole turn", soaked.seconds)):
        cuts = quantiles(values, n=100) if len(values) > 1 else (values or [math.nan]) * 99
        print(f"{name:<12} p50 {cuts[49] * 1000:,.0f} ms, p95 {cuts[94] * 1000:,.0f} ms, p99 {cuts[98] * 1000:,.0f} ms")
    sizes = [f"{size / 1e6:,.0f}" for _, size in soaked.memory[:: max(1, len(soaked.memory) // 10)]]
    print(f"resident MB over time: {' '.join(sizes)} {soaked.memory[-1][1] / 1e6:,.0f}")


def amounts(
    arguments: Sequence[str], description: str, users: int, minutes: float, pause: float
) -> tuple[int, float, float]:
    """Return how many people are to ask, for how many minutes, and the seconds that each pauses; given are the defaults."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--users", type=int, default=users)
    parser.add_argument("--minutes", type=float, default=minutes)
    parser.add_argument("--pause", type=float, default=pause, help="seconds between an answer and the next question")
    given = parser.parse_args(list(arguments))
    return given.users, given.minutes, given.pause


def main(arguments: Sequence[str] = ()) -> None:
    """Run it; `python -m stylegraph.evals.bench.soak --users 50 --minutes 10` asks for more."""
    asyncio.run(measure(*amounts(arguments, __doc__ or "", USERS, MINUTES, PAUSE)))


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
