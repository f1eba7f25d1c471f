"""`stylegraph doctor`: what is set up, what is missing and what that costs, and whether what is there works."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from stylegraph.graphs.cli.ui.command import FAILED

if TYPE_CHECKING:
    from stylegraph.graphs.cli.commands.checks import Finding
    from stylegraph.graphs.cli.ui.screen import Screen

EXAMPLES = ("stylegraph doctor", "stylegraph doctor --json  # one object a part; exit code 1 if any is broken")

_COLOURS = {"ok": "green", "missing": "yellow", "broken": "bold red"}


async def doctor(screen: Screen) -> None:
    """Look at every part: what is set up, what is missing and what that costs, and whether what is there works."""
    from stylegraph.agent.settings import GivenSettings, load_settings
    from stylegraph.graphs.cli.commands.checks import examine

    broken = False
    async for finding in examine(load_settings(GivenSettings)):
        broken = broken or finding.state == "broken"
        _show(screen, finding)
    if broken:
        raise typer.Exit(FAILED)


def _show(screen: Screen, finding: Finding) -> None:
    if screen.json:
        screen.record(asdict(finding))
        return
    from rich.text import Text

    from stylegraph.graphs.cli.ui.screen import plain

    line = Text(f"{finding.state:<8}", _COLOURS[finding.state])
    screen.show(line.append(f"{finding.part}: ", "bold").append(plain(finding.detail), "default"))
    if finding.cost:
        screen.say(f"        So {finding.cost}.")
    if finding.remedy:
        screen.say(f"        {finding.remedy}", "dim")
