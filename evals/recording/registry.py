"""What is recorded: every cassette there must be, how its case is played, and against which servers."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from stylegraph.agent.budget import tally
from stylegraph.agent.errors import InputError
from stylegraph.agent.reply import Reply
from stylegraph.agent.settings import Settings
from stylegraph.evals.grading.cases import SupportCase
from stylegraph.evals.harness.agents.cases import AgentCase
from stylegraph.evals.harness.agents.running import Held, patient
from stylegraph.evals.harness.agents.sides import SIDES, Side
from stylegraph.evals.harness.attack_cases import AttackTurn, attack_turns
from stylegraph.evals.harness.fixtures import ELASTIC_URL, EMBEDDING_URL, WEB_URL, settings_for
from stylegraph.evals.harness.simulated.goals import Goal
from stylegraph.evals.harness.turn_cases import TurnCase, attack, play, turn_cases
from stylegraph.evals.recording import agents, elastic, embeddings, judge, outages, people
from stylegraph.evals.recording import web as searches
from stylegraph.evals.recording.outages import OutageCase, outage_cases
from stylegraph.evals.recording.web import WebCase, web_cases
from stylegraph.evals.replay.http import CASSETTES, cassette, replaying


class Outcome(NamedTuple):
    """What came of a turn, or of a judgement."""

    ending: str
    """In a word."""
    text: str
    spent: Mapping[str, Any]
    whole: Mapping[str, Any]
    """All of it, to be compared with another replay."""

    @property
    def calls(self) -> int:
        """How often a model was called; both agents' conversations count that under a name of their own."""
        return int(self.spent.get("model_calls", self.spent.get("calls", 0)))


Play = Callable[[Settings], Awaitable[Sequence[Outcome]]]
Prepare = Callable[[Settings], Awaitable[None]]


@dataclass(frozen=True)
class Recordable:
    """A case whose exchanges with servers are kept in a cassette."""

    folder: str
    case: str
    play: Play
    model: bool = False
    """Whether a chat model is asked, which must be given."""
    script: str = ""
    """The script of the stand-in that is asked instead of a chat model."""
    web: str = ""
    """How the stand-in for web search behaves; empty: no search is made."""
    pages: Path | None = None
    """The pages that it searches; None: those of the tests."""
    fill: Prepare | None = None
    """Indexes on a cluster what the case is about, before anything is recorded; None: no cluster is asked."""
    empty: Prepare | None = None
    """Takes that away."""
    embedding: bool = False
    """Whether an embedding's server is asked, which must be given."""

    @property
    def name(self) -> str:
        """What it is called, as `turns/t-ko-01`."""
        return f"{self.folder}/{self.case}"

    @property
    def path(self) -> Path:
        """Its cassette."""
        return cassette(self.folder, self.case)

    async def replay(self) -> Sequence[Outcome]:
        """Play it against what was recorded.

        Raises:
            ReplayError: It asks something else than what was recorded.
        """
        with replaying(self.path) as recorded:
            model = outages.SCRIPTED if self.script else recorded.against["model"] if self.model else None
            given = {"elasticsearch_url": ELASTIC_URL} if self.fill else {}
            if self.embedding:
                given = {"embedding_model": recorded.against["embedding"], "embedding_base_url": EMBEDDING_URL}
            return await self.play(settings_for(model, web=WEB_URL if self.web else None, **given))


@cache
def recordings() -> Sequence[Recordable]:
    """Return all that is recorded, folder by folder, in the order of the files of cases."""
    return tuple(_all())


def _all() -> Iterator[Recordable]:
    web = {True: "well", False: ""}
    yield from (Recordable("turns", one.id, partial(_turn, one), model=True, web=web[one.web]) for one in turn_cases())
    yield from (Recordable("local", one.id, partial(_turn, one), web="well") for one in turn_cases() if one.web)
    yield from (Recordable("attacks", one.id, partial(_attack, one), model=True) for one in attack_turns())
    for searched in web_cases():
        play_it = partial(_search, searched)
        yield Recordable(searches.FOLDER, searched.id, play_it, web=searched.server, pages=searches.PAGES)
    for looked_up in elastic.cluster_cases():
        yield Recordable(
            elastic.FOLDER,
            looked_up.id,
            partial(_look_up, looked_up),
            fill=partial(elastic.fill, looked_up),
            empty=partial(elastic.empty, looked_up),
        )
    for embedded in embeddings.embedding_cases():
        yield Recordable(embeddings.FOLDER, embedded.id, partial(_embed, embedded), embedding=True)
    yield from (Recordable(judge.FOLDER, one.id, partial(_judge, one), model=True) for one in judge.judged_cases())
    yield from (Recordable(people.FOLDER, one.id, partial(_say, one), model=True) for one in people.played_goals())
    for side in SIDES:
        folder, held = agents.FOLDERS[side], agents.recorded_cases(side)
        yield from (Recordable(folder, one.id, partial(_converse, side, one), model=True) for one in held)
    yield from (Recordable(outages.FOLDER, one.id, partial(_endure, one), script=one.script) for one in outage_cases())


async def _turn(case: TurnCase, settings: Settings) -> Sequence[Outcome]:
    return [_ended(reply) for reply in (await play(case, settings)).replies]


async def _attack(turn: AttackTurn, settings: Settings) -> Sequence[Outcome]:
    return [_ended((await attack(turn, settings))[0])]


async def _search(case: WebCase, settings: Settings) -> Sequence[Outcome]:
    return [_ended((await searches.search(case, settings)).reply)]


async def _look_up(case: elastic.ClusterCase, settings: Settings) -> Sequence[Outcome]:
    return [_ended((await elastic.look_up(case, settings)).reply)]


async def _embed(case: embeddings.EmbeddingCase, settings: Settings) -> Sequence[Outcome]:
    return [_ended((await embeddings.index_and_ask(case, settings)).reply)]


async def _converse(side: Side, case: AgentCase, settings: Settings) -> Sequence[Outcome]:
    asked = patient(settings.model, settings.base_url or "", openai_api_key=settings.openai_api_key)
    return [_held(turn) for turn in await agents.play(side, case, asked)]


async def _endure(case: OutageCase, settings: Settings) -> Sequence[Outcome]:
    return [_ended((await outages.endure(case, settings)).reply)]


async def _judge(case: SupportCase, settings: Settings) -> Sequence[Outcome]:
    graded, ledger = await judge.judge(case, settings)
    seconds = sum(charge["ended"] - charge["started"] for charge in ledger)
    told = graded.model_dump()
    return [Outcome("failed" if graded.note else "judged", json.dumps(told), tally(ledger, seconds, 0), told)]


async def _say(goal: Goal, settings: Settings) -> Sequence[Outcome]:
    return [_put(said) for said in await people.say(goal, settings)]


def _put(said: people.Said) -> Outcome:
    seconds = sum(charge["ended"] - charge["started"] for charge in said.ledger)
    text, refused = said.message or ("", ())
    return Outcome(
        "said" if said.message else "done",
        text,
        tally(said.ledger, seconds, 0),
        {"text": text, "refused": refused},
    )


def _held(turn: Held) -> Outcome:
    judged = turn.judged()
    told = {"text": turn.said.text, "ended": turn.said.ending, "passed": judged.passed}
    return Outcome(turn.said.ending, turn.said.text, turn.spent, told)


def _ended(reply: Reply) -> Outcome:
    told = reply.as_dict()
    return Outcome(reply.status.value, reply.text, told.pop("spent"), told)


def chosen(wanted: Sequence[str]) -> list[Recordable]:
    """Return what is named by case, by folder, or by both (`turns/t-ko-01`); everything when nothing is named.

    Raises:
        InputError: Nothing is recorded under a name.
    """
    known = {name for one in recordings() for name in (one.case, one.folder, one.name)}
    if unknown := [name for name in wanted if name not in known]:
        folders = ", ".join(dict.fromkeys(one.folder for one in recordings()))
        raise InputError(f"Nothing is recorded as {unknown[0]!r}.", f"Name a case, or one of: {folders}.")
    return [one for one in recordings() if not wanted or {one.case, one.folder, one.name} & set(wanted)]


def orphans() -> list[str]:
    """Name the cassettes that have no case, and the cases that have no cassette."""
    there = {f"{path.parent.name}/{path.stem}" for path in CASSETTES.rglob("*.yaml")}
    return sorted(there ^ {one.name for one in recordings()})


def command_for(names: Sequence[str]) -> str:
    """Return the command line that records cassettes again."""
    again = chosen(names)
    model = ["--base-url URL"] if any(one.model for one in again) else []
    cluster = ["--elasticsearch-url URL"] if any(one.fill for one in again) else []
    embedding = ["--embedding-url URL"] if any(one.embedding for one in again) else []
    return " ".join(["stylegraph-evals record", *model, *cluster, *embedding, *names])
