"""The toolbox over a pipe, for whoever owns this machine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from langgraph.store.base import BaseStore
from mcp.server.mcpserver.exceptions import ToolError

from stylegraph.agent.errors import StylegraphError
from stylegraph.agent.profile import Profile, read_profile
from stylegraph.agent.reply import Reply
from stylegraph.agent.settings import Settings, load_settings
from stylegraph.graphs.api import CompiledAssistant, ask
from stylegraph.graphs.assistant import Parts, build_assistant
from stylegraph.graphs.build import open_parts
from stylegraph.graphs.mcp.toolbox import Toolbox
from stylegraph.graphs.nodes.identity import LOCAL, Asker
from stylegraph.graphs.persistence import Threads, open_people, open_threads

_FOLLOWED = ("http://", "https://", "data:")


@dataclass(frozen=True)
class Owner:
    """Whoever owns this machine: nothing is kept from them."""

    opened: Parts
    assistant: CompiledAssistant
    store: BaseStore | None
    threads: Threads
    waiting: list[UUID] = field(default_factory=list)

    async def parts(self) -> Parts:
        """Return what is open."""
        return self.opened

    def asker(self) -> Asker:
        """Return the owner."""
        return Asker(LOCAL, None)

    async def profile(self) -> Profile:
        """Return what is known of them, where profiles are on."""
        return {} if self.store is None else await read_profile(self.store, LOCAL)

    async def reply(self, question: str, conversation: UUID | None, pictures: list[str]) -> Reply:
        """Ask the assistant. A picture is no path here either: the assistant that calls is not the person.

        Raises:
            ToolError: The question or a picture can't be used; says why and what to do.
        """
        if any(not one.lower().startswith(_FOLLOWED) for one in pictures):
            raise ToolError("A picture is neither a web address nor a data URL. Send an https address or a data URL.")
        thread = str(conversation) if conversation else None
        try:
            return await ask(self.assistant, question, thread=thread, image=pictures)
        except StylegraphError as error:
            raise ToolError(str(error)) from error

    async def forget(self, conversation: UUID) -> None:
        """Forget a conversation that was only there for one question."""
        await self.threads.adelete_thread(str(conversation))
        if conversation in self.waiting:
            self.waiting.remove(conversation)

    async def waits(self, conversation: UUID) -> None:
        """Hear that such a conversation waits for an answer; when the pipe is closed there will be none."""
        if conversation not in self.waiting:
            self.waiting.append(conversation)

    async def close(self) -> None:
        """Forget what still waits."""
        for conversation in [*self.waiting]:
            await self.forget(conversation)


@asynccontextmanager
async def open_toolbox(settings: Settings | None = None) -> AsyncIterator[Toolbox]:
    """Open the assistant of this machine as a toolbox."""
    settings = settings or load_settings()
    async with AsyncExitStack() as stack:
        parts = await stack.enter_async_context(open_parts(settings))
        threads = await stack.enter_async_context(open_threads(settings))
        people = await stack.enter_async_context(open_people(settings)) if settings.profile else None
        assistant = build_assistant(parts).compile(checkpointer=threads, store=people, name="stylegraph")
        owner = Owner(parts, assistant, people, threads)
        stack.push_async_callback(owner.close)
        yield Toolbox(owner)
