"""Conversations held with an agent, many at once, and what is judged of each turn."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stylegraph.agent.settings import Settings
from stylegraph.evals.harness.agents.calls import Calls, counting
from stylegraph.evals.harness.agents.cases import AgentCase, AgentTurn
from stylegraph.evals.harness.agents.clock import on_that_day
from stylegraph.evals.harness.agents.judging import right, uncited
from stylegraph.evals.harness.agents.places import Homes, no_tracing
from stylegraph.evals.harness.agents.sides import Ask, Said, Side, talking
from stylegraph.evals.harness.fixtures import settings_for
from stylegraph.evals.harness.runs import Judged

SUITE = "agents"
SPENT = ("calls", "trips", "tokens_in", "tokens_out", "seconds")
PATIENT = {"model_timeout": 20_000.0, "budget_seconds": 100_000.0, "model_retries": 0}
"""Whoever answers by hand takes minutes. How long that is, is not what is measured: seconds are those of the latency model."""


@dataclass(frozen=True)
class Held:
    """One turn, answered and judged."""

    case: AgentCase
    turn: AgentTurn
    number: int
    """1-based."""
    said: Said
    calls: Calls
    wrong: Sequence[str]
    uncited: Sequence[str]
    needless: int
    """Drafts that were sent back although they were right."""

    @property
    def name(self) -> str:
        """The case's id with the turn's number: `a-ko-001#2`."""
        return f"{self.case.id}#{self.number}"

    @property
    def spent(self) -> dict[str, float]:
        """What the turn cost."""
        made = self.calls.made
        tokens = sum(call.tokens_in for call in made), sum(call.tokens_out for call in made)
        counted = (len(made), self.calls.trips, *tokens, round(self.calls.seconds, 3))
        return {name: float(value) for name, value in zip(SPENT, counted, strict=True)}

    def judged(self, clocked: Mapping[str, float] | None = None) -> Judged:
        """Return it as a line of a run.

        Args:
            clocked: What was read off the clock while a replayed turn was recorded; None: what was read now.
        """
        answer, turn = self.said.answer, self.turn
        passed = {"right": not self.wrong, "citations exact": answer.exact}
        counted = {"checked": answer.checked, "broken": answer.broken, "revisions": len(self.said.sent_back)}
        return Judged(
            suite=SUITE,
            case=self.name,
            maker="model",
            split=self.case.split,
            language=self.case.language,
            kind=self.case.kind,
            asked=turn.ask,
            text=self.said.text,
            path=[f"ended: {self.said.ending}", *(f"wrong: {one}" for one in [*self.wrong, *self.uncited])],
            passed={**passed, **({"cited": not self.uncited} if turn.cited else {})},
            scores={
                **self.spent,
                **(clocked or {}),
                **{name: float(value) for name, value in counted.items()},
                "needless": float(self.needless),
            },
        )


def patient(model: str, url: str, **more: object) -> Settings:
    """Return settings for a model that is waited for."""
    return settings_for(model, url, web=None, samples=False, **{**PATIENT, **more})


async def hold(side: Side, case: AgentCase, settings: Settings, homes: Homes) -> list[Held]:
    """Hold one conversation, on the day on which all are held.

    Args:
        side: Who is asked.
        case: What is asked.
        settings: Name the model.
        homes: Where the documents are.
    """
    async with homes.lent(case) as home:
        with no_tracing():
            async with talking(side, case, settings.model_copy(update={"home": home})) as ask:
                return await _turns(case, ask)


async def _turns(case: AgentCase, ask: Ask) -> list[Held]:
    held: list[Held] = []
    shown: list[Sequence[str]] = []
    for number, turn in enumerate(case.turns, 1):
        with counting() as calls:
            said = await ask(turn.ask)
        needless = sum(not right(turn, draft, shown) for draft in said.sent_back)
        wrong = right(turn, said.answer, shown)
        held.append(Held(case, turn, number, said, calls, wrong, uncited(turn, said.answer), needless))
        shown.append(said.answer.items if turn.wants_items else ())  # "the second one" is of the last list of items
    return held


Done = Callable[[AgentCase, Sequence[Judged]], None]


async def hold_all(
    side: Side, cases: Sequence[AgentCase], settings: Callable[[AgentCase], Settings], jobs: int, done: Done
) -> Mapping[str, list[Held]]:
    """Hold conversations, so many at once; one that fails is judged as wrong and keeps no other from its answer.

    Args:
        side: Who is asked.
        cases: What is asked.
        settings: The settings of each case.
        jobs: How many at once.
        done: Called with the judged turns of each case as it ends.
    """
    homes, gate = Homes(), asyncio.Semaphore(jobs)
    held: dict[str, list[Held]] = {}

    async def one(case: AgentCase) -> None:
        async with gate:
            try:
                held[case.id] = await hold(side, case, settings(case), homes)
                done(case, [turn.judged() for turn in held[case.id]])
            except Exception as error:  # whatever an agent raises is its answer
                done(case, failed(case, error))

    with on_that_day():
        await asyncio.gather(*map(one, cases))
    return held


def failed(case: AgentCase, error: Exception) -> list[Judged]:
    """Return the turns of a conversation that ended in an error: none of them is right."""
    about: Any = {"split": case.split, "language": case.language, "kind": case.kind}
    names = [(f"{case.id}#{number}", turn.ask) for number, turn in enumerate(case.turns, 1)]
    text = f"{type(error).__name__}: {error}"
    return [
        Judged(suite=SUITE, case=name, maker="model", asked=asked, passed={"right": False}, error=text, **about)
        for name, asked in names
    ]
