"""`stylegraph search`: what the index finds, with nothing written about it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stylegraph.agent.errors import InputError
from stylegraph.graphs.cli.options import Count, IndexName, Leg, Out, check_index, read_text, there

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from stylegraph.agent.settings import Settings
    from stylegraph.graphs.cli.screen import Screen
    from stylegraph.tools.retrieval.index import Hit

    Find = Callable[[str], Awaitable[list[tuple[str, Hit]]]]

Query = Annotated[str | None, typer.Argument(metavar="QUERY", help="Words or a question; - reads it from stdin.")]
Queries = Annotated[
    Path | None,
    typer.Option(
        "--queries",
        metavar="IN.jsonl",
        callback=there,
        help="Many queries, one JSON object a line with id and text; - is standard input.",
    ),
]
LegOption = Annotated[Leg, typer.Option("--leg", help="Rank by words, by meaning, or by both.")]

EXAMPLES = (
    'stylegraph search "울 니트 세탁" -k 3',
    'stylegraph search "wool care" --leg lexical --json',
    "stylegraph search --queries in.jsonl --out out.jsonl",
)
_WORKERS = 4
_SHOWN_CHARS = 300


async def search(
    screen: Screen,
    query: Query = None,
    *,
    index: IndexName = None,
    k: Count = 10,
    leg: LegOption = "fused",
    queries: Queries = None,
    out: Out = None,
) -> None:
    """Search the index, once or for many queries from a file."""
    from stylegraph.agent.settings import load_settings
    from stylegraph.graphs.assemble import open_library
    from stylegraph.graphs.turn import checked_question
    from stylegraph.tools.retrieval.library import search as search_library

    if (query is None) == (queries is None):
        raise InputError("Give one query, or a file of them with --queries.", "See: stylegraph search --help.")
    settings = load_settings()
    text = None if query is None else checked_question(read_text(query), settings.question_max_chars)
    await _prepare_samples(screen, settings)
    await check_index(index)
    async with open_library(settings) as library:

        async def find(text: str) -> list[tuple[str, Hit]]:
            asked = checked_question(text, settings.question_max_chars)
            return await search_library(library, asked, k, leg=leg, index=index)

        if text is not None:
            _show(screen, text, await find(text))
        elif queries is not None:
            await _search_all(screen, find, queries, out)


async def _prepare_samples(screen: Screen, settings: Settings) -> None:
    """Index the sample knowledge if there is nothing else to search, as `ask` does."""
    from stylegraph.graphs.samples import add_samples
    from stylegraph.tools.embeddings import LocalEmbedder

    if not settings.indexes.exists():
        with screen.err.status("Indexing the sample knowledge, once"):
            await add_samples(settings, LocalEmbedder())


async def _search_all(screen: Screen, find: Find, queries: Path, out: Path | None) -> None:
    from stylegraph.graphs.cli.bulk import Entry, Job, run_bulk

    async def answer(entry: Entry) -> dict[str, Any]:
        hits = [hit for _, hit in await find(entry.text)]
        return {"hits": [{"id": hit["document"], "source": hit["source"], "score": hit["score"]} for hit in hits]}

    await run_bulk(screen, Job(Entry, answer, "Searching", _WORKERS), queries, out)


def _show(screen: Screen, query: str, hits: list[tuple[str, Hit]]) -> None:
    if screen.json:
        screen.record({"query": query, "hits": [_record(index, hit) for index, hit in hits]})
        return
    if not hits:
        screen.say("Nothing was found.")
    for number, (index, hit) in enumerate(hits, start=1):
        screen.say(f"{number}. {hit['title']}  {hit['score']:.3f}", "bold")
        screen.say(f"   {index} · {hit['url'] or hit['source']} · {hit['document']}", "dim")
        text = " ".join(hit["text"].split())
        screen.say(f"   {text[:_SHOWN_CHARS]}{'…' if len(text) > _SHOWN_CHARS else ''}")


def _record(index: str, hit: Hit) -> dict[str, Any]:
    whole: dict[str, Any] = {**hit}
    shown = ("source", "score", "title", "text", "url", "locator")
    return {"id": hit["document"], **{field: whole[field] for field in shown}, "index": index}
