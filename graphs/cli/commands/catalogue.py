"""`stylegraph catalogue`: a shop's own catalogue in, out, and what is known of its items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stylegraph.agent.errors import InputError
from stylegraph.graphs.cli.ui.command import command
from stylegraph.graphs.cli.ui.options import there

if TYPE_CHECKING:
    from stylegraph.graphs.cli.ui.progress import Bar
    from stylegraph.graphs.cli.ui.screen import Screen
    from stylegraph.tools.fashion.catalogue.imported import Imported
    from stylegraph.tools.fashion.catalogue.importing import Counts
    from stylegraph.tools.fashion.catalogue.survey import Known
    from stylegraph.tools.fashion.catalogue.syncing import Synced
    from stylegraph.tools.fashion.items.items import Report

_SHOWN_PROBLEMS = 20
_SHOWN_VALUES = 40
_WORTH_A_RATE = 1_000

File = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        callback=there,
        help="CSV, JSONL, parquet, or a feed in XML or JSON; a row an item.",
        show_default=False,
    ),
]
Map = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="COLUMN=FIELD",
        help="Which field a column is, where its name doesn't say it; COLUMN= leaves it out. May be repeated.",
    ),
]
Photos = Annotated[
    Path | None,
    typer.Option(
        "--photos",
        metavar="DIR",
        exists=True,
        file_okay=False,
        help="Folder of the photos that the image column names, or that are called like the ids; otherwise FILE's.",
    ),
]
Fetch = Annotated[
    bool,
    typer.Option(
        "--fetch-photos",
        help="Bring photos here that are named by web addresses; again and again, those that are missing.",
    ),
]
Name = Annotated[
    str | None, typer.Option("--name", metavar="NAME", help="What the catalogue is called; otherwise like FILE.")
]
Currency = Annotated[
    str | None,
    typer.Option(
        "--currency",
        metavar="CODE",
        help="What prices are in, such as USD, where nothing in FILE says it; otherwise won.",
    ),
]
Url = Annotated[str, typer.Argument(metavar="URL", help="Address of the shop's feed.", show_default=False)]
Which = Annotated[
    str | None, typer.Option("--name", metavar="NAME", help="Which catalogue, where several are imported.")
]
Every = Annotated[
    str | None,
    typer.Option("--every", metavar="SPAN", help="Go on, that often: 15m, 6h, daily. Ctrl-C or SIGTERM ends it."),
]
Removed = Annotated[str, typer.Argument(metavar="NAME", help="As `catalogue list` names it.")]
Checked = Annotated[
    Path | None,
    typer.Argument(
        metavar="FILE", callback=there, help="A file that is not imported yet; otherwise what was.", show_default=False
    ),
]

app = typer.Typer(
    no_args_is_help=True,
    help="Import a shop's own catalogue, keep its prices and stock up to date, list what was imported, check it, remove "
    "it.\n\nImported catalogues lie under "
    "STYLEGRAPH_HOME, and ask, chat, recommend and route use all of them together in the place of the sample catalogue. "
    "STYLEGRAPH_CATALOGUE, where it is set, wins: that file is read as it is, and its photos stay where they are.",
)

_EXAMPLES = {
    "import": (
        "stylegraph catalogue import shop.csv",
        'stylegraph catalogue import shop.csv --map "옵션1=colours" --map "메모=" --photos ~/shop/photos',
        "stylegraph catalogue import feed.jsonl.gz --name spring --json",
    ),
    "list": ("stylegraph catalogue list", "stylegraph catalogue list --json"),
    "check": ("stylegraph catalogue check shop.csv  # nothing is written", "stylegraph catalogue check"),
    "sync": (
        "stylegraph catalogue sync https://shop.example/feed.xml  # prices and stock, now",
        "stylegraph catalogue sync https://shop.example/stock.csv --name spring --every 15m",
    ),
    "remove": ("stylegraph catalogue remove spring",),
}


async def import_file(
    screen: Screen,
    file: File,
    *,
    mapped: Map = None,
    photos: Photos = None,
    name: Name = None,
    currency: Currency = None,
    fetch_photos: Fetch = False,
) -> None:
    """Import a catalogue; again and again, only what is new or changed is done, and what is gone goes.

    The exports of Shopify and WooCommerce, Google Merchant feeds (XML, TSV)
    and schema.org products (JSON-LD) need no --map: variants fold into one
    item with the sizes in stock.

    Columns are known by their names, Korean or English, and how each was
    understood is told. What no column says is filled in from an item's name
    and description, then from its photo, and marked as inferred with its
    confidence. What can't be used is reported by line; the rest goes on.

    The fields: id, name, description, category, colours, pattern, material,
    sleeve, seasons, styles, moods, occasions, audience, warmth, price_krw,
    image, url; name and description also with _ko or _en. Any other name is
    a column of your own, which wishes may ask for.
    """
    from stylegraph.agent.settings import load_settings
    from stylegraph.tools.embeddings import LocalEmbedder
    from stylegraph.tools.fashion.catalogue.imported import Stockroom

    given = _given(mapped)
    async with Stockroom(load_settings(), LocalEmbedder()) as stock:
        with screen.bar(f"Importing {file.name}", unit="lines") as bar:
            counts = await stock.import_file(
                file,
                name,
                given,
                photos,
                lambda share, rows: _move(bar, share, rows),
                currency,
                fetch_photos=fetch_photos,
            )
        (listed,) = [one for one in await stock.listed() if one["name"] == (name or file.stem[:60])]
    if screen.json:
        screen.record({"name": listed["name"], **counts, "known": listed["known"]})
        return
    _tell_counts(screen, listed, counts)
    _tell_columns(screen, counts["columns"])
    _tell_known(screen, listed["known"])
    _tell_problems(screen, counts)


async def sync(
    screen: Screen,
    url: Url,
    *,
    mapped: Map = None,
    name: Which = None,
    currency: Currency = None,
    every: Every = None,
) -> None:
    """Take prices and stock from a shop's feed, by its address, and nothing else: what items are stays as imported.

    The feed may have any form that `catalogue import` reads, also with ids,
    prices and stock alone. Items are known by their ids. --map and --currency
    count as they were given at the import, unless they are given again.

    \b
    id,price,stock
    A1,119000,4
    A2,39000,0          # sold out: not recommended until it is back

    A server that says that its feed has not changed (ETag, Last-Modified) is
    believed. Items that a whole feed leaves out count as sold out, unless
    they are more than half of the catalogue: then it is only said. New ids
    are told; `catalogue import` takes them in. A sync that fails changes
    nothing and is said; with --every the next one is tried all the same.

    An address on your own network is refused unless its host stands in
    STYLEGRAPH_FETCH_ALLOW_HOSTS; a feed may have STYLEGRAPH_FETCH_MAX_BYTES
    and take STYLEGRAPH_FETCH_TIMEOUT seconds.
    """  # noqa: D301 - \b is click's sign for lines that stay as they are
    from stylegraph.agent.settings import load_settings
    from stylegraph.graphs.cli.ui.schedule import repeat, span_of
    from stylegraph.tools.embeddings import LocalEmbedder
    from stylegraph.tools.fashion.catalogue.imported import Stockroom

    pause, given = span_of(every), _given(mapped) if mapped else None
    async with Stockroom(load_settings(), LocalEmbedder()) as stock:

        async def once() -> None:
            _tell_synced(screen, url, await stock.sync(url, name, given, currency))

        await (repeat(screen, once, pause) if pause else once())


async def list_catalogues(screen: Screen) -> None:
    """List the imported catalogues, with how much is known of their items."""
    from stylegraph.agent.settings import load_settings
    from stylegraph.tools.embeddings import LocalEmbedder
    from stylegraph.tools.fashion.catalogue.imported import Stockroom

    settings = load_settings()
    async with Stockroom(settings, LocalEmbedder()) as stock:
        listed = await stock.listed()
    for one in listed:
        if screen.json:
            screen.record(dict(one))
            continue
        screen.say(f"{one['name']}  {one['known']['items']:,} items, imported {one['imported'][:16].replace('T', ' ')}")
        screen.say(f"   from {one['file']}", "dim")
    if not listed and not screen.json:
        screen.say("Nothing is imported; the sample catalogue is used. Import one: stylegraph catalogue import FILE")
    if settings.catalogue is not None:
        screen.tell(f"STYLEGRAPH_CATALOGUE is set, so {settings.catalogue} is used, and not what is imported.")


async def check(screen: Screen, file: Checked = None, *, mapped: Map = None, currency: Currency = None) -> None:
    """Report what an import would make of a file, and write nothing; without a file, what is known of what was imported."""
    if file is not None:
        await _check_file(screen, file, _given(mapped), currency)
        return
    from stylegraph.agent.settings import load_settings
    from stylegraph.tools.embeddings import LocalEmbedder
    from stylegraph.tools.fashion.catalogue.imported import Stockroom

    async with Stockroom(load_settings(), LocalEmbedder()) as stock:
        listed = await stock.listed()
    for one in listed:
        if screen.json:
            screen.record(dict(one))
            continue
        screen.say(f"{one['name']}  {one['known']['items']:,} items", "bold")
        _tell_known(screen, one["known"])
    if not listed and not screen.json:
        screen.say("Nothing is imported.")


async def _check_file(screen: Screen, file: Path, given: Mapping[str, str], currency: str | None) -> None:
    import asyncio

    from stylegraph.tools.fashion.catalogue.checking import check_file

    checked = await asyncio.to_thread(check_file, file, given, currency)
    if screen.json:
        screen.record({"file": str(file), **checked})
        return
    screen.say(f"{file.name}: {checked['items']:,} items, {checked['skipped']:,} rows left out")
    _tell_columns(screen, checked["columns"])
    _tell_known(screen, checked["known"])
    _tell_problems(screen, checked)


async def remove(screen: Screen, name: Removed) -> None:
    """Remove an imported catalogue and its photos. After the last one, the sample catalogue is used again."""
    from stylegraph.agent.settings import load_settings
    from stylegraph.tools.embeddings import LocalEmbedder
    from stylegraph.tools.fashion.catalogue.imported import Stockroom

    async with Stockroom(load_settings(), LocalEmbedder()) as stock:
        gone = await stock.remove(name)
    if screen.json:
        screen.record({"name": name, "removed": gone})
    else:
        screen.say(f"{name}: {_counted(gone, 'item')} removed")


def _given(pairs: Sequence[str] | None) -> dict[str, str]:
    given: dict[str, str] = {}
    for pair in pairs or ():
        column, sign, field = pair.rpartition("=")
        if not sign or not column.strip():
            raise InputError(f"--map {pair} is not COLUMN=FIELD.", 'Such as --map "옵션1=colours".')
        given[column.strip()] = field.strip()
    return given


def _move(bar: Bar, share: float, rows: int) -> None:
    bar.at(rows, rows / share if share > 0 else max(rows, 1), "Importing")


def _tell_counts(screen: Screen, listed: Imported, counts: Counts) -> None:
    numbers = ", ".join(f"{counts[key]:,} {key}" for key in ("added", "changed", "unchanged", "removed"))
    rate = f", {counts['items'] / counts['seconds']:,.0f} items/s" if counts["items"] >= _WORTH_A_RATE else ""
    screen.say(
        f"{listed['name']}: {numbers}, {_counted(counts['skipped'], 'row')} left out ({counts['seconds']:.1f} s{rate})",
        "bold",
    )
    if counts["photos"]:
        screen.say(f"{_counted(counts['photos'], 'photo')} kept")
    if counts["photos_elsewhere"]:
        screen.say(
            f"Only at web addresses: {_counted(counts['photos_elsewhere'], 'photo')}; --fetch-photos brings them here"
        )
    if not counts["complete"]:
        screen.say("A part of the file could not be read, so nothing was removed.", "yellow")


def _tell_synced(screen: Screen, url: str, synced: Synced | None) -> None:
    """Report what has changed; and what was left as it is, with the reason."""
    if screen.json:
        screen.record({"url": url, "unchanged": synced is None, **(synced or {})})
        return
    if synced is None:
        screen.say("The feed has not changed since the last sync.")
        return
    told = {"sizes": "with other sizes", "sold_out": "sold out", "back": "back in stock"}
    others = ", ".join(f"{synced[key]:,} {said}" for key, said in told.items())  # type: ignore[literal-required]
    items, prices = _counted(synced["items"], "item"), _counted(synced["prices"], "new price")
    screen.say(f"{items} in the feed: {prices}, {others}", "bold")
    _tell_left(screen, synced)


def _tell_left(screen: Screen, synced: Synced) -> None:
    if synced["gone"]:
        why = "they count as sold out" if synced["gone_closed"] else "too many, or a broken feed: left as they are"
        screen.say(f"Not in the feed: {_counted(synced['gone'], 'item')} of the catalogue; {why}.", "yellow")
    if synced["unknown"]:
        few = ", ".join(synced["unknown_ids"][:5])
        screen.say(
            f"Not in the catalogue: {_counted(synced['unknown'], 'id')}, such as {few}; `catalogue import` adds them."
        )
    if synced["skipped"] or not synced["complete"]:
        end = "" if synced["complete"] else " The feed could not be read to its end."
        screen.say(f"{_counted(synced['skipped'], 'row')} can't be used.{end}", "yellow")


def _counted(number: int, thing: str) -> str:
    """Return a number with what it counts: 1 new price, 2 new prices."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _tell_columns(screen: Screen, columns: Sequence[Mapping[str, Any]]) -> None:
    """Report how each column was understood, and which are left as columns of the shop's own."""
    known = [_understood(one) for one in columns if one["how"] != "own" and one["field"]]
    own = [one["column"] for one in columns if one["how"] == "own"]
    if known:
        screen.say(f"Columns: {', '.join(known)}")
    if own:
        screen.say(
            f"Kept as your own: {', '.join(own[:_SHOWN_VALUES])}  (--map COLUMN=FIELD says what they are)", "dim"
        )


def _understood(column: Mapping[str, Any]) -> str:
    spare = f" where {column['after']} is empty" if "after" in column else ""
    return f"{column['column']} = {column['field']}{spare}"


def _tell_known(screen: Screen, known: Known) -> None:
    """Distinguish per field where its values are from, in percent of the items."""
    for field, counts in known["fields"].items():
        told = list(_shares(counts, known["items"]))
        screen.say(f"   {field:<10} {', '.join(told)}", "dim" if set(counts) == {"missing"} else "")
    if known["photos"]:
        lost = f", {known['lost_photos']:,} of them lost" if known["lost_photos"] else ""
        screen.say(f"   {'photo':<10} {known['photos'] / max(known['items'], 1):.0%}{lost}")


def _shares(counts: Mapping[str, int], items: int) -> Iterator[str]:
    said = {"column": "from your column", "kind": "by the kind of garment", "missing": "not known"}
    for source, count in counts.items():
        yield f"{count / max(items, 1):.0%} {said.get(source, f'from the {source}')}"


def _tell_problems(screen: Screen, report: Report | Counts) -> None:
    """Report what is wrong by line, what was lost first."""
    ordered = sorted(report["problems"], key=lambda problem: (problem["kind"] == "own_value", problem["line"]))
    for problem in ordered[:_SHOWN_PROBLEMS]:
        times = f" ({problem['times']:,} lines)" if problem["times"] > 1 else ""
        field = f", {problem['field']}" if problem["field"] else ""
        screen.say(
            f"line {problem['line']:,}{field}: {problem['text']}{times}",
            "yellow" if problem["kind"] != "own_value" else "dim",
        )
    more = len(ordered) - _SHOWN_PROBLEMS + report["more_problems"]
    if more > 0:
        screen.say(f"and {more:,} more; --json has them", "dim")


command(app, "import", import_file, _EXAMPLES["import"])
command(app, "sync", sync, _EXAMPLES["sync"])
command(app, "list", list_catalogues, _EXAMPLES["list"])
command(app, "check", check, _EXAMPLES["check"])
command(app, "remove", remove, _EXAMPLES["remove"])
