"""How long a search takes at 1,000, 10,000 and 100,000 chunks, beside what one would take instead.

All of them search the same chunks (`evals/bench/composed.py`) for the same queries in the same run. A query's embedding
is timed on its own and left out of every other figure. What is compared:

- `fused`, `lexical`, `dense`, `filtered`: this index, by its public `search`, with a query's tokens found by Kiwi.
- FTS5 bm25(): the same tokens in SQLite's own full-text index, all of them ORed.
- bm25s: the same tokens in memory, its fastest back end that is installed.
- numpy scan: every float32 vector in memory times the query.
- EnsembleRetriever (langchain) over rank_bm25 and Chroma, up to 10,000 chunks, where the group `compare` is installed.

Beside the times stands the processor time of the median: what a search takes of a core, however busy the machine is.

`--alone` leaves the others out, so that no chunk stays in memory but the index's own, and also tells what a new process takes
from opening to its first results, and its memory after all queries:

    python -m stylegraph.evals.bench.search --alone --sizes 1000000
"""

from __future__ import annotations

import argparse
import asyncio
import math
import multiprocessing
import resource
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stylegraph.agent.evidence import Filters, Leg
from stylegraph.agent.protocols import Vectors
from stylegraph.agent.text.tokenizer import tokenize
from stylegraph.evals.bench.composed import Pool, compose, pool, queries
from stylegraph.evals.bench.ensemble import ensemble, is_installed
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.retrieval.hybrid.index import Document, EncodedDocument
from stylegraph.tools.retrieval.sqlite.index import EmbeddedIndex

SIZES = (1_000, 10_000, 100_000)
QUERIES = 100
K = 10
_BATCH = 500
_ENSEMBLE_MOST = 10_000
"""Chunks that the EnsembleRetriever is given: it takes minutes to fill."""
_HALF: Filters = {"price": {"lte": 50_000.0}}
_FEW: Filters = {"price": {"lte": 2_000.0}, "colour": {"any": ["red"]}}

Composed = tuple[Document, EncodedDocument]


class Took(NamedTuple):
    """Milliseconds; what has one value only has no others."""

    middle: float
    high: float = math.nan
    """The 95th percentile."""
    processor: float = math.nan
    """The median of the processor time, of all threads."""


Row = tuple[str, Took]
"""What was timed, and what it took."""


class Remembered:
    """An embedder that has embedded the queries before, so that a search can be timed without it."""

    name = LocalEmbedder.name
    dimension = LocalEmbedder.dimension
    window = LocalEmbedder.window
    problem = None

    def __init__(self, vectors: dict[str, Vectors]) -> None:
        self._vectors = vectors

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Look the vectors up."""
        return np.array([self._vectors[text] for text in texts])

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Look the vectors up."""
        return await self.embed(texts)


async def measure(sizes: Sequence[int] = SIZES, *, alone: bool = False) -> list[tuple[int, str, Took]]:
    """Return number of chunks, what was timed, and what it took.

    Args:
        sizes: Numbers of chunks.
        alone: Time this index only; the chunks are made one by one, and a new process opens it.
    """
    made_of, rows = pool(), []
    texts = queries(made_of, QUERIES)
    embedder = LocalEmbedder()
    vectors: dict[str, Vectors] = {}
    rows.append(
        (0, "embedding the query", _timed(lambda text: vectors.update({text: embedder.encode([text])[0]}), texts))
    )
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            path, measured = Path(folder) / f"bench{size}.sqlite", _alone if alone else _beside
            rows += [(size, name, took) for name, took in await measured(path, made_of, size, vectors)]
    return rows


async def _alone(path: Path, made_of: Pool, size: int, vectors: dict[str, Vectors]) -> list[Row]:
    index = await EmbeddedIndex.open(path, Remembered(vectors))
    filling = await _fill(index, compose(made_of, size), size)
    await index.close()
    return [filling, *await asyncio.to_thread(_apart, path, vectors)]


async def _beside(path: Path, made_of: Pool, size: int, vectors: dict[str, Vectors]) -> list[Row]:
    corpus = list(compose(made_of, size))
    index = await EmbeddedIndex.open(path, Remembered(vectors))
    rows = [await _fill(index, corpus, size), *await _own(index, list(vectors))]
    await index.close()
    return [*rows, *_others(corpus, list(vectors), vectors)]


async def _fill(index: EmbeddedIndex, corpus: Iterable[Composed], size: int) -> Row:
    """Add everything; return the milliseconds of one chunk."""
    begun = time.perf_counter()
    pairs = iter(corpus)
    while batch := list(islice(pairs, _BATCH)):
        await index.add([document for document, _ in batch], [encoded for _, encoded in batch])
    return "adding a chunk", Took((time.perf_counter() - begun) * 1000 / size)


def _apart(path: Path, vectors: dict[str, Vectors]) -> list[Row]:
    """Time the index in a process of its own, from opening to the first results and then warm, and tell its memory."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        return process.submit(_opened, path, vectors).result()


def _opened(path: Path, vectors: dict[str, Vectors]) -> list[Row]:
    return asyncio.run(_cold_and_warm(path, vectors))


async def _cold_and_warm(path: Path, vectors: dict[str, Vectors]) -> list[Row]:
    texts = list(vectors)
    tokenize("말")  # Kiwi's model is loaded whatever the index holds
    begun, before = time.perf_counter(), _resident()
    index = await EmbeddedIndex.open(path, Remembered(vectors))
    await index.search(texts[0], K)
    cold = (time.perf_counter() - begun) * 1000
    rows = await _own(index, texts)
    await index.close()
    return [("opening, to first results", Took(cold)), *rows, ("MB of memory by it", Took(_resident() - before))]


def _resident() -> float:
    """Return the memory that this process holds, in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1_000_000


async def _own(index: EmbeddedIndex, texts: Sequence[str]) -> list[Row]:
    kinds: list[tuple[str, Leg, Filters | None]] = [
        ("fused", "fused", None),
        ("lexical", "lexical", None),
        ("dense", "dense", None),
        ("fused, half pass a filter", "fused", _HALF),
        ("fused, 1 of 200 passes", "fused", _FEW),
    ]
    return [
        (name, await _timed_async(lambda text, leg=leg, given=given: index.search(text, K, given, leg), texts))  # type: ignore[misc]
        for name, leg, given in kinds
    ]


def _others(corpus: Sequence[Composed], texts: Sequence[str], vectors: dict[str, Vectors]) -> list[Row]:
    timed = [
        ("FTS5 bm25()", _fts5(corpus, texts)),
        ("bm25s", _bm25s(corpus, texts)),
        ("numpy scan of all vectors", _scan(corpus, texts, vectors)),
    ]
    if len(corpus) <= _ENSEMBLE_MOST and is_installed():
        timed.append(("EnsembleRetriever, Chroma", _timed(ensemble(corpus, vectors, K), texts)))
    return timed


def _fts5(corpus: Sequence[Composed], texts: Sequence[str]) -> Took:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE words USING fts5 (title, text, content='', tokenize='ascii')")
    rows = ((number, encoded["title"], encoded["chunks"][0]) for number, (_, encoded) in enumerate(corpus))
    connection.executemany("INSERT INTO words (rowid, title, text) VALUES (?, ?, ?)", rows)
    sql = f"SELECT rowid, bm25(words, 2, 1) AS score FROM words WHERE words MATCH ? ORDER BY score LIMIT {K}"  # noqa: S608

    def search(text: str) -> object:
        return connection.execute(sql, (" OR ".join(f'"{token}"' for token in set(tokenize(text))),)).fetchall()

    return _timed(search, texts)


def _bm25s(corpus: Sequence[Composed], texts: Sequence[str]) -> Took:
    import bm25s

    retriever = bm25s.BM25()
    retriever.index([encoded["chunks"][0].split() for _, encoded in corpus], show_progress=False)
    return _timed(lambda text: retriever.retrieve([tokenize(text)], k=K, show_progress=False), texts)


def _scan(corpus: Sequence[Composed], texts: Sequence[str], vectors: dict[str, Vectors]) -> Took:
    matrix = np.concatenate([encoded["vectors"] for _, encoded in corpus if encoded["vectors"] is not None])

    def search(text: str) -> object:
        scores = matrix @ vectors[text]
        return np.argpartition(scores, -K)[-K:]

    return _timed(search, texts)


def _timed(call: Callable[[str], object], texts: Sequence[str]) -> Took:
    call(texts[0])
    spent = []
    for text in texts:
        begun = _clocks()
        call(text)
        spent.append(_clocks() - begun)
    return _took(spent)


async def _timed_async(call: Callable[[str], Awaitable[object]], texts: Sequence[str]) -> Took:
    await call(texts[0])
    spent = []
    for text in texts:
        begun = _clocks()
        await call(text)
        spent.append(_clocks() - begun)
    return _took(spent)


def _clocks() -> NDArray[np.float64]:
    """Return the time by the clock and that of the processor, in milliseconds."""
    return np.array([time.perf_counter(), time.process_time()]) * 1000


def _took(spent: Sequence[NDArray[np.float64]]) -> Took:
    clock, processor = np.array(spent).T
    return Took(float(np.median(clock)), float(np.quantile(clock, 0.95)), float(np.median(processor)))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument(
        "--alone", action="store_true", help="this index only, in a process of its own, with its memory"
    )
    arguments = parser.parse_args()
    if not arguments.alone and not is_installed():
        print("EnsembleRetriever over Chroma is left out: uv pip install --group compare")
    print(f"{'chunks':>9}  {'':<28} {'p50 ms':>8} {'p95 ms':>8} {'processor ms':>13}")
    for size, name, took in asyncio.run(measure(arguments.sizes, alone=arguments.alone)):
        print(f"{size:>9,}  {name:<28} {took.middle:>8.2f} {took.high:>8.2f} {took.processor:>13.2f}")


if __name__ == "__main__":
    main()
