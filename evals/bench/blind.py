"""Questions that were written and judged blind: our graph beside plain ReAct, as a reader who knew neither found the answers.

    python -m stylegraph.evals.bench.blind --round round2

Nothing is asked here: a round is asked once, and the verdicts are what was found then.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from statistics import mean
from typing import Literal

from pydantic import Field, TypeAdapter

from stylegraph.evals.cases import Text, read_cases
from stylegraph.evals.harness.agents.cases import World
from stylegraph.evals.harness.ask_cases import Labelled

ROUNDS = ("round1", "round2", "round3")
SIDES: tuple[Literal["ours", "react"], ...] = ("ours", "react")


class Verdict(Labelled):
    """What the reader said of an answer, and what the answer cost."""

    judged: Literal["right", "partly", "wrong"]
    calls: int = Field(ge=1)
    tokens_in: int = Field(ge=1)
    why: str = ""


class BlindTurn(Labelled):
    """A question, the points that were written with it, and both answers' verdicts."""

    ask: Text
    must: list[Text] = Field(min_length=1)
    better: Literal["ours", "react", "same"]
    ours: Verdict
    react: Verdict


class BlindCase(Labelled):
    """A conversation."""

    id: str = Field(pattern=r"^b-(ko|en)-\d{3}$")
    documents: list[World]
    turns: list[BlindTurn] = Field(min_length=1)


def blind_turns(name: str) -> list[BlindTurn]:
    """Return the turns of a round.

    Raises:
        pydantic.ValidationError: A case does not have the shape that its class gives.
    """
    cases = TypeAdapter(list[BlindCase]).validate_python(read_cases(f"blind/{name}"))
    return [turn for case in cases for turn in case.turns]


def table(turns: Sequence[BlindTurn]) -> str:
    """Return a row a side: how many of its answers were right, partly so and better, and what a turn cost."""
    lines = [
        "| agent | right | partly | wrong | the better one | calls | prompt tokens |",
        "|---|---|---|---|---|---|---|",
    ]
    for side in SIDES:
        verdicts: list[Verdict] = [getattr(turn, side) for turn in turns]
        counts = [sum(one.judged == how for one in verdicts) for how in ("right", "partly", "wrong")]
        better = sum(turn.better == side for turn in turns)
        calls, tokens = mean(one.calls for one in verdicts), mean(one.tokens_in for one in verdicts)
        lines.append(f"| {side} | {' | '.join(map(str, [*counts, better]))} | {calls:.2f} | {tokens:,.0f} |")
    return "\n".join(lines)


def main() -> None:
    """Print the table of each round, and of all together."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--round", choices=ROUNDS, help="this one alone")
    chosen = parser.parse_args().round
    rounds = {name: blind_turns(name) for name in ([chosen] if chosen else ROUNDS)}
    if not chosen:
        rounds["together"] = [turn for turns in rounds.values() for turn in turns]
    for name, turns in rounds.items():
        print(f"{name}: {len(turns)} turns\n{table(turns)}\n")


if __name__ == "__main__":
    main()
