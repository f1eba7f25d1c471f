"""The graph over sources that are given: the decisions are real, made by either maker."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.memory import InMemoryStore

from stylegraph.agent.errors import InputError
from stylegraph.agent.evidence import EvidenceSource
from stylegraph.agent.protocols import Router, TermWeights
from stylegraph.agent.settings import Settings, load_settings
from stylegraph.evals.harness.agents.clock import TODAY
from stylegraph.evals.harness.fake_sources import alike
from stylegraph.evals.harness.suite import LiveSettings
from stylegraph.graphs.api import CompiledAssistant
from stylegraph.graphs.assistant import Parts, build_assistant
from stylegraph.graphs.deciding import Decisions, by_model, local_decisions
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.fashion.pack import fashion_pack
from stylegraph.tools.fashion.vision.network import Garments
from stylegraph.tools.fashion.vision.node import PictureViewer

MODEL_URL = "http://model.invalid/v1"
WEB_URL = "http://tavily.invalid"
ELASTIC_URL = "http://elasticsearch.invalid:9200"
EMBEDDING_URL = "http://embedding.invalid/v1"
"""The addresses of servers in cassettes."""
_PATIENCE = {"model_timeout": 600.0, "budget_seconds": 3_600.0, "model_retries": 0}
"""A small model on a small machine takes minutes for a turn; how long a call may take is not what is measured here."""
_NO_EMBEDDING = {
    "embedding_model": None,
    "embedding_base_url": None,
    "embedding_api_key": None,
    "embedding_dimensions": None,
    "embedding_query_prefix": "",
    "embedding_document_prefix": "",
    "embedding_timeout": 600.0,
    "embedding_patience": 600.0,
    "embedding_retries": 0,
}


_RATES = {"USD": 1400.0, "EUR": 1500.0, "GBP": 1750.0, "JPY": 9.5, "CNY": 195.0}
"""Cases name prices in other currencies, which are only compared at rates that somebody set."""


def settings_for(model: str | None, url: str | None = MODEL_URL, web: str | None = WEB_URL, **more: object) -> Settings:
    """Return the settings of a turn; the environment's are left out, so that a recording is the same everywhere.

    Args:
        model: The model's name; None: decided without one.
        url: Its server; None: OpenAI's own.
        web: The server that speaks Tavily's protocol; None: there is none.
        more: Settings that win.
    """
    chosen = {"model": model, "base_url": url, **_PATIENCE} if model else {"openai_api_key": None, "base_url": None}
    empty = {
        "tavily_api_key": None,
        "openai_api_key": None,
        "elasticsearch_url": None,
        "effort": "standard",
        "exchange_rates": _RATES,
        "today": TODAY,  # a model is told the date
    } | _NO_EMBEDDING
    return Settings(_env_file=None, **{**empty, "tavily_base_url": web, **chosen, **more})  # type: ignore[call-arg, arg-type]


def live_settings(by_model: bool, base_url: str | None = None, model: str | None = None) -> LiveSettings:
    """Make settings of the servers that are given here or by the environment.

    Args:
        by_model: Whether a chat model decides.
        base_url: Its server.
        model: Its name.

    Raises:
        InputError: A model should decide, and there is none.
    """
    known = load_settings(**{name: value for name, value in (("base_url", base_url), ("model", model)) if value})
    if by_model and not known.has_model:
        raise InputError("There is no chat model to ask.", "Give its address (--base-url URL), or set OPENAI_API_KEY.")
    keys = {"tavily_api_key": known.tavily_api_key, **({"openai_api_key": known.openai_api_key} if by_model else {})}

    def made(**more: object) -> Settings:
        name = known.model if by_model else None
        return settings_for(name, known.base_url, known.tavily_base_url, **{**keys, **more})

    return made


@asynccontextmanager
async def opened_over(
    sources: Sequence[EvidenceSource],
    settings: Settings,
    *,
    router: Router | None = None,
    weigh: TermWeights = alike,
    threads: BaseCheckpointSaver[str] | None = None,
) -> AsyncIterator[CompiledAssistant]:
    """Open the graph over sources.

    Args:
        sources: All that there are.
        settings: Name the model, if there is one.
        router: In the place of the maker's own.
        weigh: How rare a word is.
        threads: Where conversations are kept; None: in memory.
    """
    decisions = local_decisions(_embedder(), weigh, sources, settings, router, fashion_pack())
    if settings.has_model:
        async with by_model(decisions, _embedder(), sources, settings, router) as (by_a_model, _):
            yield _compiled(by_a_model, sources, settings, threads)
    else:
        yield _compiled(decisions, sources, settings, threads)


def _compiled(
    decisions: Decisions,
    sources: Sequence[EvidenceSource],
    settings: Settings,
    threads: BaseCheckpointSaver[str] | None,
) -> CompiledAssistant:
    viewer = PictureViewer(settings, Garments())
    parts = Parts(settings=settings, sources=tuple(sources), viewer=viewer, **decisions._asdict())
    return build_assistant(parts).compile(checkpointer=threads or InMemorySaver(), store=InMemoryStore())


@cache
def _embedder() -> LocalEmbedder:
    """Return the one embedder of the process."""
    return LocalEmbedder()
