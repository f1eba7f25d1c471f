"""How long an outfit takes, beside single pieces, in a catalogue of some size. `python -m stylegraph.evals.bench.outfit_time`.

The catalogue is the sample one over and over, with other ids and prices: its size is real, its variety is not.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.fashion.catalogue.catalogue import sample_items
from stylegraph.tools.fashion.source import FashionSource

WISHES = (
    "가을 출근 코디", "여자 여름 데이트룩", "an outfit for a winter weekend, men", "15만원 이하 여름 캐주얼 코디", "면접 복장 남자",
    "gym outfit", "검은색 말고 봄 나들이 코디", "wedding guest dress under 150,000 won", "비 오는 날 코디", "red dress for a party",
)  # fmt: skip


def written(folder: Path, size: int) -> Path:
    """Write a catalogue of so many items as JSONL."""
    items, prices = sample_items(), random.Random(7)
    file = folder / "catalogue.jsonl"
    with file.open("w", encoding="utf-8") as lines:
        for number in range(size):
            item = {name: value for name, value in items[number % len(items)].items() if name != "image"}
            item |= {"id": f"x{number}", "price_krw": round(item["price_krw"] * prices.uniform(0.6, 1.5))}
            lines.write(json.dumps(item, ensure_ascii=False) + "\n")
    return file


async def timed(ask: Callable[[str], Awaitable[object]], times: int) -> Sequence[float]:
    """Return the milliseconds of every wish, asked so many times; the first round only warms up."""
    taken: list[float] = []
    for turn in range(times + 1):
        for wish in WISHES:
            started = time.perf_counter()
            await ask(wish)
            taken += [(time.perf_counter() - started) * 1000] if turn else []
    return sorted(taken)


async def measure(size: int, times: int) -> None:
    """Print a line for outfits and one for single pieces."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        source = await FashionSource.open(Path(folder), LocalEmbedder(), written(Path(folder), size))
        print(json.dumps({"items": size, "indexed_in_s": round(time.perf_counter() - started, 1)}))
        for name, ask in (("recommend", source.recommend), ("outfit", source.outfit)):
            taken = await timed(ask, times)
            shares = {"p50_ms": taken[len(taken) // 2], "p95_ms": taken[int(len(taken) * 0.95)]}
            print(json.dumps({"items": size, "what": name, **{key: round(value) for key, value in shares.items()}}))
        await source.close()


def main() -> None:
    """Measure with the size that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=5_000)
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    asyncio.run(measure(options.items, options.times))


if __name__ == "__main__":
    main()
