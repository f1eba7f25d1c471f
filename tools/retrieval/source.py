"""The user's own documents as a source of evidence."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence

from stylegraph.agent.errors import SourceError, StylegraphError
from stylegraph.agent.evidence import Evidence, Gathered, Note, SourceTask, evidence_id
from stylegraph.agent.language import Language
from stylegraph.tools.retrieval.index import Hit
from stylegraph.tools.retrieval.library import Library, search

_OVERVIEW = re.compile(
    r"요약|정리해|전부|모두|모든|전체|목록|(?:무엇|뭐|어떤 것)들|\b(?:summar\w+|overview|list all|all of|every|each)\b",
    re.IGNORECASE,
)
"""Questions that one passage can't answer: they ask for a document as a whole."""
_WORDS_ALONE: dict[Language, str] = {
    "ko": "지금은 뜻으로 찾을 수 없어서 같은 낱말이 나오는 글만 찾았습니다.",
    "en": "Search by meaning is not available at the moment, so only texts with the same words were found.",
}
_WHOLE_CHUNKS = 24
_TINY = 200


class DocumentsSource:
    """An `EvidenceSource` over one index, or all that there are."""

    name = "documents"
    node = "retrieve"
    description = (
        "The user's own indexed documents, such as guides, notes, manuals, reports and saved web pages; "
        "questions about facts, instructions and announcements that such documents state."
    )
    examples: Sequence[str] = (
        "울 니트는 어떻게 세탁해야 해?",
        "ALL-in 코딩 공모전 수상작들을 요약해줘",
        "린넨 셔츠 구김 없이 다리는 법 알려줘",
        "문서에서 환불 규정이 어떻게 되는지 찾아줘",
        "How do I get a red wine stain out of cotton?",
        "What does the guide say about storing winter coats?",
        "Summarise the report that I indexed",
        "Which fabrics breathe best in hot weather?",
    )

    def __init__(self, library: Library) -> None:
        self._library = library

    async def gather(self, state: SourceTask) -> Gathered:
        """Find the passages that fit best; for a question about a document as a whole, all of its passages.

        Raises:
            SourceError: No index could be searched.
        """
        try:
            hits = await search(
                self._library, state["queries"], state["k"], state["filters"], index=state["index"], collapse=False
            )
            if hits and _OVERVIEW.search(state["question"]):
                hits = await self._with_whole_document(hits)
            evidence = await asyncio.gather(*(self._evidence(index, hit) for index, hit in hits))
        except StylegraphError as error:
            raise SourceError(error.message, error.remedy) from error
        notes = await self._notes(state["index"], state["language"])
        if hits and not any("dense" in hit["ranks"] for _, hit in hits):
            notes.append(Note(code="vectors_unavailable", text=_WORDS_ALONE[state["language"]]))
        return Gathered(evidence=list(evidence), notes=notes)

    async def probe(self, question: str) -> float:
        """Give the best passage's score, 0..1."""
        best = await search(self._library, question, 1)
        return best[0][1]["score"] if best else 0.0

    async def term_weights(self, terms: Sequence[str]) -> Mapping[str, float]:
        """Give token -> inverse document frequency, the lowest of all indexes: common anywhere is common.

        Where there is no index, or none can be asked, every word tells as much as any other.
        """
        try:
            indexes = await self._library.indexes()
            weights = await asyncio.gather(*(index.term_weights(terms) for index in indexes.values()))
        except StylegraphError:
            weights = []
        return {term: min((some[term] for some in weights), default=1.0) for term in terms}

    async def _with_whole_document(self, hits: list[tuple[str, Hit]]) -> list[tuple[str, Hit]]:
        """Put all passages of the best document, in reading order, before the others."""
        name, best = hits[0]
        passages = await (await self._library.indexes())[name].read(best["source"], best["document"])
        whole = [(name, Hit(**{**hit, "score": best["score"], "ranks": best["ranks"]})) for hit in passages]
        others = [(index, hit) for index, hit in hits if (index, _document(hit)) != (name, _document(best))]
        return whole[:_WHOLE_CHUNKS] + others

    async def _evidence(self, index: str, hit: Hit) -> Evidence:
        return Evidence(
            id=evidence_id(self.name, hit["source"], hit["document"], hit["text"]),
            route=self.name,
            title=hit["title"],
            text=hit["text"],
            url=hit["url"],
            locator=hit["locator"],
            score=hit["score"],
            found_by="fused",
            data={**hit["metadata"], "source": hit["source"], "document": hit["document"], "index": index},
        )

    async def _notes(self, index: str | None, language: Language) -> list[Note]:
        """Say which indexes were left out, unless one was asked for."""
        problems = {} if index else await self._library.problems()
        told = {"ko": "색인 {name}에서는 찾지 못했습니다: {why}", "en": "The index {name} was left out: {why}"}[
            language
        ]
        return [Note(code="index_unavailable", text=told.format(name=name, why=why)) for name, why in problems.items()]


def _document(hit: Hit) -> tuple[str, str]:
    return hit["source"], hit["document"]
