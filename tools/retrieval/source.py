"""The user's own documents as a source of evidence."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import TypeVar

from typing_extensions import TypedDict, Unpack

from stylegraph.agent.errors import IndexStoreError, SourceError, StylegraphError
from stylegraph.agent.evidence import Evidence, Filters, Gathered, Match, SourceTask, ToolSpec
from stylegraph.agent.protocols import Embedder
from stylegraph.agent.reply import Reply
from stylegraph.tools.knowledge.samples import SAMPLES
from stylegraph.tools.retrieval import index_cards, reading
from stylegraph.tools.retrieval.follow_ups import documents_cited, unsaid
from stylegraph.tools.retrieval.gathering import gathered
from stylegraph.tools.retrieval.hybrid.conditions import seeing
from stylegraph.tools.retrieval.hybrid.index import Hit
from stylegraph.tools.retrieval.library import Library, search
from stylegraph.tools.retrieval.outlines import DocumentRef, Outline
from stylegraph.tools.retrieval.passage_evidence import evidence_of
from stylegraph.tools.retrieval.standing_in import stood_in
from stylegraph.tools.retrieval.subjects import Subjects, no_subjects
from stylegraph.tools.retrieval.tool_specs import READ, SEARCH

T = TypeVar("T")

_SLOW = "See whether the cluster is overloaded, or allow a turn more with STYLEGRAPH_BUDGET_SECONDS."
_PATIENCE = 8.0
"""Seconds after which a cluster is too slow, where there is something else to ask."""
_FOLLOWED = 2
"""Documents that follow-up questions are made of."""


class ReadOptions(TypedDict, total=False):
    """What to read of a document."""

    index: str | None
    """The only index to look in."""
    section: int | str | None
    """The number or the heading of a section; those under it belong to it."""
    at: int | None
    """A character of its text, such as a citation's (`locator["start"]` and on): it is read with what stands around it."""
    start: int | None
    """A character of its text to read on from: `next` of the reading before."""
    max_tokens: int
    """The bound, by `estimated_tokens`; 4,000 by default. One passage is always read."""


class DocumentReading(TypedDict):
    """A document, or the part of it that was asked for."""

    outline: Outline
    evidence: list[Evidence]
    """Its passages in the order of the text; neighbours may overlap by a sentence."""
    whole: bool
    """Whether this is all of what was asked for."""
    next: int | None
    """Character at which to read on (`start`); None at the end."""


_CARD_TOKENS = 250
_NO_MATCH = Match(0.0, strange=False)
_READ_TOKENS = 4_000
_MATCHING = 6
"""Passages that a match looks at: of a few one can tell whether they answer."""


class DocumentsSource:
    """An `EvidenceSource` over one index, or all that there are."""

    name = "documents"
    node = "retrieve"
    eager = True
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
        subjects: Subjects = no_subjects,
    ) -> None:
        """Look in a library, and in a spare one on this machine while that can't be asked.

        Args:
            library: Where the documents are. It is asked again every time, so that it is back as soon as it answers.
            spare: Where they may be too.
            embedder: The embedding of both, which says why it did not answer.
            visible: Gives what documents must be like to be seen by whoever asks now: for a look before they are asked.
            subjects: Tells what pictures show, where there is something that looks at them.
        """
        self._visible = visible
        self._subjects = subjects
        self._library = library
        self._spare = spare
        self._embedder = embedder

    def tools(self) -> Sequence[ToolSpec]:
        """Return how a chat model may ask: for the passages that fit, or for a document as a whole."""
        return (SEARCH, READ)

    async def overview(self, task: SourceTask) -> str:
        """Return in a few lines what there is to be read of what the person may see."""
        card = await self.index_card(task["filters"], index=task["index"], max_tokens=_CARD_TOKENS)
        return f"There are now:\n{card}" if card else ""

    async def gather(self, state: SourceTask) -> Gathered:
        """Find the passages that fit best; for a question about a document as a whole, all of its passages.

        Raises:
            SourceError: No index could be searched.
        """
        if state.get("tool") == READ["name"]:
            return await self._read(state)
        try:
            return await self._within(state.get("seconds"), self._search(self._library, state))
        except StylegraphError as error:
            if isinstance(error, IndexStoreError) and (found := await self._stand_in(state, error)):
                return found
            raise SourceError(error.message, error.remedy) from error

    async def index_card(
        self, filters: Filters | None = None, *, index: str | None = None, max_tokens: int = 400
    ) -> str:
        """Return in a few lines what there is to be read, for a model; empty where there is nothing, or nothing answers.

        Args:
            filters: What must hold for every document that is seen: who may see it.
            index: The only index to describe.
            max_tokens: The bound, by `estimated_tokens`.
        """
        for library in self._libraries:
            with suppress(StylegraphError):
                return await index_cards.index_card(library, filters, index=index, max_tokens=max_tokens)
        return ""

    async def titles(self, filters: Filters | None = None, most: int = 200) -> list[tuple[str, str]]:
        """Return index and title of documents that meet the filters; of more than `most`, ones from all over an index.

        Raises:
            SourceError: No index can be read.
        """
        return await self._first(lambda library: index_cards.titles(library, filters, most))

    async def follow_ups(self, reply: Reply, filters: Filters) -> Sequence[str]:
        """Return questions about what the cited documents say besides.

        Raises:
            SourceError: No index can be read.
        """
        asked: list[str] = []
        for document, starts in documents_cited(reply, self.name)[:_FOLLOWED]:
            asked += unsaid(await self.outline(document, filters), starts, reply.language)
        return asked

    async def outline(
        self, document: str | DocumentRef, filters: Filters | None = None, *, index: str | None = None
    ) -> Outline:
        """Return the sections of a document, with how long each is.

        Args:
            document: Its title, id or address, or what an evidence's `data` says (`index`, `source`, `document`).
            filters: What must hold for every document that is seen: who may see it.
            index: The only index to look in.

        Raises:
            SourceError: There is no such document that may be seen, or no index can be read.
        """
        return await self._first(lambda library: reading.outline(library, document, filters, index=index))

    async def read_document(
        self, document: str | DocumentRef, filters: Filters | None = None, **options: Unpack[ReadOptions]
    ) -> DocumentReading:
        """Read a document: all of it, one section, what stands around a place, or on from a place.

        One that is longer than the bound is read by its outline: the passage that begins each section.

        Args:
            document: Its title, id or address, or what an evidence's `data` says (`index`, `source`, `document`).
            filters: What must hold for every document that is seen: who may see it.
            options: What to read of it, and how much; see `ReadOptions`.

        Returns:
            The passages as evidence, with the ids that a search gives them, in the order of the text.

        Raises:
            SourceError: There is no such document or section that may be seen, or no index can be read.
        """
        found = await self._first(lambda library: reading.read_document(library, document, filters, **options))
        index = found["outline"]["ref"]["index"]
        return DocumentReading(
            outline=found["outline"],
            evidence=[evidence_of(self.name, index, Hit(**{**hit, "score": 1.0})) for hit in found["passages"]],
            whole=found["whole"],
            next=found["next"],
        )

    async def _read(self, state: SourceTask) -> Gathered:
        """Read a document, or a part of it, for a chat model.

        Raises:
            SourceError: There is no such document or section that may be seen, or no index can be read.
        """
        wanted = state.get("arguments", {})
        most = int(_bounded(wanted.get("max_tokens"), _READ_TOKENS))
        options: ReadOptions = {"index": state["index"], "max_tokens": most}
        said = ("section", "at", "start")
        options.update({name: wanted[name] for name in said if wanted.get(name) is not None})  # type: ignore[typeddict-item]
        read = await self.read_document(wanted.get("document", ""), state["filters"], **options)
        sections = "; ".join(
            f"{one['number']}. {one['heading']}" for one in read["outline"]["sections"] if one["heading"]
        )
        remarks = [] if read["whole"] or not sections else [f"Sections: {sections}."]
        if read["next"] is not None:
            remarks.append(f"Goes on at {read['next']} (start).")
        score = _bounded(wanted.get("score"), 1.0)  # what was not found for its likeness counts less than what was
        evidence = [Evidence(**{**piece, "score": score}) for piece in read["evidence"]]
        return Gathered(evidence=evidence, remarks=remarks)

    async def _first(self, call: Callable[[Library], Awaitable[T]]) -> T:
        """Ask the library, and the spare one where that does not answer.

        Raises:
            SourceError: Neither did, or there is no such thing.
        """
        for last, library in enumerate(self._libraries, start=1):
            try:
                return await call(library)
            except StylegraphError as error:
                if not isinstance(error, IndexStoreError) or last == len(self._libraries):
                    raise SourceError(error.message, error.remedy) from error
        raise AssertionError

    async def indexes(self) -> Sequence[str]:
        """Return the names of the indexes, of both libraries."""
        return sorted({name for library in self._libraries for name in await library.indexes()})

    async def probe(self, question: str) -> float:
        """Return the best passage's score, 0..1; 0 where nothing can be asked: a question is routed all the same."""
        return (await self.match(question)).score

    async def match(self, question: str) -> Match:
        """Return how well the best passage fits, whether it is of another index than the samples, and what is there."""
        for library in self._libraries:
            with suppress(StylegraphError):
                found = await search(library, question, _MATCHING, self._visible(), collapse=False)
                return self._matching(found) if found else _NO_MATCH
        return _NO_MATCH

    def _matching(self, found: Sequence[tuple[str, Hit]]) -> Match:
        index, best = found[0]
        if index == SAMPLES:
            return Match(best["score"], strange=False)
        own = [evidence_of(self.name, name, hit) for name, hit in found if name != SAMPLES]
        return Match(best["score"], strange=True, passages=own)

    async def term_weights(self, terms: Sequence[str]) -> Mapping[str, float]:
        """Return token -> inverse document frequency, the lowest of all indexes: common anywhere is common.

        Counted are the documents that whoever asks now may see.

        Where there is no index, or none can be asked, every word tells as much as any other.
        """
        weights: list[Mapping[str, float]] = []
        for library in self._libraries:
            with suppress(StylegraphError):
                indexes, seen = (await library.indexes()).values(), seeing(self._visible())
                asked = (one.term_weights(terms, seen) for one in indexes)
                weighed = await asyncio.gather(*asked, return_exceptions=True)
                weights = [some for some in weighed if not isinstance(some, BaseException)]
                break
        return {term: min((some[term] for some in weights), default=1.0) for term in terms}

    @property
    def _libraries(self) -> list[Library]:
        return [self._library] if self._spare is None else [self._library, self._spare]

    def _search(self, library: Library, state: SourceTask) -> Awaitable[Gathered]:
        return gathered(library, state, self._subjects(state), self._embedder, route=self.name)

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
            found = await self._search(self._spare, state)
        except StylegraphError:
            return None
        note = stood_in(state["language"], error, unsearched=self.name)
        return Gathered(evidence=found["evidence"], notes=[note, *found["notes"]]) if found["evidence"] else None


def _bounded(wanted: object, most: float) -> float:
    """Return a number that a look-up asks for; the most that there may be where it is none, or more."""
    return float(wanted) if isinstance(wanted, (int, float)) and 0 <= wanted <= most else most
