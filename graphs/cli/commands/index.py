"""`stylegraph index`: documents in, out, and what there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from stylegraph.agent.errors import IndexStoreError, InputError, StylegraphError
from stylegraph.graphs.cli.commands import attach, repair, sync, tune
from stylegraph.graphs.cli.ui.command import FAILED, DefaultGroup, command
from stylegraph.graphs.cli.ui.problems import report_problems

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from stylegraph.graphs.cli.ui.progress import Bar
    from stylegraph.graphs.cli.ui.screen import Screen
    from stylegraph.tools.ingestion.ingest import IngestOptions
    from stylegraph.tools.ingestion.report import Progress, Report, SourceReport
    from stylegraph.tools.ingestion.sources import Source
    from stylegraph.tools.retrieval.hybrid.index import IndexDescription, Listing, SearchIndex

_COUNTS = ("added", "changed", "unchanged", "removed", "failed")
_TITLES = 12
"""Titles that `index list` shows of each index."""

Sources = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE", help="Files, folders, or http(s) addresses of pages, feeds and videos.", show_default=False
    ),
]
Site = Annotated[str, typer.Argument(metavar="URL", help="A page to begin at, a sitemap, or a feed.")]
Name = Annotated[str, typer.Option("--index", metavar="NAME", help="The index that they go to.")]
CssClass = Annotated[
    list[str] | None,
    typer.Option(
        "--css-class",
        metavar="C",
        help="HTML: read only elements of this class, or with this #id; may be repeated. Otherwise the article.",
    ),
]
Pictures = Annotated[
    bool,
    typer.Option("--pictures", help="Look at photos of clothes in folders too, and index what they show in words."),
]
Audience = Annotated[
    list[str] | None,
    typer.Option(
        "--audience",
        metavar="WHO",
        help="Whom the documents are for: a user or group of the server; repeatable. Nobody else is shown them there.",
    ),
]
ChunkSize = Annotated[
    int | None,
    typer.Option("--chunk-size", metavar="N", min=20, max=20_000, help="Longest chunk; STYLEGRAPH_CHUNK_SIZE else."),
]
ChunkOverlap = Annotated[
    int | None,
    typer.Option(
        "--chunk-overlap", metavar="N", min=0, help="What neighbours share; STYLEGRAPH_CHUNK_OVERLAP otherwise."
    ),
]
By = Annotated[
    Literal["recursive", "heading", "sentence"],
    typer.Option(
        "--chunk-by",
        help="Where chunks may begin. recursive: at sentences, and at headings once there is some text; heading: at "
        "every heading, so that no chunk mixes two sections; sentence: at sentences alone, Korean ones by Kiwi.",
    ),
]
Unit = Annotated[
    Literal["characters", "tokens"],
    typer.Option("--chunk-unit", help="What size and overlap are counted in; tokens are the local embedding's."),
]
Depth = Annotated[int, typer.Option("--depth", min=0, max=100, help="How many links away pages may be.")]
Pages = Annotated[int, typer.Option("--pages", min=1, max=100_000, help="How many pages are read at most.")]
Domain = Annotated[
    str, typer.Option("--domain", metavar="D", help="Stay on this domain and below; that of the URL otherwise.")
]
Within = Annotated[str, typer.Option("--within", metavar="/PATH", help="Read only pages whose path begins so.")]
AnyIndex = Annotated[
    str | None, typer.Option("--index", metavar="NAME", help="Remove from this index only; from all otherwise.")
]
Removed = Annotated[str, typer.Argument(metavar="SOURCE", help="As it was indexed: a path or an address.")]


Rebuilt = Annotated[str, typer.Argument(metavar="NAME", help="The index, as `index list` names it.")]


class _Group(DefaultGroup):
    default = "add"


_SUMMARY = "Index documents, sites and APIs, list what is indexed, remove it."
app = typer.Typer(cls=_Group, help=_SUMMARY, short_help=_SUMMARY)


async def add(  # noqa: PLR0913 - each is an option of the command
    screen: Screen,
    sources: Sources,
    *,
    index: Name = "default",
    css_class: CssClass = None,
    pictures: Pictures = False,
    audience: Audience = None,
    chunk_size: ChunkSize = None,
    chunk_overlap: ChunkOverlap = None,
    chunk_by: By = "recursive",
    chunk_unit: Unit = "characters",
) -> None:
    """Index files, folders and web pages; again and again, only what is new or changed is done.

    Read are Markdown, text, HTML, PDF, Word (.docx), CSV, JSONL, parquet,
    notebooks, subtitles (.srt, .vtt), RSS and Atom feeds, what is said in
    YouTube videos, and what a photo of clothes shows. A page that its server
    calls unchanged is not fetched again.

    Also: stylegraph index site, attach, detach, sync, tune, list, remove,
    rebuild, check, repair.
    """
    from stylegraph.tools.ingestion.ingest import ChunkOptions
    from stylegraph.tools.ingestion.sources import Source, for_audience

    chunks = ChunkOptions(chunk_size=chunk_size, chunk_overlap=chunk_overlap, chunk_by=chunk_by, chunk_unit=chunk_unit)
    fields = for_audience(audience or ())
    named = [Source(source, tuple(css_class or ()), pictures=pictures, fields=fields) for source in sources]
    await _ingest(screen, index, named, **chunks)


async def site(  # noqa: PLR0913 - each is an option of the command
    screen: Screen,
    url: Site,
    *,
    index: Name = "default",
    depth: Depth = 3,
    pages: Pages = 200,
    domain: Domain = "",
    within: Within = "/",
    css_class: CssClass = None,
    audience: Audience = None,
) -> None:
    """Index a whole site: the pages that links, a sitemap or a feed lead to.

    Pages are read breadth first, one after the other; robots.txt is respected
    with its crawl delay, and so are noindex and nofollow. Run it again to
    refresh: pages are asked for by ETag and Last-Modified, and those that are
    gone go from the index.
    """
    from stylegraph.tools.ingestion.remote.site import Limits
    from stylegraph.tools.ingestion.sources import Source, for_audience

    read, fields = Limits(depth, pages, domain, within), for_audience(audience or ())
    source = Source(url, tuple(css_class or ()), site=read, fields=fields)
    await _ingest(screen, index, [source])


async def _ingest(
    screen: Screen, index: str, sources: Sequence[str | Source], **options: Unpack[IngestOptions]
) -> None:
    from stylegraph.agent.settings import load_settings
    from stylegraph.graphs.build import open_library
    from stylegraph.tools.ingestion.ingest import ingest

    settings = load_settings()
    with screen.bar("Indexing", unit="bytes") as bar:
        async with open_library(settings) as library:
            report = await ingest(
                await library.index(index),
                sources,
                settings=settings,
                progress=lambda progress: move(bar, progress),
                **options,
            )
    _report(screen, index, report)
    if report.total("failed"):
        raise typer.Exit(FAILED)


def move(bar: Bar, progress: Progress) -> None:
    """Show how far indexing is."""
    place = f" ({progress.number}/{progress.sources})" if progress.sources > 1 else ""
    bar.at(progress.done, progress.total, f"{progress.documents:,} documents{place}")


def _report(screen: Screen, index: str, report: Report) -> None:
    if screen.json:
        screen.record({"index": index, **report.as_dict()})
        return
    for source in report.sources:
        tell_source(screen, source)
    if len(report.sources) > 1:
        screen.say("Together: " + ", ".join(f"{report.total(count):,} {count}" for count in _COUNTS), "bold")


def tell_source(screen: Screen, source: SourceReport, index: str = "") -> None:
    """Write what became of one source, and of what failed why."""
    screen.say(source.source, "bold")
    screen.say(
        "  " + (f"{index}: " if index else "") + ", ".join(f"{getattr(source, count):,} {count}" for count in _COUNTS)
    )
    if source.skipped:
        screen.say("  passed over: " + ", ".join(f"{n:,} {reason}" for reason, n in source.skipped.items()), "dim")
    for failure in source.failures:
        screen.tell(f"  {failure.where}: {failure.reason.rstrip('.')}. {failure.remedy}", "red")
    if source.failed > len(source.failures):
        screen.tell(f"  and {source.failed - len(source.failures):,} more", "red")


async def list_indexes(screen: Screen) -> None:
    """List the indexes, what they were made of, and those that can't be searched."""
    from stylegraph.agent.settings import load_settings
    from stylegraph.graphs.build import open_library

    async with open_library(load_settings()) as library:
        problems = dict(await library.problems())
        described = []
        for name, index in (await library.indexes()).items():
            try:
                described.append((await index.describe(), await index.listing(limit=_TITLES)))
            except IndexStoreError as error:
                problems[name] = error
    for description, listing in described:
        _show_index(screen, description, listing)
    if not described and not problems and not screen.json:
        screen.say("There is no index yet. Make one: stylegraph index SOURCE...")
    report_problems(screen, problems)


def _show_index(screen: Screen, description: IndexDescription, listing: Listing) -> None:
    titles = [document["title"] or document["document"] for document in listing["documents"]]
    if screen.json:
        screen.record({**description, "languages": listing["languages"], "titles": titles})
        return
    screen.say(description["name"], "bold")
    facts = f"{description['documents']:,} documents, {_chunks(description)}, {description['embedding']}"
    screen.say(f"  {facts}" + (f", {description['updated']}" if description["updated"] else ""), "dim")
    for source, documents in description["sources"].items():
        screen.say(f"  {documents:>7,}  {source}")
    if titles:
        told = ", ".join(f"{language} {count:,}" for language, count in listing["languages"].items())
        more = "; …" if listing["total"] > len(titles) else ""
        screen.say(f"  {f'{told}: ' if told else ''}{'; '.join(titles)}{more}", "dim")


def _chunks(description: IndexDescription) -> str:
    """Return how many chunks there are; those of an attached index are made when it is read."""
    if description["documents"] and not description["chunks"]:
        return "attached: only read, and cut when it is"
    return f"{description['chunks']:,} chunks"


async def remove(screen: Screen, source: Removed, *, index: AnyIndex = None) -> None:
    """Take a source out of the index, or out of all of them."""
    from stylegraph.agent.settings import load_settings
    from stylegraph.graphs.build import open_library
    from stylegraph.tools.ingestion.sources import source_name
    from stylegraph.tools.retrieval.attached.registry import read_only

    async with open_library(load_settings()) as library:
        there = await library.indexes()
        if attached := attach.meant(await library.attached(), source, index):
            raise read_only(attached)
        if index is not None and index not in there:
            raise InputError(f"There is no index called {index!r}.", f"There are: {', '.join(there) or 'none'}.")
        chosen = there if index is None else {index: there[index]}
        problems = dict(await library.problems()) if index is None else {}
        holding = await _holding(chosen, source, problems)
        name = source if holding else source_name(source)
        holding = holding or await _holding(chosen, name, problems)
        removed = {title: await one.delete(name) for title, one in holding.items()}
    if removed:
        _show_removed(screen, name, removed)
    report_problems(screen, problems)
    if not removed:
        raise InputError(f"{name} is in no index.", "See what there is: stylegraph index list.")


async def _holding(
    indexes: Mapping[str, SearchIndex], name: str, problems: dict[str, StylegraphError]
) -> dict[str, SearchIndex]:
    """Return the indexes that hold a source of exactly this name; an operation of an API has one that is no address.

    Args:
        indexes: Those that are looked in.
        name: The source.
        problems: Gets those that can't be read.
    """
    holding = {}
    for title, index in indexes.items():
        try:
            if await index.known(name):
                holding[title] = index
        except IndexStoreError as error:
            problems[title] = error
    return holding


def _show_removed(screen: Screen, source: str, removed: dict[str, int]) -> None:
    if screen.json:
        screen.record({"source": source, "removed": sum(removed.values()), "indexes": removed})
        return
    for name, count in removed.items():
        screen.say(f"{name}: {count:,} documents of {source} removed.")


async def rebuild(screen: Screen, name: Rebuilt) -> None:
    """Make an index again with the embedding that is set, from the texts that it holds; nothing is read anew."""
    from stylegraph.agent.settings import load_settings
    from stylegraph.graphs.build import open_library
    from stylegraph.tools.embeddings.opening import open_embedder

    settings = load_settings()
    with screen.bar(f"Rebuilding {name}") as bar:
        async with open_embedder(settings) as embedder, open_library(settings, embedder) as library:
            documents = await library.rebuild(name, lambda done, total: bar.at(done, total, f"Rebuilding {name}"))
    if screen.json:
        screen.record({"index": name, "documents": documents, "embedding": embedder.name})
    else:
        screen.say(f"{name}: {documents:,} documents, now with {embedder.name}.")


_EXAMPLES: dict[str, Any] = {
    "add": (
        "stylegraph index ~/notes report.html",
        "stylegraph index https://example.com/blog/post --css-class entry-content --index blog",
        "stylegraph index report.pdf minutes.docx talk.vtt https://www.youtube.com/watch?v=ID",
        "stylegraph index wardrobe/ --pictures --index wardrobe",
        "stylegraph index salaries.csv --audience staff --audience kim",
        "stylegraph index handbook/ --chunk-by heading --chunk-size 300 --chunk-unit tokens",
        "stylegraph index ./list  # a folder that is called like a command",
    ),
    "site": (
        "stylegraph index site https://example.com/docs/ --within /docs/ --depth 2",
        "stylegraph index site https://example.com/sitemap.xml --pages 1000 --index docs",
    ),
    "list": ("stylegraph index list", "stylegraph index list --json"),
    "remove": ("stylegraph index remove ~/notes", "stylegraph index remove https://example.com/blog/post"),
    "rebuild": ("stylegraph index rebuild default",),
}
command(app, "add", add, _EXAMPLES["add"])
command(app, "site", site, _EXAMPLES["site"])
command(app, "attach", attach.attach, attach.EXAMPLES)
command(app, "detach", attach.detach, attach.DETACH_EXAMPLES)
command(app, "sync", sync.sync, sync.EXAMPLES)
command(app, "tune", tune.tune, tune.EXAMPLES)
command(app, "list", list_indexes, _EXAMPLES["list"])
command(app, "remove", remove, _EXAMPLES["remove"])
command(app, "rebuild", rebuild, _EXAMPLES["rebuild"])
command(app, "check", repair.check, repair.CHECK_EXAMPLES)
command(app, "repair", repair.repair, repair.REPAIR_EXAMPLES)
