"""How fast a large file is indexed and in how much memory, beside what can't be saved: tokenising and embedding alone.

The yardstick is a `multiprocessing` pool over all cores that tokenises and embeds the same chunks, cut before its clock
starts, and throws the result away. Both begin in a fresh process, so both load the models; they take turns, and rates
are of the time of all rounds together, so that a busy machine is unfair to neither.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from importlib.resources import files
from pathlib import Path

import psutil

from stylegraph.agent.settings import load_settings
from stylegraph.agent.text.language import sentences
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.ingestion.changes import Changes
from stylegraph.tools.ingestion.chunks import Chunking
from stylegraph.tools.ingestion.formats.files import FileReading
from stylegraph.tools.ingestion.ingest import ingest
from stylegraph.tools.ingestion.report import SourceReport
from stylegraph.tools.retrieval.hybrid.encoder_pool import cores
from stylegraph.tools.retrieval.hybrid.encoding import encode
from stylegraph.tools.retrieval.hybrid.index import Document
from stylegraph.tools.retrieval.sqlite.index import EmbeddedIndex

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


async def index_it(corpus: Path) -> int:
    """Index the corpus into an empty index; give the number of chunks."""
    index = await EmbeddedIndex.open(corpus.with_name(f"bench-{os.getpid()}.sqlite"), LocalEmbedder())
    report = await ingest(index, [corpus], settings=load_settings())
    await index.close()
    return report.total("chunks")


def encode_it(batches: list[list[Document]]) -> int:
    """Tokenise and embed the same chunks and do nothing else; give the number of chunks."""
    with multiprocessing.get_context("spawn").Pool(cores()) as pool:
        done = sum(pool.imap_unordered(_encode, batches))
        pool.close()
        pool.join()
        return done


def _encode(batch: list[Document]) -> int:
    return sum(len(document["chunks"]) for document in encode(batch, LocalEmbedder()))


def cut(corpus: Path) -> list[list[Document]]:
    """Read and cut the corpus as indexing does."""
    settings = load_settings()
    chunking = Chunking(settings.chunk_size, settings.chunk_overlap)
    changes = Changes(FileReading(corpus, settings.document_max_bytes), {}, chunking, SourceReport(str(corpus)))
    return [batch.documents for batch in iter(changes.take, None)]


def run_part(part: str, corpus: str) -> None:
    """Do one part in this process and print what it took: what `measure` has a fresh process do."""
    batches = cut(Path(corpus)) if part == "encode" else []
    began, worked = time.perf_counter(), _processor_seconds()
    chunks = encode_it(batches) if part == "encode" else asyncio.run(index_it(Path(corpus)))
    seconds, processor = time.perf_counter() - began, _processor_seconds() - worked
    print(json.dumps({"chunks": chunks, "seconds": seconds, "processor": processor}))


def measure(records: int = RECORDS, rounds: int = ROUNDS) -> dict[str, float]:
    """Index and encode in turns, each time in a fresh process.

    Returns:
        `index` and `encode` in chunks per second, and `share` of the one in the other; `processor_share`, the same by
        processor time, which a busy machine disturbs less; and the peak memory of indexing in MB: `main` is the
        process that reads and writes, `all` is with its workers.
    """
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus.jsonl"
        write_corpus(corpus, records)
        runs = [(_run("encode", corpus), _run("index", corpus)) for _ in range(rounds)]
    encode, index = (_summed(part) for part in zip(*runs, strict=True))
    return {
        "index": index["chunks"] / index["seconds"],
        "encode": encode["chunks"] / encode["seconds"],
        "share": index["chunks"] / index["seconds"] * encode["seconds"] / encode["chunks"],
        "processor_share": encode["processor"] / index["processor"],
        "main": max(run["main"] for _, run in runs),
        "all": max(run["all"] for _, run in runs),
    }


def _summed(runs: Sequence[dict[str, float]]) -> dict[str, float]:
    return {name: sum(run[name] for run in runs) for name in runs[0]}


def _run(part: str, corpus: Path) -> dict[str, float]:
    """Run one part in a process of its own; add, in MB, the peak memory of it and of it with its children."""
    call = f"from stylegraph.evals.bench.indexing import run_part; run_part({part!r}, {str(corpus)!r})"
    with subprocess.Popen([sys.executable, "-c", call], stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own code
        peaks = {"main": 0.0, "all": 0.0}
        while process.poll() is None:
            for peak, used in zip(peaks, _memory(process.pid), strict=True):
                peaks[peak] = max(peaks[peak], used)
            time.sleep(0.2)
        assert process.stdout is not None
        took: dict[str, float] = json.loads(process.stdout.read())
        return took | peaks


def _memory(pid: int) -> tuple[float, float]:
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        own = process.memory_info().rss
        return own / 1e6, (own + sum(child.memory_info().rss for child in process.children(recursive=True))) / 1e6
    return 0.0, 0.0


def _processor_seconds() -> float:
    """Return the processor time of this process and of its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def main() -> None:
    """Print the table."""
    found = measure()
    print(f"index              {found['index']:7.1f} chunks/s on {cores()} cores, models loaded from nothing")
    print(f"tokenise and embed {found['encode']:7.1f} chunks/s, nothing read or written")
    print(f"share              {found['share']:7.2f}, by processor time {found['processor_share']:.2f} (goal {GOAL})")
    print(f"peak memory        {found['main']:7.0f} MB, {found['all']:.0f} MB with the workers")


if __name__ == "__main__":
    main()
