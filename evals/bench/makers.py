"""Whole turns by either maker of the decisions, side by side: `python -m stylegraph.evals.bench.makers`.

The local maker answers now, over what was recorded of the web. The model answers as it was recorded (`cassettes/turns`): its calls and tokens are those of the
replay, its seconds those of the recording, on whatever machine that was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Literal, NamedTuple

from stylegraph.evals.harness.turn_cases import Played, locally, replayed, turn_cases

Maker = Literal["local", "model"]
_ALL = "all"


class Turned(NamedTuple):
    """A case by one maker."""

    played: Played
    spent: Sequence[Mapping[str, Any]]
    """What each turn of the conversation cost."""


class Row(NamedTuple):
    """What one maker made of the cases of one kind; the costs are means for one question."""

    kind: str
    maker: Maker
    cases: int
    routed: int
    right: int
    calls: float
    trips: float
    tokens: float
    seconds: float


async def by(maker: Maker) -> list[Turned]:
    """Answer all cases.

    Raises:
        ReplayError: The model's answer to a case is not recorded, or was recorded for other requests.
    """
    turned = []
    if maker == "local":
        await locally(turn_cases()[0])  # the first question loads what all others use
    for case in turn_cases():
        if maker == "model":
            played, recorded = await replayed(case)
            turned.append(Turned(played, recorded.spent))
        else:
            played = await locally(case)
            turned.append(Turned(played, [reply.spent for reply in played.replies]))
    return turned


def rows(turned: Mapping[Maker, Sequence[Turned]]) -> list[Row]:
    """Count by kind and maker, and over all kinds in the end."""
    every = [(one.played.case.kind, maker, one) for maker, ones in turned.items() for one in ones]
    ordered = sorted(every, key=itemgetter(0))
    kinds = [(kind, list(group)) for kind, group in groupby(ordered, key=itemgetter(0))]
    return [
        _row(kind, maker, [one for _, by_maker, one in group if by_maker == maker])
        for kind, group in [*kinds, (_ALL, every)]
        for maker in turned
    ]


def _row(kind: str, maker: Maker, turned: Sequence[Turned]) -> Row:
    spent = [one for case in turned for one in case.spent]
    return Row(
        kind,
        maker,
        cases=len(turned),
        routed=sum(one.played.routed for one in turned),
        right=sum(one.played.right for one in turned),
        calls=sum(one["model_calls"] for one in spent) / len(spent),
        trips=sum(one["sequential_trips"] for one in spent) / len(spent),
        tokens=sum(one["tokens_in"] + one["tokens_out"] for one in spent) / len(spent),
        seconds=sum(one["seconds"] for one in spent) / len(spent),
    )


def table(counted: Sequence[Row]) -> str:
    """Return the rows as a table in Markdown."""
    head = "| kind | maker | routed | right | calls | trips | tokens | seconds |\n|---|---|---|---|---|---|---|---|"
    lines = [
        f"| {row.kind} | {row.maker} | {row.routed}/{row.cases} | {row.right}/{row.cases} "
        f"| {row.calls:.1f} | {row.trips:.1f} | {row.tokens:,.0f} | {row.seconds:.2f} |"
        for row in counted
    ]
    return "\n".join([head, *lines])


async def _main() -> None:
    turned: dict[Maker, Sequence[Turned]] = {"local": await by("local"), "model": await by("model")}
    print(table(rows(turned)))


if __name__ == "__main__":
    asyncio.run(_main())
