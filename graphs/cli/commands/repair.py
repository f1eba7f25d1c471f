"""`stylegraph index check` and `repair`: whether the files of indexes are sound, and what can be saved of one that is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from stylegraph.agent.errors import InputError
from stylegraph.graphs.cli.ui.command import FAILED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stylegraph.graphs.cli.ui.screen import Screen

CHECK_EXAMPLES = ("stylegraph index check", "stylegraph index check default --json")
REPAIR_EXAMPLES = ("stylegraph index repair default",)

Checked = Annotated[str | None, typer.Argument(metavar="NAME", help="The index; all of them otherwise.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="The index, as `index list` names it.")]


async def check(screen: Screen, name: Checked = None) -> None:
    """Look through the files of the indexes, and say of each whether it is sound."""
    from stylegraph.agent.settings import load_settings
    from stylegraph.graphs.build import open_library
    from stylegraph.tools.retrieval.library import IndexFolder

    async with open_library(load_settings()) as library:
        if isinstance(library.own, IndexFolder):
            checked = await library.own.check(name)
        else:
            told = {one: [str(problem)] for one, problem in (await library.problems()).items()}
            checked = {**{one: [] for one in await library.indexes()}, **told}
    for one, problems in checked.items():
        _show(screen, one, problems)
    if any(checked.values()):
        raise typer.Exit(FAILED)


def _show(screen: Screen, name: str, problems: Sequence[str]) -> None:
    if screen.json:
        screen.record({"index": name, "sound": not problems, "problems": list(problems)})
        return
    screen.say(f"{name}: {'not sound' if problems else 'sound'}", "red" if problems else "")
    for problem in problems:
        screen.say(f"  {problem}")
    if problems:
        screen.say(f"  See what can be saved: stylegraph index repair {name}", "dim")


async def repair(screen: Screen, name: Name) -> None:
    """Make a damaged index again from what can be read of it; the damaged file is kept beside it."""
    from stylegraph.agent.settings import load_settings
    from stylegraph.graphs.build import open_library
    from stylegraph.tools.retrieval.attached.registry import read_only
    from stylegraph.tools.retrieval.library import IndexFolder

    async with open_library(load_settings()) as library:
        if name in await library.attached():
            raise read_only(name)
        if not isinstance(library.own, IndexFolder):
            raise InputError("Elasticsearch mends its own indexes.", "Ask the cluster, or index the sources again.")
        if not (await library.own.check(name))[name]:
            done = {"index": name, "sound": True}
            screen.record(done) if screen.json else screen.say(f"{name} is sound; nothing was done.")
            return
        with screen.bar(f"Repairing {name}"):
            repaired = await library.own.repair(name)
    if screen.json:
        record = {"index": name, "saved": repaired.saved, "lost": repaired.lost, "damaged": str(repaired.damaged)}
        screen.record(record)
        return
    screen.say(f"{name}: {repaired.saved:,} documents saved, {repaired.lost:,} known to be lost.")
    screen.say(f"Index its sources again to bring back what is missing. The damaged file is {repaired.damaged}.", "dim")
