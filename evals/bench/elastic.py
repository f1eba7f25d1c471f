"""The Elasticsearch index beside the embedded one, beside a bare bulk loop, and beside the node's own clock.

    python -m stylegraph.evals.bench.elastic                      # everything, about 12 minutes on two idle cores
    python -m stylegraph.evals.bench.elastic search --chunks 10000
    python -m stylegraph.evals.bench.elastic fashion --items 100000

runs on the cluster that STYLEGRAPH_ELASTICSEARCH_URL names, or starts the node of $STYLEGRAPH_SHARED/elasticsearch with
the optimising compiler and vector instructions, as a production node has them. Node and client share this machine.

- quality: nDCG@10 of each leg on the AutoRAG Korean set, both engines filled by one ingestion.
- bulk: chunks a second into an empty index, encoded before, in turns with a bare `async_bulk` of the same records; the
  best round of each, which other work on the machine disturbs least.
- search: p50 and p95 at --chunks chunks, beside what the node says it took and what its client adds, and this process's
  own processor time; then 64 questions at once; and the peak memory of the process that wrote them, beside one that
  wrote a tenth.
- indexing: files to chunks, tokens, vectors and into the node, beside tokenising and embedding alone.
- fashion: wishes for pieces of a catalogue of --items items, on both engines.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np
from elasticsearch.helpers import async_bulk

from stylegraph.agent.protocols import Embedder, Vectors
from stylegraph.agent.settings import Settings, load_settings
from stylegraph.evals.bench import autorag, indexing, outfit_time
from stylegraph.evals.bench.composed import Pool, compose, pool, queries
from stylegraph.evals.bench.labelled import LEGS, K, Labelled, ndcg
from stylegraph.evals.bench.search import Remembered
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.fashion.source import FashionSource
from stylegraph.tools.ingestion.ingest import ingest
from stylegraph.tools.retrieval.elastic import records, versions
from stylegraph.tools.retrieval.elastic.cluster import Cluster
from stylegraph.tools.retrieval.elastic.index import ElasticIndex
from stylegraph.tools.retrieval.elastic.library import ElasticLibrary
from stylegraph.tools.retrieval.hybrid.index import Document, EncodedDocument, SearchIndex
from stylegraph.tools.retrieval.sqlite.index import EmbeddedIndex

PARTS = ("quality", "bulk", "search", "indexing", "fashion")
CHUNKS = 100_000
ITEMS = 20_000
BULK_CHUNKS = 2_000
ROUNDS = 6
RECORDS = 2_000
AT_ONCE = 64
_QUERIES = 100
_BATCH = 500
_OPTIMISED = "-XX:TieredStopAtLevel=4 --add-modules=jdk.incubator.vector"

Encoded = tuple[Document, EncodedDocument]


@contextmanager
def running_node() -> Iterator[str]:
    """Return the URL of the cluster that is set, or of a node that runs as long as this does."""
    if url := load_settings().elasticsearch_url:
        yield url
        return
    recipe = Path(os.environ.get("STYLEGRAPH_SHARED", "")) / "elasticsearch" / "es_node.py"
    spec = importlib.util.spec_from_file_location("es_node", recipe) if recipe.is_file() else None
    if spec is None or spec.loader is None:
        raise SystemExit("Set STYLEGRAPH_ELASTICSEARCH_URL, or STYLEGRAPH_SHARED to a folder with elasticsearch.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    os.environ["_JAVA_OPTIONS"] = _OPTIMISED
    with module.EsNode(heap="2g") as node:
        yield node.url


class _Bench:
    """A library of its own on the node, removed at the end."""

    def __init__(self, url: str) -> None:
        self.settings = load_settings(elasticsearch_url=url, elasticsearch_prefix=f"bench-{secrets.token_hex(4)}")
        self.cluster = Cluster(self.settings)

    async def __aenter__(self) -> _Bench:
        return self

    async def __aexit__(self, *error: object) -> None:
        for index in (await self.cluster.client.indices.get(index=f"{self.cluster.prefix}*")).body:
            await self.cluster.client.indices.delete(index=index)
        await self.cluster.close()

    async def index(self, name: str, embedder: Embedder) -> ElasticIndex:
        return await ElasticIndex.open(self.cluster, name, embedder)


class _Both:
    """Writes to two indexes, so that both hold exactly the same after one ingestion."""

    def __init__(self, one: SearchIndex, other: SearchIndex) -> None:
        self._one, self._other = one, other
        self.known, self.delete, self.describe = one.known, one.delete, one.describe

    async def add(self, documents: Sequence[Document], encoded: Sequence[EncodedDocument] | None = None) -> None:
        await self._one.add(documents, encoded)
        await self._other.add(documents, encoded)


async def quality(url: str, given: argparse.Namespace) -> None:
    """Print the legs of both engines."""
    folder = autorag.folder()
    if folder is None:
        raise SystemExit("Set STYLEGRAPH_SHARED to the folder that holds data/autorag-ko.")
    labelled = autorag.read(folder, autorag.TEST)
    with tempfile.TemporaryDirectory() as scratch:
        async with _Bench(url) as bench:
            elastic = await bench.index("autorag", LocalEmbedder())
            embedded = await EmbeddedIndex.open(Path(scratch) / "autorag.sqlite", LocalEmbedder())
            source = Path(scratch) / "documents.jsonl"
            source.write_text("".join(json.dumps(page) + "\n" for page in labelled.documents), encoding="utf-8")
            await ingest(_Both(embedded, elastic), [source], settings=bench.settings)  # type: ignore[arg-type]
            rows = [(name, await _legs(index, labelled)) for name, index in _named(embedded, elastic)]
            await embedded.close()
    print(f"{'nDCG@10':<16}" + "".join(f"{leg:>9}" for leg in LEGS))
    for name, scores in rows:
        print(f"{name:<16}" + "".join(f"{scores[leg]:>9.4f}" for leg in LEGS))
    apart = max(abs(rows[0][1][leg] - rows[1][1][leg]) for leg in LEGS)
    print(f"farthest apart: {apart:.4f} (goal 0.005)")


def _named(*indexes: SearchIndex) -> Iterable[tuple[str, SearchIndex]]:
    return zip(("embedded", "elasticsearch"), indexes, strict=True)


async def _legs(index: SearchIndex, labelled: Labelled) -> dict[Any, float]:
    gains: dict[Any, list[float]] = {leg: [] for leg in LEGS}
    for question in labelled.questions:
        for leg in LEGS:
            hits = await index.search(question.text, K, leg=leg)
            gains[leg].append(ndcg([hit["document"] for hit in hits], question.relevant))
    return {leg: mean(some) for leg, some in gains.items()}


async def bulk(url: str, given: argparse.Namespace) -> None:
    """Print the rates of our writing and of a bare loop."""
    corpus = list(compose(pool(), BULK_CHUNKS))
    spent: dict[str, list[float]] = {"bare async_bulk": [], "index.add": []}
    async with _Bench(url) as bench:
        await _bare(bench, "warm", corpus[:_BATCH])
        for turn in range(ROUNDS):
            spent["bare async_bulk"].append(await _bare(bench, f"bare{turn}", corpus))
            spent["index.add"].append(await _ours(await bench.index(f"ours{turn}", LocalEmbedder()), corpus))
    rates = {name: len(corpus) / min(seconds) for name, seconds in spent.items()}
    for name, rate in rates.items():
        print(f"{name:<16} {rate:8.1f} chunks/s")
    print(f"share            {rates['index.add'] / rates['bare async_bulk']:8.2f} (goal 0.9)")


async def _bare(bench: _Bench, name: str, corpus: Sequence[Encoded]) -> float:
    index = await versions.make(bench.cluster, name, 1, LocalEmbedder(), alias=True)
    begun = time.perf_counter()
    actions = ({"_id": key, "_source": record} for pair in corpus for key, record in records.chunks(*pair))
    await async_bulk(bench.cluster.client.options(request_timeout=60), actions, index=index)
    return time.perf_counter() - begun


async def _ours(index: ElasticIndex, corpus: Iterable[Encoded]) -> float:
    begun, pairs = time.perf_counter(), iter(corpus)
    while batch := list(islice(pairs, _BATCH)):
        await index.add([document for document, _ in batch], [encoded for _, encoded in batch])
    return time.perf_counter() - begun


async def search(url: str, given: argparse.Namespace) -> None:
    """Fill an index, then print how long searches take in it."""
    made_of = pool()
    texts = queries(made_of, _QUERIES)
    embedder = LocalEmbedder()
    known = Remembered({text: embedder.encode([text])[0] for text in texts})
    async with _Bench(url) as bench:
        few, many = (_write_elsewhere(bench.settings, count) for count in (given.chunks // 10, given.chunks))
        print(f"peak memory of writing a tenth: {few:.0f} MB, of all: {many:.0f} MB, {many / few:.2f} times (goal 1.3)")
        index = await bench.index(f"composed{given.chunks}", known)
        await index.describe()
        for leg in LEGS:
            await _time_searches(bench, index, texts, leg)
        await _time_at_once(index, texts)


def _write_elsewhere(settings: Settings, count: int) -> float:
    """Fill an index in a process of its own; give that one's peak memory in MB."""
    call = f"from stylegraph.evals.bench.elastic import write; write({count})"
    variables = {
        "STYLEGRAPH_ELASTICSEARCH_URL": str(settings.elasticsearch_url),
        "STYLEGRAPH_ELASTICSEARCH_PREFIX": settings.elasticsearch_prefix,
    }
    command, environment = [sys.executable, "-c", call], {**os.environ, **variables}
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)  # noqa: S603 - our own code
    print(done.stdout.partition("\n")[2], end="")
    return float(done.stdout.partition("\n")[0])


def write(count: int) -> None:
    """Write composed chunks into an index; print the peak memory in MB, then the rate: for `_write_elsewhere`."""
    import resource

    made_of = pool()
    seconds = asyncio.run(_write(made_of, count))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(f"written {count:,} chunks, {count / seconds:,.0f} a second, composing them included")


async def _write(made_of: Pool, count: int) -> float:
    cluster = Cluster(load_settings())
    seconds = await _ours(
        await ElasticIndex.open(cluster, f"composed{count}", LocalEmbedder()), compose(made_of, count)
    )
    await cluster.close()
    return seconds


async def _time_searches(bench: _Bench, index: ElasticIndex, texts: Sequence[str], leg: Any) -> None:  # noqa: ANN401
    """Print what a search takes: in the node by its own clock, on the wire and in the client's parser, and in ours."""
    calls = _note_calls(bench.cluster)
    spent: list[float] = []
    worked = time.process_time()
    for text in texts:
        begun = time.perf_counter()
        await index.search(text, K, leg=leg)
        spent.append(1000 * (time.perf_counter() - begun))
    figures = {
        "all": spent,
        "node": [took for took, _ in calls],
        "wire": [call - took for took, call in calls],
        "ours": [whole - call for whole, (_, call) in zip(spent, calls, strict=True)],
    }
    worked = 1000 * (time.process_time() - worked) / len(texts)
    shown = (f"{name} {np.median(some):.1f} / {np.quantile(some, 0.95):.1f}" for name, some in figures.items())
    print(f"{leg:<8} p50 / p95 ms:", *shown, f"processor {worked:.1f} a search", sep="  ")


def _note_calls(cluster: Cluster) -> list[tuple[float, float]]:
    """Note from now on what each search took, in ms: by the node's clock, and by that of who called the client."""
    calls: list[tuple[float, float]] = []
    ask = type(cluster.client).msearch

    async def noted(**asked: Any) -> Mapping[str, Any]:  # noqa: ANN401
        begun = time.perf_counter()
        answer = await ask(cluster.client, **asked)
        calls.append((answer["took"], 1000 * (time.perf_counter() - begun)))
        return answer.body  # type: ignore[no-any-return]

    cluster.client.msearch = noted  # type: ignore[method-assign,assignment]
    return calls


async def _time_at_once(index: ElasticIndex, texts: Sequence[str]) -> None:
    async def one(text: str) -> float:
        begun = time.perf_counter()
        await index.search(text, K)
        return 1000 * (time.perf_counter() - begun)

    begun = time.perf_counter()
    spent = await asyncio.gather(*(one(texts[number % len(texts)]) for number in range(AT_ONCE)))
    whole = time.perf_counter() - begun
    low, high = np.quantile(spent, [0.5, 0.95])
    print(f"{AT_ONCE} at once: no error, p50 {low:.0f} p95 {high:.0f} ms, {AT_ONCE / whole:.0f} a second")


async def indexing_(url: str, given: argparse.Namespace) -> None:
    """Print the rate of indexing a file into the node, and of tokenising and embedding alone."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus.jsonl"
        indexing.write_corpus(corpus, RECORDS)
        batches = indexing.cut(corpus)
        async with _Bench(url) as bench:
            index = await bench.index("indexing", LocalEmbedder())
            begun = time.perf_counter()
            report = await ingest(index, [corpus], settings=bench.settings)
            ours = report.total("chunks") / (time.perf_counter() - begun)
        begun = time.perf_counter()
        alone = await asyncio.to_thread(indexing.encode_it, batches) / (time.perf_counter() - begun)
    print(f"into the node      {ours:7.1f} chunks/s, the node on the same cores")
    print(f"tokenise and embed {alone:7.1f} chunks/s, nothing written")
    print(f"share              {ours / alone:7.2f} (goal 0.9)")


async def fashion(url: str, given: argparse.Namespace) -> None:
    """Print what wishes take in a catalogue on either engine, and how many of the pieces are the same."""
    found: dict[str, list[set[str]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        file = outfit_time.written(Path(folder), given.items)
        async with _Bench(url) as bench:
            prefix = f"{bench.settings.elasticsearch_prefix}.fashion"
            shelves = bench.settings.model_copy(update={"elasticsearch_prefix": prefix})
            embedder = _Known(LocalEmbedder())
            library = ElasticLibrary(shelves, embedder)
            for name, cluster in (("embedded", None), ("elasticsearch", library)):
                begun = time.perf_counter()
                source = await FashionSource.open(Path(folder) / name, embedder, file, cluster)
                filled = time.perf_counter() - begun
                taken = await outfit_time.timed(source.recommend, 3)
                low, high = np.quantile(taken, [0.5, 0.95])
                print(f"{name:<14} {given.items:,} items in {filled:.0f} s, a wish p50 {low:.0f} p95 {high:.0f} ms")
                found[name] = [
                    {piece.name for piece in (await source.recommend(wish))[0]} for wish in outfit_time.WISHES
                ]
                await source.close()
            await library.close()
    shares = [len(one & other) / max(len(one), 1) for one, other in zip(*found.values(), strict=True)]
    print(f"of the pieces for {len(shares)} wishes {mean(shares):.0%} are the same")


class _Known:
    """An embedding that remembers: a catalogue that is the sample over and over has its names over and over too."""

    name = LocalEmbedder.name
    dimension = LocalEmbedder.dimension
    window = LocalEmbedder.window
    problem = None

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: dict[str, Any] = {}

    async def embed(self, texts: Sequence[str]) -> Vectors:
        new = list({text: None for text in texts if text not in self._vectors})
        self._vectors |= dict(zip(new, await self._embedder.embed(new), strict=True)) if new else {}
        return np.array([self._vectors[text] for text in texts])

    async def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return await self.embed(texts)


def main() -> None:
    """Print the parts that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all when none is named")
    parser.add_argument("--chunks", type=int, default=CHUNKS, help="chunks of the index that is searched")
    parser.add_argument("--items", type=int, default=ITEMS, help="items of the fashion catalogue")
    given = parser.parse_args()
    run = {"quality": quality, "bulk": bulk, "search": search, "indexing": indexing_, "fashion": fashion}
    with running_node() as url:
        for part in given.parts or PARTS:
            print(f"-- {part}", flush=True)
            begun = time.perf_counter()
            asyncio.run(run[part](url, given))
            print(f"({time.perf_counter() - begun:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
