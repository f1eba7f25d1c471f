"""`stylegraph-evals tuning`: training data out of what was answered and graded."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from stylegraph.agent.errors import InputError
from stylegraph.graphs.cli.ui.command import command
from stylegraph.graphs.cli.ui.screen import Screen, json_line

if TYPE_CHECKING:
    from stylegraph.evals.tuning.examples import Example
    from stylegraph.evals.tuning.start import TrainingFile

_USUAL_EPOCHS = 3
"""What OpenAI mostly chooses for a few hundred examples."""

app = typer.Typer(no_args_is_help=True, help="Instruction tuning: make training data of graded answers.")


Runs = Annotated[list[str] | None, typer.Option(help="A kept run, by name or file; may be given again.")]
Threads = Annotated[bool, typer.Option("--threads", help="The conversations in STYLEGRAPH_HOME.")]
Generated = Annotated[
    list[Path] | None,
    typer.Option(help="A file of `tuning generate`; no evidence bears it, so export it with --least-grounded 0."),
]


def export(
    screen: Screen,
    *,
    out: Annotated[Path, typer.Argument(metavar="OUT.jsonl", help="The file that is written.")],
    run: Runs = None,
    threads: Threads = False,
    generated: Generated = None,
    form: Annotated[
        Literal["chat", "completion", "alpaca"],
        typer.Option(
            help="OpenAI's chat form, TRL's prompt and completion, or Alpaca's instruction, input and output."
        ),
    ] = "chat",
    least_grounded: Annotated[float, typer.Option(min=0, max=1, help="Share of sentences that evidence bears.")] = 1.0,
    runs: Annotated[Path, typer.Option("--runs", help="Folder of the runs.")] = Path("runs"),
) -> None:
    """Export answers that were graded good; what is left out is counted by reason.

    Left out: what is not graded good, not grounded, in another language, too short or long, nearly a duplicate, like a question of
    the evals' test split, or holds personal data.
    """
    from stylegraph.evals.tuning.filters import Limits, sifted
    from stylegraph.evals.tuning.forms import FORMS

    found = _collected(run or [], runs, threads, generated or [])
    if not found:
        raise InputError(
            "There is nothing to export.",
            "Name a run (--run NAME, see stylegraph-evals run), --threads, or --generated FILE.",
        )
    reasons: Counter[str] = Counter()
    lines = []
    for example, reason in sifted(found, _held_out(), Limits(least_grounded=least_grounded)):
        reasons[reason or "kept"] += 1
        if reason is None:
            lines.append(json_line(FORMS[form](example)))
    out.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    _tell(screen, out, reasons)


def _tell(screen: Screen, out: Path, reasons: Counter[str]) -> None:
    kept = reasons.pop("kept", 0)
    if screen.json:
        screen.record({"file": str(out), "kept": kept, "left_out": dict(reasons.most_common())})
        return
    screen.say(f"{kept:,} examples in {out}")
    for reason, count in reasons.most_common():
        screen.say(f"{count:6,} left out: {reason}", "dim")


def report(
    screen: Screen,
    *,
    files: Annotated[list[Path] | None, typer.Argument(help="Exported files, in any form.", show_default=False)] = None,
    run: Runs = None,
    threads: Threads = False,
    generated: Generated = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE.html", help="Write one page with plots.")] = None,
    runs: Annotated[Path, typer.Option("--runs", help="Folder of the runs.")] = Path("runs"),
) -> None:
    """Describe a set of training examples: size, languages, routes, lengths, diversity, duplicates, and who wrote what.

    The sources of `tuning export` say all of it; an exported file no longer says its routes and who wrote it.
    """
    from stylegraph.evals.tuning.examples import of_file
    from stylegraph.evals.tuning.figures import figures_of

    found = _collected(run or [], runs, threads, generated or [])
    found += [example for file in files or [] for example in of_file(file)]
    if not found:
        raise InputError("There is nothing to report.", "Name files, --run NAME, --threads or --generated FILE.")
    figures = figures_of(found)
    if html is not None:
        from stylegraph.evals.tuning.pages import report_page

        html.write_text(report_page(figures, "Training examples"), encoding="utf-8")
    if screen.json:
        screen.record({**figures.summary(), "page": str(html) if html else None})
        return
    for name, value in figures.summary().items():
        told = ", ".join(f"{key} {count:,}" for key, count in value.items()) if isinstance(value, dict) else value
        screen.say(f"{name.replace('_', ' '):16} {f'{told:.3f}' if isinstance(told, float) else told}")
    if html is not None:
        screen.say(str(html))


def _collected(names: Sequence[str], runs: Path, threads: bool, generated: Sequence[Path]) -> list[Example]:
    from stylegraph.evals.tuning.examples import of_generated

    found = list(_of_runs(names, runs))
    if threads:
        found += asyncio.run(_of_threads())
    return found + [example for file in generated for example in of_generated(file)]


def _of_runs(names: Sequence[str], folder: Path) -> Iterator[Example]:
    from stylegraph.evals.harness.runs import load
    from stylegraph.evals.tuning.examples import of_run

    for name in names:
        yield from of_run(load(name, folder))


async def _of_threads() -> list[Example]:
    from stylegraph.agent.settings import load_settings
    from stylegraph.evals.tuning.examples import of_threads
    from stylegraph.graphs.persistence import open_threads

    async with open_threads(load_settings()) as threads:
        return [example async for example in of_threads(threads)]


async def generate(
    screen: Screen,
    *,
    out: Annotated[
        Path, typer.Argument(metavar="OUT.jsonl", help="The file that grows; what it holds is gone on from.")
    ],
    count: Annotated[int, typer.Option(min=1, help="How many pairs the file shall hold.")] = 100,
    calls: Annotated[int, typer.Option(min=1, help="Calls of the model at most.")] = 100,
    each: Annotated[int, typer.Option(min=1, max=20, help="Pairs that one call asks for.")] = 5,
    seeds: Annotated[Path | None, typer.Option(help="Seeds of your own (YAML) instead of the shipped ones.")] = None,
) -> None:
    """Let the chat model invent questions with answers from seeds, as Self-Instruct does (Wang et al. 2023).

    Each call shows examples of one route and language, that of which there is least, and keeps what is new: ROUGE-L under 0.7 with all of
    the pool (Korean by morphemes), in the language, not like a question of the evals' test split, without personal data. A line is on the
    disk before the next call: stopped or broken off, the same command goes on. The answers are a model's and no evidence bears them.
    """
    from stylegraph.agent.llm.client import open_caller
    from stylegraph.agent.settings import load_settings
    from stylegraph.evals.tuning import generate as generating
    from stylegraph.evals.tuning.pool import Pool, read_generated, read_seeds

    settings = load_settings()
    if not settings.has_model:
        raise InputError(
            "There is no chat model to generate with.",
            "Set OPENAI_API_KEY, or STYLEGRAPH_BASE_URL and STYLEGRAPH_MODEL.",
        )
    pool = Pool(read_seeds(seeds), read_generated(out), _held_out())
    with screen.bar("generate", count) as bar:
        async with open_caller(settings) as caller:
            outcome = await generating.generate(
                caller, pool, out, count=count, most_calls=calls, each=each,
                advance=lambda done: bar.at(done, count, "generate"),
            )  # fmt: skip
    refused = dict(outcome.refused.most_common())
    if screen.json:
        screen.record({"file": str(out), "pairs": pool.size, **outcome._asdict(), "refused": refused})
        return
    screen.say(
        f"{pool.size:,} pairs in {out}, {outcome.kept:,} of them new, by {outcome.calls:,} calls: {outcome.ended}"
    )
    for reason, number in refused.items():
        screen.say(f"{number:6,} refused: {reason}", "dim")


def start(  # noqa: PLR0913 - a command has as many parameters as options
    screen: Screen,
    *,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE.jsonl", help="Examples in the chat form (tuning export).")
    ] = None,
    model: Annotated[str, typer.Option(help="The model that is fine-tuned.")] = "gpt-4o-mini-2024-07-18",
    epochs: Annotated[
        int | None, typer.Option(min=1, max=50, help="Times over the file; OpenAI chooses when left out.")
    ] = None,
    suffix: Annotated[str | None, typer.Option(help="A word in the new model's name.")] = None,
    price: Annotated[
        float | None, typer.Option(min=0, help="Dollars for a million trained tokens, in place of the table's.")
    ] = None,
    job: Annotated[
        str | None, typer.Option(metavar="ID", help="Follow a job that was started; nothing is sent.")
    ] = None,
    every: Annotated[float, typer.Option(min=0, help="Seconds between two looks at the job.")] = 10.0,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask before it costs money.")] = False,
) -> None:
    """Start a fine-tuning job at OpenAI and follow it: the file is checked and its cost estimated, and you are asked first.

    Stopped with Ctrl-C, the job goes on: follow it again with --job ID. The key is read from OPENAI_API_KEY and never shown.
    """
    from stylegraph.agent.settings import load_settings
    from stylegraph.evals.tuning import start as starting

    if (file is None) == (job is None):
        raise InputError("Name a file to start with, or a job to follow.", "See stylegraph-evals tuning start --help.")
    if file is not None:
        training = starting.read_training_file(file)
        _ask_first(screen, training, model, epochs, price, yes)
    with starting.open_client(load_settings()) as client:
        if file is not None:
            job = starting.upload_and_start(client, training, model, epochs=epochs, suffix=suffix)
            screen.tell(f"Started {job}. Follow it again: stylegraph-evals tuning start --job {job}")
        assert job is not None
        with screen.bar(job) as bar:
            ended = starting.follow(
                client, job, lambda at: bar.at(at.done, at.total, f"{at.status}: {at.said}"), every=every
            )
    if screen.json:
        screen.record(ended._asdict())
    else:
        screen.say(f"{ended.job} {ended.status}" + (f": {ended.model}" if ended.model else ""))


def _ask_first(
    screen: Screen, training: TrainingFile, model: str, epochs: int | None, price: float | None, yes: bool
) -> None:
    """Report what it is likely to cost, and go on only when that is wanted.

    Raises:
        InputError: It is not wanted, or nobody can be asked.
    """
    from datetime import UTC, datetime

    from stylegraph.evals.tuning.start import availability, check_tunable, price_of

    check_tunable(model)
    known = price_of(model, price)
    rounds = epochs or _USUAL_EPOCHS
    cost = training.tokens * rounds * known.dollars / 1e6
    screen.tell(
        f"{training.examples:,} examples, about {training.tokens:,} tokens, {rounds} times{'' if epochs else ' (OpenAI may choose otherwise)'}: "
        f"about ${cost:,.2f}. An estimate: {known.dollars:g} dollars for a million tokens, {known.source}."
    )
    screen.tell(availability(datetime.now(UTC).date()))
    _confirm(screen, f"Upload {training.path} and fine-tune {model}?", yes)


def _confirm(screen: Screen, question: str, yes: bool) -> None:
    if yes:
        return
    if screen.json or not screen.err.is_terminal:
        raise InputError("Nobody can be asked here whether that is wanted.", "Add --yes.")
    if not typer.confirm(question, err=True):
        raise typer.Exit(1)


def local(  # noqa: PLR0913 - a command has as many parameters as options
    screen: Screen,
    *,
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="Examples in any form of tuning export.")],
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the adapters are written.")] = Path("tuned"),
    base: Annotated[str, typer.Option(help="The model: a name at Hugging Face, or a folder.")] = "Qwen/Qwen3-0.6B",
    billions: Annotated[
        float | None, typer.Option(min=0.001, help="Its parameters, where the name does not say it.")
    ] = None,
    epochs: Annotated[int, typer.Option(min=1, max=50, help="Times over the file.")] = 3,
    batch: Annotated[int, typer.Option(min=1, help="Examples in a step.")] = 4,
    length: Annotated[int, typer.Option(min=16, help="Tokens of an example at most.")] = 1024,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what it takes; nothing need be installed.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask before it begins.")] = False,
) -> None:
    """Fine-tune a model on this machine (TRL, LoRA); only the answers carry loss. What it takes is estimated, and you are asked first."""
    from stylegraph.evals.tuning import local as tuning

    examples = tuning.read_examples(file)
    job = tuning.Job(base, billions or tuning.billions_of(base), epochs, batch, length)
    takes = tuning.plan(examples, job)
    if not dry_run:
        tuning.check_installed()
    screen.tell(tuning.told(takes, job))
    if dry_run:
        screen.record(takes._asdict()) if screen.json else None
        return
    _confirm(screen, f"Train {base} on {file} and write {out}?", yes)
    loss = tuning.train(examples, job, out)
    screen.record({"folder": str(out), "loss": loss, **takes._asdict()}) if screen.json else screen.say(
        f"{out}: adapters for {base}, mean loss {loss:.3f}"
    )


def _held_out() -> list[str]:
    """Return the questions of every suite's test split."""
    from stylegraph.evals.suites import NAMES, suite

    labels = (one.labels(case) for one in map(suite, NAMES) for case in one.cases())
    return [label["asked"] for label in labels if label["split"] == "test"]


command(
    app,
    "generate",
    generate,
    (
        "stylegraph-evals tuning generate pool.jsonl --count 200",
        "stylegraph-evals tuning generate pool.jsonl --count 200  # the same again goes on where it stopped",
    ),
)
command(
    app,
    "report",
    report,
    (
        "stylegraph-evals tuning report --run NAME --generated pool.jsonl --html tuning.html",
        "stylegraph-evals tuning report train.jsonl --json",
    ),
)
command(
    app,
    "start",
    start,
    (
        "stylegraph-evals tuning start train.jsonl --epochs 3",
        "stylegraph-evals tuning start --job ftjob-abc123  # follow it again",
    ),
)
command(
    app,
    "local",
    local,
    (
        "stylegraph-evals tuning local train.jsonl --dry-run  # what it takes",
        "stylegraph-evals tuning local train.jsonl --base Qwen/Qwen3-1.7B --out tuned",
    ),
)
command(
    app,
    "export",
    export,
    (
        "stylegraph-evals tuning export tuning.jsonl --run NAME",
        "stylegraph-evals tuning export tuning.jsonl --threads --form alpaca",
    ),
)
