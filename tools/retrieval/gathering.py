"""A question -> the passages that fit it best, from all that a library holds."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Sequence

from stylegraph.agent.errors import EmbeddingError, StylegraphError
from stylegraph.agent.evidence import Gathered, Note, SourceTask
from stylegraph.agent.protocols import Embedder
from stylegraph.agent.text.language import Language
from stylegraph.agent.text.question_types import wants_overview
from stylegraph.tools.retrieval.hybrid.index import Hit
from stylegraph.tools.retrieval.library import Library, Searched, search_each
from stylegraph.tools.retrieval.passage_evidence import evidence_of
from stylegraph.tools.retrieval.pictured import Enquiry, about, enquiries, told_apart
from stylegraph.tools.retrieval.subjects import Subject

_OVERVIEW = re.compile(
    r"요약|정리해|전부|모두|모든|전체|목록|(?:무엇|뭐|어떤 것)들|\b(?:summar\w+|overview|list all|all of|every|each)\b",
    re.IGNORECASE,
)
"""Questions that one passage can't answer: they ask for a document as a whole."""
_WORDS_ALONE: dict[Language, str] = {
    "ko": "지금은 뜻으로 찾을 수 없어서 같은 낱말이 나오는 글만 찾았습니다.",
    "en": "Search by meaning is not available at the moment, so only texts with the same words were found.",
}
_LEFT_OUT: dict[Language, str] = {
    "ko": "색인 {name}에서는 찾지 못했습니다: {why}",
    "en": "The index {name} was left out: {why}",
}
_WHOLE_CHUNKS = 24


async def gathered(
    library: Library, state: SourceTask, subjects: Sequence[Subject], embedder: Embedder | None, *, route: str
) -> Gathered:
    """Find the passages that fit a question best; for one about a document as a whole, all of its passages.

    Args:
        library: Where they are.
        state: What is asked, and by whom.
        subjects: What pictures show that are asked about.
        embedder: The embedding of the library, which says why it did not answer.
        route: The name of the source that looks.

    Raises:
        IndexStoreError: No index could be searched.
    """
    asked = enquiries(state, subjects)
    found = await asyncio.gather(*(_found(library, state, one) for one in asked))
    problems = {name: problem for one in found for name, problem in one.problems.items()}
    notes = [_left_out(name, problem, state["language"], route) for name, problem in problems.items()]
    hits = [hit for some in found for hit in some.hits]
    problem = embedder.problem if embedder else None
    if note := await _without_meaning(library, hits, problem, state["language"]):
        notes.append(note)
    evidence = [[evidence_of(route, name, hit) for name, hit in some.hits] for some in found]
    if len(asked) == 1:
        return Gathered(evidence=evidence[0], notes=notes)
    pictures = [one.subject.number for one in asked if one.subject]
    return Gathered(evidence=told_apart(evidence, pictures), notes=notes)


async def _found(library: Library, state: SourceTask, asked: Enquiry) -> Searched:
    """Search; where what a picture shows is asked about, leave out what is said of other things."""
    hits, problems = await search_each(
        library, asked.queries, asked.looked_at, state["filters"], index=state["index"], collapse=False
    )
    if asked.subject is not None:
        hits = (await asyncio.to_thread(about, asked.subject, hits))[: asked.k]
    if hits and (_OVERVIEW.search(state["question"]) or wants_overview(state["question"])):
        hits = await _with_whole_document(library, hits)
    return Searched(hits, problems)


async def _with_whole_document(library: Library, hits: list[tuple[str, Hit]]) -> list[tuple[str, Hit]]:
    """Place all passages of the best document, in reading order, before the others."""
    name, best = hits[0]
    passages = await (await library.indexes())[name].read(best["source"], best["document"])
    whole = [(name, Hit(**{**hit, "score": best["score"], "ranks": best["ranks"]})) for hit in passages]
    others = [(index, hit) for index, hit in hits if (index, _document(hit)) != (name, _document(best))]
    return whole[:_WHOLE_CHUNKS] + others


async def _without_meaning(
    library: Library, hits: Sequence[tuple[str, Hit]], problem: EmbeddingError | None, language: Language
) -> Note | None:
    """Return the note which says that nothing was found by its meaning where it could have been."""
    by_meaning = any("dense" in hit["ranks"] for _, hit in hits)
    if by_meaning or not (hits or problem) or await _words_only(library, {name for name, _ in hits}):
        return None
    return Note(code="vectors_unavailable", text=_WORDS_ALONE[language] + (f" {problem}" if problem else ""))


async def _words_only(library: Library, names: Collection[str]) -> bool:
    """Check whether all of some indexes have no vectors to be asked: then search by meaning is not missing, it was never there."""
    indexes = await library.indexes() if names else {}
    return bool(names) and all(getattr(indexes.get(name), "words_only", "") for name in names)


def _left_out(name: str, problem: StylegraphError, language: Language, route: str) -> Note:
    """Return the note which says that an index could not be searched."""
    text = _LEFT_OUT[language].format(name=name, why=problem)
    return Note(code="index_unavailable", text=text, unsearched=route)


def _document(hit: Hit) -> tuple[str, str]:
    return hit["source"], hit["document"]
