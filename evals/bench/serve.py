"""What the server adds to a turn, beside the same questions asked of the graph in process, and where it goes."""

from __future__ import annotations

import asyncio
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from stylegraph.agent.settings import load_settings
from stylegraph.evals.bench.served import Server, serving
from stylegraph.graphs.api import CompiledAssistant, ask
from stylegraph.graphs.build import open_assistant

QUESTIONS = (
    "How do I wash a wool sweater?",
    "린넨 셔츠 다리는 법 알려줘",
    "여름에 입을 수 있는 시원한 캐주얼 스타일 추천해줘",
    "Recommend a navy cardigan under 50,000 won",
    "How should I store winter coats?",
)
ROUNDS = 6
USER = "kim"


async def measure() -> None:
    """Ask each question of both, one after the other, several times, and print the medians."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "here"
        many = {"STYLEGRAPH_SERVER_REQUESTS": "100000"}
        async with (
            serving(Path(folder), [USER], **many) as server,
            open_assistant(load_settings(home=home)) as assistant,
        ):
            await _print(server, assistant)


async def _print(server: Server, assistant: CompiledAssistant) -> None:
    client = server.client(USER)
    headers = {"x-api-key": server.keys[USER]}

    async def here(question: str) -> float:
        return await _timed(lambda: ask(assistant, question, thread=str(uuid.uuid4()), user=USER))

    async def there(question: str) -> float:
        asked: dict[str, Any] = {"messages": [{"role": "user", "content": question}]}
        thread = (await client.threads.create())["thread_id"]
        return await _timed(lambda: client.runs.wait(thread, "assistant", input=asked))

    times: dict[str, list[float]] = {"here": [], "there": []}
    for number in range(ROUNDS + 1):
        for question in QUESTIONS:
            in_process, served = await here(question), await there(question)
            if number:  # the first round warms both
                times["here"].append(in_process)
                times["there"].append(served)
    extra = [served - own for served, own in zip(times["there"], times["here"], strict=True)]
    async with httpx.AsyncClient(base_url=server.url, headers=headers) as http:
        trips = [await _timed(lambda: http.get("/info")) for _ in range(50)]
    print(f"in process, in a thread on disk   {_ms(times['here'])}")
    print(f"over HTTP (runs.wait), same       {_ms(times['there'])}")
    print(f"the server's part of a turn       {_ms(extra)}")
    print("of which, by its own log (medians):")
    begun = server.logged("Starting background run")[len(QUESTIONS) :]
    ended = server.logged("Background run succeeded")[len(QUESTIONS) :]
    for name, where, what in (
        ("run_creation_ms", begun, "checking and creating the run"),
        ("run_queue_ms", begun, "waiting in the queue"),
        ("run_exec_ms", ended, "running it: the graph, its events, the checkpoint"),
    ):
        values = [float(str(line[name])) for line in where if line.get(name) is not None]
        print(f"  {what:<50} {median(values):6.1f} ms")
    print(f"  a request that does nothing, with the gate         {_ms(trips)}")


async def _timed(work: Callable[[], Awaitable[object]]) -> float:
    begun = time.perf_counter()
    await work()
    return time.perf_counter() - begun


def _ms(values: list[float]) -> str:
    return f"{median(values) * 1000:6.1f} ms"


def main() -> None:
    """Print it."""
    asyncio.run(measure())


if __name__ == "__main__":
    main()
