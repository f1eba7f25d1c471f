"""Makes prototypes of the labelled cases: what the router learns from beside `agent/local/router/examples.yaml`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import yaml

import stylegraph.agent.local.router
from stylegraph.agent.local.router.examples import CASES, load_prototypes
from stylegraph.evals.cases import RouteCase

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


def write(cases: Sequence[RouteCase]) -> Path:
    """Write the cases beside the prototypes, and give the file."""
    path = Path(stylegraph.agent.local.router.__file__).with_name(CASES)
    path.write_text(_HEAD + yaml.safe_dump(sections_of(cases), allow_unicode=True, sort_keys=False, width=200), "utf-8")
    load_prototypes.cache_clear()
    return path
