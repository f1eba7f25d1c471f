"""The search index that needs no server: one SQLite file, BM25 by FTS5 and vectors by sqlite-vec."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import apsw
import numpy as np

from stylegraph.agent.decisions import Embedder, Vectors
from stylegraph.agent.evidence import Filters, Leg
from stylegraph.agent.tokens import tokenize
from stylegraph.tools.retrieval import filters as filtering
from stylegraph.tools.retrieval import fusion
from stylegraph.tools.retrieval.encoding import attach, encode, windows
from stylegraph.tools.retrieval.index import Document, EncodedDocument, Hit, IndexDescription
from stylegraph.tools.retrieval.store import Store

_LONGEST_QUERY = 10_000
_TITLE_WEIGHT = 1.0
_ALPHA = 0.15
_CANDIDATES = 60


class EmbeddedIndex:
    """A `SearchIndex` in one file. Its name is the file's stem."""

    def __init__(self, store: Store, embedder: Embedder) -> None:
        self._store = store
        self._embedder = embedder

    @classmethod
    async def open(cls, path: Path, embedder: Embedder) -> EmbeddedIndex:
        """Open an index, or make an empty one.

        Raises:
            EmbeddingMismatchError: It was made with another embedding.
            IndexStoreError: It can't be opened.
        """
        return cls(await asyncio.to_thread(Store, path, embedder.name, embedder.dimension), embedder)

    @property
    def name(self) -> str:
        """The index's name."""
        return self._store.path.stem

    async def known(self, source: str) -> Mapping[str, str]:
        """Give document id -> hash for everything that is indexed of a source."""
        return await asyncio.to_thread(self._known, source)

    async def add(self, documents: Sequence[Document], encoded: Sequence[EncodedDocument] | None = None) -> None:
        """Add documents, replacing those of the same source and id, in one transaction: all or nothing.

        Raises:
            IndexStoreError: It can't be written (disk full, no permission); nothing of the call was kept.
        """
        if encoded is None:
            encoded = await asyncio.to_thread(encode, documents)
        if any(document["vectors"] is None for document in encoded):
            texts = [text for document in documents for _, text in windows(document)]
            attach(encoded, await self._embedder.embed(texts))
        await asyncio.to_thread(self._add, documents, encoded)

    async def delete(self, source: str, documents: Collection[str] | None = None) -> int:
        """Delete a source, or some of its documents; give how many documents went."""
        return await asyncio.to_thread(self._delete, source, documents)

    async def search(
        self,
        queries: str | Sequence[str],
        k: int,
        filters: Filters | None = None,
        leg: Leg = "fused",
        *,
        collapse: bool = True,
    ) -> list[Hit]:
        """Find the k best documents for one query, or for several wordings of one question, best first."""
        wordings = [text[:_LONGEST_QUERY] for text in ([queries] if isinstance(queries, str) else queries)]
        vectors = None if leg == "lexical" else await self._embedder.embed(wordings)
        return await asyncio.to_thread(self._search, wordings, vectors, k, filters or {}, leg, collapse)

    async def read(self, source: str, document: str) -> list[Hit]:
        """Give all chunks of one document in order, with score 0; none if it is not there."""
        return await asyncio.to_thread(self._read, source, document)

    async def term_weights(self, terms: Sequence[str]) -> Mapping[str, float]:
        """Give token -> inverse document frequency (natural log) in this index."""
        return await asyncio.to_thread(self._term_weights, terms)

    async def describe(self) -> IndexDescription:
        """Say what the index holds."""
        return await asyncio.to_thread(self._describe)

    async def close(self) -> None:
        """Release what is open. Closing twice is fine."""
        await asyncio.to_thread(self._store.close)

    def _known(self, source: str) -> dict[str, str]:
        with self._store.reading() as connection:
            return dict(
                connection.execute("SELECT document, hash FROM documents WHERE source = ?", (source,)).fetchall()
            )

    def _add(self, documents: Sequence[Document], encoded: Sequence[EncodedDocument]) -> None:
        with self._store.writing() as connection:
            for document, ready in zip(documents, encoded, strict=True):
                _remove(connection, document["source"], document["id"])
                _insert(connection, document, ready)
            _touch(connection)

    def _delete(self, source: str, documents: Collection[str] | None) -> int:
        with self._store.writing() as connection:
            if documents is None:
                rows = connection.execute("SELECT document FROM documents WHERE source = ?", (source,)).fetchall()
                documents = [document for (document,) in rows]
            gone = sum(_remove(connection, source, document) for document in documents)
            if gone:
                _touch(connection)
            return gone

    def _search(
        self, queries: list[str], vectors: Vectors | None, k: int, filters: Filters, leg: Leg, collapse: bool
    ) -> list[Hit]:
        with self._store.reading() as connection:
            allowed = None
            if filters:
                sql, values = filtering.allowed(filters)
                allowed = [row[0] for row in connection.execute(sql, values)]
            lexical: dict[int, float] = {}
            dense: dict[int, float] = {}
            for number, query in enumerate(queries):
                if leg != "dense":
                    _keep_best(lexical, _by_words(connection, query, max(k, _CANDIDATES), allowed))
                if vectors is not None:
                    _keep_best(dense, _by_meaning(connection, vectors[number], max(k, _CANDIDATES), allowed))
            scores = {"lexical": lexical, "dense": dense}[leg] if leg != "fused" else {}
            fused = fusion.convex(lexical, dense, _ALPHA) if leg == "fused" else fusion.convex(scores, {}, 0.0)
            return _hits(connection, fused, {"lexical": lexical, "dense": dense}, k, collapse)

    def _read(self, source: str, document: str) -> list[Hit]:
        with self._store.reading() as connection:
            rows = connection.execute(
                """SELECT chunks.id FROM chunks JOIN documents ON documents.id = chunks.document
                WHERE source = ? AND documents.document = ? ORDER BY ordinal""",
                (source, document),
            ).fetchall()
            return _hits(connection, dict.fromkeys((row[0] for row in rows), 0.0), {}, len(rows), False)

    def _term_weights(self, terms: Sequence[str]) -> dict[str, float]:
        with self._store.reading() as connection:
            chunks = connection.execute("SELECT count(*) FROM chunks").fetchone()[0]
            frequency = {
                term: (connection.execute("SELECT doc FROM terms WHERE term = ?", (term,)).fetchone() or (0,))[0]
                for term in terms
            }
        return {term: math.log(1 + (chunks - df + 0.5) / (df + 0.5)) for term, df in frequency.items()}

    def _describe(self) -> IndexDescription:
        with self._store.reading() as connection:
            sources = dict(connection.execute("SELECT source, count(*) FROM documents GROUP BY source").fetchall())
            chunks = connection.execute("SELECT count(*) FROM chunks").fetchone()[0]
            updated = connection.execute("SELECT value FROM meta WHERE key = 'updated'").fetchone()
        return IndexDescription(
            name=self.name,
            engine="embedded",
            embedding=self._embedder.name,
            dimension=self._embedder.dimension,
            documents=sum(sources.values()),
            chunks=chunks,
            sources=sources,
            updated=updated[0] if updated else "",
        )


def _touch(connection: apsw.Connection) -> None:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('updated', ?)", (now,))


def _remove(connection: apsw.Connection, source: str, document: str) -> bool:
    row = connection.execute(
        "SELECT id FROM documents WHERE source = ? AND document = ?", (source, document)
    ).fetchone()
    if row is None:
        return False
    chunks = "SELECT id FROM chunks WHERE document = ?"
    connection.execute(f"DELETE FROM codes WHERE rowid IN (SELECT id FROM windows WHERE chunk IN ({chunks}))", row)
    connection.execute(f"DELETE FROM windows WHERE chunk IN ({chunks})", row)
    connection.execute(f"DELETE FROM words WHERE rowid IN ({chunks})", row)
    connection.execute("DELETE FROM chunks WHERE document = ?", row)
    connection.execute("DELETE FROM facts WHERE document = ?", row)
    connection.execute("DELETE FROM documents WHERE id = ?", row)
    return True


def _insert(connection: apsw.Connection, document: Document, encoded: EncodedDocument) -> None:
    connection.execute(
        "INSERT INTO documents (source, document, title, url, hash, metadata) VALUES (?, ?, ?, ?, ?, ?)",
        (
            _text(document["source"]),
            _text(document["id"]),
            _text(document["title"]),
            document["url"],
            document["hash"],
            json.dumps(document["metadata"]),
        ),
    )
    identity = connection.last_insert_rowid()
    connection.executemany(
        "INSERT INTO facts VALUES (?, ?, ?, ?)", [(identity, *fact) for fact in filtering.facts(document["metadata"])]
    )
    chunks = []
    for ordinal, (chunk, tokens) in enumerate(zip(document["chunks"], encoded["chunks"], strict=True)):
        connection.execute(
            "INSERT INTO chunks (document, ordinal, text, locator) VALUES (?, ?, ?, ?)",
            (identity, ordinal, _text(chunk["text"]), json.dumps(chunk["locator"])),
        )
        chunks.append(connection.last_insert_rowid())
        connection.execute(
            "INSERT INTO words (rowid, title, text) VALUES (?, ?, ?)", (chunks[-1], encoded["title"], tokens)
        )
    assert encoded["vectors"] is not None
    for ordinal, vector in zip(encoded["windows"], encoded["vectors"], strict=True):
        connection.execute(
            "INSERT INTO windows (chunk, vector) VALUES (?, ?)", (chunks[ordinal], vector.astype(np.float16).tobytes())
        )
        connection.execute(
            "INSERT INTO codes (rowid, code) VALUES (?, vec_bit(?))", (connection.last_insert_rowid(), _code(vector))
        )


def _text(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _code(vector: Vectors) -> bytes:
    return np.packbits(vector > 0, bitorder="little").tobytes()


def _by_words(connection: apsw.Connection, query: str, k: int, allowed: list[int] | None) -> dict[int, float]:
    tokens = dict.fromkeys(tokenize(query))
    if not tokens:
        return {}
    match = " OR ".join(f'"{token}"' for token in tokens)
    restrict = "" if allowed is None else "AND chunks.document IN (SELECT value FROM json_each(?))"
    rows = connection.execute(
        f"""SELECT words.rowid, -bm25(words, {_TITLE_WEIGHT}, 1.0) AS score FROM words
        JOIN chunks ON chunks.id = words.rowid WHERE words MATCH ? {restrict} ORDER BY score DESC LIMIT ?""",
        (match, *([] if allowed is None else [json.dumps(allowed)]), k),
    )
    return dict(rows.fetchall())


def _by_meaning(connection: apsw.Connection, vector: Vectors, k: int, allowed: list[int] | None) -> dict[int, float]:
    if not vector.any():
        return {}
    restrict = ""
    if allowed is not None:
        restrict = """AND rowid IN (SELECT windows.id FROM windows JOIN chunks ON chunks.id = windows.chunk
            WHERE chunks.document IN (SELECT value FROM json_each(?)))"""
    rows = connection.execute(
        f"""SELECT chunk, vector FROM windows WHERE id IN
        (SELECT rowid FROM codes WHERE code MATCH vec_bit(?) AND k = ? {restrict})""",
        (_code(vector), k, *([] if allowed is None else [json.dumps(allowed)])),
    ).fetchall()
    best: dict[int, float] = {}
    for chunk, blob in rows:
        score = float(np.frombuffer(blob, dtype=np.float16).astype(np.float32) @ vector)
        best[chunk] = max(score, best.get(chunk, -1.0))
    return best


def _keep_best(best: dict[int, float], scores: Mapping[int, float]) -> None:
    for key, score in scores.items():
        best[key] = max(score, best.get(key, float("-inf")))


def _hits(
    connection: apsw.Connection, scores: dict[int, float], legs: dict[str, dict[int, float]], k: int, collapse: bool
) -> list[Hit]:
    rows = connection.execute(
        """SELECT chunks.id, chunks.ordinal, chunks.text, chunks.locator, documents.id, source, documents.document, title,
        url, metadata FROM chunks JOIN documents ON documents.id = chunks.document
        WHERE chunks.id IN (SELECT value FROM json_each(?))""",
        (json.dumps(list(scores)),),
    ).fetchall()
    by_chunk = {row[0]: row[1:] for row in rows}
    of_document = {chunk: row[3] for chunk, row in by_chunk.items()}
    ranks = {leg: _document_ranks(found, of_document) for leg, found in legs.items()}
    hits: dict[int, Hit] = {}
    for chunk in sorted(scores, key=lambda chunk: (-scores[chunk], chunk)):
        ordinal, text, locator, identity, source, document, title, url, metadata = by_chunk[chunk]
        key = identity if collapse else chunk
        if key not in hits and len(hits) < k:
            hits[key] = Hit(
                source=source,
                document=document,
                chunk=ordinal,
                title=title,
                text=text,
                url=url,
                locator=json.loads(locator),
                metadata=json.loads(metadata),
                score=scores[chunk],
                ranks={leg: places[identity] for leg, places in ranks.items() if identity in places},
            )
    return list(hits.values())


def _document_ranks(scores: Mapping[int, float], of_document: Mapping[int, int]) -> dict[int, int]:
    ordered = dict.fromkeys(of_document[chunk] for chunk in sorted(scores, key=lambda chunk: -scores[chunk]))
    return {document: rank for rank, document in enumerate(ordered, start=1)}
