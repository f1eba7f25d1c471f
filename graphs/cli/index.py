"""`stylegraph index`: documents in, out, and what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from stylegraph.agent.errors import InputError
from stylegraph.graphs.cli.command import FAILED, DefaultGroup, command
from stylegraph.graphs.cli.screen import Screen

if TYPE_CHECKING:
    from stylegraph.graphs.cli.progress import Bar
    from stylegraph.tools.ingestion.report import Progress, Report, SourceReport
    from stylegraph.tools.retrieval.index import IndexDescription

_COUNTS = ("added", "changed", "unchanged", "removed", "failed")

Sources = Annotated[
    list[str], typer.Argument(metavar="SOURCE", help="Files, folders or http(s) addresses.", show_default=False)
]
Name = Annotated[str, typer.Option("--index", metavar="NAME", help="The index that they go to.")]
CssClass = Annotated[
    list[str] | None,
    typer.Option("--css-class", metavar="C", help="HTML: read only elements of this class; may be repeated."),
]
ChunkSize = Annotated[
    int | None,
    typer.Option(
        "--chunk-size",
        metavar="N",
        min=50,
        max=20_000,
        help="Longest chunk, in characters; STYLEGRAPH_CHUNK_SIZE otherwise.",
    ),
]
ChunkOverlap = Annotated[
    int | None,
    typer.Option(
        "--chunk-overlap",
        metavar="N",
        min=0,
        help="Characters that neighbours share; STYLEGRAPH_CHUNK_OVERLAP otherwise.",
    ),
]
AnyIndex = Annotated[
    str | None, typer.Option("--index", metavar="NAME", help="Remove from this index only; from all otherwise.")
]
Removed = Annotated[str, typer.Argument(metavar="SOURCE", help="As it was indexed: a path or an address.")]


Rebuilt = Annotated[str, typer.Argument(metavar="NAME", help="The index, as `index list` names it.")]


class _Group(DefaultGroup):
    default = "add"


app = typer.Typer(cls=_Group, help="Index documents, list what is indexed, remove it.")


async def add(
    screen: Screen,
    sources: Sources,
    *,
    index: Name = "default",
    css_class: CssClass = None,
    chunk_size: ChunkSize = None,
    chunk_overlap: ChunkOverlap = None,
) -> None:
    """Index files, folders and web pages; again and again, only what is new or changed is done.

    Also: stylegraph index list, stylegraph index remove SOURCE, stylegraph index rebuild NAME.
    """
    from stylegraph.agent.settings import load_settings
    from stylegraph.graphs.assemble import open_library
    from stylegraph.tools.ingestion.ingest import ingest

    settings = load_settings()
    with screen.bar("Indexing", unit="bytes") as bar:
        async with open_library(settings) as library:
            report = await ingest(
                await library.index(index),
                sources,
                settings=settings,
                css_class=css_class or (),
                chunk_size=chunk_size,
                chunk_overlap=chunk_overlap,
                progress=lambda progress: _move(bar, progress),
            )
    _report(screen, index, report)
    if report.total("failed"):
        raise typer.Exit(FAILED)


def _move(bar: Bar, progress: Progress) -> None:
    place = f" ({progress.number}/{progress.sources})" if progress.sources > 1 else ""
    bar.at(progress.done, progress.total, f"{progress.documents:,} documents{place}")


def _report(screen: Screen, index: str, report: Report) -> None:
    if screen.json:
        screen.record({"index": index, **report.as_dict()})
        return
    for source in report.sources:
        _tell_source(screen, source)
    if len(report.sources) > 1:
        screen.say("Together: " + ", ".join(f"{report.total(count):,} {count}" for count in _COUNTS), "bold")


def _tell_source(screen: Screen, source: SourceReport) -> None:
    screen.say(source.source, "bold")
    screen.say("  " + ", ".join(f"{getattr(source, count):,} {count}" for count in _COUNTS))
    if source.skipped:
        screen.say("  passed over: " + ", ".join(f"{n:,} {reason}" for reason, n in source.skipped.items()), "dim")
    for failure in source.failures:
        screen.tell(f"  {failure.where}: {failure.reason.rstrip('.')}. {failure.remedy}", "red")
    if source.failed > len(source.failures):
        screen.tell(f"  and {source.failed - len(source.failures):,} more", "red")


async def list_indexes(screen: Screen) -> None:
    """List the indexes, what they were made of, and those that can't be searched."""
    from stylegraph.agent.settings import load_settings
    from stylegraph.graphs.assemble import open_library

    async with open_library(load_settings()) as library:
        described = [await index.describe() for index in (await library.indexes()).values()]
        problems = await library.problems()
    for description in described:
        _show_index(screen, description)
    for name, problem in problems.items():
        screen.fail(type(problem).__name__, problem.message, problem.remedy, index=name)
    if not described and not problems and not screen.json:
        screen.say("There is no index yet. Make one: stylegraph index SOURCE...")
    if problems:
        raise typer.Exit(FAILED)


def _show_index(screen: Screen, description: IndexDescription) -> None:
    if screen.json:
        screen.record(description)
        return
    screen.say(description["name"], "bold")
    facts = f"{description['documents']:,} documents, {description['chunks']:,} chunks, {description['embedding']}"
    screen.say(f"  {facts}" + (f", {description['updated']}" if description["updated"] else ""), "dim")
    for source, documents in description["sources"].items():
        screen.say(f"  {documents:>7,}  {source}")


async def remove(screen: Screen, source: Removed, *, index: AnyIndex = None) -> None:
    """Take a source out of the index, or out of all of them."""
    from stylegraph.agent.settings import load_settings
    from stylegraph.graphs.assemble import open_library
    from stylegraph.tools.ingestion.sources import source_name

    async with open_library(load_settings()) as library:
        there = await library.indexes()
        if index is not None and index not in there:
            raise InputError(f"There is no index called {index!r}.", f"There are: {', '.join(there) or 'none'}.")
        chosen = there if index is None else {index: there[index]}
        name = source_name(source)
        removed = {title: await one.delete(name) for title, one in chosen.items()}
    if not any(removed.values()):
        raise InputError(f"{name} is in no index.", "See what there is: stylegraph index list.")
    _show_removed(screen, name, {title: count for title, count in removed.items() if count})


def _show_removed(screen: Screen, source: str, removed: dict[str, int]) -> None:
    if screen.json:
        screen.record({"source": source, "removed": sum(removed.values()), "indexes": removed})
        return
    for name, count in removed.items():
        screen.say(f"{name}: {count:,} documents of {source} removed.")


async def rebuild(screen: Screen, name: Rebuilt) -> None:
    """Make an index again with the embedding that is set, from the texts that it holds; nothing is read anew."""
    from stylegraph.agent.settings import load_settings
    from stylegraph.graphs.assemble import open_library
    from stylegraph.tools.embeddings import LocalEmbedder

    embedder = LocalEmbedder()
    with screen.bar(f"Rebuilding {name}") as bar:
        async with open_library(load_settings(), embedder) as library:
            documents = await library.rebuild(name, lambda done, total: bar.at(done, total, f"Rebuilding {name}"))
    if screen.json:
        screen.record({"index": name, "documents": documents, "embedding": embedder.name})
    else:
        screen.say(f"{name}: {documents:,} documents, now with {embedder.name}.")


_EXAMPLES: dict[str, Any] = {
    "add": (
        "stylegraph index ~/notes report.html",
        "stylegraph index https://example.com/blog/post --css-class entry-content --index blog",
        "stylegraph index ./list  # a folder that is called like a command",
    ),
    "list": ("stylegraph index list", "stylegraph index list --json"),
    "remove": ("stylegraph index remove ~/notes", "stylegraph index remove https://example.com/blog/post"),
    "rebuild": ("stylegraph index rebuild default",),
}
command(app, "add", add, _EXAMPLES["add"])
command(app, "list", list_indexes, _EXAMPLES["list"])
command(app, "remove", remove, _EXAMPLES["remove"])
command(app, "rebuild", rebuild, _EXAMPLES["rebuild"])
