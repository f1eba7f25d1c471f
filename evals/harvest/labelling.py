"""`stylegraph-evals label`: harvested cases, one after another in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stylegraph.agent.errors import InputError
from stylegraph.evals.harvest.cli import HERE

if TYPE_CHECKING:
    from stylegraph.evals.harvest.cases import HarvestedCase
    from stylegraph.graphs.cli.ui.screen import Screen

File = Annotated[Path, typer.Argument(metavar="FILE", help="The file that harvest wrote.")]
_SHOWN = 5
_SKIP = "-"
_HOW = "Enter keeps what stands in brackets, - leaves the case for later, Ctrl-D ends; each case is written as it is labelled."


def label(screen: Screen, *, file: File = HERE) -> None:
    """Label harvested cases that have no label yet: where each should go, how it should end, what its answer must hold."""
    from stylegraph.evals.harvest.cases import read, write

    cases = read(file)
    open_ones = [case for case in cases if not case.labelled]
    if not open_ones:
        screen.say(f"{file} has no case without a label.")
        return
    screen.say(_HOW, "dim")
    for number, case in enumerate(open_ones, 1):
        _show(screen, case, f"{number}/{len(open_ones)}")
        try:
            labels = _asked(screen, case)
        except EOFError:
            break
        if labels:
            cases = [one.model_copy(update=labels) if one.id == case.id else one for one in cases]
            write(cases, file)
    screen.say(f"{file}: {sum(case.labelled for case in cases)} of {len(cases)} labelled.")


def _show(screen: Screen, case: HarvestedCase, place: str) -> None:
    """Show a turn as it was."""
    screen.say(f"\n{place} {case.id} ({case.why})", "bold")
    told = (
        *(("before", one) for one in case.earlier),
        ("question", case.question),
        ("answered", case.answered),
        ("complaint", case.complaint),
        ("better", case.better),
        *(("found", f"{one.route}: {one.title}") for one in case.evidence[:_SHOWN]),
    )
    for name, text in told:
        if text:
            screen.say(f"  {name}: {text}")


def _asked(screen: Screen, case: HarvestedCase) -> dict[str, Any]:
    """Ask for the labels of a case until they can be used; none: it is left for later.

    Raises:
        EOFError: There is nobody left to ask.
    """
    while True:
        given = input(f"routes [{', '.join(case.routes)}]: ").strip()
        if given == _SKIP:
            return {}
        try:
            return _labels(case, given)
        except InputError as error:
            screen.fail("InputError", error.message, error.remedy)


def _labels(case: HarvestedCase, routes: str) -> dict[str, Any]:
    from stylegraph.agent.reply import Status

    endings = [one.value for one in Status]
    statuses = _listed(input(f"ends as, of {', '.join(endings)} [answered]: ")) or ["answered"]
    if wrong := [one for one in statuses if one not in endings]:
        raise InputError(f"A turn does not end as {wrong[0]!r}.", f"Name one of: {', '.join(endings)}.")
    facts = input("facts, as 30 °C | 30 degrees, by hand: ")
    never = input("must not say: ")
    most = input("no piece above, in won: ").replace(",", "").strip()
    if most and not most.isdecimal():
        raise InputError(f"{most!r} is no amount.", "Write a number of won, or nothing.")
    return {
        "routes": _listed(routes) or case.routes,
        "statuses": [Status(one) for one in statuses],
        "facts": [[form.strip() for form in one.split("|") if form.strip()] for one in _listed(facts)],
        "never": _listed(never),
        "most_krw": int(most) if most else None,
    }


def _listed(text: str) -> Sequence[str]:
    return [one.strip() for one in text.split(",") if one.strip()]
