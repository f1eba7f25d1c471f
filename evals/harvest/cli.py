"""`stylegraph-evals harvest`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from stylegraph.agent.verdicts import Verdict
    from stylegraph.graphs.cli.ui.screen import Screen

HERE = Path("harvested.yaml")
"""Where cases go and are looked for, unless another file is named."""
Out = Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the cases go; what it has already stays.")]


def harvest(screen: Screen, *, out: Out = HERE) -> None:
    """Make cases of the answers that people on this machine disliked or asked for again: redacted, each question once, with what was found.

    Somebody labels them in the file; `run --harvested FILE` judges them then.
    """
    from stylegraph.evals.harvest.cases import read, write
    from stylegraph.evals.harvest.harvesting import harvested

    known = read(out)
    found = asyncio.run(_disliked())
    new = harvested(found, known)
    if new:
        write([*known, *new], out)
    labelled = sum(case.labelled for case in known)
    if screen.json:
        screen.record({"disliked": len(found), "new": len(new), "cases": len(known) + len(new), "labelled": labelled})
        return
    screen.say(
        f"{len(found)} answers disliked or asked for again, {len(new)} new cases; {out} has {len(known) + len(new)}, {labelled} labelled."
    )


async def _disliked() -> list[Verdict]:
    from stylegraph.agent.settings import load_settings
    from stylegraph.agent.verdicts import disliked
    from stylegraph.graphs.persistence import open_people

    async with open_people(load_settings()) as people:
        return await disliked(people)
