"""Somebody else's index, searched as it is: by words with its own analyzer, by meaning where its vectors can be asked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

from stylegraph.agent.errors import IndexStoreError
from stylegraph.agent.evidence import Filters, Leg
from stylegraph.agent.protocols import Embedder
from stylegraph.agent.text.tokenizer import read_tokens
from stylegraph.tools.ingestion.chunks import Chunking
from stylegraph.tools.retrieval.attached import passages, questions
from stylegraph.tools.retrieval.attached.conditions import clauses
from stylegraph.tools.retrieval.attached.mapping import SEMANTIC
from stylegraph.tools.retrieval.attached.passages import Matched, Read
from stylegraph.tools.retrieval.attached.questions import Body, Question, Search
from stylegraph.tools.retrieval.attached.ranking import Answered, candidates
from stylegraph.tools.retrieval.attached.refusals import explained
from stylegraph.tools.retrieval.attached.registry import Attachment, read_only
from stylegraph.tools.retrieval.elastic.cluster import Cluster
from stylegraph.tools.retrieval.elastic.errors import refusal
from stylegraph.tools.retrieval.hybrid.bm25 import rarity
from stylegraph.tools.retrieval.hybrid.encoding import meanings
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

ENGINE = "Elasticsearch, attached"
WORDS_ONLY = "words only"
_LONGEST_QUERY = 2_000
_FEWEST = 20
"""Documents that each leg puts forward at the least."""
_MOST_HITS = 1_000
_NAMED = 50
_EMBEDDED = 24
"""Passages that are compared with a question where no word of a document matched, to cite the one that answers."""


class AttachedIndex:
    """A `SearchIndex` over an index that others made. Its documents are cut when they are read; nothing is written.

    Args:
        attachment: What is known of it.
        cluster: The way there.
        embedder: The embedding that is set.
    """

    def __init__(self, attachment: Attachment, cluster: Cluster, embedder: Embedder) -> None:
        self.attachment = attachment
        self._cluster = cluster
        self._embedder = embedder
        own = cluster.settings
        self._chunking = Chunking(own.chunk_size, min(own.chunk_overlap, own.chunk_size // 2))
        self._source = f"elasticsearch:{attachment['index']}"

    @property
    def name(self) -> str:
        """The index's name here."""
        return self.attachment["name"]

    async def known(self, source: str) -> Mapping[str, str]:
        """Return nothing: no source of ours is indexed there."""
        return {}

    async def add(self, documents: Sequence[Document], encoded: Sequence[EncodedDocument] | None = None) -> None:
        """Refuse: it is only read.

        Raises:
            InputError: Always.
        """
        raise read_only(self.name)

    async def delete(self, source: str, documents: Collection[str] | None = None) -> int:
        """Delete nothing of a source of ours, for there is none of it; refuse to delete its own.

        Raises:
            InputError: It is its own.
        """
        if source == self._source:
            raise read_only(self.name)
        return 0

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
        """Find the k best documents, each by its best passage; without `collapse` by several. One request.

        Who may see one of its documents may see all, so all are counted.

        Raises:
            EmbeddingError: The question can't be embedded, and `leg` is dense.
            IndexStoreError: The cluster does not answer, or says no.
        """
        held = clauses(filters or {}, self.attachment)
        texts = [text[:_LONGEST_QUERY] for text in ([queries] if isinstance(queries, str) else queries)]
        texts = [text for text in texts if any(map(str.isalnum, text))]
        if held is None or not texts or k < 1:
            return []
        asked = await self._question(texts, held, leg)
        size = min(max(_FEWEST, 2 * k), _MOST_HITS)
        answered = await self._asked(asked, size)
        if not answered.answers:
            return []
        best = ranked(candidates(asked, answered, self.attachment), worth(self._embedder.name), collapse=True)[:k]
        found = await asyncio.to_thread(self._read, answered, best)
        hits = await self._hits(asked, answered, best, found, collapse=collapse)
        return hits[:k]

    async def read(self, source: str, document: str, filters: Filters | None = None) -> list[Hit]:
        """Return all passages of a document in order; none if it is not there, or does not meet the filters."""
        held = clauses(filters or {}, self.attachment)
        if source != self._source or held is None:
            return []
        found = await self._whole([document], held)
        return [one.hit(place, 0.0, {}) for one in found.values() for place in range(len(one.passages))]

    async def listing(self, filters: Filters | None = None, limit: int = 100) -> Listing:
        """Return which documents there are among those that meet the filters."""
        held = clauses(filters or {}, self.attachment)
        if held is None:
            return Listing(documents=[], total=0, languages={})
        answer = await self._one(questions.listing(self.attachment, held, min(limit, _MOST_HITS)))
        entries = [self._entry(hit) for hit in answer["hits"]["hits"]]
        return Listing(
            documents=sorted(entries, key=lambda entry: entry["document"]),
            total=answer["hits"]["total"]["value"],
            languages={},
        )

    async def named(self, name: str, filters: Filters | None = None) -> list[DocumentEntry]:
        """Return the documents that meet the filters and have this id, title or address."""
        held = clauses(filters or {}, self.attachment)
        if held is None or not name.strip():
            return []
        answer = await self._one(questions.named(self.attachment, name[:_LONGEST_QUERY], held, _NAMED))
        entries = [self._entry(hit) for hit in answer["hits"]["hits"]]
        names = [(entry["document"], entry["title"], entry["url"] or "") for entry in entries]
        return [one for one, own in zip(entries, names, strict=True) if plain_name(name) in map(plain_name, own)]

    async def around(self, hits: Sequence[Hit], distance: int) -> list[list[Hit]]:
        """Return for each hit the passages of its document that stand at most so far from it, itself among them."""
        found = await self._whole(list(dict.fromkeys(hit["document"] for hit in hits)), [])
        near = []
        for hit in hits:
            whole = found.get(hit["document"])
            count = len(whole.passages) if whole else 0
            places = range(max(0, hit["chunk"] - distance), min(hit["chunk"] + distance + 1, count))
            near.append([whole.hit(place, 0.0, {}) for place in places] if whole else [])
        return near

    async def term_weights(self, terms: Sequence[str], counted: Filters | None = None) -> Mapping[str, float]:
        """Return token -> inverse document frequency, as the index's own analyzer reads it; a sign is in no document."""
        words = [term for term in terms if any(map(str.isalnum, term))]
        answer = await self._one(questions.statistics(self.attachment, words))
        size, counts = questions.counted(answer)
        known = {word: rarity(size, min(count, size)) for word, count in zip(words, counts, strict=True)}
        return {term: known.get(term, rarity(size, 0)) for term in terms}

    async def describe(self) -> IndexDescription:
        """Return what the index holds now."""
        size, _ = questions.counted(await self._one(questions.statistics(self.attachment, [])))
        vector = self.attachment["vector"]
        by_cluster = vector is not None and vector["kind"] == SEMANTIC
        return IndexDescription(
            name=self.name,
            engine=ENGINE,
            embedding="semantic_text" if by_cluster else self.attachment["embedding"] or WORDS_ONLY,
            dimension=vector["dimension"] if vector else 0,
            documents=size,
            chunks=0,
            sources={f"{self.attachment['url']}/{self.attachment['index']}": size},
            updated="",
        )

    async def close(self) -> None:
        """Nothing to release: the connections belong to the cluster."""

    @property
    def by_vectors(self) -> bool:
        """Whether questions are embedded here for it: only by the embedding that its vectors were found to be of."""
        return bool(self.attachment["embedding"]) and self.attachment["embedding"] == self._embedder.name

    @property
    def words_only(self) -> str:
        """Why it is searched by words only; empty: it is searched by meaning too."""
        embedding = self.attachment["embedding"]
        if embedding and not self.by_vectors:
            return f"its vectors were searched with {embedding}, and {self._embedder.name} is set"
        return self.attachment["why_words"]

    async def _question(self, texts: Sequence[str], held: Sequence[Body], leg: Leg) -> Question:
        vector = self.attachment["vector"]
        by_cluster = vector is not None and vector["kind"] == SEMANTIC and leg != "lexical"
        vectors = await meanings(texts, self._embedder, leg) if self.by_vectors else None
        tokens = None
        if leg != "dense":
            tokens = await asyncio.to_thread(lambda: [read_tokens(text) for text in texts])
        return Question(texts, tokens, vectors, by_cluster or vectors is not None, held)

    async def _asked(self, asked: Question, size: int) -> Answered:
        num_candidates = self._cluster.settings.elasticsearch_num_candidates
        wanted = list(questions.searches(asked, self.attachment, size, num_candidates))
        words = list(dict.fromkeys(word for text in asked.texts for word in questions.words_of(text)))
        if not wanted:
            return Answered([], {})
        bodies = [one.body for one in wanted]
        responses = await self._msearch([*bodies, questions.statistics(self.attachment, words)])
        for search, one in zip(wanted, responses, strict=False):
            if "error" in one and not _may_fail(search, asked, self.attachment):
                raise self._refused(one)
        if "error" in responses[-1]:
            raise self._refused(responses[-1])
        count, counts = questions.counted(responses[-1])
        rarities = {word: rarity(count, min(held, count)) for word, held in zip(words, counts, strict=True)}
        return Answered(list(zip(wanted, responses, strict=False)), rarities)

    def _read(self, answered: Answered, best: Sequence[Found]) -> dict[int, Read]:
        return {
            number: passages.read(answered.hits[number], self.attachment, self._source, self._chunking)
            for number, _, _ in best
        }

    async def _hits(
        self, asked: Question, answered: Answered, best: Sequence[Found], found: Mapping[int, Read], *, collapse: bool
    ) -> list[Hit]:
        """Return the passages that are cited of the best documents, best first."""
        matched = {number: answered.matched(number) for number in found}
        nearest = await self._nearest(asked, {n: one for n, one in found.items() if matched[n] == Matched()})
        hits = []
        for number, score, ranks in best:
            places = [(nearest[number], 1.0)] if number in nearest else found[number].best(matched[number])
            hits += [
                found[number].hit(place, score * share, ranks) for place, share in places[: 1 if collapse else None]
            ]
        return sorted(hits, key=lambda hit: -hit["score"])

    async def _nearest(self, asked: Question, unmarked: Mapping[int, Read]) -> dict[int, int]:
        """Return for documents where no word matched the passage that is nearest to the question."""
        long = {number: one for number, one in unmarked.items() if len(one.passages) > 1}
        if asked.vectors is None or not long:
            return {}
        each = max(2, _EMBEDDED // len(long))
        texts = [passage["text"] for one in long.values() for passage in one.passages[:each]]
        vectors = await meanings(texts, self._embedder, "fused")
        if vectors is None:
            return {}
        cosines, start, nearest = (vectors @ asked.vectors.T).max(axis=1), 0, dict[int, int]()
        for number, one in long.items():
            count = len(one.passages[:each])
            nearest[number] = int(cosines[start : start + count].argmax())
            start += count
        return nearest

    async def _whole(self, ids: Sequence[str], held: Sequence[Body]) -> dict[str, Read]:
        if not ids:
            return {}
        answer = await self._one(questions.by_ids(self.attachment, ids, held))
        hits = answer["hits"]["hits"]
        made = [passages.read(hit, self.attachment, self._source, self._chunking) for hit in hits]
        return {one.entry["document"]: one for one in made}

    def _entry(self, hit: Mapping[str, Any]) -> DocumentEntry:
        return passages.entry_of(hit, self.attachment, self._source)

    async def _one(self, body: Body) -> Mapping[str, Any]:
        (answer,) = await self._msearch([body])
        if "error" in answer:
            raise self._refused(answer)
        return answer

    async def _msearch(self, bodies: Sequence[Body]) -> Sequence[Mapping[str, Any]]:
        """Ask several searches in one request: nothing else is ever sent to the cluster."""
        header = {"index": self.attachment["index"], "allow_partial_search_results": False}
        exact = {**header, "search_type": "dfs_query_then_fetch"}
        lines = [part for body in bodies for part in (exact if body["size"] else header, body)]
        answer = await self._ask(lambda: self._cluster.client.msearch(searches=lines))
        responses: Sequence[Mapping[str, Any]] = answer["responses"]
        return responses

    async def _ask(self, call: Callable[[], Awaitable[T]]) -> T:
        try:
            return await self._cluster.ask(self.name, call)
        except IndexStoreError as error:
            raise explained(error, self.name, self.attachment["index"]) from error

    def _refused(self, answer: Mapping[str, Any]) -> IndexStoreError:
        error = refusal(self.name, self._cluster.where, answer["status"], answer["error"])
        return explained(error, self.name, self.attachment["index"])


def _may_fail(search: Search, asked: Question, attachment: Attachment) -> bool:
    """Check whether a question is answered without a search: by words where meaning fails."""
    return search.leg == "dense" and asked.tokens is not None and questions.has_words(attachment)
