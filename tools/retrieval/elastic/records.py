"""The documents and chunks of an index in Elasticsearch, as its records."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import numpy as np

from stylegraph.agent.protocols import Vectors
from stylegraph.agent.text.language import detect_language
from stylegraph.tools.retrieval.elastic import plain, queries
from stylegraph.tools.retrieval.hybrid import vectors
from stylegraph.tools.retrieval.hybrid.index import Chunk, Document, DocumentEntry, EncodedDocument, Hit
from stylegraph.tools.retrieval.sqlite.records import TITLE_WEIGHT, storable

CHANGES = "changes"
"""Id of the record that says when the index last changed."""

Record = dict[str, Any]


def source_key(source: str) -> str:
    """Return the key that all documents of a source share."""
    return _digest(source)


def document_key(source: str, document: str) -> str:
    """Return a document's key: the id of its record, and what the ids of its chunks begin with."""
    return _digest(json.dumps([storable(source), storable(document)]))


def chunk_id(key: str, ordinal: int) -> str:
    """Return the id of one chunk of a document."""
    return f"{key}-{ordinal}"


def key_of(record_id: str) -> str:
    """Return the key of the document that a record belongs to."""
    return record_id.partition("-")[0]


def manifest(document: Document, stamp: str) -> Record:
    """Return the record of a document.

    Args:
        document: The document.
        stamp: Another one for every time that it is written.
    """
    return {
        "kind": "document",
        "key": document_key(document["source"], document["id"]),
        "source_key": source_key(document["source"]),
        "chunks": len(document["chunks"]),
        "stored": {**_shared(document), "hash": document["hash"], "stamp": stamp},
    }


def chunks(document: Document, encoded: EncodedDocument) -> Iterator[tuple[str, Record]]:
    """Return id and record of each chunk of a document."""
    key, shared = document_key(document["source"], document["id"]), _shared(document)
    filters = {"terms": queries.terms(document["metadata"]), "numbers": queries.numbers(document["metadata"])}
    title = encoded["title"].split() * TITLE_WEIGHT
    parts = zip(document["chunks"], encoded["chunks"], _own_vectors(encoded), strict=True)
    for ordinal, (chunk, tokens, own) in enumerate(parts):
        language = detect_language(chunk["text"])
        record: Record = {
            **plain.fields(document, ordinal, language),
            "kind": "chunk",
            "key": key,
            "words": queries.joined([*tokens.split(), *title]),
            "text": storable(chunk["text"]),
            **filters,
            "stored": {
                **shared,
                "ordinal": ordinal,
                "locator": json.dumps(chunk["locator"]),
                "language": language,
            },
        }
        if len(own):
            record |= {"codes": base64.b64encode(vectors.pack(own)).decode(), "windows": [{"vector": v} for v in own]}
        yield chunk_id(key, ordinal), record


def changed_now() -> Record:
    """Return the record that says that the index has changed now."""
    return {"kind": "changes", "updated": datetime.now(UTC).isoformat(timespec="seconds")}


def hit(chunk: Mapping[str, Any], score: float, ranks: Mapping[str, int]) -> Hit:
    """Return a chunk's record as a hit."""
    stored = chunk["stored"]
    return Hit(
        source=stored["source"],
        document=stored["document"],
        chunk=stored["ordinal"],
        title=stored["title"],
        text=chunk["text"],
        url=stored["url"],
        locator=json.loads(stored["locator"]),
        metadata=json.loads(stored["metadata"]),
        score=score,
        ranks=dict(ranks),
    )


def entry(record: Mapping[str, Any]) -> DocumentEntry:
    """Return a document as it is listed, from its record or from one of its chunks."""
    stored = record["stored"]
    return DocumentEntry(
        source=stored["source"],
        document=stored["document"],
        title=stored["title"],
        url=stored["url"],
        metadata=json.loads(stored["metadata"]),
    )


def entry_of(hit: Hit) -> DocumentEntry:
    """Return the document of a hit as it is listed."""
    return DocumentEntry(
        source=hit["source"],
        document=hit["document"],
        title=hit["title"],
        url=hit["url"],
        metadata=hit["metadata"],
    )


def document(record: Mapping[str, Any], chunks: Sequence[Mapping[str, Any]]) -> Document:
    """Return the document that was indexed, from its record and those of its chunks."""
    stored = record["stored"]
    return Document(
        source=stored["source"],
        id=stored["document"],
        title=stored["title"],
        url=stored["url"],
        hash=stored["hash"],
        metadata=json.loads(stored["metadata"]),
        chunks=[Chunk(text=chunk["text"], locator=json.loads(chunk["stored"]["locator"])) for chunk in chunks],
    )


def _shared(document: Document) -> Record:
    return {
        "source": storable(document["source"]),
        "document": storable(document["id"]),
        "title": storable(document["title"]),
        "url": document["url"] and storable(document["url"]),
        "metadata": json.dumps(document["metadata"]),
    }


def _own_vectors(encoded: EncodedDocument) -> list[Vectors]:
    """Return the vectors of each chunk, blank ones left out."""
    every = encoded["vectors"]
    if every is None:
        raise ValueError("A document is added without its vectors.")
    ends = np.searchsorted(encoded["windows"], np.arange(len(encoded["chunks"]) + 1))
    owned = [every[start:end] for start, end in pairwise(ends)]
    return [own[own.any(axis=1)] for own in owned]


def _digest(text: str) -> str:
    return hashlib.blake2b(storable(text).encode(), digest_size=16).hexdigest()
