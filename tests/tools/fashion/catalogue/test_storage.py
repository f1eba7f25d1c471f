"""A catalogue's items stand on a cluster where one is set, and on this machine while it does not answer.

A folder of files plays the cluster here, so that it can be broken; `integration/test_elastic_fashion.py` has a real one.
"""

import asyncio

import pytest

from stylegraph.agent.errors import IndexStoreError
from stylegraph.tools.fashion.catalogue import storage as shelves
from stylegraph.tools.fashion.catalogue.catalogue import Catalogue
from stylegraph.tools.fashion.source import FashionSource
from stylegraph.tools.retrieval.library import IndexFolder


class Breakable(IndexFolder):
    """Indexes elsewhere that can be made unreachable, or slow."""

    def __init__(self, folder, embedder):
        super().__init__(folder, embedder)
        self.is_broken = False
        self.seconds = 0.0
        self.patience = 10.0

    async def index(self, name):
        if self.is_broken:
            raise IndexStoreError("The cluster can't be reached.")
        await asyncio.sleep(self.seconds)
        return await super().index(name)


@pytest.fixture
async def cluster(tmp_path, embedder):
    elsewhere = Breakable(tmp_path / "elsewhere", embedder)
    yield elsewhere
    await elsewhere.close()


@pytest.fixture
def opened(tmp_path, embedder, stranger_file, cluster):
    async def open_catalogue():
        return await Catalogue.open(tmp_path / "home", embedder, stranger_file, cluster)

    return open_catalogue


def local_files(tmp_path):
    return list((tmp_path / "home" / "catalogues").glob("*.sqlite"))


async def found(catalogue):
    return [one.item["id"] for one in await catalogue.search(["kimono 한복 tote T-Shirt"], 9, {})]


async def test_items_are_indexed_on_the_cluster_and_nowhere_else(opened, cluster, tmp_path):
    catalogue = await opened()
    assert len(await found(catalogue)) == 4
    assert [item["id"] for item in await catalogue.items(["a3", "nowhere", "a1"])] == ["a3", "a1"]
    assert catalogue.trouble is None
    assert not local_files(tmp_path)
    (index,) = (await cluster.indexes()).values()
    assert (await index.describe())["sources"][shelves.SOURCE] == 4
    await catalogue.close()


async def test_without_the_cluster_the_catalogue_opens_on_this_machine_and_goes_back_by_itself(opened, cluster):
    cluster.is_broken = True
    catalogue = await opened()
    assert len(await found(catalogue)) == 4
    assert "can't be reached" in str(catalogue.trouble)
    cluster.is_broken = False
    assert len(await found(catalogue)) == 4
    assert catalogue.trouble is None
    assert await cluster.indexes()
    await catalogue.close()


async def test_a_cluster_that_takes_longer_than_the_settings_allow_is_not_waited_for(opened, cluster):
    catalogue = await opened()
    await catalogue.close()
    cluster.seconds, cluster.patience = 1.0, 0.05
    catalogue = await opened()
    catalogue._shelf._there._filling = None
    assert len(await found(catalogue)) == 4
    assert "in time" in str(catalogue.trouble)
    await asyncio.sleep(1.2)
    assert len(await found(catalogue)) == 4
    assert catalogue.trouble is None
    await catalogue.close()


async def test_many_items_are_not_indexed_here_while_somebody_waits(opened, cluster, monkeypatch, tmp_path):
    catalogue = await opened()
    monkeypatch.setattr(shelves, "_FEW", 3)
    cluster.is_broken = True
    catalogue._shelf._there._filling = None
    with pytest.raises(IndexStoreError, match="can't be reached"):
        await found(catalogue)
    cluster.is_broken = False
    assert len(await found(catalogue)) == 4
    await catalogue.close()


async def test_filling_that_was_interrupted_is_finished(opened, cluster, monkeypatch):
    async def stop(index, items, embedder):
        await add(index, items[:2], embedder)
        raise IndexStoreError("The disk is full.")

    add = shelves._add
    with monkeypatch.context() as patch:
        patch.setattr(shelves, "_add", stop)
        with pytest.raises(IndexStoreError, match="disk is full"):
            await opened()
    catalogue = await opened()
    assert catalogue.trouble is None
    assert len(await found(catalogue)) == 4
    await catalogue.close()


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_the_reply_says_in_its_language_that_this_machine_was_asked(
    tmp_path, embedder, stranger_file, cluster, language
):
    cluster.is_broken = True
    source = await FashionSource.open(tmp_path / "home", embedder, stranger_file, cluster)
    pieces, notes = await source.recommend("kimono", 2, language)
    assert [piece.id for piece in pieces] == ["a1"]
    (note,) = [note for note in notes if note["code"] == "index_fallback"]
    assert {"ko": "이 컴퓨터에 있는 색인", "en": "this machine"}[language] in note["text"]
    await source.close()
