"""The web as a source of evidence."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Sequence
from itertools import chain

from langgraph.config import get_config

from stylegraph.agent.budget import Charge
from stylegraph.agent.errors import FetchError
from stylegraph.agent.evidence import Evidence, Gathered, Note, SourceTask, evidence_id
from stylegraph.agent.settings import Settings
from stylegraph.tools.web.page import best_passages
from stylegraph.tools.web.search import Freshness, WebResult, WebSearch, deduplicated, freshness

_PAGES_READ = 2
_CACHED = 256
_CACHE_SECONDS = 900.0
_NO_BUDGET = {
    "ko": "이번 답변의 웹 검색 한도에 도달해 더 검색하지 않았어요.",
    "en": "The turn's web searches are used up, so no more were made.",
}
_NOTHING = {"ko": "웹에서 맞는 결과를 찾지 못했어요.", "en": "The web search found nothing."}

_Key = tuple[str, str, Freshness | None]


class WebSource:
    """An `EvidenceSource` over a provider of web search.

    Snippets first; when the turn comes back because they did not suffice, the best pages are read in full. A query is
    searched once within a thread, for a quarter of an hour.
    """

    name = "web"
    node = "search_web"
    description = (
        "The web: what is fresh (today, latest, this year, news, weather, prices now, trends) and facts of the world "
        "that are neither about clothes nor in the user's own documents."
    )
    examples: Sequence[str] = (
        "오늘 서울 날씨 어때?",
        "올해 유행하는 컬러가 뭐야?",
        "What happened at fashion week this week?",
        "How tall is the Eiffel Tower?",
    )

    def __init__(self, search: WebSearch, settings: Settings) -> None:
        self._search = search
        self._settings = settings
        self._cache: OrderedDict[_Key, tuple[float, Sequence[WebResult]]] = OrderedDict()

    async def gather(self, state: SourceTask) -> Gathered:
        """Search for every query side by side; read the best pages in full when this is not the first attempt.

        Raises:
            SourceError: The provider did not answer.
        """
        queries = state["queries"][: max(0, state["web_searches"])]
        if not queries:
            return Gathered(notes=[Note(code="budget_ended", text=_NO_BUDGET[state["language"]])])
        span = freshness(state["question"])
        found = await asyncio.gather(*(self._found(query, state["k"], span) for query in queries))
        results = deduplicated(list(chain.from_iterable(results for results, _ in found)))[: state["k"]]
        ledger = [charge for _, charge in found if charge is not None]
        if not results:
            return Gathered(notes=[Note(code="web_empty", text=_NOTHING[state["language"]])], ledger=ledger)
        read = await self._read(results[:_PAGES_READ], state["question"]) if state["attempt"] else {}
        evidence = [_evidence(result, read.get(result["url"], result["text"]), self._search.name) for result in results]
        return Gathered(evidence=evidence, ledger=ledger)

    async def _found(self, query: str, k: int, span: Freshness | None) -> tuple[Sequence[WebResult], Charge | None]:
        key: _Key = (_thread(), query.casefold(), span)
        known = self._cache.get(key)
        if known and time.monotonic() - known[0] < _CACHE_SECONDS:
            return known[1], None
        charge = Charge(kind="web", by=self.name, started=time.time(), ended=0.0, tokens_in=0, tokens_out=0)
        results = await self._search.search(query, k, span)
        charge["ended"] = time.time()
        self._cache[key] = (time.monotonic(), results)
        while len(self._cache) > _CACHED:
            self._cache.popitem(last=False)
        return results, charge

    async def _read(self, results: Sequence[WebResult], question: str) -> dict[str, str]:
        """Give the passages of whole pages that fit the question; a page that can't be read keeps its snippet."""
        texts = await asyncio.gather(
            *(best_passages(result["url"], question, self._settings) for result in results), return_exceptions=True
        )
        for text in texts:
            if isinstance(text, BaseException) and not isinstance(text, FetchError):
                raise text
        return {
            result["url"]: text for result, text in zip(results, texts, strict=True) if isinstance(text, str) and text
        }


def _thread() -> str:
    try:
        return str(get_config()["configurable"].get("thread_id", ""))
    except RuntimeError:  # called outside a graph
        return ""


def _evidence(result: WebResult, text: str, provider: str) -> Evidence:
    return Evidence(
        id=evidence_id("web", result["url"], text),
        route="web",
        title=result["title"],
        text=text,
        url=result["url"],
        locator={},
        score=result["score"],
        found_by=provider,
        data={"published": result["published"]},
    )
