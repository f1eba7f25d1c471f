"""`stylegraph-evals`: how good it is, in figures that anybody can print again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from stylegraph.agent.errors import InputError, StylegraphError
from stylegraph.evals.grading import cli as grading
from stylegraph.evals.harvest.cli import HERE, harvest
from stylegraph.evals.harvest.labelling import label
from stylegraph.evals.perturbing import cli as perturbing
from stylegraph.evals.recording.cli import record
from stylegraph.evals.tuning import cli as tuning
from stylegraph.graphs.cli.ui.command import command, shown_examples
from stylegraph.graphs.cli.ui.screen import Screen

if TYPE_CHECKING:
    from stylegraph.evals.harness.comparison import Change
    from stylegraph.evals.harness.runs import Judged
    from stylegraph.evals.harness.suite import AnySuite, LiveSettings, Maker
    from stylegraph.graphs.cli.ui.progress import Bar

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
            "stylegraph-evals run turns --live --base-url http://127.0.0.1:8080/v1  # and its answers of today",
            "stylegraph-evals report --html report  # the newest run as pages",
        ),
    ),
)


@app.callback()
def _evals() -> None:
    """Measure the whole system: suites of labelled cases, replayed where a model or the web was asked."""


Suites = Annotated[list[str] | None, typer.Argument(help="Which suites; all when none is named.", show_default=False)]
Folder = Annotated[Path, typer.Option("--runs", help="Folder of the runs.")]


def run(  # noqa: PLR0913 - a command has as many parameters as options
    screen: Screen,
    *,
    suites: Suites = None,
    maker: Annotated[
        Literal["local", "model"] | None, typer.Option(help="Who decides; each suite's makers when left out.")
    ] = None,
    split: Annotated[
        SPLITS, typer.Option(help="`test` is for reporting: look at it once, and change nothing by it.")
    ] = "tune",
    case: Annotated[list[str] | None, typer.Option(help="Only this case; may be given again.")] = None,
    live: Annotated[bool, typer.Option("--live", help="Ask real servers instead of what was recorded.")] = False,
    base_url: Annotated[str | None, typer.Option("--base-url", help="With --live: the chat model's server.")] = None,
    model: Annotated[str | None, typer.Option(help="With --live: the chat model's name.")] = None,
    name: Annotated[str, typer.Option(help="The run's name; the date and time when none is given.")] = "",
    perturbed: Annotated[
        bool, typer.Option("--perturbed", help="Documents and wishes changed by rule: what each kind of change costs.")
    ] = False,
    harvested: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Judge its labelled cases, alone or beside the suites that are named; harvested.yaml goes with a run of all suites.",
        ),
    ] = None,
    most: Annotated[int, typer.Option(min=1, help="With --perturbed: at most so many cases of each kind.")] = 60,
    runs: Folder = Path("runs"),
) -> None:
    """Answer and judge the cases, print the table, and keep the run. What does not replay any more is named."""
    from stylegraph.evals.harness.fixtures import live_settings
    from stylegraph.evals.harness.runs import Run, now, save

    if (base_url or model) and not live:
        raise InputError("A server is asked only with --live.", "Add --live, or leave out --base-url and --model.")
    settings = live_settings(maker != "local", base_url, model) if live else None
    chosen, only = None if split == "both" else split, case or []
    if perturbed:
        local = maker != "model" and not live
        asked = perturbing.judged(screen, suites or [], local=local, split=chosen, most=most, only=only)
    else:
        by = maker or ("model" if live else None)
        wanted = _wanted(suites or [], by, settings is not None) if suites or harvested is None else []
        if harvested is None and not suites and by != "model" and not live:
            harvested = _labelled_here()
        wanted += _harvested(harvested, by or "local", live)
        asked = _judged(screen, wanted, chosen, only, settings)
    judged = asyncio.run(asked)
    if not judged:
        raise InputError(f"No case fits: no suite named here has {split} cases of that kind.", _LIST)
    made = now()
    kept = save(Run(name=name or made.replace(":", ""), made=made, judged=judged), runs)
    _show_drops(screen, judged) if perturbed else _show(screen, judged)
    screen.tell(f"Kept as {kept}. Cases that failed: stylegraph-evals report {kept.stem} --failing")
    _check_fresh(judged)


_LIST = "See what there is: stylegraph-evals list."


def _check_fresh(judged: Sequence[Judged]) -> None:
    """Fail when a recording does not fit what is asked now: nothing passes by what was asked once.

    Raises:
        StylegraphError: Says which, and the command that records them again.
    """
    from stylegraph.evals.recording.registry import command_for, orphans

    stale = list(dict.fromkeys(one.stale for one in judged if one.stale))
    if stale:
        raise StylegraphError(
            f"Stale, since something else is asked than when it was recorded: {', '.join(stale)}.",
            f"Record it again: {command_for(stale)}",
        )
    suites = {one.suite for one in judged}
    if lone := [name for name in orphans() if name.partition("/")[0] in suites]:
        raise StylegraphError(
            f"A cassette without a case, or a case without a cassette: {', '.join(lone)}.",
            "Remove the cassette, or record the case: stylegraph-evals record --stale.",
        )


def _wanted(suites: Sequence[str], maker: Maker | None, live: bool) -> list[tuple[AnySuite, Maker]]:
    """Return the suites with who answers them.

    Raises:
        InputError: A suite that was named has no such maker, or no server to ask.
    """
    from stylegraph.evals.suites import NAMES, suite

    found: list[tuple[AnySuite, Maker]] = []
    for one in map(suite, suites or NAMES):
        if live and not one.live:
            if suites:
                raise InputError(f"The suite {one.name} asks no server.", "Leave out --live, or the suite.")
        elif live:
            found.append((one, maker or "model"))
        elif maker is None or maker in one.makers:
            found += [(one, by) for by in one.makers if maker in (None, by)]
        elif suites and one.live and maker == "model":
            raise InputError(f"No model's answers are recorded for {one.name}.", "Ask one: add --live --base-url URL.")
        elif suites:
            raise InputError(f"The suite {one.name} is not answered by a {maker}.", "Leave out --maker, or the suite.")
    return found


def _labelled_here() -> Path | None:
    """Return the file that harvest writes where none is named, once a case of it is labelled."""
    from stylegraph.evals.harvest.cases import read

    return HERE if any(case.labelled for case in read(HERE)) else None


def _harvested(file: Path | None, maker: Maker, live: bool) -> list[tuple[AnySuite, Maker]]:
    """Return the harvested cases of a file as a suite, if one is named.

    Raises:
        InputError: There is no such file, none of its cases is labelled, or what a model answers is not recorded.
    """
    from stylegraph.evals.harvest.suite import suite_of

    if file is None:
        return []
    if maker == "model" and not live:
        raise InputError("A model's answers to harvested cases are not recorded.", "Add --live, or --maker local.")
    one = suite_of(file)
    if not one.cases():
        raise InputError(f"{file} has no labelled case.", "Give a case `statuses`, and `facts`: the file says how.")
    return [(one, maker)]


async def _judged(
    screen: Screen,
    wanted: Sequence[tuple[AnySuite, Maker]],
    split: str | None,
    only: Sequence[str],
    live: LiveSettings | None,
) -> list[Judged]:
    from stylegraph.evals.harness.runs import judge

    found: list[Judged] = []
    for one, maker in wanted:
        doing = f"{one.name}, {maker}"
        with screen.bar(doing) as bar:

            def began(count: int, bar: Bar = bar, doing: str = doing) -> Callable[[], None]:
                bar.at(0, count, doing)
                return bar.advance

            found += await judge(one, maker, split=split, only=only, live=live, began=began)
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
    from stylegraph.evals.harness import report as figures
    from stylegraph.evals.harness.html_report import write_pages
    from stylegraph.evals.harness.runs import load, names

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
    """Report what got better and what got worse between two runs, case by case, with a paired bootstrap interval."""
    from stylegraph.evals.harness.comparison import compare as compared
    from stylegraph.evals.harness.runs import load

    old, new = load(before, runs).judged, load(after, runs).judged
    changes = compared(old, new)
    if not changes:
        raise InputError("The two runs have no case in common.", "Compare runs of the same suites and split.")
    if screen.json:
        for change in changes:
            screen.record({**change._asdict(), "sure": change.sure})
        return
    _show_changes(screen, changes, old, new)


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
                f"{name:14} {counts['tune']:4} tune {counts['test']:4} test  {', '.join(one.makers):12} {one.about}"
            )


def _show(screen: Screen, judged: Sequence[Judged]) -> None:
    from stylegraph.evals.harness.report import HEAD, cells, rows

    if screen.json:
        for row in rows(judged):
            screen.record(row._asdict())
        return
    _table(screen, HEAD, [cells(row) for row in rows(judged)], numbers_from=4)


def _show_drops(screen: Screen, judged: Sequence[Judged]) -> None:
    from stylegraph.evals.perturbing import ABOUT
    from stylegraph.evals.perturbing.drops import drops

    found = drops(judged)
    if screen.json:
        for one in found:
            screen.record(one._asdict())
        return
    _table(screen, perturbing.HEAD, perturbing.cells(found), numbers_from=3)
    for kind, about in ABOUT.items():
        screen.say(f"{kind}: {about}", "dim")


def _show_failing(screen: Screen, failing: Sequence[Judged]) -> None:
    for one in failing:
        if screen.json:
            screen.record(one.model_dump(mode="json"))
            continue
        screen.say(f"{one.suite} {one.case}  {', '.join(one.wrong) or one.error}", "bold")
        screen.say(f"  {one.asked}")
        for line in (*one.path, *one.text.splitlines()):
            screen.say(f"    {line}", "dim")


def _show_changes(screen: Screen, changes: Sequence[Change], before: Sequence[Judged], after: Sequence[Judged]) -> None:
    from stylegraph.evals.harness.comparison import mends

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
    mended, broken = mends(before, after)
    for word, cases in (("mended", mended), ("broken", broken)):
        if cases:
            screen.say(f"harvested cases {word}: {', '.join(cases)}", "bold")
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
        "stylegraph-evals run --perturbed  # what other numbers, another order, distractors and missing facts cost",
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
command(app, "harvest", harvest, ("stylegraph-evals harvest --out harvested.yaml",))
command(app, "label", label, ("stylegraph-evals label harvested.yaml",))
command(app, "list", listed)
command(app, "report", report, ("stylegraph-evals report --failing", "stylegraph-evals report --html report"))
command(app, "grade", grading.grade, grading.EXAMPLES)
app.add_typer(tuning.app, name="tuning")
command(app, "compare", compare, ("stylegraph-evals compare before after",))


def main() -> None:
    """Run the command."""
    app()
