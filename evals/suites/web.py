"""Answers from the web: `cases/web.yaml`, its searches replayed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pydantic_evals.evaluators import Evaluator

from stylegraph.evals.harness.ask_cases import labels_of, told_of_turn
from stylegraph.evals.harness.evaluators import Context, Cost, Results
from stylegraph.evals.harness.suite import LiveSettings, Suite, Task, always
from stylegraph.evals.harness.trace import Watched
from stylegraph.evals.recording.web import WebCase, search, searched_again, web_cases
from stylegraph.evals.suites.conversations import ASKED


@dataclass(repr=False)
class CitesPages(Evaluator[WebCase, Watched, Any]):
    """What is cited are the pages that hold the answer: at least one of them, and how much of all that is cited."""

    def evaluate(self, ctx: Context) -> Results:
        """Compare addresses."""
        wanted = set(ctx.inputs.pages)
        cited = [_page(citation.url) for citation in ctx.output.reply.citations]
        if not wanted:
            return {}
        right = sum(page in wanted for page in cited)
        return {"cites the page": right > 0, "of the right pages": right / max(1, len(cited))}


def _page(url: str | None) -> str:
    parts = urlsplit(url or "")
    return f"{parts.netloc}{parts.path}"


@asynccontextmanager
async def _live(settings: LiveSettings) -> AsyncIterator[Task[WebCase, Watched]]:
    async def answer(case: WebCase) -> Watched:
        return await search(case, settings())

    yield answer


SUITE = Suite(
    name="web",
    about="fresh questions, pages that contradict each other, nothing found, a server that fails",
    cases=web_cases,
    id_of=lambda case: case.id,
    labels=labels_of,
    opened=always(searched_again),
    evaluators=(*ASKED, CitesPages(), Cost()),
    told=told_of_turn,
    live=_live,
)
