"""Settings -> parts -> compiled graph."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Literal, cast, get_args

from langgraph.store.base import BaseStore
from langgraph.types import Checkpointer
from typing_extensions import TypedDict, Unpack

from stylegraph.agent.decisions.grader import DecisionGrader
from stylegraph.agent.decisions.router import DecisionRouter
from stylegraph.agent.errors import EmbeddingError, IndexStoreError, SettingsError
from stylegraph.agent.evidence import EvidenceSource
from stylegraph.agent.extras import needed
from stylegraph.agent.protocols import Agent, Embedder, Grader, ModelViewer, Router, TermWeights, Viewer
from stylegraph.agent.settings import Settings, load_settings, unknown_name
from stylegraph.agent.text.language import Language
from stylegraph.agent.text.tokenizer import tokenize
from stylegraph.graphs.adapters import SourceLike, open_sources
from stylegraph.graphs.api import QUESTION_MAX_CHARS, CompiledAssistant, SyncAssistant, opened
from stylegraph.graphs.assistant import Assistant, Parts, build_assistant
from stylegraph.graphs.deciding import available, by_model, decider_of, local_decisions, reranker_of
from stylegraph.graphs.nodes.identity import visible_now
from stylegraph.graphs.packs import PackLike, open_packs
from stylegraph.graphs.persistence import open_people, open_threads, prepare_home
from stylegraph.graphs.samples import add_samples
from stylegraph.graphs.turns import BUSY
from stylegraph.tools.decisions.opening import DecisionLike
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.embeddings.opening import open_embedder
from stylegraph.tools.pack import Pack
from stylegraph.tools.reranking.opening import RerankerLike
from stylegraph.tools.retrieval.attached.library import WithAttached
from stylegraph.tools.retrieval.library import IndexFolder
from stylegraph.tools.retrieval.source import DocumentsSource
from stylegraph.tools.retrieval.subjects import Subjects, no_subjects
from stylegraph.tools.unavailable import Blind, Unavailable
from stylegraph.tools.web.provider import open_search
from stylegraph.tools.web.source import WebSource

if TYPE_CHECKING:
    from pathlib import Path

    from stylegraph.agent.llm.client import ModelCaller
    from stylegraph.agent.llm.models import ChatModel
    from stylegraph.tools.retrieval.elastic.library import ElasticLibrary

logger = logging.getLogger(__name__)

_RESERVED = ("chat", "image")
_NO_WEB: dict[Language, str] = {
    "ko": "웹 검색이 설정되어 있지 않아요. TAVILY_API_KEY를 설정하면 웹에서도 찾아볼 수 있어요.",
    "en": "Web search is not set up. Set TAVILY_API_KEY and the web is searched too.",
}


BuiltIn = Literal["documents", "web", "fashion"]
"""What comes along: the user's own documents, web search, and a pack."""
_BUILT_IN = ("documents", "web")


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
    sources: Sequence[SourceLike]
    """Sources of their own, or what opens some; one with the name of a built-in source takes its place."""
    packs: Sequence[PackLike]
    """What domains bring: packs, what opens one, or names of installed ones."""
    builtin: Collection[BuiltIn]
    """What to have of that which comes along, all by default. What is left out is neither opened nor loaded."""
    agent: Agent
    """Acts in the place of the built-in agent."""
    grader: Grader
    """Checks drafts in the place of the built-in grader."""
    router: Router
    """Decides the first act: where the question goes."""
    reranker: RerankerLike
    """Orders what the sources find: an object with a method `rerank`, a LangChain cross-encoder or document compressor, a
    decision model, or the URL of a server that answers `/rerank`."""
    decisions: DecisionLike
    """A decision model that makes the first act, orders evidence and grades: one of LangChain's, `OpenAIDecisions`,
    "openai:MODEL", or the URL of a server that answers `/v1/systemone`."""


class Keywords(Own, total=False):
    """What `open_assistant` takes beside the settings."""

    checkpointer: Checkpointer
    """Where conversations are kept; by default a file of the home folder. None keeps none, True keeps them in the graph
    that this one is a part of."""
    store: BaseStore | None
    """Where profiles are kept; by default a file of the home folder."""
    name: str
    """The graph's name in other graphs, in a team and in traces: `stylegraph` by default."""


@asynccontextmanager
async def open_assistant(
    settings: Settings | None = None, **keywords: Unpack[Keywords]
) -> AsyncIterator[CompiledAssistant]:
    """Open the assistant: a compiled graph with its parts, its threads and its profiles.

    Args:
        settings: The settings; None reads them from the environment and `.env`.
        keywords: Sources and decisions of your own, and where conversations are kept; see `Keywords`.

    Yields:
        The compiled graph. `ask` and `stream` call it, and so does anything that speaks LangGraph.

    Raises:
        SettingsError: The home folder can't be written, or there is no such keyword.

    Example:
        >>> async with open_assistant() as assistant:  # doctest: +SKIP
        ...     reply = await ask(assistant, "여름에 입을 시원한 옷 추천해줘")
    """
    _check_names(keywords, Keywords)
    settings = settings or load_settings()
    async with AsyncExitStack() as stack:
        own = cast(Own, {name: value for name, value in keywords.items() if name in Own.__annotations__})
        parts = await stack.enter_async_context(open_parts(settings, **own))
        if "checkpointer" not in keywords:
            keywords["checkpointer"] = await stack.enter_async_context(open_threads(settings))
        if "store" not in keywords and settings.profile:
            keywords["store"] = await stack.enter_async_context(open_people(settings))
        compiled = build_assistant(parts).compile(
            checkpointer=keywords["checkpointer"],
            store=keywords.get("store"),
            name=keywords.get("name", "stylegraph"),
        )
        carried = {QUESTION_MAX_CHARS: settings.question_max_chars, BUSY: settings.thread_busy}
        yield compiled.with_config({"metadata": carried})


@asynccontextmanager
async def build_graph(settings: Settings | None = None, **own: Unpack[Own]) -> AsyncIterator[Assistant]:
    """Open the assistant's graph before it is compiled, for more nodes, or for a server that compiles it itself.

    Args:
        settings: The settings; None reads them from the environment and `.env`.
        own: Sources and decisions of your own; see `Own`.

    Example:
        >>> async with build_graph(builtin=["documents"]) as graph:  # doctest: +SKIP
        ...     assistant = graph.compile(checkpointer=InMemorySaver(), interrupt_before=["retrieve"])
    """
    async with open_parts(settings, **own) as parts:
        yield build_assistant(parts)


@contextmanager
def open_sync(settings: Settings | None = None, **keywords: Unpack[Keywords]) -> Iterator[SyncAssistant]:
    """Open the assistant for synchronous code; works inside a notebook too, where a loop already runs.

    Args:
        settings: The settings; None reads them from the environment and `.env`.
        keywords: The same as `open_assistant` takes.

    Example:
        >>> with open_sync() as assistant:  # doctest: +SKIP
        ...     print(assistant.ask("흰 셔츠에 묻은 커피 얼룩 어떻게 지워?").text)
    """
    with opened(lambda: open_assistant(settings, **keywords)) as assistant:
        yield assistant


def _check_names(given: Iterable[str], known: type) -> None:
    """Refuse names that are none of a class's.

    Raises:
        SettingsError: One is not; names the nearest one that is.
    """
    names = known.__optional_keys__  # type: ignore[attr-defined]
    for name in given:
        if name not in names:
            raise unknown_name("keyword", name, names)


@asynccontextmanager
async def open_parts(settings: Settings | None = None, **own: Unpack[Own]) -> AsyncIterator[Parts]:
    """Open what the graph is made of, without threads and profiles: a LangGraph server brings those itself."""
    _check_names(own, Own)
    settings = with_words(settings or load_settings(), own)
    embedder = LocalEmbedder()
    await prepare_home(settings)
    await warm(embedder)
    async with AsyncExitStack() as stack:
        builtin = _known(own.get("builtin", get_args(BuiltIn)))
        packs = [*own.get("packs", ()), *settings.packs, *(name for name in builtin if name not in _BUILT_IN)]
        pack = await stack.enter_async_context(open_packs(packs, settings))
        settings = with_instructions(settings, pack)
        built_in, weigh = await _open_built_in(stack, builtin, settings, pack.subjects)
        own_sources = await stack.enter_async_context(open_sources(own.get("sources", ()), settings))
        sources = with_own(with_own(built_in, pack.sources), own_sources)
        router, decider = own.get("router"), await decider_of(stack, settings, own.get("decisions"))
        local = local_decisions(embedder, weigh, sources, settings, router, pack)
        if decider is not None and router is None:
            router = DecisionRouter(decider, local.router, available(sources))
            local = local_decisions(embedder, weigh, sources, settings, router, pack)
        decisions, caller = local, None
        if settings.has_model or own.get("model") is not None:
            named = {"model": own.get("model"), "grader_model": own.get("grader_model")}
            by_a_model = by_model(local, embedder, sources, settings, router, **named)
            decisions, caller = await stack.enter_async_context(by_a_model)
        grader = decisions.grader if decider is None else DecisionGrader(decider, decisions.grader, local.grader)
        yield Parts(
            settings=settings,
            sources=sources,
            viewer=_viewer(pack, caller),
            router=decisions.router,
            agent=own.get("agent", decisions.agent),
            grader=own.get("grader", grader),
            reranker=await reranker_of(stack, settings, own.get("reranker"), decider),
            pack=pack,
        )


def _known(builtin: Collection[str]) -> list[str]:
    """Return the built-in parts that are wanted, each once.

    Raises:
        SettingsError: One is not built in.
    """
    for name in builtin:
        if name not in get_args(BuiltIn):
            raise unknown_name("built-in source", name, get_args(BuiltIn))
    return list(dict.fromkeys(builtin))


async def _open_built_in(
    stack: AsyncExitStack, wanted: Collection[str], settings: Settings, subjects: Subjects
) -> tuple[list[EvidenceSource], TermWeights]:
    """Open the built-in sources that are wanted; also return what knows how rare a word is in the documents."""
    sources: list[EvidenceSource] = []
    weigh: TermWeights = all_alike
    if "documents" in wanted:
        documents = await stack.enter_async_context(_open_own_documents(settings, subjects))
        sources.append(documents)
        weigh = documents.term_weights
    if "web" in wanted:
        sources.append(await stack.enter_async_context(open_web(settings)))
    return sources, weigh


async def all_alike(terms: Sequence[str]) -> dict[str, float]:
    """Return the same weight for each word: where there are no documents, none is known to be rare."""
    return dict.fromkeys(terms, 1.0)


@asynccontextmanager
async def _open_own_documents(settings: Settings, subjects: Subjects) -> AsyncIterator[DocumentsSource]:
    async with open_embedder(settings) as embedder:
        await _samples_if_possible(settings, embedder)
        async with open_documents(settings, embedder, subjects) as documents:
            yield documents


def _viewer(pack: Pack, caller: ModelCaller | None) -> Viewer:
    if caller is not None and isinstance(pack.viewer, ModelViewer):
        return pack.viewer.by_model(caller)
    return pack.viewer or Blind()


def with_words(settings: Settings, own: Own) -> Settings:
    """Return the settings with the persona and the prompts that a caller gives; a model of theirs is no choice of the settings."""
    given = {name: own[name] for name in ("persona", "prompts") if name in own}
    return settings.model_copy(update=given | ({"models": []} if own.get("model") is not None else {}))


def with_instructions(settings: Settings, pack: Pack) -> Settings:
    """Return the settings with what a pack tells a chat model behind the rules."""
    if not pack.instructions:
        return settings
    return settings.model_copy(update={"rules": f"{settings.rules}\n{pack.instructions}".strip()})


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
async def open_documents(
    settings: Settings, embedder: Embedder, subjects: Subjects = no_subjects
) -> AsyncIterator[DocumentsSource]:
    """Open the knowledge indexes as a source; behind those of a cluster stand the files of this machine.

    Args:
        settings: Where the indexes are.
        embedder: Makes the vectors of questions.
        subjects: Tells what pictures show, where there is something that looks at them.
    """
    async with open_library(settings, embedder) as library:
        spare = None
        if not isinstance(library.own, IndexFolder):
            spare = WithAttached(IndexFolder(settings.indexes, embedder), settings, embedder)
        try:
            yield DocumentsSource(library, spare, embedder, visible_now, subjects)
        finally:
            if spare is not None:
                await spare.close()


@asynccontextmanager
async def open_library(
    settings: Settings, embedder: Embedder | None = None
) -> AsyncIterator[WithAttached[IndexFolder | ElasticLibrary]]:
    """Open the knowledge indexes: those of the Elasticsearch cluster that is set, else a folder of files; with what is attached.

    Args:
        settings: The settings.
        embedder: What `open_embedder` opened; None: it is opened here.
    """
    async with AsyncExitStack() as stack:
        if embedder is None:
            embedder = await stack.enter_async_context(open_embedder(settings))
        library = WithAttached(_library(settings, embedder), settings, embedder)
        stack.push_async_callback(library.close)
        yield library


async def _samples_if_possible(settings: Settings, embedder: Embedder) -> None:
    try:
        await add_samples(settings, embedder)
    except (EmbeddingError, IndexStoreError, OSError) as error:  # the turn's notes say so too, where it matters
        logger.warning("the sample knowledge is not indexed yet: %s", error)


def _library(settings: Settings, embedder: Embedder) -> IndexFolder | ElasticLibrary:
    if settings.elasticsearch_url is None:
        return IndexFolder(settings.indexes, embedder)
    with needed("Elasticsearch"):
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
