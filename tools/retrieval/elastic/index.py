"""The search index on an Elasticsearch cluster: the same ranking as the embedded one's, for more than a file holds."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

from stylegraph.agent.evidence import Filters, Leg
from stylegraph.agent.protocols import Embedder
from stylegraph.tools.retrieval.elastic import queries, records, versions
from stylegraph.tools.retrieval.elastic.alias import Alias
from stylegraph.tools.retrieval.elastic.bulk import Writer
from stylegraph.tools.retrieval.elastic.cluster import Cluster
from stylegraph.tools.retrieval.elastic.errors import (
    IndexGoneError,
)
from stylegraph.tools.retrieval.elastic.rarities import missing
from stylegraph.tools.retrieval.elastic.searching import Searching
from stylegraph.tools.retrieval.elastic.versions import Version
from stylegraph.tools.retrieval.hybrid.conditions import meets
from stylegraph.tools.retrieval.hybrid.encoding import complete, encode, known_dimension
from stylegraph.tools.retrieval.hybrid.index import (
    Document,
    DocumentEntry,
    EncodedDocument,
    Hit,
    IndexDescription,
    Listing,
)
from stylegraph.tools.retrieval.sqlite.listing import plain_name

T = TypeVar("T")

_PAGE = 2_000
"""Documents listed at a time."""
_NAMED = 50
"""Hits among which a document of a name is looked for; a title's words count threefold in each chunk."""
_READ = 64
"""Chunks read at a time, the first ones together with the document's own record."""


class ElasticIndex:
    """A `SearchIndex` on a cluster, behind an alias of its name.

    A document is replaced chunk by chunk, so while `add` runs a search may see old and new chunks of it; when `add` has
    ended it sees the new ones only. If a run is killed in the middle, its unfinished documents are written again by the
    next one, because `known` gives them an empty hash. What this object wrote, its own searches see at once; those of
    others see it within a second.
    """

    def __init__(self, cluster: Cluster, version: Version, embedder: Embedder) -> None:
        self._embedder = embedder
        self._alias = Alias(cluster, version, embedder)
        self._searching = Searching(self._alias, embedder)
        self._writer = Writer(cluster, version.name, version.alias, is_alias=True)

    @classmethod
    async def open(cls, cluster: Cluster, name: str, embedder: Embedder) -> ElasticIndex:
        """Open an index, or make an empty one.

        Raises:
            EmbeddingMismatchError: It was made with another embedding.
            EmbeddingError: It is new, and the embedding's server does not tell how long its vectors are.
            IndexStoreError: It can't be opened.
        """
        if not embedder.dimension and await cluster.ask(name, lambda: versions.current(cluster, name)) is None:
            await known_dimension(embedder)
        return cls(cluster, await cluster.ask(name, lambda: versions.opened(cluster, name, embedder)), embedder)

    @property
    def name(self) -> str:
        """The index's name."""
        return self._alias.name

    async def known(self, source: str) -> Mapping[str, str]:
        """Return document id -> hash for everything that is indexed of a source; no hash if a run was killed in it."""
        await self._alias.refresh()
        stored = [one["stored"] async for one in self._manifests(records.source_key(source))]
        return {one["document"]: one["hash"] for one in stored}

    async def add(self, documents: Sequence[Document], encoded: Sequence[EncodedDocument] | None = None) -> None:
        """Add documents, replacing those of the same source and id.

        Args:
            documents: Documents with their chunks.
            encoded: What `tools.retrieval.encoding.encode` gave for them, in their order; None: made here.

        Raises:
            EmbeddingMismatchError: It was rebuilt with another embedding meanwhile.
            EmbeddingError: The embedding's server did not give the vectors; nothing of the call was kept.
            IndexStoreError: Some or all can't be written; it says which. The others are there, all of each or nothing.
        """
        ready = await asyncio.to_thread(encode, documents) if encoded is None else list(encoded)
        if any(document["vectors"] is None for document in ready):
            await complete(ready, documents, self._embedder)
            self._alias.check()
        pairs = list(zip(documents, ready, strict=True))
        await self._written(lambda: self._writer.replace(pairs, verify=self._alias.verify))

    async def delete(self, source: str, documents: Collection[str] | None = None) -> int:
        """Delete a source, or some of its documents; give how many documents went."""
        if documents is not None:
            named = {records.document_key(source, document) for document in documents}
            return await self._written(lambda: self._writer.remove(named))
        gone = 0
        while keys := await self._first_keys(records.source_key(source)):
            gone += await self._written(lambda some=keys: self._writer.remove(some))  # type: ignore[misc]
        return gone

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

        A text without any letter or digit finds nothing. If the vectors can't be searched, the words alone are, and no
        hit has a rank in the dense leg.

        Raises:
            EmbeddingMismatchError: It was rebuilt with another embedding meanwhile.
            EmbeddingError: The question can't be embedded, and `leg` is dense.
            IndexStoreError: The cluster does not answer, or says no; at the latest when its time is over.
        """
        question = await self._searching.question(queries, filters or {}, leg, counted or {})
        if not question.texts or k < 1:
            return []
        await self._alias.show_own()
        return await self._alias.following(lambda: self._searching.search(question, k, collapse))

    async def read(self, source: str, document: str, filters: Filters | None = None) -> list[Hit]:
        """Return all chunks of one document in order, with score 0; none if it is not there, or does not meet the filters."""
        key = records.document_key(source, document)
        manifest, *chunks = await self._alias.get([key, *_chunk_ids(key, range(_READ))])
        if manifest is None or not meets(json.loads(manifest["stored"]["metadata"]), filters or {}):
            return []
        for start in range(_READ, manifest["chunks"], _READ):
            chunks += await self._alias.get(_chunk_ids(key, range(start, min(start + _READ, manifest["chunks"]))))
        return [records.hit(chunk, 0.0, {}) for chunk in chunks if chunk is not None]

    async def listing(self, filters: Filters | None = None, limit: int = 100) -> Listing:
        """Return which documents there are among those that meet the filters. One request."""
        await self._alias.show_own()
        found = await self._alias.search(
            queries.listing(queries.conditions(filters or {}), min(limit, queries.MOST_HITS))
        )
        entries = [records.entry(hit["_source"]) for hit in found["hits"]["hits"]]
        return Listing(
            documents=sorted(entries, key=lambda entry: (entry["source"], entry["document"])),
            total=found["aggregations"]["documents"]["value"],
            languages=queries.languages_in(found),
        )

    async def named(self, name: str, filters: Filters | None = None) -> list[DocumentEntry]:
        """Return the documents that meet the filters and have this id, address or title, upper and lower case alike.

        A title is found by its words, an id in each source that has one so, an address where it is the source.
        """
        await self._alias.show_own()
        sources = await self._alias.search(queries.sources(_PAGE))
        known = queries.source_names(sources)
        ids = [records.document_key(source, one) for source in known for one in (name, source)]
        by_id = [one for one in await self._alias.get(dict.fromkeys(ids)) if one is not None] if ids else []
        hits = await self.search(name, _NAMED, filters, "lexical")
        entries = {
            (entry["source"], entry["document"]): entry
            for entry in [*map(records.entry, by_id), *map(records.entry_of, hits)]
            if meets(entry["metadata"], filters or {}) and _is_called(entry, name)
        }
        return [entries[key] for key in sorted(entries)]

    async def around(self, hits: Sequence[Hit], distance: int) -> list[list[Hit]]:
        """Return for each hit the chunks of its document that stand at most so far from it, itself among them, in order.

        One request, whatever their number.
        """
        ids = [
            _chunk_ids(_key(hit), range(max(0, hit["chunk"] - distance), hit["chunk"] + distance + 1)) for hit in hits
        ]
        wanted = list(dict.fromkeys(one for some in ids for one in some))
        found = dict(zip(wanted, await self._alias.get(wanted), strict=True)) if wanted else {}
        return [[records.hit(chunk, 0.0, {}) for one in some if (chunk := found[one])] for some in ids]

    async def term_weights(self, terms: Sequence[str], counted: Filters | None = None) -> Mapping[str, float]:
        """Return token -> inverse document frequency (natural log) in this index; `counted` is as in `search`.

        The cluster is asked for what no search told, and always where not all documents are counted.
        """
        await self._alias.show_own()
        seen = queries.conditions(counted or {})
        known = {} if seen else self._searching.known.known(terms)
        unknown = missing(terms, known)
        return {
            **known,
            **(await self._alias.following(lambda: self._searching.rarities(unknown, seen)) if unknown else {}),
        }

    async def describe(self) -> IndexDescription:
        """Return what the index holds."""
        await self._alias.refresh()
        counts: dict[str, int] = {}
        chunks, after = 0, None
        while True:
            found = await self._alias.search(queries.sources(_PAGE, after))
            chunks += int(found["aggregations"]["chunks"]["value"]) if after is None else 0
            page = found["aggregations"]["sources"]
            for bucket in page["buckets"]:
                (named,) = bucket["named"]["hits"]["hits"]
                counts[named["_source"]["stored"]["source"]] = bucket["doc_count"]
            after = page.get("after_key")
            if after is None:
                break
        (changes,) = await self._alias.get([records.CHANGES])
        return IndexDescription(
            name=self.name,
            engine="elasticsearch",
            embedding=self._embedder.name,
            dimension=self._alias.version.dimension,
            documents=sum(counts.values()),
            chunks=chunks,
            sources=counts,
            updated=changes["updated"] if changes else "",
        )

    async def close(self) -> None:
        """Nothing to release: the connections belong to the cluster, which all indexes share."""

    async def _manifests(self, source: str) -> AsyncIterator[Mapping[str, Any]]:
        after = None
        while True:
            hits = (await self._alias.search(queries.manifests(_PAGE, after, source)))["hits"]["hits"]
            for hit in hits:
                yield hit["_source"]
            if len(hits) < _PAGE:
                return
            after = hits[-1]["sort"][0]

    async def _first_keys(self, source: str) -> list[str]:
        await self._alias.refresh()
        found = await self._alias.search(queries.manifests(_PAGE, None, source))
        return [hit["_id"] for hit in found["hits"]["hits"]]

    async def _written(self, call: Callable[[], Awaitable[T]]) -> T:
        """Write; if the index is gone, say how."""
        try:
            return await call()
        except IndexGoneError:
            await self._alias.cluster.ask(self.name, self._alias.look_again)
            raise
        finally:
            self._alias.unseen = True
            self._searching.known.forget()


def _is_called(entry: DocumentEntry, name: str) -> bool:
    names = (entry["document"], entry["title"], entry["url"], entry["source"])
    return plain_name(name) in map(plain_name, names)


def _key(hit: Hit) -> str:
    return records.document_key(hit["source"], hit["document"])


def _chunk_ids(key: str, ordinals: range) -> list[str]:
    return [records.chunk_id(key, ordinal) for ordinal in ordinals]
