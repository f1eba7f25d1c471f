"""Questions to the web (`cases/web.yaml`), asked without a model; the searches are recorded."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pydantic import Field

import stylegraph.evals
from stylegraph.agent.settings import Settings
from stylegraph.evals.harness.ask_cases import AskCase, ask_cases
from stylegraph.evals.harness.fake_sources import Routed, shelf
from stylegraph.evals.harness.fixtures import opened_over, settings_for
from stylegraph.evals.harness.trace import Watched, watch
from stylegraph.evals.replay.http import cassette, replaying
from stylegraph.graphs.build import open_web
from stylegraph.tools.retrieval.source import DocumentsSource

FOLDER = "web"
PAGES = Path(stylegraph.evals.__file__).with_name("cases") / "web"
"""The saved pages that the stand-in searches."""


class WebCase(AskCase):
    """A question to the web."""

    server: str = "well"
    """How the stand-in behaves that it is recorded against."""
    pages: list[str] = Field([])
    """Host and path of the pages that hold the answer."""
    budget: dict[str, float] = Field({})
    """Parts of the turn's budget."""


@cache
def web_cases() -> Sequence[WebCase]:
    """Read the cases, in the order of the file."""
    return ask_cases("web", WebCase)


async def search(case: WebCase, settings: Settings) -> Watched:
    """Ask a case's question of the web, and of documents that hold nothing."""
    async with (
        open_web(settings) as web,
        opened_over([shelf(DocumentsSource), web], settings, router=Routed(["web"])) as assistant,
    ):
        return await watch(assistant, case.question, budget=case.budget)


async def searched_again(case: WebCase) -> Watched:
    """Ask it against what was recorded.

    Raises:
        ReplayError: It searches for something else than what was recorded.
    """
    with replaying(cassette(FOLDER, case.id)):
        return await search(case, settings_for(None))
