"""How long recommendations and outfits take in a large catalogue. `python -m stylegraph.evals.bench.fashion_time`.

The catalogue is the sample one over and over with rows varied: id, price, main colour and seasons are drawn anew. Its
size is real, its variety of words is not. Told are wall-clock and processor time of a wish, the median and the 95th
percentile, beside a scan by brute force: every item is checked against the wish's conditions and ranked, one by one,
by the same rules.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from pathlib import Path

from stylegraph.agent.evidence import Filters
from stylegraph.agent.protocols import Vectors
from stylegraph.evals.bench.outfit_time import WISHES
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.fashion.catalogue.catalogue import Catalogue, sample_items
from stylegraph.tools.fashion.catalogue.preparing import shelved
from stylegraph.tools.fashion.catalogue.storage import Ready
from stylegraph.tools.fashion.items.item_text import values_of
from stylegraph.tools.fashion.items.items import Item, Problems
from stylegraph.tools.fashion.query.vocabulary import vocabulary_of
from stylegraph.tools.fashion.query.wish import wish_filters
from stylegraph.tools.fashion.recommend.ranking import choose, rank
from stylegraph.tools.fashion.recommend.taste import Taste
from stylegraph.tools.fashion.source import FashionSource
from stylegraph.tools.retrieval.sqlite.index import EmbeddedIndex

_BATCH = 10_000
_SCANS = 1


def varied(size: int, seed: int = 7) -> Iterator[Item]:
    """Return so many items."""
    items, rng = sample_items(), random.Random(seed)
    colours = sorted({colour for item in items for colour in item["colours"]})
    seasons = ("spring", "summer", "autumn", "winter")
    for number in range(size):
        item = {name: value for name, value in items[number % len(items)].items() if name != "image"}
        others = list(item["colours"][1:])
        item |= {
            "id": f"x{number}",
            "price_krw": round(item["price_krw"] * rng.uniform(0.5, 1.8), -2),
            "colours": list(dict.fromkeys([rng.choice(colours), *others])),
            "seasons": sorted(rng.sample(seasons, rng.randint(1, 3))),
        }
        yield item


async def stocked(file: Path, size: int) -> Catalogue:
    """Index so many items; names, of which there are few, are embedded once."""
    embedder = LocalEmbedder()
    index = await EmbeddedIndex.open(file, embedder)
    names = sorted({name for item in sample_items() for name in (item["name_ko"], item["name_en"])})
    vectors: Mapping[str, Vectors] = dict(zip(names, await embedder.embed(names), strict=True))
    items, batch = varied(size), list[Item]()
    for item in items:
        batch.append(item)
        if len(batch) == _BATCH:
            await _add(index, batch, vectors)
            batch = []
    if batch:
        await _add(index, batch, vectors)
    vocabulary = vocabulary_of(varied(size))
    return Catalogue(
        Ready(index), vocabulary, file.parent, sample=False, report=Problems().report(size), embedder=embedder
    )


async def _add(index: EmbeddedIndex, items: Sequence[Item], vectors: Mapping[str, Vectors]) -> None:
    import numpy as np

    prepared = [shelved(item, item["id"]) for item in items]
    for one in prepared:
        one.encoded["vectors"] = np.stack([vectors[name] for name in one.names])
    await index.add([one.document for one in prepared], [one.encoded for one in prepared])


async def timed(ask: Callable[[str], Awaitable[object]], times: int) -> dict[str, float]:
    """Return the milliseconds of all wishes, asked so many times after a first round that only warms up."""
    walls: list[float] = []
    works: list[float] = []
    for turn in range(times + 1):
        for wish in WISHES:
            started, worked = time.perf_counter(), time.process_time()
            await ask(wish)
            if turn:
                walls.append((time.perf_counter() - started) * 1000)
                works.append((time.process_time() - worked) * 1000)
    walls, works = sorted(walls), sorted(works)
    return {"wall_p50_ms": _at(walls, 0.5), "wall_p95_ms": _at(walls, 0.95), "cpu_p50_ms": _at(works, 0.5)}


def _at(ordered: Sequence[float], share: float) -> float:
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1)


def scan(catalogue: Catalogue, items: Sequence[Item], wish: str) -> list[str]:
    """Recommend by looking at every item."""
    read = catalogue.reader.read(wish)
    conditions = wish_filters(read, catalogue.reader.lexicon)
    passing = [(item, 0.0) for item in items if _passes(item, conditions)]
    ranked = rank(passing, read, catalogue.reader.lexicon, Taste({}, {}))
    return [one.item["id"] for one in choose(ranked, 6)]


def _passes(item: Item, conditions: Filters) -> bool:
    for field, condition in conditions.items():
        values, number = set(values_of(item, field)), item.get(field)
        if "any" in condition and not values & set(condition["any"]):
            return False
        if "none" in condition and values & set(condition["none"]):
            return False
        if not isinstance(number, int | float):
            continue
        if number < condition.get("gte", number) or number > condition.get("lte", number):
            return False
    return True


async def measure(size: int, times: int, folder: Path) -> None:
    """Print a line for each way."""
    file = folder / f"items-{size}.sqlite"
    started = time.perf_counter()
    catalogue = await stocked(file, size)
    print(json.dumps({"items": size, "indexed_in_s": round(time.perf_counter() - started, 1)}), flush=True)
    source = FashionSource(catalogue)
    for name, ask in (("recommend", source.recommend), ("outfit", source.outfit)):
        print(json.dumps({"items": size, "what": name, **await timed(ask, times)}), flush=True)
    items = list(varied(size))

    async def by_force(wish: str) -> object:
        return scan(catalogue, items, wish)

    print(json.dumps({"items": size, "what": "brute-force scan", **await timed(by_force, _SCANS)}), flush=True)
    await source.close()


def main() -> None:
    """Measure with the size that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(options.items, options.times, Path(folder)))


if __name__ == "__main__":
    main()
