"""The two agents that are asked: our graph by its public way, and langchain's plain ReAct agent over the same sources."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx2
from langchain.agents import create_agent
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.tools import BaseTool, StructuredTool
from langchain_openai import ChatOpenAI
from langgraph.checkpoint.memory import InMemorySaver
from pydantic import BaseModel, SecretStr

from stylegraph.agent.errors import SourceError
from stylegraph.agent.evidence import (
    Evidence,
    EvidenceSource,
    FilteringSource,
    SchemedSource,
    SourceTask,
    ToolSource,
    ToolSpec,
)
from stylegraph.agent.reply import Reply
from stylegraph.agent.settings import Settings
from stylegraph.agent.text.language import detect_language
from stylegraph.evals.harness.agents.answers import Answer, of_draft, of_reply, of_text
from stylegraph.evals.harness.agents.cases import AgentCase
from stylegraph.evals.harness.agents.clock import TODAY
from stylegraph.evals.harness.agents.places import brought
from stylegraph.graphs.api import CompiledAssistant, stream
from stylegraph.graphs.build import open_assistant, open_documents
from stylegraph.tools.embeddings.opening import open_embedder
from stylegraph.tools.fashion.opening import open_fashion

Side = Literal["ours", "react"]
SIDES: tuple[Side, ...] = ("ours", "react")

PROMPT = f"""You are a helpful assistant. Today is {TODAY:%A}, {TODAY.day} {TODAY:%B %Y}.
Look up what you need with the tools; several calls may be made at once, and a tool may be called again in other words or in another language.
Answer in the language of the question, from what the tools return and from the conversation.
After what you take from a source, name its title in square brackets.
Name catalogue items by their exact names, with their prices. If the tools do not return what was asked for, say so plainly."""

_QUERY = {
    "type": "object",
    "properties": {"query": {"type": "string", "description": "What to look for, in full words."}},
    "required": ["query"],
}
_ASKING = ("query", "wish", "url")
"""Arguments that say what is looked for."""
_LIMIT = 60
"""Steps that langgraph allows the ReAct agent for a turn: far more than it needs."""


@dataclass(frozen=True)
class Said:
    """What came of one question."""

    answer: Answer
    text: str
    """As it was given."""
    ending: str
    """The status, or `answered`."""
    sent_back: Sequence[Answer] = ()
    """Drafts that were revised."""
    told: Mapping[str, Any] = field(default_factory=dict)
    """What the agent itself says that it spent."""


Ask = Callable[[str], Awaitable[Said]]
"""Asks the next question of a conversation."""


@asynccontextmanager
async def talking(side: Side, case: AgentCase, settings: Settings) -> AsyncIterator[Ask]:
    """Open a conversation with an agent.

    Args:
        side: Which agent.
        case: Says what can be found.
        settings: Name the model and the home folder.
    """
    if side == "ours":
        async with open_assistant(settings, sources=brought(case, settings)) as assistant:
            yield lambda question: _ask_ours(assistant, question, case.id)
        return
    async with AsyncExitStack() as stack:
        sources = await _opened(stack, case, settings)
        yield await stack.enter_async_context(
            _react([tool for one in sources for tool in as_tools(one, settings)], settings)
        )


async def _ask_ours(assistant: CompiledAssistant, question: str, thread: str) -> Said:
    drafts, pieces = list[Answer](), list[str]()
    async for event in stream(assistant, question, thread=thread, user=thread):
        match event["event"]:
            case "draft":
                pieces.append(event["text"])
            case "revising":
                drafts += [of_draft("".join(pieces))] if pieces and event["action"] != "stop" else []
                pieces = []
            case "reply":
                reply = Reply.model_validate(event["reply"])
                return Said(of_reply(reply), reply.text, reply.status.value, drafts, dict(reply.spent))
    raise RuntimeError("the turn ended without a reply")


async def _opened(stack: AsyncExitStack, case: AgentCase, settings: Settings) -> list[EvidenceSource]:
    """Open the sources that our graph opens itself, and what is brought along."""
    embedder = await stack.enter_async_context(open_embedder(settings))
    documents = await stack.enter_async_context(open_documents(settings, embedder))
    fashion = await stack.enter_async_context(open_fashion(settings, embedder))
    return [documents, fashion, *brought(case, settings)]


@asynccontextmanager
async def _react(tools: Sequence[BaseTool], settings: Settings) -> AsyncIterator[Ask]:
    async with httpx2.AsyncClient(timeout=settings.model_timeout) as client:
        model = ChatOpenAI(
            model=settings.model,
            api_key=settings.openai_api_key or SecretStr("none"),
            base_url=settings.base_url,
            timeout=settings.model_timeout,
            max_retries=settings.model_retries,
            use_responses_api=False,
            http_async_client=client,
        )
        agent = create_agent(model, list(tools), system_prompt=PROMPT, checkpointer=InMemorySaver())
        config: Any = {"configurable": {"thread_id": "one"}, "recursion_limit": _LIMIT}

        async def ask(question: str) -> Said:
            result = await agent.ainvoke({"messages": [HumanMessage(question)]}, config)
            return _said(result["messages"])

        yield ask


def _said(messages: Sequence[BaseMessage]) -> Said:
    found: list[Evidence] = [
        one for message in messages if isinstance(message, ToolMessage) for one in message.artifact or []
    ]
    text = messages[-1].text if isinstance(messages[-1], AIMessage) else ""
    return Said(of_text(text, found), text, "answered")


def as_tools(source: EvidenceSource, settings: Settings) -> list[BaseTool]:
    """Make a source tools, the very ones that our agent has; a result is the evidence as text, piece by piece."""
    if isinstance(source, ToolSource):
        return [_as_tool(source, spec, settings) for spec in source.tools()]
    schema = source.args_schema if isinstance(source, SchemedSource) else None
    parameters = schema.model_json_schema() if isinstance(schema, type) and issubclass(schema, BaseModel) else _QUERY
    spec = ToolSpec(name=source.name, description=source.description, parameters=parameters)
    return [_as_tool(source, spec, settings)]


def _as_tool(source: EvidenceSource, spec: ToolSpec, settings: Settings) -> BaseTool:
    async def call(**arguments: Any) -> tuple[str, list[Evidence]]:  # noqa: ANN401 - whatever the schema says
        try:
            found = await source.gather(_task(source, spec["name"], arguments, settings))
        except SourceError as error:  # the graph tells a model so, too
            return str(error), []
        said = [note["text"] for note in found.get("notes", [])] + found.get("remarks", [])
        evidence = found.get("evidence", [])
        return "\n\n".join([*shown(evidence), *said]) or "Nothing was found.", evidence

    return StructuredTool.from_function(
        coroutine=call,
        name=spec["name"],
        description=spec["description"],
        args_schema=spec["parameters"],
        response_format="content_and_artifact",
    )


def shown(found: Sequence[Evidence]) -> list[str]:
    """Return pieces of evidence as a model reads them: numbered, each under its title."""
    return [f"[{number}] {_titled(one)}\n{one['text']}" for number, one in enumerate(found, 1)]


def _titled(one: Evidence) -> str:
    about = [one["url"] or "" if _is_web(one) else "", str(one["data"].get("published") or "")]
    told = ", ".join(part for part in about if part)
    return f"{one['title']} ({told})" if told else one["title"]


def _is_web(one: Evidence) -> bool:
    return (one["url"] or "").startswith(("http://", "https://"))


def _task(source: EvidenceSource, tool: str, arguments: Mapping[str, Any], settings: Settings) -> SourceTask:
    words = next((str(arguments[one]) for one in _ASKING if arguments.get(one)), "")
    words = words or " ".join(str(value) for value in arguments.values())
    return SourceTask(
        tool=tool,
        arguments=dict(arguments),
        question=words,
        asked=words,
        queries=[words],
        filters=source.read_filters(words) if isinstance(source, FilteringSource) else {},
        language=detect_language(words),
        k=settings.evidence_k,
        attempt=0,
        web_searches=settings.budget_web_searches,
        seconds=settings.budget_seconds,
        user="local",
        index=None,
        links=[str(arguments.get("url", ""))],
        shown=[],
        profile={},
    )
