"""`stylegraph-evals run --perturbed`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from stylegraph.agent.errors import InputError

if TYPE_CHECKING:
    from stylegraph.evals.harness.runs import Judged
    from stylegraph.evals.perturbing.drops import Drop
    from stylegraph.graphs.cli.ui.progress import Bar
    from stylegraph.graphs.cli.ui.screen import Screen

HEAD = ("suite", "perturbed", "result", "cases", "before", "after", "difference, 95 %", "ko", "en")


async def judged(
    screen: Screen, suites: Sequence[str], *, local: bool, split: str | None, most: int, only: Sequence[str]
) -> list[Judged]:
    """Judge cases as they are and perturbed, with a bar for each suite.

    Raises:
        InputError: A suite can't be perturbed, or somebody else is to answer.
    """
    from stylegraph.evals.perturbing.drops import PERTURBED, judge_perturbed

    if not local:
        raise InputError("A model's answers to perturbed cases are not recorded.", "Leave out --maker and --live.")
    found: list[Judged] = []
    for name in suites or PERTURBED:
        with screen.bar(name) as bar:

            def began(doing: str, count: int, bar: Bar = bar) -> Callable[[], None]:
                bar.at(0, count, doing)
                return bar.advance

            found += await judge_perturbed(name, split, most, only, began)
    return found


def cells(found: Sequence[Drop]) -> list[list[str]]:
    """Return the lines of the table under `HEAD`."""
    differences = {(one.suite, one.kind, one.result, one.language): f"{one.after - one.before:+.3f}" for one in found}
    return [
        [
            *(one.suite, one.kind, one.result, str(one.cases), f"{one.before:.3f}", f"{one.after:.3f}"),
            f"{one.after - one.before:+.3f} [{one.low:+.3f}, {one.high:+.3f}]",
            *(differences.get((one.suite, one.kind, one.result, language), "") for language in ("ko", "en")),
        ]
        for one in found
        if one.language == "all"
    ]
