"""The user's own documents as a source of evidence."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from stylegraph.agent.decisions import Embedder
from stylegraph.agent.errors import IndexStoreError, SourceError, StylegraphError
from stylegraph.agent.evidence import PICTURES, Evidence, Filters, Gathered, Locator, Note, SourceTask, evidence_id
from stylegraph.agent.text.language import Language
from stylegraph.agent.text.question_types import wants_overview
from stylegraph.tools.fashion.vision.evidence_filter import is_about_another
from stylegraph.tools.fashion.vision.look import Look, looks_in
from stylegraph.tools.fashion.vision.query_rewriting import asking_of, is_named
from stylegraph.tools.retrieval.hybrid.index import Hit
from stylegraph.tools.retrieval.library import Library, search
from stylegraph.tools.retrieval.standing_in import stood_in

_OVERVIEW = re.compile(
    r"요약|정리해|전부|모두|모든|전체|목록|(?:무엇|뭐|어떤 것)들|\b(?:summar\w+|overview|list all|all of|every|each)\b",
    re.IGNORECASE,
)
"""Questions that one passage can't answer: they ask for a document as a whole."""
_WORDS_ALONE: dict[Language, str] = {
    "ko": "지금은 뜻으로 찾을 수 없어서 같은 낱말이 나오는 글만 찾았습니다.",
    "en": "Search by meaning is not available at the moment, so only texts with the same words were found.",
}
_SLOW = "See whether the cluster is overloaded, or allow a turn more with STYLEGRAPH_BUDGET_SECONDS."
_PATIENCE = 8.0
"""Seconds after which a cluster is too slow, where there is something else to ask."""
_WHOLE_CHUNKS = 24
_WIDER = 3
"""How many times as many passages are looked at where those about other garments are left out."""
_FEWEST = 3
"""Passages that are wanted for each of many pictures."""
_TINY = 200


class _Asked(NamedTuple):
    """What documents are asked, for the whole question or for one of several pictures."""

    queries: Sequence[str]
    k: int
    look: Look | None = None


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

    def __init__(
        self,
        library: Library,
        spare: Library | None = None,
        embedder: Embedder | None = None,
        visible: Callable[[], Filters] = dict,
    ) -> None:
        """Look in a library, and in a spare one on this machine while that can't be asked.

        Args:
            library: Where the documents are. It is asked again every time, so that it is back as soon as it answers.
            spare: Where they may be too.
            embedder: The embedding of both, which says why it did not answer.
            visible: Gives what documents must be like to be seen by whoever asks now: for a look before they are asked.
        """
        self._visible = visible
        self._library = library
        self._spare = spare
        self._embedder = embedder

    async def gather(self, state: SourceTask) -> Gathered:
        """Find the passages that fit best; for a question about a document as a whole, all of its passages.

        Raises:
            SourceError: No index could be searched.
        """
        try:
            return await self._within(state.get("seconds"), self._gather(self._library, state))
        except StylegraphError as error:
            if isinstance(error, IndexStoreError) and (found := await self._stand_in(state, error)):
                return found
            raise SourceError(error.message, error.remedy) from error

    async def indexes(self) -> Sequence[str]:
        """Return the names of the indexes, of both libraries."""
        return sorted({name for library in self._libraries for name in await library.indexes()})

    async def probe(self, question: str) -> float:
        """Return the best passage's score, 0..1; 0 where nothing can be asked: a question is routed all the same."""
        for library in self._libraries:
            with suppress(StylegraphError):
                best = await search(library, question, 1, self._visible())
                return best[0][1]["score"] if best else 0.0
        return 0.0

    async def term_weights(self, terms: Sequence[str]) -> Mapping[str, float]:
        """Return token -> inverse document frequency, the lowest of all indexes: common anywhere is common.

        Where there is no index, or none can be asked, every word tells as much as any other.
        """
        weights: list[Mapping[str, float]] = []
        for library in self._libraries:
            with suppress(StylegraphError):
                indexes = await library.indexes()
                weights = await asyncio.gather(*(index.term_weights(terms) for index in indexes.values()))
                break
        return {term: min((some[term] for some in weights), default=1.0) for term in terms}

    @property
    def _libraries(self) -> list[Library]:
        return [self._library] if self._spare is None else [self._library, self._spare]

    async def _within(self, seconds: float | None, asked: Awaitable[Gathered]) -> Gathered:
        """Leave the spare library at least half of the time that there is.

        Raises:
            IndexStoreError: It took longer.
        """
        if self._spare is None or seconds is None:
            return await asked
        try:
            async with asyncio.timeout(min(_PATIENCE, seconds / 2)):
                return await asked
        except TimeoutError:
            raise IndexStoreError("The knowledge indexes did not answer in time.", _SLOW) from None

    async def _stand_in(self, state: SourceTask, error: IndexStoreError) -> Gathered | None:
        """Return what the spare library has, and say so; None if it has nothing."""
        if self._spare is None:
            return None
        try:
            found = await self._gather(self._spare, state)
        except StylegraphError:
            return None
        note = stood_in(state["language"], error)
        return Gathered(evidence=found["evidence"], notes=[note, *found["notes"]]) if found["evidence"] else None

    async def _gather(self, library: Library, state: SourceTask) -> Gathered:
        language = state["language"]
        asked = _asked(self.name, state)
        found = await asyncio.gather(*(self._found(library, state, one) for one in asked))
        notes = await self._notes(library, state["index"], language)
        hits = [hit for some in found for _, hit in some]
        problem = self._embedder and self._embedder.problem
        if (hits or problem) and not any("dense" in hit["ranks"] for hit in hits):
            why = f" {problem}" if problem else ""
            notes.append(Note(code="vectors_unavailable", text=_WORDS_ALONE[language] + why))
        evidence = [[self._evidence(name, hit) for name, hit in some] for some in found]
        if len(asked) == 1:
            return Gathered(evidence=evidence[0], notes=notes)
        pictures = [one.look.get("number", 0) for one in asked if one.look]
        return Gathered(evidence=_told_apart(evidence, pictures), notes=notes)

    async def _found(self, library: Library, state: SourceTask, asked: _Asked) -> list[tuple[str, Hit]]:
        """Search; where a picture's garment is asked about, leave out what is said of other garments."""
        look, k = asked.look, asked.k * (_WIDER if asked.look else 1)
        hits = await search(library, asked.queries, k, state["filters"], index=state["index"], collapse=False)
        if look is not None:
            hits = (await asyncio.to_thread(_of_garment, look, hits))[: asked.k]
        if hits and (_OVERVIEW.search(state["question"]) or wants_overview(state["question"])):
            return await self._with_whole_document(library, hits)
        return hits

    async def _with_whole_document(self, library: Library, hits: list[tuple[str, Hit]]) -> list[tuple[str, Hit]]:
        """Place all passages of the best document, in reading order, before the others."""
        name, best = hits[0]
        passages = await (await library.indexes())[name].read(best["source"], best["document"])
        whole = [(name, Hit(**{**hit, "score": best["score"], "ranks": best["ranks"]})) for hit in passages]
        others = [(index, hit) for index, hit in hits if (index, _document(hit)) != (name, _document(best))]
        return whole[:_WHOLE_CHUNKS] + others

    def _evidence(self, index: str, hit: Hit) -> Evidence:
        return Evidence(
            id=evidence_id(self.name, hit["source"], hit["document"], hit["text"]),
            route=self.name,
            title=hit["title"],
            text=hit["text"],
            url=linked(hit["url"], hit["locator"]),
            locator=hit["locator"],
            score=hit["score"],
            found_by="fused",
            data={**hit["metadata"], "source": hit["source"], "document": hit["document"], "index": index},
        )

    async def _notes(self, library: Library, index: str | None, language: Language) -> list[Note]:
        """Return which indexes were left out, unless one was asked for."""
        problems = {} if index else await library.problems()
        told = {"ko": "색인 {name}에서는 찾지 못했습니다: {why}", "en": "The index {name} was left out: {why}"}[
            language
        ]
        return [Note(code="index_unavailable", text=told.format(name=name, why=why)) for name, why in problems.items()]


def _asked(route: str, state: SourceTask) -> list[_Asked]:
    """Return what is asked: all queries at once; of several pictured garments, each by its own."""
    queries, k = state["queries"], state["k"]
    looks = [look for look in looks_in(state) if look["verdict"] == "garment"]
    own = [[query for query in queries if is_named(look, route, [query], state["language"])] for look in looks]
    if not any(own):
        return [_Asked(queries, k)]
    if len(looks) == 1:
        return [_Asked(queries, k, looks[0])]
    each = max(_FEWEST, 2 * k // len(looks))
    return [
        _Asked(named or [asking_of(look, route, state["question"], state["language"])], each, look)
        for look, named in zip(looks, own, strict=True)
    ]


def _told_apart(found: Sequence[Sequence[Evidence]], pictures: Sequence[int]) -> list[Evidence]:
    """Join what was found for several pictures; each piece says which of them it was found for."""
    joined: dict[str, Evidence] = {}
    for picture, pieces in zip(pictures, found, strict=True):
        for piece in pieces:
            known = joined.setdefault(piece["id"], Evidence(**{**piece, "data": {**piece["data"], PICTURES: []}}))
            known["data"][PICTURES].append(picture)
            known["score"] = max(known["score"], piece["score"])
    return list(joined.values())


def _of_garment(look: Look, hits: Sequence[tuple[str, Hit]]) -> list[tuple[str, Hit]]:
    return [
        (name, hit)
        for name, hit in hits
        if not any(is_about_another(look, said) for said in (hit["title"], *_headings(hit["locator"])))
    ]


def _headings(locator: Locator) -> list[str]:
    return str(locator.get("heading", "")).split(" › ")


def _document(hit: Hit) -> tuple[str, str]:
    return hit["source"], hit["document"]


def linked(url: str | None, locator: Locator) -> str | None:
    """Return the address of the very place: a page of a PDF, a second of a video. A file's path stays as it is."""
    if url is None or not url.startswith(("http://", "https://")):
        return url
    if "seconds" in locator:
        seconds = int(locator["seconds"])
        return f"{url}&t={seconds}s" if "youtube.com/watch?" in url else f"{url}#t={seconds}"
    return f"{url}#page={locator['page']}" if "page" in locator else url
