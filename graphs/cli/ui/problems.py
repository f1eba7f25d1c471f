"""Indexes that can't be read, told beside what the others gave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import typer

from stylegraph.agent.errors import StylegraphError
from stylegraph.graphs.cli.ui.command import FAILED

if TYPE_CHECKING:
    from stylegraph.graphs.cli.ui.screen import Screen


def report_problems(screen: Screen, problems: Mapping[str, StylegraphError]) -> None:
    """Print which indexes could not be read.

    Raises:
        Exit: 1 if there is one: what was found or done is not all.
    """
    for name, problem in problems.items():
        screen.fail(type(problem).__name__, problem.message, problem.remedy, index=name)
    if problems:
        raise typer.Exit(FAILED)
