"""`stylegraph-evals harvest`."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

if TYPE_CHECKING:
    from stylegraph.evals.harvest.turns import HarvestedTurn
    from stylegraph.graphs.cli.ui.screen import Screen

HERE = Path("harvested.yaml")
"""Where cases go and are looked for, unless another file is named."""
Out = Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the cases go; what it has already stays.")]


Failed = Annotated[
    bool,
    typer.Option(
        "--failed", help="Also turns that found nothing or ran out of budget, in all conversations kept here."
    ),
]


def harvest(screen: Screen, *, out: Out = HERE, failed: Failed = False) -> None:
    """Make cases of the answers that people disliked or asked for again: redacted, each question once, with what was found.

    They are read where the server of these settings keeps them: on this machine, or in Postgres.
    Somebody labels them in the file; `run --harvested FILE` judges them then.
    """
    from stylegraph.evals.harvest.cases import Why, read, write
    from stylegraph.evals.harvest.harvesting import harvested

    known = read(out)
    turns = asyncio.run(_turns(failed))
    new = harvested(turns, known)
    if new:
        write([*known, *new], out)
    seen = Counter(turn.why for turn in turns)
    counts = {why: seen[why] for why in get_args(Why)}
    labelled = sum(case.labelled for case in known)
    if screen.json:
        screen.record({**counts, "new": len(new), "cases": len(known) + len(new), "labelled": labelled})
        return
    found = ", ".join(f"{count} {why}" for why, count in counts.items())
    screen.say(f"Turns: {found}. {len(new)} new cases; {out} has {len(known) + len(new)}, {labelled} labelled.")


async def _turns(with_failed: bool) -> list[HarvestedTurn]:
    from stylegraph.agent.settings import load_settings
    from stylegraph.agent.verdicts import disliked
    from stylegraph.evals.harvest.turns import failed, judged
    from stylegraph.graphs.server.storage import stored_conversations, stored_people

    settings = load_settings()
    async with stored_people(settings) as people:
        turns = [judged(one) for one in await disliked(people)]
    if with_failed:
        async with stored_conversations(settings) as conversations:
            turns += [one async for one in failed(conversations)]
    return turns
