"""How long a person waits: the first answer of a process, the next ones, and the command line's own start."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from stylegraph.agent.settings import load_settings

QUESTIONS = (
    "여름에 입을 수 있는 시원한 캐주얼 스타일 추천해줘",
    "흰 셔츠에 묻은 커피 얼룩은 어떻게 지워?",
    "How should I wash a wool sweater?",
    "Recommend a navy jacket for the office",
)
FRESH = (
    "겨울 출근용 코트 추천해줘",
    "울 니트는 어떻게 세탁해?",
    "실크는 어떻게 다려?",
    "패딩은 어떻게 보관해?",
    "5만원 이하 여름 원피스 보여줘",
    "Show me a red dress under 60,000 won",
    "How do I iron a silk blouse?",
    "What should I wear to a summer wedding?",
    "How do I store winter coats?",
)
"""Asked once each, after the others: what was worked out for an earlier question is no help with them."""
_ASK_COLD = "import asyncio; from stylegraph.evals.bench.start import first_answer; asyncio.run(first_answer({home!r}))"


async def first_answer(home: str) -> None:
    """Open the assistant and ask once: what a fresh process does."""
    from stylegraph.graphs.api import ask
    from stylegraph.graphs.build import open_assistant

    async with open_assistant(load_settings(home=Path(home))) as assistant:
        await ask(assistant, QUESTIONS[0])


async def warm_answers(home: str) -> list[float]:
    """Return the milliseconds of each fresh question, in a process that has answered others."""
    from stylegraph.graphs.api import ask
    from stylegraph.graphs.build import open_assistant

    spent = []
    async with open_assistant(load_settings(home=Path(home))) as assistant:
        for question in (*QUESTIONS, *FRESH):
            begun = time.perf_counter()
            await ask(assistant, question)
            if question in FRESH:
                spent.append((time.perf_counter() - begun) * 1000)
    return spent


def process_seconds(*arguments: str, times: int = 3) -> float:
    """Return the median seconds of a whole process of this Python."""
    seconds = []
    for _ in range(times):
        begun = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)  # noqa: S603 - our own code
        seconds.append(time.perf_counter() - begun)
    return median(seconds)


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as home:
        first = process_seconds("-c", _ASK_COLD.format(home=home), times=1)
        cold = process_seconds("-c", _ASK_COLD.format(home=home))
        warm = asyncio.run(warm_answers(home))
    print(f"ask, very first (indexes the samples)  {first:7.2f} s")
    print(f"ask, cold process                      {cold:7.2f} s")
    print(f"ask, warm p50                          {median(warm):7.1f} ms")
    print(f"ask, warm slowest of {len(warm):<3}               {max(warm):7.1f} ms")
    print(f"stylegraph --help                      {process_seconds('-m', 'stylegraph.graphs.cli', '--help'):7.2f} s")
    print(f"import stylegraph.graphs.build      {process_seconds('-c', 'import stylegraph.graphs.build'):7.2f} s")
    print(f"import langgraph.graph, for scale      {process_seconds('-c', 'import langgraph.graph'):7.2f} s")


if __name__ == "__main__":
    main()
