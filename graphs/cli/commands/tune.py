"""`stylegraph index tune`: which chunk size serves a source best."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from stylegraph.agent.errors import InputError

if TYPE_CHECKING:
    from stylegraph.graphs.cli.ui.screen import Screen
    from stylegraph.tools.ingestion.tuning import Trial

EXAMPLES = (
    "stylegraph index tune handbook/ --questions labelled.jsonl",
    "stylegraph index tune handbook/ --questions labelled.jsonl --sizes 100,200,400 --overlaps 0 --unit tokens",
)
_HEAD = "  size  overlap   chunks   nDCG@{k:<3} coverage  to read  seconds       MB"
_MOST = 50

Tuned = Annotated[str, typer.Argument(metavar="SOURCE", help="A file, a folder or an address.", show_default=False)]
Questions = Annotated[
    Path,
    typer.Option(
        "--questions",
        metavar="FILE",
        help='JSONL; a line is {"question": "...", "answer": "..."}, where the answer, or each of a list of them, is '
        'copied from the source; "document": "id" if it counts in that document only.',
        show_default=False,
    ),
]
Sizes = Annotated[str, typer.Option("--sizes", metavar="N,N", help="Sizes to try.")]
Overlaps = Annotated[str, typer.Option("--overlaps", metavar="N,N", help="Overlaps to try, up to half a size.")]
By = Annotated[
    Literal["recursive", "heading", "sentence"], typer.Option("--by", help="As --chunk-by of `stylegraph index`.")
]
Unit = Annotated[Literal["characters", "tokens"], typer.Option("--unit", help="As --chunk-unit of `stylegraph index`.")]
K = Annotated[int, typer.Option("-k", min=1, max=50, help="Chunks that are looked at for each question.")]


async def tune(
    screen: Screen,
    source: Tuned,
    *,
    questions: Questions,
    sizes: Sizes = "200,400,800,1600",
    overlaps: Overlaps = "0,100",
    by: By = "recursive",
    unit: Unit = "characters",
    k: K = 6,
) -> None:
    """Try chunk sizes and overlaps on labelled questions; this setting decides much of the quality.

    The source is indexed once for each pair, aside, and no index of yours is
    touched. For each is shown: nDCG@k (how high the first chunk stands that
    holds an answer whole), coverage (the share of the answers' words in the k
    chunks), and the cost: characters to read for one question, seconds to
    index, size of the index.

    Choose on some of your questions and check on others: the best of many
    tries looks better than it is.
    """
    import asyncio

    from stylegraph.agent.settings import load_settings
    from stylegraph.tools.embeddings.opening import open_embedder
    from stylegraph.tools.ingestion.chunks import Chunking
    from stylegraph.tools.ingestion.sources import Source
    from stylegraph.tools.ingestion.tuning import best, grid, read_questions, rows, tune, unanswerable

    labelled, settings = await asyncio.to_thread(read_questions, questions), load_settings()
    chunkings = grid(_numbers("--sizes", sizes), _numbers("--overlaps", overlaps), Chunking(1, 0, by, unit))
    if wrong := await unanswerable(Source(source), labelled, settings):
        raise InputError(
            f"{len(wrong)} answers are not in the source, such as the one to: {wrong[0].text[:80]}",
            "Copy answers from the source as it is written there.",
        )
    trials = []
    with screen.bar("Trying") as bar:
        async with open_embedder(settings) as embedder:
            async for trial in tune(Source(source), labelled, chunkings, settings, k, embedder):
                trials.append(trial)
                bar.at(len(trials), len(chunkings), f"Trying {len(chunkings)} ways")
    if screen.json:
        for row in rows(trials):
            screen.record(row)
    else:
        _show(screen, trials, best(trials), k)


def _numbers(option: str, text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts or len(parts) > _MOST or not all(part.isdigit() and len(part) < 6 for part in parts):
        raise InputError(f"{option} {text[:80]!r} are not numbers such as 200,400.", "Separate them by commas.")
    return [int(part) for part in parts]


def _show(screen: Screen, trials: list[Trial], chosen: Trial, k: int) -> None:
    screen.say(_HEAD.format(k=k), "bold")
    for trial in trials:
        line = (
            f"{trial.chunking.size:>6}{trial.chunking.overlap:>9}{trial.chunks:>9,}{trial.ndcg:>11.3f}"
            f"{trial.coverage:>9.1%}{trial.characters:>9,.0f}{trial.seconds:>9.1f}{trial.bytes / 1e6:>9.1f}"
        )
        screen.say(line, "green" if trial is chosen else "")
    cut = chosen.chunking
    options = f"--chunk-size {cut.size} --chunk-overlap {cut.overlap}"
    options += f" --chunk-by {cut.by}" if cut.by != "recursive" else ""
    options += f" --chunk-unit {cut.unit}" if cut.unit != "characters" else ""
    screen.say(f"Best, and of equals the least to read: stylegraph index SOURCE {options}")
