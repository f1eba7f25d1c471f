"""How fast a large file is indexed and in how much memory, beside what can't be saved: tokenising and embedding alone.

The yardstick is a `multiprocessing` pool over all cores that tokenises and embeds the same chunks, cut before its clock
starts, and throws the result away. Both begin in a fresh process, so both load the models; they take turns, and rates
are of the time of all rounds together, so that a busy machine is unfair to neither.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from importlib.resources import files
from pathlib import Path
from statistics import mean

import psutil

from stylegraph.agent.language import sentences
from stylegraph.agent.settings import load_settings
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.ingestion.changes import Changes, Chunking
from stylegraph.tools.ingestion.encoders import cores
from stylegraph.tools.ingestion.ingest import ingest
from stylegraph.tools.ingestion.loaders.files import FileReading
from stylegraph.tools.ingestion.report import SourceReport
from stylegraph.tools.retrieval.embedded import EmbeddedIndex
from stylegraph.tools.retrieval.encoding import encode
from stylegraph.tools.retrieval.index import Document

RECORDS = 4000
ROUNDS = 2
GOAL = 0.85
"""Of the yardstick's rate."""
_SENTENCES = 12
"""A record: about as long as a page of the sample guide's sections, Korean or English."""


def write_corpus(path: Path, records: int, seed: int = 11) -> None:
    """Write JSONL records of the sample guide's own sentences, Korean and English, each in another order."""
    guide = files("stylegraph.tools") / "knowledge" / "guide"
    texts = [page.read_text(encoding="utf-8") for page in sorted(guide.iterdir(), key=lambda page: page.name)]
    pages = [[line for line in sentences(text) if not line.startswith("#")] for text in texts]
    chance = random.Random(seed)
    with path.open("w", encoding="utf-8") as out:
        for number in range(records):
            page = chance.choice(pages)
            lines = chance.sample(page, min(_SENTENCES, len(page)))
            record = {
                "id": f"r{number}",
                "title": lines[0][:40],
                "text": "\n".join(lines),
                "price": chance.randrange(90_000),
            }
            out.write(json.dumps(record, ensure_ascii=False) + "\n")


async def index_it(corpus: Path) -> float:
    """Index the corpus into an empty index; give the chunks per second."""
    index = await EmbeddedIndex.open(corpus.with_name(f"bench-{os.getpid()}.sqlite"), LocalEmbedder())
    begun = time.perf_counter()
    report = await ingest(index, [corpus], settings=load_settings())
    seconds = time.perf_counter() - begun
    await index.close()
    return report.total("chunks") / seconds


def encode_it(corpus: Path) -> float:
    """Tokenise and embed the same chunks and do nothing else; give the chunks per second."""
    batches = list(_cut(corpus))
    begun = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(cores()) as pool:
        done = sum(pool.imap_unordered(partial(_encode), batches))
    return done / (time.perf_counter() - begun)


def _encode(batch: list[Document]) -> int:
    return sum(len(document["chunks"]) for document in encode(batch, LocalEmbedder()))


def _cut(corpus: Path) -> Iterator[list[Document]]:
    settings = load_settings()
    chunking = Chunking(settings.chunk_size, settings.chunk_overlap)
    changes = Changes(FileReading(corpus, settings.document_max_bytes), {}, chunking, SourceReport(str(corpus)))
    while (batch := changes.take()) is not None:
        yield batch.documents


def measure(records: int = RECORDS, rounds: int = ROUNDS) -> dict[str, float]:
    """Index and encode in turns, each time in a fresh process.

    Returns:
        `index` and `encode` in chunks per second, `share` of the one in the other, and the peak memory in MB of
        indexing: `main` is the process that reads and writes, `all` is with its workers.
    """
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus.jsonl"
        write_corpus(corpus, records)
        runs = [(_run("encode", corpus), _run("index", corpus)) for _ in range(rounds)]
    encoding, indexing = zip(*runs, strict=True)
    rates = {"index": mean(run["rate"] for run in indexing), "encode": mean(run["rate"] for run in encoding)}
    peaks = {peak: max(run[peak] for run in indexing) for peak in ("main", "all")}
    return rates | {"share": rates["index"] / rates["encode"]} | peaks


def _run(part: str, corpus: Path) -> dict[str, float]:
    """Run one part in a process of its own; give its rate and, in MB, the peak of it and of it with its children."""
    command = [sys.executable, "-m", "stylegraph.evals.bench.indexing", "--part", part, "--corpus", str(corpus)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own code
        peaks = {"main": 0.0, "all": 0.0}
        while process.poll() is None:
            for peak, used in zip(peaks, _memory(process.pid), strict=True):
                peaks[peak] = max(peaks[peak], used)
            time.sleep(0.2)
        assert process.stdout is not None
        return {"rate": float(process.stdout.read())} | peaks


def _memory(pid: int) -> tuple[float, float]:
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        own = process.memory_info().rss
        return own / 1e6, (own + sum(child.memory_info().rss for child in process.children(recursive=True))) / 1e6
    return 0.0, 0.0


def main() -> None:
    """Print the table, or run one part of it: `--part` and `--corpus` are how this module calls itself."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=RECORDS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--part", choices=["index", "encode"], help=argparse.SUPPRESS)
    parser.add_argument("--corpus", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part:
        print(encode_it(given.corpus) if given.part == "encode" else asyncio.run(index_it(given.corpus)))
        return
    found = measure(given.records, given.rounds)
    print(f"index              {found['index']:7.1f} chunks/s on {cores()} cores, models loaded from nothing")
    print(f"tokenise and embed {found['encode']:7.1f} chunks/s, nothing read or written")
    print(f"share              {found['share']:7.2f} (goal {GOAL})")
    print(f"peak memory        {found['main']:7.0f} MB, {found['all']:.0f} MB with the workers")


if __name__ == "__main__":
    main()
