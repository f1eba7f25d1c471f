"""Calibrates the local router's confidence: `python -m stylegraph.evals.training.confidence [--write]`.

A fifth of the tune cases is left out by a hash of the id; the router learns anew without their texts (minutes) and routes them.
The curve says how often the routes were exactly right at each margin. On what the router has learned it is always sure.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from hashlib import blake2b
from pathlib import Path

import stylegraph.agent.local.router
from stylegraph.agent.local.probability import Line
from stylegraph.agent.local.router.classifier import fitted_head
from stylegraph.agent.local.router.router import LocalRouter, Taught
from stylegraph.agent.settings import load_settings
from stylegraph.evals.bench.reliability import reliability
from stylegraph.evals.cases import RouteCase, load_cases
from stylegraph.evals.training.decisions import Scored, line_of
from stylegraph.evals.training.router import as_state
from stylegraph.graphs.build import open_parts
from stylegraph.tools.embeddings import LocalEmbedder
from stylegraph.tools.fashion.pack import fashion_pack
from stylegraph.tools.pack import introduce

_HEADER = "# Written by `python -m stylegraph.evals.training.confidence --write`.\n"
_SHARE = 5


def left_out() -> list[RouteCase]:
    """Return a fifth of the tune cases."""
    cases = [case for case in load_cases("routes") if case.split == "tune"]
    return [case for case in cases if blake2b(case.id.encode(), digest_size=1).digest()[0] % _SHARE == 0]


async def margins() -> list[Scored]:
    """Return the best margin of each case that was left out, and whether its routes were exactly right."""
    cases, embedder, pack = left_out(), LocalEmbedder(), fashion_pack()
    introduce(pack)
    head = await fitted_head(embedder, frozenset(case.text for case in cases))
    with tempfile.TemporaryDirectory() as home:
        async with open_parts(load_settings(home=Path(home), samples=True)) as parts:
            router = LocalRouter(embedder, parts.sources, Taught(head), clarifications=pack.clarifications)
            return [await _scored(router, case) for case in cases]


async def _scored(router: LocalRouter, case: RouteCase) -> Scored:
    state = as_state(case)
    read, routing = await router.read(state), (await router.route(state))["routing"]
    return Scored(case.language, max(read.views.whole.values()), set(routing["routes"]) == set(case.routes))


def report(rows: list[Scored], line: Line) -> str:
    """Return what the curve gives on the rows that it was fitted to."""
    found = reliability([line.probability(row.score) for row in rows], [row.label for row in rows])
    share = sum(row.label for row in rows) / len(rows)
    return (
        f"{len(rows)} left out, {share:.3f} exactly right: Brier {found.brier:.3f}, calibration error {found.error:.3f}"
    )


def main() -> None:
    """Print what was fitted, and write it where that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write agent/local/router/confidence.yaml")
    options, rows = parser.parse_args(), asyncio.run(margins())
    line = line_of(rows)
    text = f"{_HEADER}slope: {line.slope:.4f}\nconstant: {line.constant:.4f}\n"
    print(f"{report(rows, line)}\n{text}")
    if options.write:
        path = Path(stylegraph.agent.local.router.__file__).with_name("confidence.yaml")
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
