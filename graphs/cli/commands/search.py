"""`stylegraph search`: what the index finds, with nothing written about it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stylegraph.agent.errors import InputError, StylegraphError
from stylegraph.graphs.cli.ui.options import Count, IndexName, Leg, Only, Out, check_index, conditions, read_text, there
from stylegraph.graphs.cli.ui.problems import report_problems

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from stylegraph.agent.settings import Settings
    from stylegraph.graphs.cli.ui.screen import Screen
    from stylegraph.tools.retrieval.hybrid.index import Hit
    from stylegraph.tools.retrieval.library import Library

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
Around = Annotated[
    int, typer.Option("--around", metavar="N", min=0, max=10, help="Show so many chunks before and after each as well.")
]
LegOption = Annotated[Leg, typer.Option("--leg", help="Rank by words, by meaning, or by both.")]

EXAMPLES = (
    'stylegraph search "울 니트 세탁" -k 3',
    'stylegraph search "wool care" --leg lexical --json',
    'stylegraph search "wool care" --around 1  # with the chunks beside it',
    "stylegraph search --queries in.jsonl --out out.jsonl",
)
_WORKERS = 4
_SHOWN_CHARS = 300


async def search(  # noqa: PLR0913 - a command's options are its arguments
    screen: Screen,
    query: Query = None,
    *,
    index: IndexName = None,
    only: Only = None,
    k: Count = 10,
    leg: LegOption = "fused",
    queries: Queries = None,
    out: Out = None,
    around: Around = 0,
) -> None:
    """Search the index, once or for many queries from a file."""
    from stylegraph.agent.evidence import Condition
    from stylegraph.agent.settings import load_settings
    from stylegraph.graphs.build import open_library
    from stylegraph.graphs.nodes.turn import checked_question
    from stylegraph.tools.retrieval.library import search_each

    if (query is None) == (queries is None):
        raise InputError("Give one query, or a file of them with --queries.", "See: stylegraph search --help.")
    settings = load_settings()
    wanted = {field: Condition(any=values) for field, values in conditions(only).items()}
    text = None if query is None else checked_question(read_text(query), settings.question_max_chars)
    await _prepare_samples(screen, settings)
    await check_index(index)
    if around and query is None:
        raise InputError("--around is for one query.", "Leave it out with --queries.")
    async with open_library(settings) as library:
        problems: dict[str, StylegraphError] = {}

        async def find(text: str) -> list[tuple[str, Hit]]:
            asked = checked_question(text, settings.question_max_chars)
            found = await search_each(library, asked, k, wanted, leg, index=index)
            problems.update(found.problems)
            return found.hits

        if text is not None:
            hits = await find(text)
            _show(screen, text, hits, await _around(library, hits, around))
        elif queries is not None:
            await _search_all(screen, find, queries, out)
    report_problems(screen, problems)


async def _prepare_samples(screen: Screen, settings: Settings) -> None:
    """Index the sample knowledge if there is nothing else to search, as `ask` does."""
    from stylegraph.graphs.samples import add_samples
    from stylegraph.tools.embeddings.opening import open_embedder

    if not settings.indexes.exists():
        with screen.err.status("Indexing the sample knowledge, once"):
            async with open_embedder(settings) as embedder:
                await add_samples(settings, embedder)


async def _search_all(screen: Screen, find: Find, queries: Path, out: Path | None) -> None:
    from stylegraph.graphs.cli.ui.bulk import Entry, Job, run_bulk

    async def answer(entry: Entry) -> dict[str, Any]:
        hits = [hit for _, hit in await find(entry.text)]
        return {"hits": [{"id": hit["document"], "source": hit["source"], "score": hit["score"]} for hit in hits]}

    await run_bulk(screen, Job(Entry, answer, "Searching", _WORKERS), queries, out)


async def _around(library: Library, hits: list[tuple[str, Hit]], distance: int) -> list[str]:
    """Return the text of each hit with that of its neighbours; none if they are not asked for."""
    from stylegraph.tools.retrieval.passages import spliced

    if not distance:
        return []
    indexes, texts = await library.indexes(), dict[int, str]()
    for name in dict.fromkeys(name for name, _ in hits):
        places = [place for place, (one, _) in enumerate(hits) if one == name]
        found = await indexes[name].around([hits[place][1] for place in places], distance)
        texts |= {place: spliced(chunks) for place, chunks in zip(places, found, strict=True)}
    return [texts[place] or hit["text"] for place, (_, hit) in enumerate(hits)]


def _show(screen: Screen, query: str, hits: list[tuple[str, Hit]], around: list[str]) -> None:
    if screen.json:
        records = [_record(index, hit) for index, hit in hits]
        for record, text in zip(records, around, strict=False):
            record["around"] = text
        screen.record({"query": query, "hits": records})
        return
    if not hits:
        screen.say("Nothing was found.")
    for number, (index, hit) in enumerate(hits, start=1):
        screen.say(f"{number}. {hit['title']}  {hit['score']:.3f}", "bold")
        screen.say(f"   {index} · {hit['url'] or hit['source']} · {hit['document']}", "dim")
        text = " ".join((around[number - 1] if around else hit["text"]).split())
        most = len(text) if around else _SHOWN_CHARS
        screen.say(f"   {text[:most]}{'…' if len(text) > most else ''}")


def _record(index: str, hit: Hit) -> dict[str, Any]:
    whole: dict[str, Any] = {**hit}
    shown = ("source", "score", "title", "text", "url", "locator")
    return {"id": hit["document"], **{field: whole[field] for field in shown}, "index": index}
