"""The index in a file survives what happens to files: other processes, kills, full disks, other embeddings."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys

import numpy as np
import pytest

from stylegraph.agent.errors import EmbeddingMismatchError, IndexStoreError
from stylegraph.tools.retrieval.sqlite.index import EmbeddedIndex
from stylegraph.tools.retrieval.sqlite.store import Store, _use_wal


class OtherEmbedder:
    """An embedding of another name and size."""

    name = "another"
    dimension = 8
    window = 200

    async def embed(self, texts):
        return np.ones((len(texts), 8), dtype=np.float32) / np.sqrt(8)

    async def embed_queries(self, texts):
        return await self.embed(texts)


WRITER = """
import asyncio, sys
from pathlib import Path
import numpy as np
from stylegraph.tools.retrieval.sqlite.index import EmbeddedIndex

class Quick:
    name, dimension, window = "quick", 8, 200
    async def embed(self, texts):
        return np.ones((len(texts), 8), dtype=np.float32)

def document(number, writer):
    text = f"shirt {writer} {number} " + " ".join(f"word{number * 31 % 97}x{i}" for i in range(50))
    chunk = {"text": text, "locator": {"start": 0, "end": len(text)}}
    return {"source": "/s", "id": f"{writer}-{number}", "title": "", "url": None, "hash": str(number),
            "metadata": {"n": number}, "chunks": [chunk]}

async def main(path, writer, batches, size):
    index = await EmbeddedIndex.open(Path(path), Quick())
    print("ready", flush=True)
    for start in range(0, batches * size, size):
        await index.add([document(number, writer) for number in range(start, start + size)])
        print(start + size, flush=True)

asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
"""


class Quick:
    name, dimension, window = "quick", 8, 200

    async def embed(self, texts):
        return np.ones((len(texts), 8), dtype=np.float32)

    async def embed_queries(self, texts):
        return await self.embed(texts)


def writer(path, name, batches, size):
    command = [sys.executable, "-c", WRITER, str(path), name, str(batches), str(size)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


async def assert_sound(path, expected):
    """Every document is there once, in every table, and is found by both legs."""
    index = await EmbeddedIndex.open(path, Quick())
    known = await index.known("/s")
    assert set(known) == expected
    described = await index.describe()
    assert described["documents"] == described["chunks"] == len(expected)
    for leg in ("lexical", "dense"):
        found = [hit["document"] for hit in await index.search("shirt", len(expected) + 10, leg=leg)]
        assert sorted(found) == sorted(expected)
    await index.close()
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_several_processes_may_write_at_once(tmp_path):
    path = tmp_path / "one.sqlite"
    writers = [writer(path, name, 6, 7) for name in "abc"]
    assert [process.wait(60) for process in writers] == [0, 0, 0]
    await assert_sound(path, {f"{name}-{number}" for name in "abc" for number in range(42)})


@pytest.mark.parametrize("delay", [0.0, 0.01, 0.03, 0.07])
async def test_a_kill_in_the_middle_loses_nothing_and_doubles_nothing(tmp_path, delay):
    path = tmp_path / "one.sqlite"
    process = writer(path, "a", 400, 20)
    for line in process.stdout:
        if line.strip() == "200":
            break
    await asyncio.sleep(delay)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    done = max([200, *(int(line) for line in process.stdout.read().split())])
    index = await EmbeddedIndex.open(path, Quick())
    kept = len(await index.known("/s"))
    await index.close()
    assert kept in {done, done + 20}
    await assert_sound(path, {f"a-{number}" for number in range(kept)})
    assert writer(path, "a", kept // 20 + 2, 20).wait(60) == 0
    await assert_sound(path, {f"a-{number}" for number in range(kept + 40)})


async def test_another_process_sees_what_was_written(tmp_path):
    path = tmp_path / "one.sqlite"
    index = await EmbeddedIndex.open(path, Quick())
    assert await index.search("shirt", 5) == []
    assert writer(path, "a", 1, 3).wait(60) == 0
    assert len(await index.search("shirt", 5)) == 3
    await index.close()


async def test_searches_go_on_while_another_process_writes(tmp_path):
    path = tmp_path / "one.sqlite"
    process = writer(path, "a", 30, 20)
    assert process.stdout.readline() == "ready\n"
    index = await EmbeddedIndex.open(path, Quick())
    counts = []
    while process.poll() is None:
        counts.append(len(await index.search("shirt", 1000, leg="lexical")))
    assert counts == sorted(counts)
    assert all(count % 20 == 0 for count in counts)
    await index.close()


async def test_an_index_of_another_embedding_is_named_with_the_way_out(tmp_path, embedder):
    path = tmp_path / "care.sqlite"
    await (await EmbeddedIndex.open(path, embedder)).close()
    with pytest.raises(EmbeddingMismatchError) as caught:
        await EmbeddedIndex.open(path, OtherEmbedder())
    said = str(caught.value)
    assert "care" in said
    assert "use-multilingual-v3 (512" in said
    assert "another (8)" in said
    assert "stylegraph index rebuild care" in said


async def test_an_index_of_another_version_is_named(tmp_path):
    path = tmp_path / "old.sqlite"
    await (await EmbeddedIndex.open(path, Quick())).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = '0' WHERE key = 'schema'")
    with pytest.raises(IndexStoreError, match="another version"):
        await EmbeddedIndex.open(path, Quick())


async def test_a_file_that_is_no_index_is_left_alone(tmp_path):
    path = tmp_path / "notes.sqlite"
    path.write_text("not a database at all " * 100)
    with pytest.raises(IndexStoreError, match="not an index"):
        await EmbeddedIndex.open(path, Quick())
    assert path.read_text().startswith("not a database")


async def test_a_place_that_can_not_be_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(IndexStoreError, match="can't be"):
        await EmbeddedIndex.open(tmp_path / "file" / "one.sqlite", Quick())


class Refusing:
    """A connection that refuses to write a log ahead, twice for the one reason and then for none."""

    def __init__(self, code):
        self.error = sqlite3.OperationalError("refused")
        self.error.sqlite_errorcode = code
        self.tries = 0

    def execute(self, statement):
        self.tries += 1
        if self.tries < 3:
            raise self.error


def test_another_process_is_waited_for_and_a_full_disk_is_not():
    busy, full = Refusing(sqlite3.SQLITE_BUSY), Refusing(sqlite3.SQLITE_FULL)
    _use_wal(busy)
    with pytest.raises(sqlite3.OperationalError):
        _use_wal(full)
    assert (busy.tries, full.tries) == (3, 1)


async def test_a_full_disk_keeps_nothing_of_the_call(tmp_path, embedder, document):
    path = tmp_path / "one.sqlite"
    index = await EmbeddedIndex.open(path, embedder)
    await index.add([document("kept", "스웨터 하나.")])
    with index._store.reading() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 3}")
    with pytest.raises(IndexStoreError) as caught:
        await index.add([document(f"d{number}", f"스웨터 {number} " * 50) for number in range(40)])
    assert "full" in caught.value.message
    assert caught.value.remedy
    assert set(await index.known("/notes")) == {"kept"}
    assert [hit["document"] for hit in await index.search("스웨터", 9)] == ["kept"]
    await index.close()
    again = await EmbeddedIndex.open(path, embedder)
    await again.add([document("more", "스웨터 둘.")])
    assert set(await again.known("/notes")) == {"kept", "more"}
    await again.close()


async def test_an_error_in_the_middle_of_a_call_keeps_nothing_of_it(tmp_path, embedder, document):
    index = await EmbeddedIndex.open(tmp_path / "one.sqlite", embedder)
    documents = [document("good", "스웨터."), document("bad", "스웨터.") | {"metadata": {"at": object()}}]
    with pytest.raises(TypeError):
        await index.add(documents)
    assert await index.known("/notes") == {}
    await index.add(documents[:1])
    assert set(await index.known("/notes")) == {"good"}
    await index.close()


async def test_opening_does_not_wait_for_a_writer(tmp_path):
    path = tmp_path / "one.sqlite"
    await (await EmbeddedIndex.open(path, Quick())).close()
    store = Store(path, "quick", 8)
    with store.writing():
        index = await asyncio.wait_for(EmbeddedIndex.open(path, Quick()), 5)
        assert await index.search("shirt", 3) == []
    await index.close()
    store.close()


async def test_replacing_again_and_again_leaves_no_debris(tmp_path, document, embedder):
    path = tmp_path / "one.sqlite"
    index = await EmbeddedIndex.open(path, embedder)
    documents = [document(f"d{number}", f"스웨터 {number}벌의 세탁 이야기") for number in range(20)]
    sizes = []
    for _ in range(30):
        await index.add(documents)
        with index._store.reading() as connection:
            sizes.append(connection.execute("SELECT count(*) FROM postings").fetchone()[0])
    assert max(sizes[15:]) <= 3 * sizes[0]
    assert len(await index.search("스웨터", 100)) == 20
    await index.close()
