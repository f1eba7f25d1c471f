"""`stylegraph-evals`: how good it is, in figures that anybody can print again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from stylegraph.agent.errors import InputError
from stylegraph.evals.grading import cli as grading
from stylegraph.evals.record_cli import record
from stylegraph.evals.tuning import cli as tuning
from stylegraph.graphs.cli.command import command, shown_examples
from stylegraph.graphs.cli.screen import Screen

if TYPE_CHECKING:
    from stylegraph.evals.comparing import Change
    from stylegraph.evals.runs import Judged

SPLITS = Literal["tune", "test", "both"]
_SHOWN = 10
"""Cases that are named of what got better or worse."""

app = typer.Typer(
    name="stylegraph-evals",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=shown_examples(
        "Start here",
        (
            "stylegraph-evals run  # every suite, no key, no network",
            "stylegraph-evals run turns --maker model  # a chat model's recorded answers, replayed",
            "stylegraph-evals report --html report  # the newest run as pages",
        ),
    ),
)


@app.callback()
def _evals() -> None:
    """Measure the whole system: suites of labelled cases, replayed where a model or the web was asked."""


Suites = Annotated[list[str] | None, typer.Argument(help="Which suites; all when none is named.", show_default=False)]
Folder = Annotated[Path, typer.Option("--runs", help="Folder of the runs.")]


def run(
    screen: Screen,
    *,
    suites: Suites = None,
    maker: Annotated[Literal["local", "model"], typer.Option(help="Who makes the decisions.")] = "local",
    split: Annotated[
        SPLITS, typer.Option(help="`test` is for reporting: look at it once, and change nothing by it.")
    ] = "tune",
    case: Annotated[list[str] | None, typer.Option(help="Only this case; may be given again.")] = None,
    name: Annotated[str, typer.Option(help="The run's name; the date and time when none is given.")] = "",
    runs: Folder = Path("runs"),
) -> None:
    """Answer and judge the cases, print the table, and keep the run."""
    from stylegraph.evals.runs import Run, now, save

    judged = asyncio.run(_judged(screen, suites or [], maker, None if split == "both" else split, case or []))
    if not judged:
        raise InputError(
            f"No case fits: no suite named here has {split} cases for the {maker} maker.",
            "See what there is: stylegraph-evals list.",
        )
    made = now()
    kept = save(Run(name=name or made.replace(":", ""), made=made, judged=judged), runs)
    _show(screen, judged)
    screen.tell(f"Kept as {kept}. Cases that failed: stylegraph-evals report {kept.stem} --failing")


async def _judged(
    screen: Screen, suites: Sequence[str], maker: Literal["local", "model"], split: str | None, only: Sequence[str]
) -> list[Judged]:
    from stylegraph.evals.runs import judge
    from stylegraph.evals.suites import NAMES, suite

    found: list[Judged] = []
    for name in suites or NAMES:
        one = suite(name)
        if maker not in one.makers:
            if suites:
                raise InputError(f"The suite {name} is not answered by a {maker}.", "Leave out --maker, or the suite.")
            continue
        with screen.bar(name, len(one.dataset(split, only).cases)) as bar:
            found += await judge(one, maker, split=split, only=only, advance=bar.advance)
    return found


def report(
    screen: Screen,
    *,
    run: Annotated[str, typer.Argument(help="A run's name or file; the newest when none is given.")] = "",
    failing: Annotated[bool, typer.Option("--failing", help="Show the cases that are not as they should be.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="The table in Markdown.")] = False,
    html: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Write pages: open its index.html.")] = None,
    runs: Folder = Path("runs"),
) -> None:
    """Show a run that was kept: as a table, in Markdown, or as pages with charts and every failing case."""
    from stylegraph.evals import report as figures
    from stylegraph.evals.pages import write_pages
    from stylegraph.evals.runs import load, names

    chosen = run or next(reversed(names(runs)), "")
    if not chosen:
        raise InputError(f"There is no run in {runs} yet.", "Make one: stylegraph-evals run.")
    loaded = load(chosen, runs)
    if html is not None:
        page = write_pages(loaded, html)
        screen.record({"page": str(page)}) if screen.json else screen.say(str(page))
    elif markdown:
        screen.verbatim(figures.markdown(loaded.judged))
    elif failing:
        _show_failing(screen, figures.failing(loaded.judged))
    else:
        _show(screen, loaded.judged)


def compare(
    screen: Screen,
    *,
    before: Annotated[str, typer.Argument(help="A run's name or file.")],
    after: Annotated[str, typer.Argument(help="Another, with cases in common.")],
    runs: Folder = Path("runs"),
) -> None:
    """Say what got better and what got worse between two runs, case by case, with a paired bootstrap interval."""
    from stylegraph.evals.comparing import compare as compared
    from stylegraph.evals.runs import load

    changes = compared(load(before, runs).judged, load(after, runs).judged)
    if not changes:
        raise InputError("The two runs have no case in common.", "Compare runs of the same suites and split.")
    if screen.json:
        for change in changes:
            screen.record({**change._asdict(), "sure": change.sure})
        return
    _show_changes(screen, changes)


def listed(screen: Screen) -> None:
    """List the suites: how many cases, who answers them."""
    from stylegraph.evals.suites import NAMES, suite

    for name in NAMES:
        one = suite(name)
        labels = [one.labels(case) for case in one.cases()]
        counts = {split: sum(label["split"] == split for label in labels) for split in ("tune", "test")}
        if screen.json:
            screen.record({"suite": name, "about": one.about, "makers": list(one.makers), **counts})
        else:
            screen.say(
                f"{name:10} {counts['tune']:4} tune {counts['test']:4} test  {', '.join(one.makers):12} {one.about}"
            )


def _show(screen: Screen, judged: Sequence[Judged]) -> None:
    from stylegraph.evals.report import HEAD, cells, rows

    if screen.json:
        for row in rows(judged):
            screen.record(row._asdict())
        return
    _table(screen, HEAD, [cells(row) for row in rows(judged)], numbers_from=4)


def _show_failing(screen: Screen, failing: Sequence[Judged]) -> None:
    for one in failing:
        if screen.json:
            screen.record(one.model_dump(mode="json"))
            continue
        wrong = [name for name, passed in one.passed.items() if not passed]
        screen.say(f"{one.suite} {one.case}  {', '.join(wrong) or one.error}", "bold")
        screen.say(f"  {one.asked}")
        for line in (*one.path, *one.text.splitlines()):
            screen.say(f"    {line}", "dim")


def _show_changes(screen: Screen, changes: Sequence[Change]) -> None:
    head = ("suite", "result", "cases", "before", "after", "difference, 95 %", "better", "worse")
    lines = [
        [
            change.suite,
            change.result,
            str(change.cases),
            f"{change.before:,.3f}",
            f"{change.after:,.3f}",
            f"{change.after - change.before:+.3f} [{change.low:+.3f}, {change.high:+.3f}]{' *' if change.sure else ''}",
            str(len(change.better)),
            str(len(change.worse)),
        ]
        for change in changes
    ]
    _table(screen, head, lines, numbers_from=2)
    screen.say("* the interval leaves out no difference at all", "dim")
    for change in changes:
        for word, cases in (("better", change.better), ("worse", change.worse)):
            if cases:
                more = f" and {len(cases) - _SHOWN} more" if len(cases) > _SHOWN else ""
                screen.say(f"{change.suite} {change.result} {word}: {', '.join(cases[:_SHOWN])}{more}")


def _table(screen: Screen, head: Sequence[str], lines: Sequence[Sequence[str]], numbers_from: int) -> None:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, name in enumerate(head):
        table.add_column(name, justify="right" if number >= numbers_from else "left", overflow="fold")
    for line in lines:
        table.add_row(*line)
    screen.show(table)


command(
    app,
    "run",
    run,
    (
        "stylegraph-evals run",
        "stylegraph-evals run routes documents --split test",
        "stylegraph-evals run wishes --json",
    ),
)
command(
    app,
    "record",
    record,
    (
        "stylegraph-evals record web  # a folder of cassettes",
        "stylegraph-evals record t-ko-01 --base-url http://127.0.0.1:8080/v1",
        "stylegraph-evals record --stale",
    ),
)
command(app, "list", listed)
command(app, "report", report, ("stylegraph-evals report --failing", "stylegraph-evals report --html report"))
command(app, "grade", grading.grade, grading.EXAMPLES)
app.add_typer(tuning.app, name="tuning")
command(app, "compare", compare, ("stylegraph-evals compare before after",))


def main() -> None:
    """Run the command."""
    app()
