"""The documents and chunks of an embedded index, as rows of its tables."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from stylegraph.agent.protocols import Vectors
from stylegraph.agent.text.language import detect_language
from stylegraph.tools.retrieval.hybrid import vectors
from stylegraph.tools.retrieval.hybrid.index import Document, EncodedDocument, Hit
from stylegraph.tools.retrieval.sqlite import filters, segments

TITLE_WEIGHT = 3
"""As often as a title's words count beside those of the text, in each chunk."""


def insert(
    connection: sqlite3.Connection, document: Document, encoded: EncodedDocument
) -> Iterator[segments.IndexedChunk]:
    """Write a document and its chunks; give what the inverted index needs of each chunk."""
    identity = connection.execute(
        "INSERT INTO documents (source, document, title, url, hash, metadata) VALUES (?, ?, ?, ?, ?, ?)",
        (
            *(storable(document[field]) for field in ("source", "id", "title")),
            document["url"] and storable(document["url"]),
            document["hash"],
            json.dumps(document["metadata"]),
        ),
    ).lastrowid
    fields = dict.fromkeys(filters.terms(document["metadata"]), 1)
    numbers = filters.numbers(document["metadata"])
    for ordinal, (chunk, text) in enumerate(zip(document["chunks"], encoded["chunks"], strict=True)):
        own = _vectors(encoded, ordinal)
        row = (identity, ordinal, vectors.pack(own), json.dumps(chunk["locator"]), storable(chunk["text"]))
        cursor = connection.execute(
            "INSERT INTO chunks (document, ordinal, vectors, locator, text) VALUES (?, ?, ?, ?, ?)", row
        )
        tokens = text.split() + encoded["title"].split() * TITLE_WEIGHT
        terms = Counter(tokens) | fields | {filters.language_term(detect_language(chunk["text"])): 1}
        yield segments.IndexedChunk(int(cursor.lastrowid or 0), terms, numbers, len(tokens), own)


def remove(connection: sqlite3.Connection, documents: Sequence[tuple[str, str]]) -> int:
    """Remove documents, named by source and id, with their chunks; give how many there were."""
    identities = [
        identity
        for source, document in documents
        for (identity,) in connection.execute(
            "SELECT id FROM documents WHERE source = ? AND document = ?", (storable(source), storable(document))
        )
    ]
    chunks = [
        chunk
        for identity in identities
        for (chunk,) in connection.execute("SELECT id FROM chunks WHERE document = ?", (identity,))
    ]
    if chunks:
        segments.bury(connection, chunks)
    for identity in identities:
        connection.execute("DELETE FROM chunks WHERE document = ?", (identity,))
        connection.execute("DELETE FROM documents WHERE id = ?", (identity,))
    return len(identities)


def hit(connection: sqlite3.Connection, chunk: int, score: float, ranks: Mapping[str, int]) -> Hit:
    """Return one chunk, with its document, as a hit."""
    ordinal, text, locator, source, document, title, url, metadata = connection.execute(
        """SELECT ordinal, text, locator, source, documents.document, title, url, metadata
        FROM chunks JOIN documents ON documents.id = chunks.document WHERE chunks.id = ?""",
        (chunk,),
    ).fetchone()
    return Hit(
        source=source,
        document=document,
        chunk=ordinal,
        title=title,
        text=text,
        url=url,
        locator=json.loads(locator),
        metadata=json.loads(metadata),
        score=score,
        ranks=dict(ranks),
    )


def passages(
    connection: sqlite3.Connection, source: str, document: str, first: int = 0, last: int = 2**31
) -> list[Hit]:
    """Return the chunks of a document from one ordinal to another, in order, with score 0."""
    rows = connection.execute(
        """SELECT chunks.id FROM chunks JOIN documents ON documents.id = chunks.document
        WHERE source = ? AND documents.document = ? AND ordinal BETWEEN ? AND ? ORDER BY ordinal""",
        (storable(source), storable(document), first, last),
    ).fetchall()
    return [hit(connection, chunk, 0.0, {}) for (chunk,) in rows]


def kept(
    connection: sqlite3.Connection, source: str, document: str, dimension: int
) -> tuple[str, dict[str, Any], Vectors] | None:
    """Return a document's hash, its metadata and the vectors of its first chunk; None where it is not there."""
    row = connection.execute(
        """SELECT hash, metadata, vectors FROM documents JOIN chunks ON chunks.document = documents.id
        WHERE source = ? AND documents.document = ? AND ordinal = 0""",
        (storable(source), storable(document)),
    ).fetchone()
    return (row[0], json.loads(row[1]), vectors.unpack(row[2], dimension)) if row else None


def touch(connection: sqlite3.Connection) -> None:
    """Note that the index has changed now."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    connection.execute("UPDATE meta SET value = ? WHERE key = 'updated'", (now,))


def storable(text: str) -> str:
    """Replace what UTF-8 has no form for: half of a surrogate pair."""
    return text.encode("utf-8", "replace").decode()


def _vectors(encoded: EncodedDocument, ordinal: int) -> Vectors:
    """Return a chunk's vectors, blank ones left out."""
    every = encoded["vectors"]
    if every is None:
        raise ValueError("A document is added without its vectors.")
    own: Vectors = every[np.array(encoded["windows"], dtype=np.int64) == ordinal]
    filled: Vectors = own[own.any(axis=1)]
    return filled
