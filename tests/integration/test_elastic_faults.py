"""What can go wrong with a cluster, done to a real one: each says soon what it is and what to do, and then is over."""

from __future__ import annotations

import asyncio
import socket
import time
from contextlib import asynccontextmanager

import pytest
from integration.elastic_documents import Bag, document, guide
from integration.elastic_doors import make_certificate, silent_door, tls_door
from pydantic import SecretStr

from stylegraph.agent.errors import IndexStoreError, SettingsError, SourceError
from stylegraph.tools.retrieval.elastic.library import ElasticLibrary
from stylegraph.tools.retrieval.source import DocumentsSource


@asynccontextmanager
async def opened(settings, **changed):
    library = ElasticLibrary(settings.model_copy(update=changed), Bag())
    yield library
    await library.close()


@pytest.fixture
async def library(elastic_settings):
    async with opened(elastic_settings) as one:
        yield one


@pytest.fixture
async def index(library):
    made = await library.index("care")
    await made.add(guide())
    return made


@pytest.fixture
def client(library):
    return library._cluster.client


@pytest.fixture
def own_node(elastic_node):
    if elastic_node.own is None:
        pytest.skip("the node is not ours to lock or to kill")
    return elastic_node


async def _says(what, call, within=5.0):
    begun = time.monotonic()
    with pytest.raises(IndexStoreError, match=what) as caught:
        await call
    assert time.monotonic() - begun < within
    assert caught.value.remedy
    assert "only-for-tests" not in str(caught.value)


async def _works(index):
    assert (await index.search("린넨 셔츠", 1))[0]["document"] == "linen"


class TestCredentials:
    async def test_a_wrong_password(self, own_node, elastic_settings):
        async with opened(elastic_settings, elasticsearch_password=SecretStr("wrong")) as library:
            await _says("credentials", library.indexes())
            await _says("ELASTICSEARCH_API_KEY", library.index("care"))

    async def test_an_api_key_that_may_only_read(self, own_node, elastic_settings, client, index):
        rights = [
            {"names": [f"{elastic_settings.elasticsearch_prefix}-*"], "privileges": ["read", "view_index_metadata"]}
        ]
        key = await client.security.create_api_key(name="reader", role_descriptors={"reader": {"indices": rights}})
        await index._alias.refresh()
        access = {"elasticsearch_api_key": SecretStr(key["encoded"]), "elasticsearch_user": None}
        async with opened(elastic_settings, **access, elasticsearch_password=None) as reader:
            read_only = (await reader.indexes())["care"]
            await _works(read_only)
            await _says("privileges", read_only.add([document("new", "린넨")]))

    async def test_settings_that_contradict_each_other(self, elastic_settings):
        for wrong in (
            {"elasticsearch_user": "me", "elasticsearch_password": None},
            {"elasticsearch_api_key": SecretStr("x"), "elasticsearch_user": "me"},
            {"elasticsearch_url": "localhost:9200"},
            {"elasticsearch_url": " , "},
        ):
            with pytest.raises(SettingsError):
                ElasticLibrary(elastic_settings.model_copy(update=wrong), Bag())


class TestCertificates:
    @pytest.fixture
    async def door(self, elastic_node, tmp_path):
        certificate, key, fingerprint = make_certificate(tmp_path)
        address = elastic_node.url.rpartition("/")[2].split(":")
        async with tls_door((address[0], int(address[1])), certificate, key) as url:
            yield url, certificate, fingerprint

    async def test_one_that_is_not_trusted(self, door, elastic_settings):
        async with opened(elastic_settings, elasticsearch_url=door[0]) as library:
            await _says("not trusted", library.indexes())

    async def test_one_whose_authority_is_named(self, door, elastic_settings):
        async with opened(elastic_settings, elasticsearch_url=door[0], elasticsearch_ca=door[1]) as library:
            await library.index("care")

    async def test_one_whose_fingerprint_is_named(self, door, elastic_settings):
        right = {"elasticsearch_url": door[0], "elasticsearch_fingerprint": door[2]}
        async with opened(elastic_settings, **right) as library:
            await library.index("care")
        async with opened(elastic_settings, **right | {"elasticsearch_fingerprint": "00" * 32}) as library:
            await _says("not trusted", library.indexes())


class TestReaching:
    async def test_nobody_there(self, elastic_settings):
        async with opened(elastic_settings, elasticsearch_url=f"http://127.0.0.1:{_free_port()}") as library:
            await _says("can't be reached", library.indexes(), within=2)

    async def test_a_node_that_never_answers(self, elastic_settings):
        async with (
            silent_door() as url,
            opened(elastic_settings, elasticsearch_url=url, elasticsearch_timeout=0.5) as one,
        ):
            await _says("did not answer in time", one.indexes(), within=1.5)

    async def test_with_several_nodes_one_that_works_is_enough(self, elastic_settings):
        async with silent_door() as silent:
            urls = f"http://127.0.0.1:{_free_port()}, {silent}, {elastic_settings.elasticsearch_url}"
            async with opened(elastic_settings, elasticsearch_url=urls, elasticsearch_timeout=6) as library:
                index = await library.index("care")
                await index.add(guide())
                await _works(index)

    async def test_a_turn_without_the_cluster_gets_an_error_for_its_notes_and_weights_of_0(self, elastic_settings):
        url = f"http://127.0.0.1:{_free_port()}"
        async with opened(elastic_settings, elasticsearch_url=url) as library:
            source = DocumentsSource(library)
            task = {"question": "린넨", "queries": ["린넨"], "k": 3, "filters": {}, "index": None, "language": "ko"}
            with pytest.raises(SourceError, match="can't be reached"):
                await source.gather(task)
            assert await source.term_weights(["린넨"]) == {"린넨": 1.0}


class TestTheIndex:
    async def test_deleted_underneath_and_indexed_again(self, library, index, client):
        await client.indices.delete(index=index._alias.version.index)
        await _says("any more", index.search("린넨", 1))
        await _says("any more", index.add(guide()))
        again = await library.index("care")
        await again.add(guide())
        await _works(again)

    async def test_without_its_alias(self, library, index, client):
        await client.indices.delete_alias(index=index._alias.version.index, name=index._alias.version.alias)
        await _says("lost its alias.*PUT", index.search("린넨", 1))
        await _says("lost its alias.*PUT", index.add(guide()))
        await _says("lost its alias.*PUT", library.index("care"))
        async with opened(library._cluster.settings) as other:
            assert "lost its alias" in str((await other.problems())["care"])
        await client.indices.put_alias(index=index._alias.version.index, name=index._alias.version.alias)
        await _works(index)

    async def test_one_of_somebody_else_by_that_name(self, library, client):
        await client.indices.create(index=f"{library._cluster.prefix}-care")
        await _says("not made by stylegraph", library.index("care"))

    async def test_with_another_mapping(self, index, client):
        await _make_again(client, index, properties={"kind": {"type": "keyword"}, "key": {"type": "keyword"}})
        await _says(r"strict_dynamic_mapping_exception.*index rebuild care", index.add(guide()))

    async def test_read_only_because_the_disk_is_nearly_full(self, index, client):
        async def block(value):
            await client.indices.put_settings(
                index=index._alias.version.index, settings={"index.blocks.read_only_allow_delete": value}
            )

        await block(True)
        await _says("disk is nearly full", index.add([document("new", "린넨 새것")]))
        await _works(index)
        await block(None)
        await index.add([document("new", "린넨 새것")])
        assert (await index.known("care"))["new"]

    async def test_red(self, index, client):
        place = "index.routing.allocation.require._name"
        await _make_again(client, index, settings={place: "nobody"}, active="0")
        await _says("not available", index.search("린넨", 1))
        await client.indices.put_settings(index=index._alias.version.index, settings={place: None})
        await client.cluster.health(index=index._alias.version.index, wait_for_status="yellow")
        await index.add(guide())
        await _works(index)


async def _make_again(client, index, properties=None, settings=None, active="1"):
    """Set an empty index in the place of this one."""
    name, alias = index._alias.version.index, index._alias.version.alias
    made = (await client.indices.get(index=name))[name]
    await client.indices.delete(index=name)
    kept = {part: made["settings"]["index"][part] for part in ("analysis", "similarity")}
    await client.indices.create(
        index=name,
        mappings={**made["mappings"], "properties": properties or made["mappings"]["properties"]},
        settings={**kept, "number_of_replicas": 0, **(settings or {})},
        aliases={alias: {"is_write_index": True}},
        wait_for_active_shards=active,
    )


class TestTooMuchToDo:
    """429 from the node itself: its memory limit is set so low that every request is too much."""

    @pytest.fixture
    async def limit(self, client):
        async def to(percent):
            await client.cluster.put_settings(persistent={"indices.breaker.total.limit": percent})

        yield to
        await to(None)

    async def test_a_search_says_so_and_works_again_afterwards(self, index, limit):
        await limit("1%")
        await _says("too much to do", index.search("린넨", 1))
        await limit(None)
        await _works(index)

    async def test_indexing_waits_and_loses_nothing(self, index, limit):
        await limit("1%")
        adding = asyncio.create_task(index.add([document(f"new{n}", "린넨") for n in range(20)]))
        await asyncio.sleep(1.5)
        assert not adding.done()
        await limit(None)
        await adding
        assert len(await index.known("care")) == 30


class TestKilledAndStartedAgain:
    async def test_in_the_middle_of_indexing_and_of_searching(self, own_node, elastic_settings, index):
        async def write():
            for turn in range(1000):
                await index.add(
                    [document(f"d{n}", *[f"린넨 {turn} {part}" for part in range(turn % 4)]) for n in range(50)]
                )

        async def search():
            while True:
                await index.search("린넨 셔츠", 3)

        async with opened(elastic_settings, elasticsearch_patience=5.0) as hasty:
            index._writer = (await hasty.index("care"))._writer
            tasks = [asyncio.create_task(write()), asyncio.create_task(search())]
            await asyncio.sleep(1)
            own_node.kill()
            for task in tasks:
                await _says("can't be reached", task, within=10)
        await _says("can't be reached", index.search("린넨", 1))
        await asyncio.to_thread(own_node.start)
        await _recovered(index)
        written = [document(f"d{n}", *[f"마지막 {part}" for part in range(2)]) for n in range(50)]
        await index.add(written)
        assert len(await index.known("care")) == 60
        assert all((await index.known("care")).values())
        for one in written[::7]:
            assert [hit["text"] for hit in await index.read("care", one["id"])] == ["마지막 0", "마지막 1"]
        await _works(index)


async def _recovered(index):
    """Wait until the node has found its shards again; nothing of ours is opened anew."""
    for _ in range(60):
        try:
            return await index.search("린넨", 1)
        except IndexStoreError:
            await asyncio.sleep(0.25)
    return await index.search("린넨", 1)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
