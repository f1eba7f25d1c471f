"""How an index in Elasticsearch is made: its fields, its settings, and what it says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stylegraph.tools.retrieval.elastic import plain
from stylegraph.tools.retrieval.hybrid.bm25 import K1, B

SCHEMA = 1
_NESTED = 100_000
"""Windows of one chunk, at most."""


def mapping(name: str, embedding: str, dimension: int, *, nori: bool) -> dict[str, Any]:
    """Return the mapping. Nothing in it grows: a field that it doesn't name is refused.

    There are two kinds of records. A `document` says what is indexed, and which hash it has once all of it is there. A
    `chunk` is what searches find. What is only given back, and never searched, is under `stored`. The fields of `plain` and
    `text` are for other tools.

    Args:
        name: The index's name, as the user knows it.
        embedding: The embedding that its vectors are made with.
        dimension: Their length.
        nori: Whether the cluster can analyse Korean itself.
    """
    keyword = {"type": "keyword"}
    text: dict[str, Any] = {"type": "text"}
    if nori:
        text["fields"] = {"nori": {"type": "text", "analyzer": "korean", "index_options": "freqs"}}
    vector = {
        "type": "dense_vector",
        "dims": dimension,
        "index": True,
        "similarity": "cosine",
        "index_options": {"type": "int8_hnsw"},
    }
    return {
        "dynamic": "strict",
        "_meta": {"stylegraph": {"schema": SCHEMA, "name": name, "embedding": embedding, "dimension": dimension}},
        "_source": {"excludes": ["words", "codes", "windows", "terms", "numbers"]},
        "properties": {
            "kind": keyword,
            "key": keyword,
            "source_key": keyword,
            "chunks": {"type": "integer"},
            "updated": {"type": "date"},
            "words": {"type": "text", "analyzer": "tokens", "index_options": "freqs", "similarity": "words"},
            "text": text,
            "windows": {"type": "nested", "properties": {"vector": vector}},
            "codes": {"type": "binary", "doc_values": True},
            "terms": keyword,
            "numbers": {"type": "ip"},
            "stored": {"type": "object", "enabled": False},
            **plain.FIELDS,
        },
    }


def settings(shards: int, *, nori: bool) -> dict[str, Any]:
    """Return the settings: text comes as tokens, ranked as the embedded index ranks them."""
    analyzers: dict[str, Any] = {"tokens": {"type": "custom", "tokenizer": "whitespace"}}
    if nori:
        analyzers["korean"] = {"type": "nori"}
    return {
        "number_of_shards": shards,
        "auto_expand_replicas": "0-1",
        "mapping.nested_objects.limit": _NESTED,
        "similarity": {"words": {"type": "BM25", "k1": K1, "b": B}},
        "analysis": {"analyzer": analyzers},
    }


def described(index: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return what an index says of itself (schema, name, embedding, dimension); None if it is not stylegraph's."""
    meta = index.get("mappings", {}).get("_meta", {}).get("stylegraph")
    return meta if isinstance(meta, Mapping) else None


def has_nori(index: Mapping[str, Any]) -> bool:
    """Check whether an index has what nori makes of its texts."""
    text = index.get("mappings", {}).get("properties", {}).get("text", {})
    return "nori" in text.get("fields", {})
