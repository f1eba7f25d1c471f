"""Questions to the whole assistant, with what must come of them: the form of most files of cases, and how they are asked."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache, partial
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from stylegraph.agent.reply import Status
from stylegraph.agent.settings import Settings
from stylegraph.agent.text.language import Language
from stylegraph.evals.cases import Judged, PriceRange, Route, Split, Text, read_cases, split_of
from stylegraph.evals.harness.fixtures import settings_for
from stylegraph.evals.harness.suite import Labels, LiveSettings, Maker, Task, Told
from stylegraph.evals.harness.trace import Watched, watch
from stylegraph.graphs.api import CompiledAssistant
from stylegraph.graphs.build import open_assistant

Words = list[Annotated[list[Text], Field(min_length=1)]]
"""All of the outer list, any one of each inner list."""


class Labelled(BaseModel):
    """Labels are as they were written: a field that nobody knows is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Wanted(Labelled):
    """What every recommended item must meet."""

    must: list[Judged] = []
    never: list[Judged] = []
    price: PriceRange | None = None


class OutfitWanted(Labelled):
    """What the outfit must be."""

    slots: list[list[str]]
    """All of the outer list, any one of each inner list: `[[top, dress], [shoes]]`."""
    total_krw: int | None = None
    """The most that it may cost."""


class AskCase(Labelled):
    """A question, perhaps late in a conversation. What a field leaves empty is not judged."""

    id: Annotated[str, Field(pattern=r"^[a-z]+-(ko|en)-\d{3}$")]
    kind: Text
    """What a report counts together."""
    earlier: list[Text] = []
    """Questions of the same conversation that come first."""
    question: Text
    routes: list[Route] = []
    """The exact set."""
    statuses: Annotated[list[Status], Field(min_length=1)] = [Status.ANSWERED]
    """How the turn may end."""
    facts: Words = []
    """What the answer holds."""
    never: list[Text] = []
    """What it must not hold."""
    notes: list[Text] = []
    """Codes of notes that must stand in the reply."""
    standalone: Words = []
    """What the question that was made of it must hold."""
    queries: dict[Route, Words] = {}
    """Route -> what the queries that were sent there must hold, all together."""
    items: Wanted | None = None
    outfit: OutfitWanted | None = None
    restarted: bool = False
    """Whether the assistant is closed and opened again before the question."""

    @property
    def language(self) -> Language:
        """The language of the question."""
        return "ko" if self.id.split("-")[1] == "ko" else "en"

    @property
    def split(self) -> Split:
        """The split that the fixed rule puts it in."""
        return split_of(self.id)

    @property
    def asked(self) -> str:
        """The whole conversation in a line."""
        return " → ".join([*self.earlier, self.question])


CaseT = TypeVar("CaseT", bound=AskCase)


def ask_cases(name: str, kind: type[CaseT]) -> list[CaseT]:
    """Read a file of cases, both splits, in the order of the file.

    Raises:
        pydantic.ValidationError: A case does not have the shape that its class gives.
    """
    return TypeAdapter(list[kind]).validate_python(read_cases(name))  # type: ignore[valid-type]


def labels_of(case: AskCase) -> Labels:
    """Return what a case belongs to."""
    return Labels(split=case.split, language=case.language, kind=case.kind, asked=case.asked)


def told_of_turn(watched: Watched) -> Told:
    """Return what a report tells of a turn."""
    return Told(text=watched.reply.text, path=watched.path)


@cache
def samples_home() -> Path:
    """Return the folder of this process in which the sample knowledge and catalogue are indexed, once for all suites."""
    folder = Path(tempfile.mkdtemp(prefix="stylegraph-evals-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


class Asking:
    """The assistant that conversations are held with. Every one has a thread and a person of its own.

    Args:
        settings: Its settings.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stack = AsyncExitStack()
        self._assistant: CompiledAssistant | None = None

    async def ask(self, case: AskCase, pictures: Sequence[Path] = (), earlier: Sequence[Path] = ()) -> Watched:
        """Hold a case's conversation; give its last turn.

        Args:
            case: The case.
            pictures: Come with the question.
            earlier: Come with the first question before it.
        """
        thread = f"{case.id}-{uuid.uuid4().hex}"
        for place, question in enumerate(case.earlier):
            await watch(
                await self.open(), question, thread=thread, user=thread, image=list(earlier) if not place else None
            )
        if case.restarted:
            await self.close()
        return await watch(await self.open(), case.question, thread=thread, user=thread, image=list(pictures))

    async def open(self) -> CompiledAssistant:
        """Return the assistant; it is opened if it is not."""
        if self._assistant is None:
            self._assistant = await self._stack.enter_async_context(open_assistant(self._settings))
        return self._assistant

    async def close(self) -> None:
        """Close the assistant; the next question opens it again."""
        await self._stack.aclose()
        self._assistant = None


@asynccontextmanager
async def asking(live: LiveSettings | None = None) -> AsyncIterator[Asking]:
    """Hold conversations with the assistant over the samples.

    Args:
        live: Makes settings of real servers; None: no key and no server.
    """
    made = partial(settings_for, None, tavily_base_url=None) if live is None else live
    held = Asking(made(home=samples_home(), samples=True))
    try:
        await held.open()
        yield held
    finally:
        await held.close()


@asynccontextmanager
async def opened(maker: Maker) -> AsyncIterator[Task[AskCase, Watched]]:
    """Hold each case's conversation with the assistant over the samples."""
    async with asking() as held:
        yield held.ask


@asynccontextmanager
async def live(settings: LiveSettings) -> AsyncIterator[Task[AskCase, Watched]]:
    """Hold it with real servers behind."""
    async with asking(settings) as held:
        yield held.ask
