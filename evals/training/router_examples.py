"""Makes prototypes of the labelled cases: what the router learns from beside its `examples.yaml` and a pack's."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import yaml

from stylegraph.agent.local.router.examples import OWN, Labelled, load_prototypes
from stylegraph.evals.cases import RouteCase
from stylegraph.tools.fashion.pack import LABELLED, fashion_pack
from stylegraph.tools.pack import introduce

introduce(fashion_pack())  # what is shipped is learned from the questions of all packs that come along

_HEAD = "# The labelled questions of evals/cases that stand alone; written by `python -m stylegraph.evals.training.router --embed`.\n"

Sections = dict[str, dict[str, list[str]]]


def sections_of(cases: Sequence[RouteCase]) -> Sections:
    """Return the cases as `examples.yaml` has its questions; all but follow-ups, of which `--follow` learns."""
    sections: Sections = {"routes": {}, "combined": {}, "leaning": {}}
    for case in cases:
        if not case.history:
            section, key = _place(case)
            sections[section].setdefault(key, []).append(case.text)
    return sections


def _place(case: RouteCase) -> tuple[str, str]:
    routes = sorted(case.routes)
    if case.ask_back:
        return "leaning", "unclear"
    others = [route for route in routes if route != "image"]
    if others and others != routes:
        return "leaning", "+".join(others)
    return "combined" if len(routes) > 1 else "routes", "+".join(routes)


def write(cases: Sequence[RouteCase]) -> None:
    """Write the cases beside the prototypes: those of a pack's routes into its own file."""
    own = [case for case in cases if not _is_of(LABELLED, case)]
    for labelled, mine in ((OWN, own), (LABELLED, [case for case in cases if case not in own])):
        told = {section: texts for section, texts in sections_of(mine).items() if texts}
        dumped = yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=200)
        Path(str(files(labelled.package) / labelled.cases)).write_text(_HEAD + dumped, "utf-8")
    load_prototypes.cache_clear()


def _is_of(labelled: Labelled, case: RouteCase) -> bool:
    return not case.ask_back and bool({*case.routes} & {*labelled.routes})
