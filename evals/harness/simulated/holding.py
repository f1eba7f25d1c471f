"""Conversations of simulated people with the assistant, over all documents and the sample catalogue."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache, partial
from typing import NamedTuple

from stylegraph.agent.llm.client import open_caller
from stylegraph.agent.settings import Settings
from stylegraph.evals.harness.agents.places import Homes
from stylegraph.evals.harness.fixtures import settings_for
from stylegraph.evals.harness.simulated.goals import Goal
from stylegraph.evals.harness.simulated.judging import Turn
from stylegraph.evals.harness.simulated.model_person import ModelPerson
from stylegraph.evals.harness.simulated.person import Person, ScriptedPerson
from stylegraph.evals.harness.suite import LiveSettings, Maker, Task
from stylegraph.evals.harness.trace import watch
from stylegraph.graphs.api import CompiledAssistant
from stylegraph.graphs.build import open_assistant

WORLDS = ("samples", "club", "company", "kitchen", "platform", "project", "shop")
"""Whose documents lie side by side."""


class Held(NamedTuple):
    """A whole conversation."""

    goal: Goal
    turns: list[Turn]
    path: list[str]
    """What was said, and what happened on the way."""


async def hold(goal: Goal, person: Person, assistant: CompiledAssistant) -> Held:
    """Let a person talk to an assistant until they are done; the conversation and who they are is theirs alone."""
    held = Held(goal, [], [])
    thread = f"{goal.id}-{uuid.uuid4().hex}"
    while (said := await person.next(held.turns)) is not None:
        watched = await watch(assistant, said.text, thread=thread, user=thread)
        held.turns.append(Turn(said.text, watched.reply, said.refused))
        held.path.extend([f"said: {said.text}", *watched.path])
    return held


@asynccontextmanager
async def opened(maker: Maker) -> AsyncIterator[Task[Goal, Held]]:
    """Hold each goal's conversation with the assistant as it is without a key; the person is scripted."""
    async with answering_locally() as assistant:

        async def answer(goal: Goal) -> Held:
            return await hold(goal, ScriptedPerson(goal), assistant)

        yield answer


@asynccontextmanager
async def answering_locally() -> AsyncIterator[CompiledAssistant]:
    """Open the assistant as it is without a key, over all documents."""
    async with _over_all_documents(partial(settings_for, None, tavily_base_url=None)) as assistant:
        yield assistant


@asynccontextmanager
async def live(settings: LiveSettings) -> AsyncIterator[Task[Goal, Held]]:
    """Hold it with real servers behind; a chat model plays the person where there is one."""
    asked = settings()
    async with _over_all_documents(settings) as assistant, _people(asked) as person_of:

        async def answer(goal: Goal) -> Held:
            return await hold(goal, person_of(goal), assistant)

        yield answer


@asynccontextmanager
async def _over_all_documents(made: LiveSettings) -> AsyncIterator[CompiledAssistant]:
    home = await _homes().of(WORLDS)
    async with open_assistant(made(home=home, samples=False)) as assistant:
        yield assistant


@asynccontextmanager
async def _people(settings: Settings) -> AsyncIterator[Callable[[Goal], Person]]:
    if not settings.has_model:
        yield ScriptedPerson
        return
    async with open_caller(settings) as caller:
        yield partial(ModelPerson, caller=caller)


@cache
def _homes() -> Homes:
    """Return the homes of this process: documents are indexed once."""
    return Homes()
