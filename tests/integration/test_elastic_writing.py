"""Writing to Elasticsearch: nothing is mixed, doubled or lost, whoever else writes and whatever is killed."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from integration.elastic_documents import Bag, document

from stylegraph.agent.errors import IndexStoreError
from stylegraph.tools.retrieval.elastic.index import ElasticIndex
from stylegraph.tools.retrieval.elastic.library import ElasticLibrary

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def library(elastic_settings):
    opened = ElasticLibrary(elastic_settings, Bag())
    yield opened
    await opened.close()


@pytest.fixture
async def index(library):
    return await library.index("care")


def _chunks(word, count):
    return [f"{word} {number}" for number in range(count)]


async def _texts(index, name="doc"):
    return [hit["text"] for hit in await index.read("care", name)]


async def _in_searches(index):
    hits = await index.search("old new mine yours", 100, leg="dense", collapse=False)
    return sorted(hit["text"] for hit in hits)


class TestReplacing:
    @pytest.mark.parametrize(("before", "after"), [(5, 2), (2, 5), (3, 3), (3, 0), (0, 2)])
    async def test_only_the_new_chunks_are_left(self, index, before, after):
        await index.add([document("doc", *_chunks("old", before))])
        await index.add([document("doc", *_chunks("new", after))])
        assert await _texts(index) == _chunks("new", after)
        assert await _in_searches(index) == _chunks("new", after)
        assert (await index.describe())["documents"] == 1

    async def test_the_last_of_two_in_one_call_counts(self, index):
        await index.add([document("doc", *_chunks("old", 4)), document("doc", "new")])
        assert await _texts(index) == ["new"]

    async def test_a_document_deleted_and_added_again_is_there(self, index):
        for _ in range(3):
            await index.add([document("doc", *_chunks("new", 3))])
            assert await index.delete("care", ["doc"]) == 1
            assert await _in_searches(index) == []
        await index.add([document("doc", "new")])
        assert await _in_searches(index) == ["new"]

    async def test_deleting_counts_documents_that_were_there(self, index):
        await index.add([document("a", "x"), document("b", "y"), document("c", "z", source="other")])
        assert await index.delete("care", ["a", "nowhere"]) == 1
        assert await index.delete("care") == 1
        assert await index.delete("care") == 0
        assert (await index.describe())["sources"] == {"other": 1}


class TestTwoWriters:
    async def test_of_one_document_the_chunks_are_never_mixed(self, library, index):
        other = ElasticIndex(library._cluster, index._alias.version, Bag())
        for mine, yours in [(7, 3), (3, 7), (5, 5), (6, 1)] * 3:
            await asyncio.gather(
                index.add([document("doc", *_chunks("mine", mine))]),
                other.add([document("doc", *_chunks("yours", yours))]),
            )
            found = await _texts(index)
            assert found in (_chunks("mine", mine), _chunks("yours", yours))
            await other._alias.refresh()
            assert await _in_searches(other) == found
            assert (await index.known("care"))["doc"]

    async def test_of_many_documents_none_is_lost(self, library, index):
        other = ElasticIndex(library._cluster, index._alias.version, Bag())
        await asyncio.gather(
            *(index.add([document(f"m{batch}-{n}", "mine") for n in range(10)]) for batch in range(5)),
            *(other.add([document(f"y{batch}-{n}", "yours") for n in range(10)]) for batch in range(5)),
        )
        assert len(await index.known("care")) == 100

    async def test_one_adds_while_the_other_deletes_ends_with_all_or_nothing(self, library, index):
        other = ElasticIndex(library._cluster, index._alias.version, Bag())
        for _ in range(6):
            await index.add([document("doc", *_chunks("old", 4))])
            await asyncio.gather(index.add([document("doc", *_chunks("new", 2))]), other.delete("care", ["doc"]))
            assert await _texts(index) in ([], _chunks("new", 2))
            await other._alias.refresh()
            assert await _in_searches(other) == await _texts(index)


class TestInterrupted:
    async def test_after_every_request_that_could_be_the_last_the_next_run_finishes(self, elastic_settings, index):
        old, new = document("doc", *_chunks("old", 4)), document("doc", *_chunks("new", 2))
        for survived in range(1, 5):
            await index.add([old, document("gone", "old")])
            await _die_after(ElasticLibrary(elastic_settings, Bag()), survived, new)
            whole = {old["hash"]: _chunks("old", 4), new["hash"]: _chunks("new", 2)}
            known = (await index.known("care"))["doc"]
            assert known == "" or await _texts(index) == whole[known]
            await index.add([new])
            await index.delete("care", ["gone"])
            assert await _in_searches(index) == await _texts(index) == _chunks("new", 2)
            assert await index.known("care") == {"doc": new["hash"]}

    async def test_a_process_that_is_killed_leaves_only_whole_and_unfinished_documents(self, elastic_settings, index):
        environment = {**os.environ, **_variables(elastic_settings), "PYTHONPATH": str(ROOT / "tests")}
        command = [sys.executable, "-m", "integration.elastic_endless_writer"]
        process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=subprocess.PIPE)
        for _ in range(3):
            await process.stdout.readline()
        await asyncio.sleep(0.05)
        process.kill()
        await process.wait()
        known = await index.known("endless")
        assert len(known) >= 60
        for name, content in known.items():
            texts = [hit["text"] for hit in await index.read("endless", name)]
            assert not content or texts == json.loads(content)


class TestRefusals:
    async def test_a_document_that_is_refused_is_named_and_the_others_are_kept(self, index):
        class Broken(Bag):
            async def embed(self, texts):
                vectors = await super().embed(texts)
                vectors[["poison" in text for text in texts]] = float("nan")
                return vectors

        index._embedder = Broken()
        given = [document("good", "fine"), document("bad", "poison", source="broken.csv"), document("too", "fine")]
        with pytest.raises(IndexStoreError, match=r"bad of broken\.csv"):
            await index.add(given)
        assert list(await index.known("care")) and set(await index.known("care")) == {"good", "too"}
        assert await index.known("broken.csv") == {"bad": ""}


async def _die_after(library, requests, changed):
    """Replace one document and delete another, with so many requests that write, and then none."""
    transport = library._cluster.client.transport
    perform, left = transport.perform_request, requests

    async def counted(method, target, **more):
        nonlocal left
        if "_bulk" in target:
            left -= 1
            if left < 0:
                raise asyncio.CancelledError
        return await perform(method, target, **more)

    transport.perform_request = counted
    index = await library.index("care")
    with pytest.raises(asyncio.CancelledError):
        await index.add([changed])
        await index.delete("care", ["gone"])
    await library.close()


def _variables(settings):
    secrets = {"elasticsearch_password": settings.elasticsearch_password}
    plain = {
        name: getattr(settings, name) for name in ("elasticsearch_url", "elasticsearch_user", "elasticsearch_prefix")
    }
    revealed = {name: value.get_secret_value() for name, value in secrets.items() if value}
    return {f"STYLEGRAPH_{name.upper()}": value for name, value in {**plain, **revealed}.items() if value}
