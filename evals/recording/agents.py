"""Conversations with either agent (`cases/agents.yaml`): recorded side by side, replayed one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from stylegraph.agent.settings import Settings
from stylegraph.evals.harness.agents.cases import AgentCase, agent_cases
from stylegraph.evals.harness.agents.clock import on_that_day
from stylegraph.evals.harness.agents.places import Homes
from stylegraph.evals.harness.agents.running import SPENT, Done, Held, failed, hold, hold_all, patient
from stylegraph.evals.harness.agents.sides import Side
from stylegraph.evals.harness.fixtures import MODEL_URL
from stylegraph.evals.harness.runs import Judged
from stylegraph.evals.replay.http import ReplayError, cassette, recording_side_by_side, replaying

FOLDERS: Mapping[Side, str] = {"ours": "agents", "react": "react"}
"""Side -> folder of cassettes."""
BY_HAND = "answers written by hand by a large language model, through handmodel"
CASE = "{case}"
"""Stands in a server's address for the case's id."""
_CLOCKED = ("trips", "seconds")
_NAME = MODEL_URL.removesuffix("/v1")


async def play(side: Side, case: AgentCase, settings: Settings) -> list[Held]:
    """Hold a conversation on the day on which all are held."""
    with on_that_day():
        return await hold(side, case, settings, homes())


async def held_again(side: Side, case: AgentCase) -> tuple[list[Held], list[Judged]]:
    """Hold a conversation against what was recorded; what is read off the clock is that of the recording.

    Raises:
        ReplayError: The model is asked something else than what was recorded.
    """
    with replaying(cassette(FOLDERS[side], case.id)) as recorded:
        held = await play(side, case, patient(recorded.against["model"], MODEL_URL))
    clocks = [{name: spent[name] for name in _CLOCKED} for spent in recorded.spent]
    return held, [turn.judged(clock) for turn, clock in zip(held, clocks, strict=True)]


async def record_all(
    side: Side, cases: Sequence[AgentCase], model: str, url: str, jobs: int, done: Done, origin: str = BY_HAND
) -> list[str]:
    """Record conversations, many at once, in place of what their cassettes held; then see that each replays.

    Args:
        side: Who is asked.
        cases: What is asked.
        model: The model's name.
        url: Its server's address, with `{case}` in its path: by that the cases' requests are told apart.
        jobs: How many at once.
        done: Called with the judged turns of each case as it ends.
        origin: Who answers.

    Returns:
        What was not recorded, and why.
    """
    paths = {case.id: cassette(FOLDERS[side], case.id) for case in cases}
    parts = urlsplit(url)
    against = {"model": model, "origin": origin}
    with recording_side_by_side(paths, against, f"{parts.scheme}://{parts.netloc}", _NAME) as keep:

        def kept(case: AgentCase, judged: Sequence[Judged]) -> None:
            if not any(one.error for one in judged):
                keep(case.id, [{name: one.scores[name] for name in SPENT} for one in judged])
            done(case, judged)

        held = await hold_all(side, cases, lambda case: patient(model, url.replace(CASE, case.id)), jobs, kept)
    missing = [f"{case.id}: it ended in an error" for case in cases if case.id not in held]
    return missing + [why for case in cases if case.id in held if (why := await _unlike(side, case, held[case.id]))]


async def _unlike(side: Side, case: AgentCase, held: Sequence[Held]) -> str:
    """Return how a replay differs from what was recorded, which is then removed; empty: it does not."""
    path = cassette(FOLDERS[side], case.id)
    try:
        again, _ = await held_again(side, case)
    except ReplayError as error:
        return _removed(path, case, error.message)
    same = [turn.said.text for turn in again] == [turn.said.text for turn in held]
    return "" if same else _removed(path, case, "what was recorded replays to another answer")


def _removed(path: Path, case: AgentCase, why: str) -> str:
    path.unlink()
    return f"{case.id}: {why}"


async def replay_all(side: Side, cases: Iterable[AgentCase], done: Done) -> None:
    """Replay conversations one after another: a process plays one cassette at a time."""
    for case in cases:
        try:
            _, judged = await held_again(side, case)
        except ReplayError as error:
            judged = [one.model_copy(update={"stale": error.cassette}) for one in failed(case, error)]
        done(case, judged)


def recorded_cases(side: Side) -> list[AgentCase]:
    """Return the cases that are recorded for a side."""
    return [case for case in agent_cases() if cassette(FOLDERS[side], case.id).is_file()]


@cache
def homes() -> Homes:
    """Return the homes of this process."""
    return Homes()
