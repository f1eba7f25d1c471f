"""The search index on an Elasticsearch cluster: the same ranking as the embedded one's, for more than a file holds."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar

from stylegraph.agent.errors import IndexStoreError
from stylegraph.agent.evidence import Filters, Leg
from stylegraph.agent.protocols import Embedder
from stylegraph.agent.text.tokenizer import read_tokens
from stylegraph.tools.retrieval.elastic import queries, records, versions
from stylegraph.tools.retrieval.elastic.bulk import Writer
from stylegraph.tools.retrieval.elastic.candidates import Answers, Gathered, Question, Search, gathered, searches
from stylegraph.tools.retrieval.elastic.cluster import Cluster
from stylegraph.tools.retrieval.elastic.errors import (
    ClusterBusyError,
    IndexGoneError,
    IndexUnavailableError,
    refusal,
)
from stylegraph.tools.retrieval.elastic.rarities import Rarities, missing, rarities
from stylegraph.tools.retrieval.elastic.versions import Version
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
from stylegraph.tools.retrieval.sqlite.candidates import Found, ranked
from stylegraph.tools.retrieval.sqlite.listing import plain_name

T = TypeVar("T")

_LONGEST_QUERY = 10_000
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
        self._cluster = cluster
        self._version = version
        self._embedder = embedder
        self._worth = worth(embedder.name)
        self._writer = Writer(cluster, version.name, version.alias, is_alias=True)
        self._known = Rarities()
        self._unseen = False
        self._refreshing = asyncio.Lock()

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
        return self._version.name

    async def known(self, source: str) -> Mapping[str, str]:
        """Return document id -> hash for everything that is indexed of a source; no hash if a run was killed in it."""
        await self._refresh()
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
            versions.check(self._version, self._embedder)
        pairs = list(zip(documents, ready, strict=True))
        await self._written(lambda: self._writer.replace(pairs, verify=self._verify))

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
        question = await self._question(queries, filters or {}, leg, counted or {})
        if not question.texts or k < 1:
            return []
        await self._show_own()
        return await self._following(lambda: self._search(question, k, collapse))

    async def read(self, source: str, document: str, filters: Filters | None = None) -> list[Hit]:
        """Return all chunks of one document in order, with score 0; none if it is not there, or does not meet the filters."""
        key = records.document_key(source, document)
        manifest, *chunks = await self._get([key, *_chunk_ids(key, range(_READ))])
        if manifest is None or not meets(json.loads(manifest["stored"]["metadata"]), filters or {}):
            return []
        for start in range(_READ, manifest["chunks"], _READ):
            chunks += await self._get(_chunk_ids(key, range(start, min(start + _READ, manifest["chunks"]))))
        return [records.hit(chunk, 0.0, {}) for chunk in chunks if chunk is not None]

    async def listing(self, filters: Filters | None = None, limit: int = 100) -> Listing:
        """Return which documents there are among those that meet the filters. One request."""
        await self._show_own()
        found = await self._ask(queries.listing(queries.conditions(filters or {}), min(limit, queries.MOST_HITS)))
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
        await self._show_own()
        sources = await self._ask(queries.sources(_PAGE))
        known = queries.source_names(sources)
        ids = [records.document_key(source, one) for source in known for one in (name, source)]
        by_id = [one for one in await self._get(dict.fromkeys(ids)) if one is not None] if ids else []
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
        found = dict(zip(wanted, await self._get(wanted), strict=True)) if wanted else {}
        return [[records.hit(chunk, 0.0, {}) for one in some if (chunk := found[one])] for some in ids]

    async def term_weights(self, terms: Sequence[str], counted: Filters | None = None) -> Mapping[str, float]:
        """Return token -> inverse document frequency (natural log) in this index; `counted` is as in `search`.

        The cluster is asked for what no search told, and always where not all documents are counted.
        """
        await self._show_own()
        seen = queries.conditions(counted or {})
        known = {} if seen else self._known.known(terms)
        unknown = missing(terms, known)
        return {**known, **(await self._following(lambda: self._rarities(unknown, seen)) if unknown else {})}

    async def describe(self) -> IndexDescription:
        """Return what the index holds."""
        await self._refresh()
        counts: dict[str, int] = {}
        chunks, after = 0, None
        while True:
            found = await self._ask(queries.sources(_PAGE, after))
            chunks += int(found["aggregations"]["chunks"]["value"]) if after is None else 0
            page = found["aggregations"]["sources"]
            for bucket in page["buckets"]:
                (named,) = bucket["named"]["hits"]["hits"]
                counts[named["_source"]["stored"]["source"]] = bucket["doc_count"]
            after = page.get("after_key")
            if after is None:
                break
        (changes,) = await self._get([records.CHANGES])
        return IndexDescription(
            name=self.name,
            engine="elasticsearch",
            embedding=self._embedder.name,
            dimension=self._version.dimension,
            documents=sum(counts.values()),
            chunks=chunks,
            sources=counts,
            updated=changes["updated"] if changes else "",
        )

    async def close(self) -> None:
        """Nothing to release: the connections belong to the cluster, which all indexes share."""

    async def _question(self, given: str | Sequence[str], filters: Filters, leg: Leg, counted: Filters) -> Question:
        texts = [text[:_LONGEST_QUERY] for text in ([given] if isinstance(given, str) else given)]
        texts = [text for text in texts if any(map(str.isalnum, text))]
        if not texts:
            return Question([], None, None, [], [])
        vectors = await meanings(texts, self._embedder, leg)
        versions.check(self._version, self._embedder)
        tokens = None if leg == "dense" else await asyncio.to_thread(lambda: [read_tokens(text) for text in texts])
        return Question(texts, tokens, vectors, queries.conditions(filters), queries.conditions(counted))

    async def _search(self, question: Question, k: int, collapse: bool) -> list[Hit]:
        size, collapsed = max(k, self._cluster.settings.elasticsearch_candidates), False
        question, rarities = await self._as_seen(question)
        while True:
            size = min(size, queries.MOST_HITS)
            answers, rarities = await self._gather(question, size, rarities, collapsed=collapsed)
            found, best = await asyncio.to_thread(self._ranked, question, answers, rarities, size, collapse)
            for version in found.versions:
                await self._verify(version)
            if len(best) >= k or not found.full or size >= queries.MOST_HITS:
                return [records.hit(found.chunks[number], score, ranks) for number, score, ranks in best[:k]]
            size, collapsed = size * 8, collapse

    async def _as_seen(self, question: Question) -> tuple[Question, Mapping[str, float] | None]:
        """Let words weigh what they weigh among what is counted, where that is not everything: one request more."""
        tokens = question.all_tokens
        if not question.counted or not tokens:
            return question, None
        bodies = [queries.statistics(tokens, question.counted), queries.statistics(tokens)]
        seen, every = (self._counts_in(answer) for answer in await self._msearch(bodies))
        own, whole = rarities(tokens, *seen), rarities(tokens, *every)
        return replace(question, factors={token: own[token] / whole[token] for token in tokens}), own

    def _ranked(
        self, question: Question, answers: Answers, rarities: Mapping[str, float], size: int, collapse: bool
    ) -> tuple[Gathered, list[Found]]:
        found = gathered(question, answers, rarities, size)
        return found, ranked(found.candidates, self._worth, collapse)

    async def _gather(
        self, question: Question, size: int, rarities: Mapping[str, float] | None, *, collapsed: bool
    ) -> tuple[Answers, Mapping[str, float]]:
        """Ask in one request for the hits and for what is not known yet of the tokens; of a long question that first."""
        if rarities is None and question.is_long:
            rarities = await self._rarities(question.vocabulary)
        asked = self._searches(question, size, rarities or {})
        if collapsed:
            asked = [
                replace(one, body=queries.collapsed(one.body))
                if one.leg == "lexical" and not one.is_translated
                else one
                for one in asked
            ]
        if not asked:
            return [], {}
        bodies, unknown = [one.body for one in asked], question.vocabulary if rarities is None else []
        responses = await self._msearch([*bodies, queries.statistics(unknown)] if unknown else bodies)
        answers = list(zip(asked, responses, strict=False))
        for search, one in answers:
            if "error" in one:
                problem = self._refused(one)
                if search.leg == "lexical" or question.tokens is None or isinstance(problem, ClusterBusyError):
                    raise problem
        return answers, self._known.keep(unknown, *self._counts_in(responses[-1])) if unknown else rarities or {}

    def _searches(self, question: Question, size: int, rarities: Mapping[str, float]) -> list[Search]:
        num_candidates = self._cluster.settings.elasticsearch_num_candidates
        return list(searches(question, size, num_candidates, rarities, nori=self._version.nori))

    async def _msearch(self, bodies: Iterable[queries.Body]) -> Sequence[Mapping[str, Any]]:
        header = {"index": self._version.alias, "allow_partial_search_results": False}
        exact = {**header, "search_type": "dfs_query_then_fetch"}
        asked = [part for body in bodies for part in (exact if body["size"] else header, body)]
        answer = await self._cluster.client.msearch(searches=asked)
        responses: Sequence[Mapping[str, Any]] = answer["responses"]
        return responses

    async def _rarities(self, tokens: Sequence[str], seen: Sequence[queries.Body] = ()) -> Mapping[str, float]:
        if not tokens:
            return {}
        (answer,) = await self._msearch([queries.statistics(tokens, seen)])
        size, counts = self._counts_in(answer)
        return rarities(tokens, size, counts) if seen else self._known.keep(tokens, size, counts)

    def _counts_in(self, answer: Mapping[str, Any]) -> tuple[int, list[int]]:
        if "error" in answer:
            raise self._refused(answer)
        return queries.counted(answer)

    def _refused(self, answer: Mapping[str, Any]) -> IndexStoreError:
        return refusal(self.name, self._cluster.where, answer["status"], answer["error"])

    async def _following(self, call: Callable[[], Awaitable[T]]) -> T:
        """Ask the cluster; once more if the alias names another version now, and the old one is gone."""
        try:
            return await self._cluster.ask(self.name, call)
        except (IndexGoneError, IndexUnavailableError):
            before = self._version
            await self._cluster.ask(self.name, self._look_again)
            if self._version == before:
                raise
        return await self._cluster.ask(self.name, call)

    async def _verify(self, index: str) -> None:
        """Look which version this is, if it is another one than before.

        Raises:
            EmbeddingMismatchError: It was made with another embedding.
        """
        if index != self._version.index:
            await self._look_again()

    async def _look_again(self) -> None:
        found = await versions.current(self._cluster, self.name)
        if found is not None:
            self._version = versions.check(found, self._embedder)

    async def _show_own(self) -> None:
        """Make what was written by this object visible to its searches; those that come meanwhile wait for it.

        Where some of the index is not available, a refresh waits for it. A search says so at once, so it goes on.
        """
        async with self._refreshing:
            if self._unseen:
                with suppress(IndexStoreError, TimeoutError):
                    async with asyncio.timeout(self._cluster.settings.elasticsearch_timeout / 4):
                        await self._refresh()

    async def _refresh(self) -> None:
        """Make all that was written visible to searches."""
        before, self._unseen = self._unseen, False
        try:
            await self._following(lambda: self._cluster.client.indices.refresh(index=self._version.alias))
        except BaseException:
            self._unseen = before
            raise

    async def _ask(self, body: queries.Body) -> Mapping[str, Any]:
        answer = await self._following(
            lambda: self._cluster.client.search(index=self._version.alias, allow_partial_search_results=False, **body)
        )
        found: Mapping[str, Any] = answer.body
        return found

    async def _manifests(self, source: str) -> AsyncIterator[Mapping[str, Any]]:
        after = None
        while True:
            hits = (await self._ask(queries.manifests(_PAGE, after, source)))["hits"]["hits"]
            for hit in hits:
                yield hit["_source"]
            if len(hits) < _PAGE:
                return
            after = hits[-1]["sort"][0]

    async def _first_keys(self, source: str) -> list[str]:
        await self._refresh()
        found = await self._ask(queries.manifests(_PAGE, None, source))
        return [hit["_id"] for hit in found["hits"]["hits"]]

    async def _written(self, call: Callable[[], Awaitable[T]]) -> T:
        """Write; if the index is gone, say how."""
        try:
            return await call()
        except IndexGoneError:
            await self._cluster.ask(self.name, self._look_again)
            raise
        finally:
            self._unseen = True
            self._known.forget()

    async def _get(self, ids: Iterable[str]) -> list[Mapping[str, Any] | None]:
        """Return records by their ids, as they are at this moment, None for those that are not there."""
        wanted = list(ids)
        answer = await self._following(lambda: self._cluster.client.mget(index=self._version.alias, ids=wanted))
        found: list[Mapping[str, Any]] = self._cluster.found(self.name, answer.body)
        return [one["_source"] if one["found"] else None for one in found]


def _is_called(entry: DocumentEntry, name: str) -> bool:
    names = (entry["document"], entry["title"], entry["url"], entry["source"])
    return plain_name(name) in map(plain_name, names)


def _key(hit: Hit) -> str:
    return records.document_key(hit["source"], hit["document"])


def _chunk_ids(key: str, ordinals: range) -> list[str]:
    return [records.chunk_id(key, ordinal) for ordinal in ordinals]
