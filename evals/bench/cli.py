"""`stylegraph-bench`: every number of docs/numbers.md, printed again."""

from __future__ import annotations

import importlib
import sys
from typing import Annotated

import typer

SECTIONS = {
    "start": "the first answer of a process, the next ones, and the command line's own start",
    "graph": "what the graph itself costs",
    "serve": "what the server adds to a turn, and where it goes",
    "adaptive": "a thousand attacks that look for words that work: what they change of a turn without a key",
    "soak": "ten people at the server for a minute; `python -m stylegraph.evals.bench.soak --users 50 --minutes 10`",
    "machines": "a hundred people at two servers for five minutes (needs STYLEGRAPH_SERVER_DATABASE)",
    "prompts": "what a good answer from four chunks of 500 tokens sends to a chat model",
    "search": "search at 1k, 10k and 100k chunks, beside what one would use instead",
    "indexing": "indexing beside tokenising and embedding alone, and its peak memory",
    "strangers": "three shops that were never seen, imported as they export: precision@5, and what is broken without a word",
    "everyday": "what strangers typed, without a key: right, refused, made up",
    "parts": "two questions in one message, without a key: whether each is answered as it is alone",
    "reading": "300 documents of many fields, without a key: which sentence answers, and whether any does",
    "page": "the server's page: its weight, when it can be used, its first word beside langgraph_sdk's (needs a browser)",
    "agents": "our graph beside plain ReAct, same model and sources, as recorded; `python -m stylegraph.evals.bench.agents --help`",
    "blind": "both agents on questions that were written and judged blind, as they were judged when they were asked",
    "published": "an answer from documents beside langgraph's adaptive, corrective and self-RAG examples, on a virtual clock",
    "decisions": "labels from 5 and 10 examples each, by the local decision model, beside nearest centroid and TF-IDF",
    "calibration": "how far the local probabilities can be taken at their word: Brier score, calibration error, reliability",
    "grounded": "which sentences evidence bears, told without a model beside plain words in common, with short and long evidence",
    "autorag": "ranking quality on the AutoRAG Korean set (needs STYLEGRAPH_SHARED)",
}

app = typer.Typer(add_completion=False)


@app.command(help="Print the measurements, all or some.\n\n" + "\n\n".join(f"{n}: {t}." for n, t in SECTIONS.items()))
def bench(
    sections: Annotated[list[str] | None, typer.Argument(help="Which; all when none is named.")] = None,
) -> None:
    """Run the sections one after another, each in the order of the list."""
    for name in sections or SECTIONS:
        if name not in SECTIONS:
            raise typer.BadParameter(f"There is no section {name}: choose from {', '.join(SECTIONS)}.")
        typer.echo(f"\n== {name}: {SECTIONS[name]}")
        sys.argv[1:] = []  # a section reads its own arguments, and the names of sections are none
        importlib.import_module(f"stylegraph.evals.bench.{name}").main()


def main() -> None:
    """Run the command."""
    app()
