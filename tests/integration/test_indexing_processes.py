"""Indexing with processes of its own, beside other processes, killed in the middle, and on a full disk."""

from __future__ import annotations

import asyncio
import json
import random
import resource
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from stylegraph.agent.errors import IndexStoreError
from stylegraph.agent.settings import load_settings
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.ingestion.ingest import ingest
from stylegraph.tools.retrieval.hybrid.encoder_pool import Encoders, default_processes
from stylegraph.tools.retrieval.hybrid.encoding import encode
from stylegraph.tools.retrieval.hybrid.index import Chunk, Document
from stylegraph.tools.retrieval.sqlite.index import EmbeddedIndex

RUN = textwrap.dedent(
    """
    import asyncio, json, resource, sys
    from pathlib import Path
    import numpy as np
    from stylegraph.agent.settings import load_settings
    from stylegraph.agent.errors import StylegraphError
    from stylegraph.tools.embeddings import LocalEmbedder
    from stylegraph.tools.ingestion.ingest import ingest
    from stylegraph.tools.retrieval.sqlite.index import EmbeddedIndex

    class Quick:  # an embedding that costs nothing, where only the indexing matters
        name, dimension, window = "quick", 16, 200
        async def embed(self, texts):
            return np.eye(16, dtype=np.float32)[[len(text) % 16 for text in texts]]

    async def main(path, embedder, *sources):
        index = await EmbeddedIndex.open(Path(path), Quick() if embedder == "quick" else LocalEmbedder())
        def tell(progress):
            print(json.dumps({"chunks": progress.chunks}), flush=True)
        report = await ingest(index, sources, settings=load_settings(), progress=tell)
        await index.close()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(json.dumps(report.as_dict() | {"peak": peak}), flush=True)

    try:
        asyncio.run(main(*sys.argv[1:]))
    except StylegraphError as error:
        sys.exit(f"{type(error).__name__}: {error}")
    """
)


def start(index: Path, *sources: Path, embedder: str = "quick", **options: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", RUN, str(index), embedder, *map(str, sources)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def finish(process: subprocess.Popen[str]) -> dict[str, Any]:
    out, err = process.communicate(timeout=600)
    assert process.returncode == 0, err
    return json.loads(out.splitlines()[-1])  # type: ignore[no-any-return]


def write(path: Path, records: int, words: int = 12) -> Path:
    chance = random.Random(5)
    vocabulary = ("linen", "cotton", "wool", "shirt", "coat", "summer", "winter", "care", "wash", "iron", "dry", "fold")
    with path.open("w") as out:
        for number in range(records):
            text = " ".join(chance.choices(vocabulary, k=words))
            out.write(json.dumps({"id": f"r{number}", "text": f"{text} number{number}."}) + "\n")
    return path


async def look(path: Path, *sources: Path) -> tuple[dict[str, Any], list[int]]:
    """Return what an index says of itself, and how many documents of each source it knows."""
    from stylegraph.agent.protocols import Embedder

    class Quick:
        name, dimension, window = "quick", 16, 200

    embedder: Embedder = Quick()  # type: ignore[assignment]
    index = await EmbeddedIndex.open(path, embedder)
    described, known = await index.describe(), [len(await index.known(str(source))) for source in sources]
    await index.close()
    return dict(described), known


@pytest.mark.parametrize("chunks", [0.0, 1.0, 1500.0])
def test_killed_at_any_moment_nothing_is_lost_or_doubled_and_the_next_run_finishes(
    tmp_path: Path, chunks: float
) -> None:
    """Killed before the first write, right after one, and in the middle."""
    source, path = write(tmp_path / "items.jsonl", 4000), tmp_path / "index.sqlite"
    process = start(path, source)
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["chunks"] >= chunks:
            break
    time.sleep(random.Random(chunks).random() / 20)
    process.kill()
    process.wait()
    described, (known,) = asyncio.run(look(path, source))
    assert described["documents"] == described["chunks"] == known
    assert known >= chunks or known == 0
    report = finish(start(path, source))
    assert (report["added"], report["unchanged"], report["failed"]) == (4000 - known, known, 0)
    described, (known,) = asyncio.run(look(path, source))
    assert described["documents"] == described["chunks"] == known == 4000


def test_two_processes_index_the_same_and_different_sources_at_once(tmp_path: Path) -> None:
    same, mine, yours = (write(tmp_path / f"{name}.jsonl", 1500) for name in ("same", "mine", "yours"))
    path = tmp_path / "index.sqlite"
    processes = [start(path, same, mine), start(path, same, yours), start(path, yours, same)]
    assert all(finish(process)["failed"] == 0 for process in processes)
    described, known = asyncio.run(look(path, same, mine, yours))
    assert known == [1500, 1500, 1500]
    assert described["documents"] == described["chunks"] == 4500
    assert finish(start(path, same, mine, yours))["unchanged"] == 4500


def test_ctrl_c_ends_it_and_leaves_a_good_state(tmp_path: Path) -> None:
    source, path = write(tmp_path / "items.jsonl", 12_000), tmp_path / "index.sqlite"
    process = start(path, source)
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["chunks"] > 0:
            break
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=120)
    described, (known,) = asyncio.run(look(path, source))
    assert 0 < known < 12_000
    assert described["documents"] == described["chunks"] == known
    assert finish(start(path, source))["added"] == 12_000 - known


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_said_to_be_full_and_nothing_is_lost(tmp_path: Path, small_disk: Path) -> None:
    small, large = write(tmp_path / "small.jsonl", 200), write(tmp_path / "large.jsonl", 15_000)
    path = small_disk / "index.sqlite"
    finish(start(path, small))
    process = start(path, large)
    _, err = process.communicate(timeout=600)
    assert process.returncode
    assert "Traceback" not in err
    assert err.startswith("IndexStoreError: The disk is full")
    described, (of_small, of_large) = asyncio.run(look(path, small, large))
    assert of_small == 200
    assert described["documents"] == described["chunks"] == of_small + of_large
    subprocess.run(["mount", "-o", "remount,size=200m", str(small_disk)], check=True)
    assert finish(start(path, large))["added"] == 15_000 - of_large


def test_a_file_size_limit_is_an_error_of_the_index(tmp_path: Path) -> None:
    source = write(tmp_path / "items.jsonl", 20_000)
    process = start(
        tmp_path / "index.sqlite",
        source,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000)),
    )
    _, err = process.communicate(timeout=600)
    assert "Traceback" not in err
    assert err.startswith("IndexStoreError")


def test_memory_does_not_grow_with_the_source(tmp_path: Path) -> None:
    small = finish(start(tmp_path / "small.sqlite", write(tmp_path / "small.jsonl", 2_000)))
    large = finish(start(tmp_path / "large.sqlite", write(tmp_path / "large.jsonl", 20_000)))
    assert large["added"] == 20_000
    assert large["peak"] < 1.5 * small["peak"]


def documents(count: int) -> list[Document]:
    texts = [f"여름 셔츠 {number}번은 시원합니다. Linen shirt number {number}." for number in range(count)]
    return [
        Document(
            source="s", id=str(n), title="셔츠", url=None, hash="", metadata={}, chunks=[Chunk(text=text, locator={})]
        )
        for n, text in enumerate(texts)
    ]


def workers_here() -> list[psutil.Process]:
    """Return the encoding processes of this one, copies among them; other tests of the session may have started servers."""
    return [child for child in psutil.Process().children(recursive=True) if _is_worker(child)]


def _is_worker(process: psutil.Process) -> bool:
    try:
        return "stylegraph.tools.retrieval.hybrid.encoder_worker" in process.cmdline()
    except (psutil.ZombieProcess, psutil.NoSuchProcess):
        return False


@asynccontextmanager
async def two_processes() -> AsyncIterator[tuple[Encoders, list[psutil.Process]]]:
    """Return encoders whose two processes are ready."""
    async with Encoders(LocalEmbedder(), processes=2) as encoders:
        encoders.expect(10**9)
        assert encoders._starting is not None
        await encoders._starting
        yield encoders, workers_here()


async def test_processes_encode_as_the_thread_does_and_end_with_the_run() -> None:
    batch = documents(40)
    async with two_processes() as (encoders, workers):
        assert len(workers) == 2
        found = await asyncio.gather(*(encoders.encode(batch) for _ in range(4)))
    expected = encode(batch, LocalEmbedder())
    for encoded in found:
        for one, other in zip(encoded, expected, strict=True):
            assert (one["title"], one["chunks"], one["windows"]) == (other["title"], other["chunks"], other["windows"])
            assert one["vectors"] == pytest.approx(other["vectors"], abs=1e-4)
    assert not any(map(_is_worker, workers))


async def test_a_process_that_is_killed_at_work_is_an_error_and_none_is_left() -> None:
    async with two_processes() as (encoders, workers):
        work = [asyncio.create_task(encoders.encode(documents(2000))) for _ in range(3)]
        await asyncio.sleep(0.5)
        workers[0].kill()
        ended = await asyncio.gather(*work[:2], return_exceptions=True)
        work[2].cancel()
    (error,) = [one for one in ended if isinstance(one, BaseException)]
    assert isinstance(error, IndexStoreError)
    assert "ended from outside" in str(error)
    assert not any(map(_is_worker, workers))


async def test_an_answer_that_nobody_waits_for_any_more_does_not_hold_up_the_end() -> None:
    async with asyncio.timeout(300):
        async with two_processes() as (encoders, workers):
            first, *others = [asyncio.create_task(encoders.encode(documents(600))) for _ in range(3)]
            await asyncio.sleep(0.3)
            for one in others:
                one.cancel()
            await first
            await asyncio.sleep(2)  # by now the workers stand with answers that do not fit into a pipe
    assert not any(map(_is_worker, workers))


async def test_processes_that_cannot_be_started_are_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    async with Encoders(None, processes=2) as encoders:
        encoders.expect(10**9)
        assert encoders._starting is not None
        await encoders._starting
        assert len(await encoders.encode(documents(3))) == 3


async def test_little_work_starts_no_processes(tmp_path: Path) -> None:
    index = await EmbeddedIndex.open(tmp_path / "index.sqlite", LocalEmbedder())
    report = await ingest(index, [write(tmp_path / "items.jsonl", 200)], settings=load_settings())
    assert report.total("added") == 200
    assert not workers_here()
    await index.close()


@pytest.mark.skipif(default_processes() < 2, reason="one core, or too little memory for processes")
def test_workers_do_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    source = write(tmp_path / "items.jsonl", 8000)
    process = start(tmp_path / "index.sqlite", source, embedder="local")
    parent = psutil.Process(process.pid)
    while not (workers := parent.children()):
        assert process.poll() is None
        time.sleep(0.05)
    process.kill()
    process.wait()
    assert not psutil.wait_procs(workers, timeout=120)[1]
