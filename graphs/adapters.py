"""What other ecosystems offer as sources of the assistant, and the assistant as a tool of theirs."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, cast

from langchain_core.messages import HumanMessage
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableConfig
from langchain_core.tools import BaseTool, StructuredTool
from pydantic import BaseModel, Field

from stylegraph.agent.errors import SettingsError
from stylegraph.agent.evidence import EvidenceSource
from stylegraph.agent.settings import Settings, unknown_name
from stylegraph.agent.state import Conversation
from stylegraph.graphs.api import CompiledAssistant
from stylegraph.tools.adapted.retriever import AdaptedRetriever
from stylegraph.tools.adapted.tool import AdaptedTool

if TYPE_CHECKING:
    from langchain_core.document_loaders import BaseLoader  # loads the text splitters

    from stylegraph.tools.adapted.mcp import Server

PACKS = "stylegraph.sources"
"""The group of entry points by which an installed package offers sources."""

SourceOpener = Callable[[Settings], AbstractAsyncContextManager[Sequence[EvidenceSource]]]
"""Opens sources that need opening: a connection, an index. They are closed with the assistant."""
SourceLike = EvidenceSource | SourceOpener | str
"""A source, what opens some, or the name of an installed pack."""


def from_retriever(
    retriever: BaseRetriever, *, name: str, description: str, examples: Sequence[str] = ()
) -> EvidenceSource:
    """Return a LangChain retriever as a source.

    Args:
        retriever: Any retriever: of a vector store, a search service, an ensemble.
        name: The route's name: one lower-case word.
        description: One line on what is found here.
        examples: A few questions that belong here: what the router without a model learns from.

    Example:
        >>> wiki = from_retriever(store.as_retriever(), name="wiki", description="The game's wiki.")  # doctest: +SKIP
        >>> async with open_assistant(sources=[wiki]) as assistant: ...  # doctest: +SKIP
    """
    return AdaptedRetriever(retriever, _checked(name), description, examples)


def from_tool(
    tool: BaseTool, *, name: str | None = None, description: str | None = None, examples: Sequence[str] = ()
) -> EvidenceSource:
    """Return a LangChain tool as a source: what it answers is evidence, and is cited.

    A chat model fills its arguments in. Without a model only a tool can be asked that needs no more than one text.

    Args:
        tool: Any tool.
        name: The route's name; None: the tool's.
        description: One line on what is found here; None: the tool's.
        examples: A few questions that belong here: what the router without a model learns from.

    Example:
        >>> @tool  # doctest: +SKIP
        ... def leave(query: str) -> str:
        ...     "Days of leave that an employee has left."
        >>> source = from_tool(leave, examples=["남은 연차 며칠이야?"])  # doctest: +SKIP
    """
    return AdaptedTool(tool, _checked(name or _as_name(tool.name)), description or tool.description, examples)


def from_loader(loader: BaseLoader, *, name: str, description: str, examples: Sequence[str] = ()) -> SourceOpener:
    """Return a LangChain loader as a source: what it loads is indexed in the home folder, and searched.

    It loads each time that an assistant is opened, and only what has changed is indexed again.

    Args:
        loader: Any loader, such as those of langchain-community.
        name: The route's name: one lower-case word. It names the index as well.
        description: One line on what is found here.
        examples: A few questions that belong here: what the router without a model learns from.

    Returns:
        What `sources=` of `open_assistant` takes, and opens.
    """
    _checked(name)

    @asynccontextmanager
    async def opened(settings: Settings) -> AsyncIterator[Sequence[EvidenceSource]]:
        from stylegraph.tools.adapted.loader import load

        async with load(loader, settings, name, description, examples) as source:
            yield [source]

    return opened


def from_mcp(
    server: Server,
    *,
    tools: Collection[str] | None = None,
    prefix: str = "",
    examples: Mapping[str, Sequence[str]] | None = None,
) -> SourceOpener:
    """Return the tools of an MCP server as sources, one a tool.

    Args:
        server: The address of a server, or the command that starts one: `["uvx", "mcp-server-time"]`.
        tools: The tools to offer; None: all but those that say of themselves that they change something.
        prefix: What the names of its routes begin with, where two servers have tools of the same name.
        examples: Tool -> a few questions that belong to it: what the router without a model learns from.

    Returns:
        What `sources=` of `open_assistant` takes, and opens. Opening raises `SourceError` where the server can't be
        reached, and `MissingExtraError` where the extra `mcp` is not installed.
    """
    shown = examples or {}

    @asynccontextmanager
    async def opened(settings: Settings) -> AsyncIterator[Sequence[EvidenceSource]]:
        from stylegraph.tools.adapted.mcp import McpTool, connect, offered

        async with connect(server, settings.source_timeout) as client:
            yield [
                McpTool(client, tool, _as_name(prefix + tool.name), tool.description or "", shown.get(tool.name, ()))
                for tool in await offered(client, tools)
            ]

    return opened


@asynccontextmanager
async def open_sources(given: Sequence[SourceLike], settings: Settings) -> AsyncIterator[list[EvidenceSource]]:
    """Open a user's own sources, in their order.

    Args:
        given: Sources, what opens some, or names of installed packs.
        settings: Handed to those that are opened; it may name more packs.

    Raises:
        SettingsError: One is none of these, or no such pack is installed.
    """
    async with AsyncExitStack() as stack:
        sources: list[EvidenceSource] = []
        for one in [*given, *settings.sources]:
            source = _pack(one) if isinstance(one, str) else one
            if isinstance(source, EvidenceSource) and not isinstance(source, type):
                sources.append(source)
            else:
                sources += await stack.enter_async_context(_opening(source, settings))
        yield sources


def _opening(opener: Any, settings: Settings) -> AbstractAsyncContextManager[Sequence[EvidenceSource]]:  # noqa: ANN401
    """Call what opens sources.

    Raises:
        SettingsError: It opens none.
    """
    opening = opener(settings) if callable(opener) and not isinstance(opener, type) else None
    if not isinstance(opening, AbstractAsyncContextManager):
        raise SettingsError(
            f"{opener!r} is no source.",
            "Give an object with name, node, description, examples and gather, or what from_loader and from_mcp return.",
        )
    return opening


def _pack(name: str) -> SourceLike:
    """Return what an installed package offers under a name.

    Raises:
        SettingsError: None offers it.
    """
    packs = entry_points(group=PACKS)
    if name not in packs.names:
        raise unknown_name("installed pack", name, packs.names)
    return cast(SourceLike, packs[name].load())


def _checked(name: str) -> str:
    """Return a route's name.

    Raises:
        SettingsError: It can't be one.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", name):
        raise SettingsError(f"A source can't be called {name!r}.", "Use one word of lower-case letters, digits and _.")
    return name


def _as_name(name: str) -> str:
    return re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_").lower()[:40]


class Question(BaseModel):
    """What the assistant is asked as a tool."""

    question: str = Field(description="A question that can be understood by itself, in Korean or English.")


def as_tool(assistant: CompiledAssistant, *, name: str, description: str) -> BaseTool:
    """Return the assistant as a tool for another agent: a question in, the answer out.

    Inside another graph it runs as a part of it: its interrupts reach that graph's caller, and nothing is kept apart.
    LangChain's own `Runnable.as_tool` takes no graph whose state holds messages: it can't read them back.

    Args:
        assistant: What `open_assistant` gave.
        name: The tool's name, as a model sees it.
        description: What it answers, as a model sees it.

    Returns:
        A tool whose content is the answer's text and whose artifact is the reply as plain data.

    Example:
        >>> async with open_assistant() as assistant:  # doctest: +SKIP
        ...     tool = as_tool(assistant, name="style", description="Answers questions on clothes and their care.")
        ...     agent = create_agent("openai:gpt-6-luna", tools=[tool])
    """
    graph = assistant.copy({"checkpointer": None})

    async def ask(question: str, config: RunnableConfig) -> tuple[str, dict[str, Any]]:
        ended = await graph.ainvoke(Conversation(messages=[HumanMessage(question)]), config)
        return ended["reply"]["text"], ended["reply"]

    return StructuredTool.from_function(
        coroutine=ask,
        name=name,
        description=description,
        args_schema=Question,
        response_format="content_and_artifact",
    )
