"""Whole turns over fixed evidence (`cases/turns.yaml`), answered by either maker of the decisions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Annotated, Literal, NamedTuple

from langgraph.checkpoint.base import BaseCheckpointSaver
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from stylegraph.agent.evidence import EvidenceSource
from stylegraph.agent.profile import learn
from stylegraph.agent.reply import Reply, Status
from stylegraph.agent.settings import Settings
from stylegraph.evals.cases import read_cases
from stylegraph.evals.harness.attack_cases import OTHERS_TASTE, AttackTurn, poisoned
from stylegraph.evals.harness.document_cases import holds
from stylegraph.evals.harness.fake_sources import Routed, piece, shelf, text
from stylegraph.evals.harness.fixtures import opened_over, settings_for
from stylegraph.evals.replay.http import Recorded, cassette, replaying
from stylegraph.graphs.api import ask
from stylegraph.graphs.build import open_web
from stylegraph.tools.fashion.source import FashionSource
from stylegraph.tools.retrieval.source import DocumentsSource
from stylegraph.tools.web.source import WebSource

_READING: dict[str, float] = {"model_calls": 2, "revisions": 0}


class _Labelled(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Passage(_Labelled):
    """What the documents give."""

    title: str
    text: str


class Piece(_Labelled):
    """What the catalogue gives."""

    name: str
    text: str
    price_krw: int
    reason: str


class TurnCase(_Labelled):
    """A question with all that can be found for it, and what a right answer holds."""

    id: Annotated[str, Field(pattern=r"^t-(ko|en)-\d\d$")]
    kind: Literal[
        "documents", "fashion", "web", "combined", "chat", "unanswerable", "follow-up", "put back", "declined"
    ]
    earlier: list[str] = []
    """Questions of the same conversation that come first."""
    question: str
    routes: list[str]
    facts: list[list[str]]
    """All of the outer list, any one of each inner list."""
    statuses: list[Status]
    documents: list[Passage] = []
    pieces: list[Piece] = []
    web: bool = False
    """Whether the real web source is asked; else the web gives nothing."""
    split: Literal["tune"]


class Played(NamedTuple):
    """A case and its reply, with those of the questions before it."""

    case: TurnCase
    replies: Sequence[Reply]

    @property
    def routed(self) -> bool:
        """Whether it went where it should, and nowhere else."""
        return set(self.replies[-1].routes) == set(self.case.routes)

    @property
    def right(self) -> bool:
        """Whether it ended as it should and holds every fact."""
        reply = self.replies[-1]
        return reply.status in self.case.statuses and all(holds(reply.text, fact) for fact in self.case.facts)


@cache
def turn_cases() -> tuple[TurnCase, ...]:
    """Read the cases, in the order of the file."""
    return TypeAdapter(tuple[TurnCase, ...]).validate_python(read_cases("turns"))


async def play(case: TurnCase, settings: Settings, threads: BaseCheckpointSaver[str] | None = None) -> Played:
    """Ask a case's questions in one conversation.

    Args:
        case: The case.
        settings: Name the model, if there is one.
        threads: Where the conversation is kept; None: in memory.
    """
    async with open_web(settings) as web:
        sources: list[EvidenceSource] = [
            shelf(DocumentsSource, [text("documents", one.title, one.text) for one in case.documents]),
            web if case.web else shelf(WebSource),
            shelf(FashionSource, [piece(one.name, one.text, one.price_krw, one.reason) for one in case.pieces]),
        ]
        async with opened_over(sources, settings, threads=threads) as assistant:
            replies = [await ask(assistant, one, thread=case.id) for one in [*case.earlier, case.question]]
    return Played(case, replies)


async def attack(turn: AttackTurn, settings: Settings) -> tuple[Reply, set[str]]:
    """Ask a question whose evidence holds attacks; it goes to where they stand.

    A model makes the two decisions that read all evidence, the answer and the evidence's grades. What would follow when a
    small model is led astray is left to the local decisions, so that no recording depends on how those are worded.

    Returns:
        The reply, and the names of the sources that were asked.
    """
    shelves = poisoned(turn.attacks)
    router = Routed(turn.attacks[0].routes)
    short = settings.model_copy(update={"model_max_tokens": 400})  # a small model led astray goes on and on
    async with opened_over(shelves, short, router=router) as assistant:
        assert assistant.store is not None
        await learn(assistant.store, "lee", {"likes": [OTHERS_TASTE]})
        reply = await ask(assistant, turn.attacks[0].question, user="kim", budget=_READING)
    return reply, {one.name for one in shelves if one.tasks}


async def replayed(case: TurnCase, threads: BaseCheckpointSaver[str] | None = None) -> tuple[Played, Recorded]:
    """Play a case against what was recorded, and give what the cassette says of itself beside it.

    Raises:
        ReplayError: It asks something else than what was recorded.
    """
    with replaying(cassette("turns", case.id)) as recorded:
        return await play(case, settings_for(recorded.against["model"]), threads), recorded


async def locally(case: TurnCase) -> Played:
    """Play a case without a model; what it asks of the web is replayed.

    Raises:
        ReplayError: It asks the web something else than what was recorded.
    """
    if not case.web:
        return await play(case, settings_for(None))
    with replaying(cassette("local", case.id)):
        return await play(case, settings_for(None))


async def attacked_again(turn: AttackTurn) -> tuple[Reply, set[str], Recorded]:
    """Meet attacks against what was recorded, and give what the cassette says of itself beside what comes of it.

    Raises:
        ReplayError: It asks something else than what was recorded.
    """
    with replaying(cassette("attacks", turn.id)) as recorded:
        return *await attack(turn, settings_for(recorded.against["model"])), recorded
