"""Settings -> parts -> compiled graph."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from typing_extensions import TypedDict, Unpack

from stylegraph.agent.errors import EmbeddingError, IndexStoreError, SettingsError
from stylegraph.agent.evidence import EvidenceSource
from stylegraph.agent.local.graders import LocalAnswerGrader, LocalEvidenceGrader
from stylegraph.agent.local.reader.reader import Reader
from stylegraph.agent.local.reviser import LocalReviser
from stylegraph.agent.local.router.router import LocalRouter
from stylegraph.agent.local.writer import LocalWriter
from stylegraph.agent.protocols import (
    AnswerGrader,
    Decisions,
    Embedder,
    EvidenceGrader,
    Reviser,
    Router,
    TermWeights,
    Writer,
)
from stylegraph.agent.settings import Settings, load_settings
from stylegraph.agent.text.language import Language
from stylegraph.agent.text.tokenizer import tokenize
from stylegraph.graphs.api import CompiledAssistant
from stylegraph.graphs.assistant import Parts, build_assistant
from stylegraph.graphs.nodes.usage import charge
from stylegraph.graphs.persistence import open_people, open_threads, prepare_home
from stylegraph.graphs.samples import add_samples
from stylegraph.graphs.turns import BUSY
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.fashion.source import FashionSource
from stylegraph.tools.fashion.vision.gallery import gallery_of
from stylegraph.tools.fashion.vision.network import Garments
from stylegraph.tools.fashion.vision.node import PictureViewer
from stylegraph.tools.retrieval.library import IndexFolder
from stylegraph.tools.retrieval.source import DocumentsSource
from stylegraph.tools.unavailable import Broken, Unavailable
from stylegraph.tools.web.provider import open_search
from stylegraph.tools.web.source import WebSource

if TYPE_CHECKING:
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

    sources: Sequence[EvidenceSource]
    """Sources of their own; one with the name of a built-in source takes its place."""
    router: Router
    evidence_grader: EvidenceGrader
    writer: Writer
    answer_grader: AnswerGrader
    reviser: Reviser


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
        limits = {"question_max_chars": settings.question_max_chars, BUSY: settings.thread_busy}
        yield compiled.with_config({"configurable": limits})


@asynccontextmanager
async def open_parts(settings: Settings | None = None, **own: Unpack[Own]) -> AsyncIterator[Parts]:
    """Open what the graph is made of, without threads and profiles: a LangGraph server brings those itself."""
    settings = settings or load_settings()
    embedder = LocalEmbedder()
    await prepare_home(settings)
    await warm(embedder)
    async with AsyncExitStack() as stack:
        of_documents = await stack.enter_async_context(open_embedder(settings))
        await _samples_if_possible(settings, of_documents)
        documents = await stack.enter_async_context(open_documents(settings, of_documents))
        web = await stack.enter_async_context(open_web(settings))
        fashion = await _fashion(stack, settings, embedder)
        built_in: list[EvidenceSource] = [documents, web, fashion]
        sources = with_own(built_in, own.get("sources", ()))
        decisions = local_decisions(embedder, documents.term_weights, sources, settings)
        describer = None
        if settings.has_model:
            decisions, describer = await stack.enter_async_context(by_model(decisions, sources, settings))
        garments = Garments(gallery=await asyncio.to_thread(gallery_of, settings.catalogue_in_use))
        yield Parts(
            settings=settings,
            sources=sources,
            viewer=PictureViewer(settings, garments, describer),
            router=own.get("router", decisions["router"]),
            evidence_grader=own.get("evidence_grader", decisions["evidence_grader"]),
            writer=own.get("writer", decisions["writer"]),
            answer_grader=own.get("answer_grader", decisions["answer_grader"]),
            reviser=own.get("reviser", decisions["reviser"]),
        )


def local_decisions(
    embedder: Embedder, weigh: TermWeights, sources: Sequence[EvidenceSource], settings: Settings
) -> Decisions:
    """Return the five decisions as they are made without a model."""
    reader = Reader(embedder, weigh)
    return Decisions(
        router=LocalRouter(embedder, sources),
        evidence_grader=LocalEvidenceGrader(reader),
        writer=LocalWriter(reader, embedder),
        answer_grader=LocalAnswerGrader(reader),
        reviser=LocalReviser(askable(sources), settings.evidence_k),
    )


@asynccontextmanager
async def by_model(
    local: Decisions, sources: Sequence[EvidenceSource], settings: Settings
) -> AsyncIterator[tuple[Decisions, Describer]]:
    """Return the five decisions as a chat model makes them, the local ones behind them, and who describes pictures.

    Loads its client (1 s).
    """
    from stylegraph.agent.llm.client import open_caller
    from stylegraph.agent.llm.factory import model_decisions
    from stylegraph.tools.fashion.vision.vision_model import Describer

    async with open_caller(settings, charge if settings.server_tokens else None) as caller:
        describer = Describer(caller.beside(settings.vision_model))
        yield model_decisions(caller, local, sources, askable(sources)), describer


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


async def _fashion(stack: AsyncExitStack, settings: Settings, embedder: Embedder) -> EvidenceSource:
    """Open the catalogue; where its index can be neither read nor made, what says so when it is asked."""
    try:
        return await stack.enter_async_context(open_fashion(settings, embedder))
    except IndexStoreError as error:
        logger.warning("the catalogue can't be opened: %s", error)
        source = FashionSource
        return Broken(source.name, source.node, source.description, error, source.examples)


@asynccontextmanager
async def open_fashion(settings: Settings, embedder: Embedder) -> AsyncIterator[FashionSource]:
    """Open the fashion catalogue, on the cluster where one is set; the first time it is indexed, in seconds."""
    async with AsyncExitStack() as stack:
        cluster = _shelves(settings, embedder)
        if cluster is not None:
            stack.push_async_callback(cluster.close)
        fashion = await FashionSource.open(settings.home, embedder, settings.catalogue_in_use, cluster)
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
    except (EmbeddingError, IndexStoreError, OSError) as error:  # the turn's notes say so too, where it matters
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
