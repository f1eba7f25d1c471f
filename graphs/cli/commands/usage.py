"""`stylegraph usage`: what the turns of a server cost and how they ended, by day and user."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from stylegraph.agent.usage import Usage
    from stylegraph.graphs.cli.ui.screen import Screen

EXAMPLES = ("stylegraph usage", "stylegraph usage --days 30 --json  # one day and user a line")

Days = Annotated[int, typer.Option("--days", metavar="N", min=1, max=366, help="How many days back, today among them.")]


async def usage(screen: Screen, *, days: Days = 7) -> None:
    """Show what the turns of the server on this machine cost, how long they took and how they ended, by day and user."""
    from stylegraph.agent.settings import load_settings
    from stylegraph.agent.usage import usage as read
    from stylegraph.graphs.server.storage import stored_people

    async with stored_people(load_settings()) as people:
        rows = await read(people, days)
    if screen.json:
        for row in rows:
            screen.record(row)
    elif rows:
        _show(screen, rows)
    else:
        screen.say("No turn of a server is kept for these days. Begin one: stylegraph serve.")


def _show(screen: Screen, rows: Sequence[Usage]) -> None:
    from rich.table import Table

    from stylegraph.agent.llm.prices import example, listed_on
    from stylegraph.agent.settings import load_settings
    from stylegraph.graphs.cli.ui.screen import plain

    table = Table(box=None, pad_edge=False)
    for heading in ("day", "user"):
        table.add_column(heading)
    for heading in ("turns", "calls", "tokens", "dollars", "p50 s", "p95 s"):
        table.add_column(heading, justify="right")
    for heading in ("grades", "fallbacks"):
        table.add_column(heading)
    for row in rows:
        table.add_row(row["day"], plain(row["user"]), *_numbers(row), _told(row["grades"]), _told(row["fallbacks"]))
    screen.show(table)
    screen.say(f"Dollars: list prices of {listed_on()}, and yours in STYLEGRAPH_MODEL_PRICES.", "dim")
    if any(row["unpriced"] for row in rows):
        screen.say(f"Unknown: of models without a price. Give it, in .env: {example(load_settings().model)}", "dim")


def _numbers(row: Usage) -> Sequence[str]:
    tokens = row["tokens_in"] + row["tokens_out"]
    known = f"{row['dollars']:.4f}" + ("+?" if row["unpriced"] else "")
    dollars = known if row["dollars"] or not row["unpriced"] else "unknown"
    seconds = (f"{row[share]:.2f}" for share in ("seconds_p50", "seconds_p95"))
    return f"{row['turns']:,}", f"{row['calls']:,}", f"{tokens:,}", dollars, *seconds


def _told(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())
