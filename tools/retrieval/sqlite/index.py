"""The search index that needs no server: one SQLite file."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from stylegraph.agent.evidence import Filters, Leg
from stylegraph.agent.lru_cache import LRUCache
from stylegraph.agent.protocols import Embedder, Vectors
from stylegraph.agent.text.language import detect_language
from stylegraph.agent.text.synonyms import translations
from stylegraph.agent.text.tokenizer import Tokens, read_tokens
from stylegraph.tools.retrieval.hybrid import bm25
from stylegraph.tools.retrieval.hybrid.conditions import meets
from stylegraph.tools.retrieval.hybrid.encoding import complete, encode, known_dimension, meanings
from stylegraph.tools.retrieval.hybrid.fusion import worth
from stylegraph.tools.retrieval.hybrid.index import (
    Document,
    DocumentEntry,
    EncodedDocument,
    Hit,
    IndexDescription,
    Listing,
)
from stylegraph.tools.retrieval.sqlite import candidates, listing, records, segments
from stylegraph.tools.retrieval.sqlite.columns import Columns
from stylegraph.tools.retrieval.sqlite.store import Store

Change = Callable[[str, dict[str, Any]], tuple[Document, EncodedDocument] | None]
"""Makes of a document's hash and metadata what is indexed in its place; None: it stays as it is."""

_LONGEST_QUERY = 10_000
_CANDIDATES = 100
"""Chunks that each leg puts forward at first; all of them get both scores."""
_LISTINGS = 32
"""Listings that are kept, for as many groups of people, until the index changes: to read every document's fields takes
half a second for 100,000."""


class EmbeddedIndex:
    """A `SearchIndex` in one file. Its name is the file's stem."""

    def __init__(self, store: Store, embedder: Embedder) -> None:
        self._store = store
        self._embedder = embedder
        self._columns = Columns()
        self._worth = worth(embedder.name)
        self._listings: LRUCache[str, Listing] = LRUCache(_LISTINGS)

    @classmethod
    async def open(cls, path: Path, embedder: Embedder) -> EmbeddedIndex:
        """Open an index, or make an empty one.

        Raises:
            EmbeddingMismatchError: It was made with another embedding.
            EmbeddingError: It is new, and the embedding's server does not tell how long its vectors are.
            IndexStoreError: It can't be opened.
        """
        if not await asyncio.to_thread(path.exists):
            await known_dimension(embedder)
        return cls(await asyncio.to_thread(Store, path, embedder.name, embedder.dimension), embedder)

    @property
    def name(self) -> str:
        """The index's name."""
        return self._store.path.stem

    async def known(self, source: str) -> Mapping[str, str]:
        """Return document id -> hash for everything that is indexed of a source."""
        return await asyncio.to_thread(self._known, source)

    async def add(self, documents: Sequence[Document], encoded: Sequence[EncodedDocument] | None = None) -> None:
        """Add documents, replacing those of the same source and id, in one transaction: all or nothing.

        Args:
            documents: Documents with their chunks.
            encoded: What `tools.retrieval.encoding.encode` gave for them, in their order; None: made here.

        Raises:
            EmbeddingError: The embedding's server did not give the vectors; nothing of the call was kept.
            IndexStoreError: It can't be written (disk full, no permission); nothing of the call was kept.
        """
        ready = await asyncio.to_thread(encode, documents) if encoded is None else list(encoded)
        if any(document["vectors"] is None for document in ready):
            await complete(ready, documents, self._embedder)
        await asyncio.to_thread(self._add, documents, ready)

    async def revise(self, source: str, documents: Sequence[str], change: Change) -> int:
        """Change documents of one chunk that are there, in one transaction; their vectors stay, so nothing is embedded.

        Args:
            source: Whose they are.
            documents: Their ids; those that are not there are left out.
            change: Makes of hash and metadata what is indexed in its place, without vectors; None leaves it as it is.

        Returns:
            How many were changed.

        Raises:
            IndexStoreError: It can't be written; nothing of the call was kept.
        """
        return await asyncio.to_thread(self._revise, source, documents, change)

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
        counted: Filters | None = None,
    ) -> list[Hit]:
        """Find the k best documents for one query, or for several wordings of one question, best first.

        A text without any letter or digit finds nothing. If the question can't be embedded, its words alone are looked
        for, and no hit has a rank in the dense leg.

        Raises:
            EmbeddingMismatchError: The embedding's server gives vectors of another length now.
            EmbeddingError: The question can't be embedded, and `leg` is dense.
            IndexStoreError: The index can't be read.
        """
        texts = [queries] if isinstance(queries, str) else list(queries)
        wordings = [text[:_LONGEST_QUERY] for text in texts if any(map(str.isalnum, text[:_LONGEST_QUERY]))]
        if not wordings or k < 1:
            return []
        vectors = await meanings(wordings, self._embedder, leg)
        return await asyncio.to_thread(self._search, wordings, vectors, k, filters or {}, leg, collapse, counted)

    async def read(self, source: str, document: str, filters: Filters | None = None) -> list[Hit]:
        """Return all chunks of one document in order, with score 0; none if it is not there, or does not meet the filters."""
        return await asyncio.to_thread(self._read, source, document, filters or {})

    async def listing(self, filters: Filters | None = None, limit: int = 100) -> Listing:
        """Return which documents there are among those that meet the filters."""
        return await asyncio.to_thread(self._listing, filters or {}, limit)

    async def named(self, name: str, filters: Filters | None = None) -> list[DocumentEntry]:
        """Return the documents that meet the filters and have this id, address or title, upper and lower case alike."""
        return await asyncio.to_thread(self._named, name, filters or {})

    async def around(self, hits: Sequence[Hit], distance: int) -> list[list[Hit]]:
        """Return for each hit the chunks of its document that stand at most so far from it, itself among them, in order."""
        return await asyncio.to_thread(self._around, hits, distance)

    async def term_weights(self, terms: Sequence[str], counted: Filters | None = None) -> Mapping[str, float]:
        """Return token -> inverse document frequency (natural log) in this index; `counted` is as in `search`."""
        return await asyncio.to_thread(self._term_weights, terms, counted)

    async def describe(self) -> IndexDescription:
        """Return what the index holds."""
        return await asyncio.to_thread(self._describe)

    async def state(self) -> str:
        """Return what is another whenever documents have come, changed or gone."""
        return await asyncio.to_thread(self._state)

    async def survey(self, read: Callable[[str, dict[str, Any]], None]) -> None:
        """Show hash and metadata of every document to a function, one after another, so that memory stays flat."""
        await asyncio.to_thread(self.survey_here, read)

    async def close(self) -> None:
        """Release what is open. Closing twice is fine."""
        await asyncio.to_thread(self._store.close)

    def _state(self) -> str:
        with self._store.reading() as connection:
            last, count = connection.execute("SELECT coalesce(max(id), 0), count(*) FROM documents").fetchone()
        return f"{last}-{count}"

    def survey_here(self, read: Callable[[str, dict[str, Any]], None]) -> None:
        """Do the same in the thread that calls, which no event loop waits in."""
        with self._store.reading() as connection:
            for mark, metadata in connection.execute("SELECT hash, metadata FROM documents ORDER BY id"):
                read(mark, json.loads(metadata))

    def _check(self, connection: sqlite3.Connection) -> None:
        self._store.check(connection, self._embedder.name, self._embedder.dimension)

    def _known(self, source: str) -> dict[str, str]:
        with self._store.reading() as connection:
            named = (records.storable(source),)
            rows = connection.execute("SELECT document, hash FROM documents WHERE source = ?", named)
            return dict(rows.fetchall())

    def _add(self, documents: Sequence[Document], encoded: Sequence[EncodedDocument]) -> None:
        ready = {
            (document["source"], document["id"]): (document, parts)
            for document, parts in zip(documents, encoded, strict=True)
        }
        with self._store.writing() as connection:
            self._check(connection)
            _replace(connection, list(ready.values()))

    def _revise(self, source: str, documents: Sequence[str], change: Change) -> int:
        revised: list[tuple[Document, EncodedDocument]] = []
        with self._store.writing() as connection:
            self._check(connection)
            for identity in documents:
                kept = records.kept(connection, source, identity, self._embedder.dimension)
                if kept and (made := change(kept[0], kept[1])):
                    made[1]["vectors"], made[1]["windows"] = kept[2], [0] * len(kept[2])
                    revised.append(made)
            if revised:
                _replace(connection, revised)
        return len(revised)

    def _delete(self, source: str, documents: Collection[str] | None) -> int:
        with self._store.writing() as connection:
            if documents is None:
                named = (records.storable(source),)
                found = connection.execute("SELECT document FROM documents WHERE source = ?", named)
                documents = [document for (document,) in found]
            gone = records.remove(connection, [(source, document) for document in documents])
            if gone:
                records.touch(connection)
            return gone

    def _search(
        self,
        wordings: list[str],
        vectors: Vectors | None,
        k: int,
        filters: Filters,
        leg: Leg,
        collapse: bool,
        counted: Filters | None,
    ) -> list[Hit]:
        tokens = None if leg == "dense" else [read_tokens(text) for text in wordings]
        asked = [_wording(text, some) for text, some in zip_longest(wordings, tokens or ())]
        with self._store.reading() as connection:
            self._check(connection)
            view = bm25.snapshot(connection, self._columns, filters, counted)
            words = None if tokens is None else [bm25.by_words(view, some) for some in tokens]
            count = max(k, _CANDIDATES)
            while True:
                found = candidates.ranked(candidates.gather(view, asked, words, vectors, count), self._worth, collapse)
                if len(found) >= k or count >= view.starts[-1]:
                    return [records.hit(connection, *one) for one in found[:k]]
                count *= 8

    def _read(self, source: str, document: str, filters: Filters) -> list[Hit]:
        with self._store.reading() as connection:
            passages = records.passages(connection, source, document)
        return passages if passages and meets(passages[0]["metadata"], filters) else []

    def _listing(self, filters: Filters, limit: int) -> Listing:
        with self._store.reading() as connection:
            (last, count) = connection.execute("SELECT coalesce(max(id), 0), count(*) FROM documents").fetchone()
            key = json.dumps([last, count, filters, limit], sort_keys=True)
            if (known := self._listings.get(key)) is None:
                known = listing.listed(connection, filters, limit)
                self._listings.keep({key: known})
            return known

    def _named(self, name: str, filters: Filters) -> list[DocumentEntry]:
        with self._store.reading() as connection:
            return listing.named(connection, name, filters)

    def _around(self, hits: Sequence[Hit], distance: int) -> list[list[Hit]]:
        with self._store.reading() as connection:
            return [
                records.passages(
                    connection, hit["source"], hit["document"], hit["chunk"] - distance, hit["chunk"] + distance
                )
                for hit in hits
            ]

    def _term_weights(self, terms: Sequence[str], counted: Filters | None) -> dict[str, float]:
        with self._store.reading() as connection:
            view = bm25.snapshot(connection, self._columns, {}, counted)
            return bm25.inverse_frequencies(view, list(dict.fromkeys(terms)))

    def _describe(self) -> IndexDescription:
        with self._store.reading() as connection:
            sources = dict(connection.execute("SELECT source, count(*) FROM documents GROUP BY source").fetchall())
            (chunks,) = connection.execute("SELECT count(*) FROM chunks").fetchone()
            meta = dict(connection.execute("SELECT key, value FROM meta"))
        embedding, dimension = json.loads(meta["embedding"])
        return IndexDescription(
            name=self.name,
            engine="embedded",
            embedding=embedding,
            dimension=dimension,
            documents=sum(sources.values()),
            chunks=chunks,
            sources=sources,
            updated=meta["updated"],
        )


def _replace(connection: sqlite3.Connection, ready: Sequence[tuple[Document, EncodedDocument]]) -> None:
    records.remove(connection, [(document["source"], document["id"]) for document, _ in ready])
    chunks = [chunk for document, parts in ready for chunk in records.insert(connection, document, parts)]
    segments.add(connection, chunks)
    records.touch(connection)


def _wording(text: str, tokens: Tokens | None) -> candidates.Wording:
    language = detect_language(text)
    return candidates.Wording(language, translations(frozenset(tokens.words), language) if tokens else ())
