"""Rebuilding an index in Elasticsearch: searches never see a hole, and no change made meanwhile is lost."""

from __future__ import annotations

import asyncio
import json
from itertools import count

import pytest
from integration.elastic_documents import Bag, OtherBag, document, guide
from typer.testing import CliRunner

from stylegraph.agent.errors import EmbeddingMismatchError, IndexStoreError, InputError
from stylegraph.graphs.cli.app import app
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.retrieval.elastic import lease
from stylegraph.tools.retrieval.elastic.library import ElasticLibrary


@pytest.fixture
async def library(elastic_settings):
    opened = ElasticLibrary(elastic_settings, Bag())
    yield opened
    await opened.close()


@pytest.fixture
async def index(library):
    made = await library.index("care")
    await made.add(guide())
    return made


async def _versions(library):
    found = await library._cluster.client.indices.get(index=f"{library._cluster.prefix}-*")
    return sorted(name.rpartition("@")[2] for name in found.body)


async def _contents(index):
    return {name: [hit["text"] for hit in await index.read("care", name)] for name in await index.known("care")}


class Slow(Bag):
    """An embedding that can be waited for and stopped."""

    def __init__(self):
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()

    async def embed(self, texts):
        self.begun.set()
        await self.go_on.wait()
        return await super().embed(texts)


async def test_the_new_version_holds_the_same_and_the_old_one_is_gone(library, index):
    before, told = await _contents(index), []
    assert await library.rebuild("care", lambda done, total: told.append((done, total))) == 10
    assert told[0] == (0, 10)
    assert told[-1] == (10, 10)
    assert await _versions(library) == ["2"]
    assert await _contents(index) == before
    assert (await index.search("린넨 셔츠", 1))[0]["metadata"] == {"number": 1, "lang": "ko"}


async def test_it_gets_the_embedding_that_is_set(elastic_settings, library, index):
    other = ElasticLibrary(elastic_settings, OtherBag())
    assert await other.rebuild("care") == 10
    assert (await (await other.index("care")).describe())["embedding"] == "another-bag"
    with pytest.raises(EmbeddingMismatchError, match="another-bag"):
        await index.search("린넨", 1)
    with pytest.raises(EmbeddingMismatchError):
        await index.add([document("late", "린넨")])
    assert "late" not in await (await other.index("care")).known("care")
    await other.close()


async def test_searches_go_on_and_changes_meanwhile_are_kept(library, index):
    over, searched, added = False, 0, count()

    async def search():
        nonlocal searched
        while not over:
            assert len(await index.search("린넨 셔츠 wash", 5)) == 5
            searched += 1

    async def change():
        while not over:
            name = f"new{next(added)}"
            await index.add([document(name, "린넨 새 문서"), document("linen", f"린넨 {name}")])
            await index.delete("care", [f"new{int(name[3:]) - 3}"])

    async with asyncio.TaskGroup() as group:
        group.create_task(search())
        group.create_task(change())
        await library.rebuild("care")
        over = True
    last = next(added) - 1
    contents = await _contents(index)
    assert searched > 3
    assert set(contents) - {one["id"] for one in guide()} == {f"new{n}" for n in range(max(0, last - 2), last + 1)}
    assert contents["linen"] == [f"린넨 new{last}"]


async def test_one_that_is_interrupted_leaves_the_index_as_it_was_and_the_next_finishes_it(elastic_settings, index):
    before, slow = await _contents(index), Slow()
    first = ElasticLibrary(elastic_settings, slow)
    running = asyncio.create_task(first.rebuild("care"))
    await slow.begun.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert await _versions(first) == ["1", "2"]
    await index.add([document("linen", "린넨 다시")])
    second = ElasticLibrary(elastic_settings, Bag())
    assert await second.rebuild("care") == 10
    assert await _contents(index) == {**before, "linen": ["린넨 다시"]}
    assert await _versions(second) == ["2"]
    for one in (first, second):
        await one.close()


async def test_a_killed_one_that_held_changes_back_is_named_to_writers_and_finished_by_the_next(
    elastic_settings, library, index
):
    await library._cluster.client.indices.add_block(index=index._alias.version.index, block="write")
    hasty = ElasticLibrary(elastic_settings.model_copy(update={"elasticsearch_patience": 0.3}), Bag())
    with pytest.raises(IndexStoreError, match="index rebuild care"):
        await (await hasty.index("care")).add([document("late", "린넨")])
    waiting = asyncio.create_task(index.add([document("late", "린넨")]))
    await library.rebuild("care")
    await waiting
    assert (await index.known("care"))["late"]
    await hasty.close()


async def test_of_two_at_once_only_one_works(elastic_settings, library, index, monkeypatch):
    monkeypatch.setattr(lease, "_BEAT_SECONDS", 0.1)
    monkeypatch.setattr(lease, "_SILENCE_SECONDS", 0.6)
    slow = Slow()
    first = ElasticLibrary(elastic_settings, slow)
    running = asyncio.create_task(first.rebuild("care"))
    await slow.begun.wait()
    with pytest.raises(IndexStoreError, match="another process"):
        await library.rebuild("care")
    slow.go_on.set()
    assert await running == 10
    assert await _versions(library) == ["2"]
    await first.close()


async def test_an_index_that_is_not_there_can_not_be_rebuilt(library):
    with pytest.raises(InputError, match="nowhere"):
        await library.rebuild("nowhere")


async def test_the_command_rebuilds_the_index_of_the_cluster_that_is_set(elastic_node, elastic_settings, tmp_path):
    library = ElasticLibrary(elastic_settings, LocalEmbedder())
    index = await library.index("care")
    await index.add(guide())
    chosen = {**elastic_node.settings, "elasticsearch_prefix": elastic_settings.elasticsearch_prefix, "home": tmp_path}
    environment = {f"STYLEGRAPH_{name.upper()}": str(value) for name, value in chosen.items()}
    arguments = ["index", "rebuild", "care", "--json"]
    result = await asyncio.to_thread(CliRunner().invoke, app, arguments, env=environment)
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["documents"] == len(guide())
    assert not list(tmp_path.rglob("*.sqlite"))
    await library.close()
