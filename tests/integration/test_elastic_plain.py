"""Our own index, read by another tool: a plain client that knows the documented fields and nothing of our code."""

from __future__ import annotations

import pytest
from elasticsearch import Elasticsearch
from integration.elastic_documents import Bag, document, guide

from stylegraph.tools.retrieval.elastic import mapping
from stylegraph.tools.retrieval.elastic.library import ElasticLibrary

CHUNKS = {"term": {"kind": "chunk"}}


@pytest.fixture
def client(elastic_node):
    access = elastic_node.settings
    login = (access["elasticsearch_user"], access["elasticsearch_password"]) if "elasticsearch_user" in access else None
    with Elasticsearch(access["elasticsearch_url"], basic_auth=login) as opened:
        yield opened


@pytest.fixture
async def library(elastic_settings):
    opened = ElasticLibrary(elastic_settings, Bag())
    yield opened
    await opened.close()


async def test_it_finds_by_words_fields_and_meaning_under_plain_names(library, client, elastic_settings):
    index = await library.index("care")
    text = "Descale the kettle with citric acid."
    kettle = document("kettle", text, title="Kettle", team="kitchen", year=2024, tags=["a", "b"])
    kettle["chunks"][0]["locator"] |= {"page": 3, "heading": "Cleaning › Kettles"}
    await index.add([*guide(), {**kettle, "url": "https://help.example.com/kettle"}])
    await index.known("care")
    alias = f"{elastic_settings.elasticsearch_prefix}-care"

    def found(query, **more):
        return client.search(index=alias, query={"bool": {"must": [query], "filter": [CHUNKS]}}, **more)["hits"]["hits"]

    (hit,) = found({"match_phrase": {"text": "citric acid"}}, highlight={"fields": {"text": {}}})
    assert hit["highlight"]["text"] == ["Descale the kettle with <em>citric acid</em>."]
    told = {name: hit["_source"][name] for name in ("title", "text", "url", "source", "document", "chunk", "page")}
    assert told == {
        "title": "Kettle",
        "text": text,
        "url": "https://help.example.com/kettle",
        "source": "care",
        "document": "kettle",
        "chunk": 0,
        "page": 3,
    }
    assert hit["_source"]["metadata"] == {"team": "kitchen", "year": 2024, "tags": ["a", "b"]}
    assert hit["_source"]["language"] == "en"
    for query in (
        {"match": {"title": "kettle"}},
        {"term": {"title.raw": "Kettle"}},
        {"term": {"metadata.team": "kitchen"}},
        {"term": {"metadata.tags": "b"}},
        {"match": {"heading": "kettles"}},
        {"term": {"document": "kettle"}},
    ):
        assert [one["_source"]["document"] for one in found(query)] == ["kettle"], query
    (vector,) = (await Bag().embed([f"Kettle. {text}"])).tolist()
    near = {"knn": {"field": "windows.vector", "query_vector": vector, "k": 1, "num_candidates": 50}}
    assert found({"nested": {"path": "windows", "query": near}})[0]["_source"]["document"] == "kettle"
    counted = client.search(index=alias, size=0, query=CHUNKS, aggs={"by": {"terms": {"field": "language"}}})
    assert {one["key"]: one["doc_count"] for one in counted["aggregations"]["by"]["buckets"]} == {"ko": 14, "en": 7}


async def test_metadata_that_the_field_would_refuse_is_left_out_of_it_alone(library):
    index = await library.index("care")
    strange = {
        "a\0b": "x",
        "k" * 40_000: "y",
        "none": None,
        "long": "z" * 40_000,
        "deep": [[1]],
        "huge": 1 << 80,
        "fine": "yes",
    }
    await index.add([document("one", "text", **strange)])
    ((hit),) = await index.search("text", 1)
    assert hit["metadata"] == {**strange}
    assert await index.search("text", 1, {"fine": {"any": ["yes"]}})


async def test_an_index_that_was_made_before_is_written_on_and_gets_the_fields(
    library, client, elastic_settings, monkeypatch
):
    whole = mapping.mapping

    def of_old(*given, **more):
        made = whole(*given, **more)
        names = ("title", "url", "source", "document", "chunk", "page", "heading", "language", "metadata")
        properties = {name: one for name, one in made["properties"].items() if name not in names}
        return {**made, "properties": {**properties, "text": {"type": "text", "index": False}}}

    with monkeypatch.context() as patch:
        patch.setattr(mapping, "mapping", of_old)
        await library.index("care")
    again = ElasticLibrary(elastic_settings, Bag())
    index = await again.index("care")
    await index.add(guide())
    assert (await index.search("린넨 셔츠", 1))[0]["document"] == "linen"
    await index.known("care")
    alias = f"{elastic_settings.elasticsearch_prefix}-care"
    assert client.count(index=alias, query={"match": {"title": "linen"}})["count"] == 0
    assert client.count(index=alias, query={"match": {"title": "blouses"}})["count"] == 2
    await again.rebuild("care")
    assert client.count(index=alias, query={"match": {"text": "cedar"}})["count"] == 1
    await again.close()
