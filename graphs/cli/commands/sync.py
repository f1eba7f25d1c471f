"""`stylegraph index sync`: the indexes brought in line with knowledge.toml."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stylegraph.graphs.cli.ui.command import FAILED

if TYPE_CHECKING:
    from stylegraph.graphs.cli.ui.screen import Screen
    from stylegraph.tools.ingestion.sync import Synced

EXAMPLES = (
    "stylegraph index sync --dry-run  # what would be added, changed, removed",
    "stylegraph index sync  # from cron, as often as you like: only what is due is read",
    "stylegraph index sync --file team/knowledge.toml --now",
)
_UNITS = ((604_800, "w"), (86_400, "d"), (3_600, "h"), (60, "min"))

File = Annotated[Path, typer.Option("--file", metavar="FILE", help="The sources file.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Read the sources and say what would be done; change nothing.")]
Now = Annotated[bool, typer.Option("--now", help="Look at all sources, also at those that are not due.")]


async def sync(
    screen: Screen, *, file: File = Path("knowledge.toml"), dry_run: DryRun = False, now: Now = False
) -> None:
    """Bring the indexes in line with a sources file: read what is due, take out what is no longer named.

    \b
    [[source]]
    source = "notes/"                    # relative to this file
    audience = ["staff"]                 # kept with every document; see ask --only
    [[source]]
    source = "https://example.com/docs/"
    kind = "site"                        # or "api", "pictures"; all else is known by itself
    index = "docs"                       # "default" otherwise
    language = "en"                      # kept too, instead of what is detected
    schedule = "daily"                   # or "6h", "2w"; without one always due
    options = { depth = 2, within = "/docs/" }

    Options of every kind: css_class, chunk_size, chunk_overlap, chunk_by,
    chunk_unit. Of a site: depth, pages, domain, within. Of an API: records,
    id, title, text, url, html, fields, params, token_env, header, prefix,
    operation, follow, cursor, param, first, max_pages. A secret stands in the
    environment variable that token_env names, never in the file.

    Only what a sync brought in is ever taken out by one; what was indexed by
    hand stays.
    """  # noqa: D301 - \b is click's sign for lines that stay as they are
    import asyncio

    from stylegraph.agent.settings import load_settings
    from stylegraph.graphs.build import open_library
    from stylegraph.graphs.cli.commands.index import move
    from stylegraph.tools.ingestion.manifest import read_wanted
    from stylegraph.tools.ingestion.sync import Ledger, Sync

    wanted, settings = await asyncio.to_thread(read_wanted, file), load_settings()
    with screen.bar("Looking" if dry_run else "Syncing", unit="bytes") as bar:
        async with open_library(settings) as library:
            syncing = Sync(library, wanted, Ledger(settings.home, file), settings)
            if dry_run:
                synced = await syncing.preview(now=now)
            else:
                synced = await syncing.run(now=now, progress=lambda progress: move(bar, progress))
    _show(screen, synced, dry_run)
    if any(report.failed for _, report in synced.reports):
        raise typer.Exit(FAILED)


def _show(screen: Screen, synced: Synced, dry_run: bool) -> None:
    from stylegraph.graphs.cli.commands.index import tell_source

    if screen.json:
        screen.record(_record(synced, dry_run))
        return
    for index, report in synced.reports:
        tell_source(screen, report, index)
    for index, name, documents in synced.removed:
        screen.say(name, "bold")
        screen.say(f"  {index}: no longer named, {documents:,} removed")
    for index, name, seconds in synced.waiting:
        screen.say(f"{name}\n  {index}: not due for {_span(seconds)}", "dim")
    if dry_run:
        screen.say("Nothing was changed: this was a dry run.", "yellow")


def _record(synced: Synced, dry_run: bool) -> dict[str, object]:
    return {
        "dry_run": dry_run,
        "sources": [{"index": index, **report.as_dict()} for index, report in synced.reports],
        "removed": [
            {"index": index, "source": name, "documents": documents} for index, name, documents in synced.removed
        ],
        "waiting": [
            {"index": index, "source": name, "seconds": round(seconds)} for index, name, seconds in synced.waiting
        ],
    }


def _span(seconds: float) -> str:
    """Write a span of time by its largest unit, rounded up, so that it is never too short."""
    for size, unit in _UNITS:
        if seconds >= size:
            return f"{-(-int(seconds) // size)} {unit}"
    return "1 min"
