"""A question to a cluster: asked by words and by vectors at once, ranked as in the embedded index."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from stylegraph.agent.evidence import Filters, Leg
from stylegraph.agent.protocols import Embedder
from stylegraph.agent.text.tokenizer import read_tokens
from stylegraph.tools.retrieval.elastic import queries, records
from stylegraph.tools.retrieval.elastic.alias import Alias
from stylegraph.tools.retrieval.elastic.candidates import Answers, Gathered, Question, Search, gathered, searches
from stylegraph.tools.retrieval.elastic.errors import ClusterBusyError
from stylegraph.tools.retrieval.elastic.rarities import Rarities, rarities
from stylegraph.tools.retrieval.hybrid.encoding import meanings
from stylegraph.tools.retrieval.hybrid.fusion import worth
from stylegraph.tools.retrieval.hybrid.index import Hit
from stylegraph.tools.retrieval.sqlite.candidates import Found, ranked

_LONGEST_QUERY = 10_000


class Searching:
    """Searches an index, and remembers how rare words are in it.

    Args:
        alias: The index.
        embedder: Its embedding.
    """

    def __init__(self, alias: Alias, embedder: Embedder) -> None:
        self.known = Rarities()
        """Forgotten whenever something is written."""
        self._alias = alias
        self._embedder = embedder
        self._worth = worth(embedder.name)

    async def question(self, given: str | Sequence[str], filters: Filters, leg: Leg, counted: Filters) -> Question:
        """Read what is looked for; no texts where it has neither letters nor digits.

        Raises:
            EmbeddingError: It can't be embedded, and `leg` is dense.
            EmbeddingMismatchError: The index was rebuilt with another embedding meanwhile.
        """
        texts = [text[:_LONGEST_QUERY] for text in ([given] if isinstance(given, str) else given)]
        texts = [text for text in texts if any(map(str.isalnum, text))]
        if not texts:
            return Question([], None, None, [], [])
        vectors = await meanings(texts, self._embedder, leg)
        self._alias.check()
        tokens = None if leg == "dense" else await asyncio.to_thread(lambda: [read_tokens(text) for text in texts])
        return Question(texts, tokens, vectors, queries.conditions(filters), queries.conditions(counted))

    async def search(self, question: Question, k: int, collapse: bool) -> list[Hit]:
        """Find the k best, more widely as long as too few of what fits are known."""
        size, collapsed = max(k, self._alias.cluster.settings.elasticsearch_candidates), False
        question, rarities = await self._as_seen(question)
        while True:
            size = min(size, queries.MOST_HITS)
            answers, rarities = await self._gather(question, size, rarities, collapsed=collapsed)
            found, best = await asyncio.to_thread(self._ranked, question, answers, rarities, size, collapse)
            for version in found.versions:
                await self._alias.verify(version)
            if len(best) >= k or not found.full or size >= queries.MOST_HITS:
                return [records.hit(found.chunks[number], score, ranks) for number, score, ranks in best[:k]]
            size, collapsed = size * 8, collapse

    async def _as_seen(self, question: Question) -> tuple[Question, Mapping[str, float] | None]:
        """Let words weigh what they weigh among what is counted, where that is not everything: one request more."""
        tokens = question.all_tokens
        if not question.counted or not tokens:
            return question, None
        bodies = [queries.statistics(tokens, question.counted), queries.statistics(tokens)]
        seen, every = (self._counts_in(answer) for answer in await self._alias.searches(bodies))
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
            rarities = await self.rarities(question.vocabulary)
        asked = self._searches(question, size, rarities or {}, collapsed=collapsed)
        if not asked:
            return [], {}
        bodies, unknown = [one.body for one in asked], question.vocabulary if rarities is None else []
        responses = await self._alias.searches([*bodies, queries.statistics(unknown)] if unknown else bodies)
        answers = list(zip(asked, responses, strict=False))
        for search, one in answers:
            if "error" in one:
                problem = self._alias.refused(one)
                if search.leg == "lexical" or question.tokens is None or isinstance(problem, ClusterBusyError):
                    raise problem
        return answers, self.known.keep(unknown, *self._counts_in(responses[-1])) if unknown else rarities or {}

    def _searches(
        self, question: Question, size: int, rarities: Mapping[str, float], *, collapsed: bool
    ) -> list[Search]:
        num_candidates = self._alias.cluster.settings.elasticsearch_num_candidates
        asked = searches(question, size, num_candidates, rarities, nori=self._alias.version.nori)
        return [_collapsed(one) if collapsed else one for one in asked]

    async def rarities(self, tokens: Sequence[str], seen: Sequence[queries.Body] = ()) -> Mapping[str, float]:
        """Return token -> inverse document frequency, as the cluster tells it; among what `seen` holds, if that is not all."""
        if not tokens:
            return {}
        (answer,) = await self._alias.searches([queries.statistics(tokens, seen)])
        size, counts = self._counts_in(answer)
        return rarities(tokens, size, counts) if seen else self.known.keep(tokens, size, counts)

    def _counts_in(self, answer: Mapping[str, Any]) -> tuple[int, list[int]]:
        if "error" in answer:
            raise self._alias.refused(answer)
        return queries.counted(answer)


def _collapsed(search: Search) -> Search:
    """Return a search by words that finds each document once; the others as they are."""
    if search.leg != "lexical" or search.is_translated:
        return search
    return replace(search, body=queries.collapsed(search.body))
