"""The web as a source of evidence."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from itertools import chain, zip_longest
from typing import NamedTuple
from urllib.parse import urlsplit

from stylegraph.agent.budget import Charge, ended_note
from stylegraph.agent.errors import FetchError, SourceError
from stylegraph.agent.evidence import Evidence, Filters, Gathered, Note, SourceTask, ToolSpec, evidence_id
from stylegraph.agent.settings import Settings
from stylegraph.tools.web.cache import SearchCache
from stylegraph.tools.web.page import Page, fitting, read_page
from stylegraph.tools.web.search import (
    Freshness,
    PageReader,
    WebResult,
    WebSearch,
    as_freshness,
    deduplicated,
    freshness,
)

_PAGES_READ = 2
_READ_SECONDS = 5.0
"""For reading pages in full: a slow one must not cost the snippets that are there already."""
_FRESHNESS = "freshness"
_NOTHING = {"ko": "웹에서 맞는 결과를 찾지 못했어요.", "en": "The web search found nothing."}
_FAILED = {"ko": "웹 검색이 되지 않았어요. {reason}", "en": "The web search failed. {reason}"}


_SEARCH = ToolSpec(
    name="search_web",
    description="Search the web: news, weather, prices now, facts of the world. Gives snippets; read_page opens one in full.",
    parameters={
        "type": "object",
        "properties": {
            "query": {"type": "string", "description": "What to look for, in a few words."},
            "freshness": {
                "type": "string",
                "enum": ["day", "week", "month", "year"],
                "description": "Only pages this new.",
            },
        },
        "required": ["query"],
    },
)
_READ = ToolSpec(
    name="read_page",
    description="Read a web page in full: an address that a search found in this turn, or that the person gave.",
    parameters={"type": "object", "properties": {"url": {"type": "string"}}, "required": ["url"]},
)


class _Found(NamedTuple):
    """What one query gave."""

    results: Sequence[WebResult] = ()
    charge: Charge | None = None
    failure: SourceError | None = None


class WebSource:
    """An `EvidenceSource` over a provider of web search.

    Snippets first; when the turn comes back because they did not suffice, the best pages are read in full. A query is
    searched once within a thread, for a quarter of an hour.
    """

    name = "web"
    node = "search_web"
    description = "the web: news, weather, trends, prices now, and facts of the world that are not about clothes."
    examples: Sequence[str] = (
        "오늘 서울 날씨 어때?",
        "올해 유행하는 컬러가 뭐야?",
        "What happened at fashion week this week?",
        "How tall is the Eiffel Tower?",
    )

    def __init__(self, search: WebSearch, settings: Settings) -> None:
        self._search = search
        self._settings = settings
        self._cache = SearchCache()

    def tools(self) -> Sequence[ToolSpec]:
        """Return how a chat model may ask: for a search, or for a page that was found or given."""
        return (_SEARCH, _READ)

    def read_filters(self, question: str) -> Filters:
        """Read from the words how old a page may be: `{"freshness": {"any": ["week"]}}`."""
        span = freshness(question)
        return {_FRESHNESS: {"any": [span]}} if span else {}

    async def gather(self, state: SourceTask) -> Gathered:
        """Search for every query side by side; read the best pages in full when this is not the first attempt."""
        if state.get("tool") == _READ["name"]:
            return await self._page(state)
        said = str(state.get("arguments", {}).get(_FRESHNESS) or "")
        span = as_freshness(said or next(iter(state["filters"].get(_FRESHNESS, {}).get("any", [])), ""))
        queries = self._affordable(state, span)
        found = await asyncio.gather(*(self._found(query, state["k"], span) for query in queries))
        in_turns = len(state.get("seen") or []) > 1  # a query for each picture, and all of them count
        results = self._chosen(found, in_turns=in_turns)[: state["k"]]
        ledger = [one.charge for one in found if one.charge]
        pages: dict[str, Page] = {}
        if state["attempt"] and results:
            pages, extracting = await self._read(results[:_PAGES_READ], state["question"])
            ledger += extracting
        evidence = [self._evidence(result, pages.get(result["url"])) for result in results]
        return Gathered(evidence=evidence, ledger=ledger, notes=_notes(state, queries, found, results))

    async def _page(self, state: SourceTask) -> Gathered:
        """Read a page in full: one that was found this turn or that the person gave, no other.

        An address can carry data away; so what a page or a document asks for is not opened.

        Raises:
            SourceError: The address was neither found nor given, or can't be read.
        """
        url = str(state.get("arguments", {}).get("url", "")).strip()
        if url not in state.get("links", []):
            raise SourceError("Only pages that a search found, or that the person gave, can be read.", "Search for it.")
        page, ledger = await self._opened(url, state["asked"])
        result = WebResult(url=url, title=url, text=page.text, score=1.0, published=None)
        return Gathered(evidence=[self._evidence(result, page)], ledger=ledger)

    async def _opened(self, url: str, question: str) -> tuple[Page, list[Charge]]:
        """Fetch a page, or ask the provider for it where that fails.

        Raises:
            SourceError: Neither has it.
        """
        try:
            return await read_page(url, question, self._settings), []
        except FetchError as error:
            pages: dict[str, Page] = {}
            charge = _charge()
            if isinstance(self._search, PageReader):
                await self._extract(self._search, [url], question, pages)
            if url not in pages:
                raise SourceError(error.message, error.remedy) from error
            return pages[url], [_ended(charge)]

    def _affordable(self, state: SourceTask, span: str | None) -> list[str]:
        """Return the queries that the budget has searches for; one that is known costs none."""
        kept, left = [], max(0, state["web_searches"])
        for query in dict.fromkeys(state["queries"]):
            known = self._cache.get(query, span) is not None
            if known or left > 0:
                kept.append(query)
                left -= not known
        return kept

    async def _found(self, query: str, k: int, span: Freshness | None) -> _Found:
        known = self._cache.get(query, span)
        if known is not None:
            return _Found(known)
        charge = _charge()
        try:
            results = await self._search.search(query, k, span)
        except SourceError as error:
            return _Found(charge=_ended(charge), failure=error)
        self._cache.put(query, span, results)
        return _Found(results, _ended(charge))

    def _chosen(self, found: Sequence[_Found], *, in_turns: bool) -> list[WebResult]:
        """Join the results of all queries, or take them in turns; the domains hold whatever the provider made of them."""
        ranks = zip_longest(*(one.results for one in found)) if in_turns else (one.results for one in found)
        every = deduplicated([result for result in chain.from_iterable(ranks) if result is not None])
        only, never = self._settings.web_include_domains, self._settings.web_exclude_domains
        return [
            result for result in every if (not only or _is_of(result["url"], only)) and not _is_of(result["url"], never)
        ]

    async def _read(self, results: Sequence[WebResult], question: str) -> tuple[dict[str, Page], list[Charge]]:
        """Read pages in full; one that can't be fetched is asked of the provider, else it keeps its snippet."""
        pages: dict[str, Page] = {}
        charges: list[Charge] = []
        try:
            async with asyncio.timeout(_READ_SECONDS):
                await asyncio.gather(*(self._fetch(result["url"], question, pages) for result in results))
                unread = [result["url"] for result in results if result["url"] not in pages]
                if unread and isinstance(self._search, PageReader):
                    charges.append(_charge())
                    await self._extract(self._search, unread, question, pages)
        except TimeoutError:
            pass  # what was read by then is used
        return pages, charges

    async def _fetch(self, url: str, question: str, pages: dict[str, Page]) -> None:
        try:
            page = await read_page(url, question, self._settings)
        except FetchError:
            return
        if page.text:
            pages[url] = page

    async def _extract(self, reader: PageReader, urls: Sequence[str], question: str, pages: dict[str, Page]) -> None:
        try:
            texts = await reader.read(urls)
        except SourceError:
            return
        for url in urls:
            if text := texts.get(url, "").strip():
                pages[url] = Page(await fitting(text, question, self._settings), None)

    def _evidence(self, result: WebResult, page: Page | None) -> Evidence:
        text = page.text if page else result["text"]
        return Evidence(
            id=evidence_id(self.name, result["url"], text),
            route=self.name,
            title=result["title"],
            text=text,
            url=result["url"],
            locator={},
            score=result["score"],
            found_by=self._search.name,
            data={"published": result["published"] or (page.published if page else None), "read_in_full": bool(page)},
        )


def _charge() -> Charge:
    now = time.time()
    return Charge(kind="web", by=WebSource.name, started=now, ended=now, tokens_in=0, tokens_out=0)


def _ended(charge: Charge) -> Charge:
    return Charge(**{**charge, "ended": time.time()})


def _is_of(url: str, domains: Sequence[str]) -> bool:
    host = (urlsplit(url).hostname or "").lower()
    return any(host == domain.lower() or host.endswith(f".{domain.lower()}") for domain in domains)


def _notes(
    state: SourceTask, queries: Sequence[str], found: Sequence[_Found], results: Sequence[WebResult]
) -> list[Note]:
    """Return what went differently: searches that the budget had no room for or that failed, and an empty result."""
    language = state["language"]
    failures = {str(one.failure) for one in found if one.failure}
    notes = [
        Note(code="web_failed", text=_FAILED[language].format(reason=reason), unsearched=WebSource.name)
        for reason in sorted(failures)
    ]
    if len(queries) < len(set(state["queries"])):
        notes.append(ended_note("web_searches", language))
    if not results and not notes:
        notes.append(Note(code="web_empty", text=_NOTHING[language]))
    return notes
