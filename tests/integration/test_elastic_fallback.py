"""A real node dies and comes back: this machine's index answers in between, and then the node again."""

from __future__ import annotations

import asyncio
import time

import pytest
from integration.elastic_documents import Bag

from stylegraph.tools.ingestion.ingest import ingest
from stylegraph.tools.ingestion.sources import Source
from stylegraph.tools.retrieval.elastic.library import ElasticLibrary
from stylegraph.tools.retrieval.library import IndexFolder
from stylegraph.tools.retrieval.source import DocumentsSource

TALK = """WEBVTT - Wool

00:01.000 --> 00:04.000
Welcome to a talk about sweaters.

01:23.000 --> 01:27.000
Wash wool by hand in cold water.
"""


def task(question):
    return {
        "question": question,
        "queries": [question],
        "filters": {"audience": {"any": ["staff"]}},
        "language": "en",
        "k": 3,
        "seconds": 20.0,
        "index": None,
    }


@pytest.fixture
async def both(elastic_settings, tmp_path):
    """The same talk on the node and in a folder of this machine."""
    (tmp_path / "talk.vtt").write_text(TALK)
    source = Source(str(tmp_path / "talk.vtt"), fields={"audience": ["staff"]})
    settings = elastic_settings.model_copy(update={"home": tmp_path / "home"})
    cluster, folder = ElasticLibrary(settings, Bag()), IndexFolder(settings.indexes, Bag())
    for library in (cluster, folder):
        report = await ingest(await library.index("talks"), [source], settings=settings)
        assert report.total("added") == 1
    yield cluster, folder
    await folder.close()
    await cluster.close()


async def test_a_node_that_dies_is_stood_in_for_until_it_is_back(elastic_node, both):
    if elastic_node.own is None:
        pytest.skip("the node is not ours to kill")
    documents = DocumentsSource(*both)
    alive = await documents.gather(task("wash wool"))
    assert (alive["notes"], alive["evidence"][0]["locator"]["seconds"]) == ([], 83.0)
    elastic_node.kill()
    try:
        begun = time.monotonic()
        dead = await documents.gather(task("wash wool"))
        assert time.monotonic() - begun < 9
        assert [note["code"] for note in dead["notes"]] == ["index_fallback"]
        assert [one["id"] for one in dead["evidence"]] == [one["id"] for one in alive["evidence"]]
        assert dead["evidence"][0]["data"]["audience"] == ["staff"]
    finally:
        await asyncio.to_thread(elastic_node.start)
    async with asyncio.timeout(60):
        while (again := await documents.gather(task("wash wool")))["notes"]:
            await asyncio.sleep(0.5)
    assert again["evidence"][0]["id"] == alive["evidence"][0]["id"]
