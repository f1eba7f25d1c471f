"""Settings -> parts -> compiled graph."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, NamedTuple

from typing_extensions import TypedDict, Unpack

from stylegraph.agent.errors import EmbeddingError, SettingsError
from stylegraph.agent.evidence import EvidenceSource
from stylegraph.agent.local.agent import LocalAgent
from stylegraph.agent.local.graders import LocalAnswerGrader, LocalEvidenceGrader
from stylegraph.agent.local.reader.reader import Reader
from stylegraph.agent.local.reviser import LocalReviser
from stylegraph.agent.local.router.router import LocalRouter
from stylegraph.agent.local.writer import LocalWriter
from stylegraph.agent.protocols import Agent, Embedder, Grader, Reranker, Router, TermWeights
from stylegraph.agent.settings import Settings, load_settings
from stylegraph.agent.text.language import Language
from stylegraph.agent.text.tokenizer import tokenize
from stylegraph.graphs.api import CompiledAssistant
from stylegraph.graphs.assistant import Parts, build_assistant
from stylegraph.graphs.nodes.dispatch import may_see
from stylegraph.graphs.nodes.usage import charge
from stylegraph.graphs.persistence import open_people, open_threads, prepare_home
from stylegraph.graphs.samples import add_samples
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.fashion.source import FashionSource
from stylegraph.tools.fashion.vision.gallery import gallery_of
from stylegraph.tools.fashion.vision.network import Garments
from stylegraph.tools.fashion.vision.node import PictureViewer
from stylegraph.tools.fashion.vision.query_rewriting import with_pictures
from stylegraph.tools.retrieval.library import IndexFolder
from stylegraph.tools.retrieval.source import DocumentsSource
from stylegraph.tools.unavailable import Unavailable
from stylegraph.tools.web.provider import open_search
from stylegraph.tools.web.source import WebSource

if TYPE_CHECKING:
    from pathlib import Path

    from stylegraph.agent.llm.models import ChatModel
    from stylegraph.tools.fashion.vision.vision_model import Describer
    from stylegraph.tools.retrieval.elastic.library import ElasticLibrary

logger = logging.getLogger(__name__)

_RESERVED = ("chat", "image")
_NO_WEB: dict[Language, str] = {
    "ko": "웹 검색이 설정되어 있지 않아요. TAVILY_API_KEY를 설정하면 웹에서도 찾아볼 수 있어요.",
    "en": "Web search is not set up. Set TAVILY_API_KEY and the web is searched too.",
}


class Own(TypedDict, total=False):
    """What a user may bring beside the built-in parts, or instead of them."""

    model: ChatModel
    """The chat model that acts and grades: a name ("openai:gpt-6-luna", "anthropic:...", "ollama:..."), or one of LangChain's."""
    grader_model: ChatModel
    """The chat model that grades, where it is another one."""
    persona: str
    """Who the assistant is, to a chat model."""
    prompts: Path
    """Folder with prompts of their own."""
    sources: Sequence[EvidenceSource]
    """Sources of their own; one with the name of a built-in source takes its place."""
    agent: Agent
    """Acts in the place of the built-in agent."""
    grader: Grader
    """Checks drafts in the place of the built-in grader."""
    router: Router
    """Decides the first act: where the question goes."""
    reranker: Reranker
    """Orders what the sources find in a thorough turn."""


@asynccontextmanager
async def open_assistant(settings: Settings | None = None, **own: Unpack[Own]) -> AsyncIterator[CompiledAssistant]:
    """Open the assistant: a compiled graph with its parts, its threads and its profiles.

    Args:
        settings: The settings; None reads them from the environment and `.env`.
        own: Sources and decisions of your own; see `Own`.

    Yields:
        The compiled graph. `ask` and `stream` of `graphs.door` call it, and so does anything that speaks LangGraph.

    Raises:
        SettingsError: The home folder can't be written.

    Example:
        >>> async with open_assistant() as assistant:  # doctest: +SKIP
        ...     reply = await ask(assistant, "여름에 입을 시원한 옷 추천해줘")
    """
    settings = settings or load_settings()
    async with open_parts(settings, **own) as parts, open_threads(settings) as threads, open_people(settings) as people:
        compiled = build_assistant(parts).compile(
            checkpointer=threads, store=people if settings.profile else None, name="stylegraph"
        )
        yield compiled.with_config({"configurable": {"question_max_chars": settings.question_max_chars}})


@asynccontextmanager
async def open_parts(settings: Settings | None = None, **own: Unpack[Own]) -> AsyncIterator[Parts]:
    """Open what the graph is made of, without threads and profiles: a LangGraph server brings those itself."""
    settings = with_words(settings or load_settings(), own)
    embedder = LocalEmbedder()
    await prepare_home(settings)
    await warm(embedder)
    async with AsyncExitStack() as stack:
        of_documents = await stack.enter_async_context(open_embedder(settings))
        await _samples_if_possible(settings, of_documents)
        documents = await stack.enter_async_context(open_documents(settings, of_documents))
        web = await stack.enter_async_context(open_web(settings))
        fashion = await stack.enter_async_context(open_fashion(settings, embedder))
        built_in: list[EvidenceSource] = [documents, web, fashion]
        sources = with_own(built_in, own.get("sources", ()))
        local = local_decisions(embedder, documents.term_weights, sources, settings, own.get("router"))
        decisions, describer = local, None
        if settings.has_model or own.get("model") is not None:
            named = {"model": own.get("model"), "grader_model": own.get("grader_model")}
            by_a_model = by_model(local, sources, settings, own.get("router"), **named)
            decisions, describer = await stack.enter_async_context(by_a_model)
        garments = Garments(gallery=await asyncio.to_thread(gallery_of, settings.catalogue_in_use))
        yield Parts(
            settings=settings,
            sources=sources,
            viewer=PictureViewer(settings, garments, describer),
            router=decisions.router,
            agent=own.get("agent", decisions.agent),
            grader=own.get("grader", decisions.grader),
            reranker=own.get("reranker"),
        )


class Decisions(NamedTuple):
    """Who acts, and who checks."""

    agent: Agent
    grader: Grader
    router: Router


def local_decisions(
    embedder: Embedder,
    weigh: TermWeights,
    sources: Sequence[EvidenceSource],
    settings: Settings,
    router: Router | None = None,
) -> Decisions:
    """Return the agent and the grader that need no model.

    Args:
        embedder: Makes the vectors that they read by.
        weigh: How rare a word is.
        sources: All sources of the graph.
        settings: How much a source is asked for.
        router: Decides the first act in the place of the local router.
    """
    reader, available = Reader(embedder, weigh), askable(sources)
    router = router or LocalRouter(embedder, sources)
    agent = LocalAgent(
        router=router,
        evidence_grader=LocalEvidenceGrader(reader),
        writer=LocalWriter(reader, embedder),
        reviser=LocalReviser(available, settings.evidence_k),
        sources=[source.name for source in sources],
        unavailable=[source.name for source in sources if source.name not in available],
        k=settings.evidence_k,
        rewrite=with_pictures,
    )
    return Decisions(agent, LocalAnswerGrader(reader), router)


@asynccontextmanager
async def by_model(
    local: Decisions,
    sources: Sequence[EvidenceSource],
    settings: Settings,
    router: Router | None = None,
    *,
    model: ChatModel | None = None,
    grader_model: ChatModel | None = None,
) -> AsyncIterator[tuple[Decisions, Describer]]:
    """Return the agent and the grader by a chat model, the local ones behind them, and who describes pictures.

    Loads its client (1 s).
    """
    from stylegraph.agent.llm.agent import ModelAgent
    from stylegraph.agent.llm.client import open_caller
    from stylegraph.agent.llm.grader import ModelGrader
    from stylegraph.tools.fashion.vision.vision_model import Describer

    available = [source for source in sources if not isinstance(source, Unavailable)]
    on_spent = charge if settings.server_tokens else None
    async with AsyncExitStack() as stack:
        caller = await stack.enter_async_context(open_caller(settings, on_spent, model))
        grading = caller.beside(settings.grader_model)
        if grader_model is not None:
            grading = await stack.enter_async_context(open_caller(settings, on_spent, grader_model))
            grading.spending = caller.spending
        agent = ModelAgent(caller, local.agent, available, router, may_see)
        describer = Describer(caller.beside(settings.vision_model))
        yield Decisions(agent, ModelGrader(grading, local.grader), local.router), describer


def with_words(settings: Settings, own: Own) -> Settings:
    """Return the settings with the persona and the prompts that a caller gives."""
    return settings.model_copy(update={name: own[name] for name in ("persona", "prompts") if name in own})


def askable(sources: Sequence[EvidenceSource]) -> list[str]:
    """Return the names of the sources that are set up."""
    return [source.name for source in sources if not isinstance(source, Unavailable)]


def with_own(built_in: Sequence[EvidenceSource], own: Sequence[EvidenceSource]) -> tuple[EvidenceSource, ...]:
    """Return all sources, a user's own in place of a built-in one of the same name.

    Raises:
        SettingsError: Two of a user's own have one name, or a name that the graph needs itself.
    """
    names = [source.name for source in own]
    if reserved := [name for name in names if name in _RESERVED or names.count(name) > 1]:
        raise SettingsError(f"A source can't be called {reserved[0]!r}: the name is taken.", "Give it another name.")
    return (*(source for source in built_in if source.name not in names), *own)


@asynccontextmanager
async def open_fashion(settings: Settings, embedder: Embedder) -> AsyncIterator[FashionSource]:
    """Open the fashion catalogue, on the cluster where one is set; the first time it is indexed, in seconds."""
    async with AsyncExitStack() as stack:
        cluster = _shelves(settings, embedder)
        if cluster is not None:
            stack.push_async_callback(cluster.close)
        rates = settings.exchange_rates
        catalogue, currency = settings.catalogue_in_use, settings.catalogue_currency
        fashion = await FashionSource.open(settings.home, embedder, catalogue, cluster, rates, currency)
        stack.push_async_callback(fashion.close)
        yield fashion


def _shelves(settings: Settings, embedder: Embedder) -> ElasticLibrary | None:
    """Return where the cluster keeps catalogues: under a prefix of their own, so that no document is looked for there."""
    if settings.elasticsearch_url is None:
        return None
    from stylegraph.tools.retrieval.elastic.library import ElasticLibrary

    prefix = f"{settings.elasticsearch_prefix}.fashion"
    return ElasticLibrary(settings.model_copy(update={"elasticsearch_prefix": prefix}), embedder)


@asynccontextmanager
async def open_documents(settings: Settings, embedder: Embedder) -> AsyncIterator[DocumentsSource]:
    """Open the knowledge indexes as a source; behind those of a cluster stand the files of this machine."""
    async with open_library(settings, embedder) as library:
        spare = None if isinstance(library, IndexFolder) else IndexFolder(settings.indexes, embedder)
        try:
            yield DocumentsSource(library, spare, embedder)
        finally:
            if spare is not None:
                await spare.close()


@asynccontextmanager
async def open_library(
    settings: Settings, embedder: Embedder | None = None
) -> AsyncIterator[IndexFolder | ElasticLibrary]:
    """Open the knowledge indexes: those of the Elasticsearch cluster that is set, else a folder of files.

    Args:
        settings: The settings.
        embedder: What `open_embedder` opened; None: it is opened here.
    """
    async with AsyncExitStack() as stack:
        if embedder is None:
            embedder = await stack.enter_async_context(open_embedder(settings))
        library = _library(settings, embedder)
        stack.push_async_callback(library.close)
        yield library


@asynccontextmanager
async def open_embedder(settings: Settings) -> AsyncIterator[Embedder]:
    """Open the embedding of documents: that of the server that is set, else the one on this machine.

    Routes, answers without a model and the catalogue stay with the one on this machine: they were fitted with it.

    Raises:
        SettingsError: A server's is set, but neither a key nor an address.
    """
    if not settings.embedding_model:
        yield LocalEmbedder()
        return
    from stylegraph.tools.embeddings.server import open_server_embedder

    async with open_server_embedder(settings) as embedder:
        yield embedder


async def _samples_if_possible(settings: Settings, embedder: Embedder) -> None:
    try:
        await add_samples(settings, embedder)
    except EmbeddingError as error:  # the turn's notes say so too, where documents are asked
        logger.warning("the sample knowledge is not indexed yet: %s", error)


def _library(settings: Settings, embedder: Embedder) -> IndexFolder | ElasticLibrary:
    if settings.elasticsearch_url is None:
        return IndexFolder(settings.indexes, embedder)
    from stylegraph.tools.retrieval.elastic.library import ElasticLibrary

    return ElasticLibrary(settings, embedder)


@asynccontextmanager
async def open_web(settings: Settings) -> AsyncIterator[EvidenceSource]:
    """Open web search if it is set up; else what says that it is not."""
    if not settings.has_web:
        yield Unavailable(
            WebSource.name, WebSource.node, WebSource.description, remedy=_NO_WEB, examples=WebSource.examples
        )
        return
    async with open_search(settings) as search:
        yield WebSource(search, settings)


async def warm(embedder: Embedder) -> None:
    """Load what the first question would wait for, so that no source's time is spent on it."""
    await asyncio.gather(embedder.embed(["준비"]), asyncio.to_thread(tokenize, "준비"))
