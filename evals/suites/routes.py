"""Where questions go: `cases/routes.yaml`, by the router that the assistant opens with."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from stylegraph.agent.settings import load_settings
from stylegraph.agent.state import Routing
from stylegraph.evals.cases import RouteCase, load_cases
from stylegraph.evals.harness.evaluators import RouteSet, Understood
from stylegraph.evals.harness.suite import Labels, Maker, Suite, Task, Told
from stylegraph.evals.training.router import as_state, kind_of
from stylegraph.graphs.build import open_parts


@asynccontextmanager
async def _opened(maker: Maker) -> AsyncIterator[Task[RouteCase, Routing]]:
    with tempfile.TemporaryDirectory() as home:
        async with open_parts(load_settings(home=Path(home), samples=True)) as parts:

            async def route(case: RouteCase) -> Routing:
                return (await parts.router.route(as_state(case)))["routing"]

            yield route


def _told(routing: Routing) -> Told:
    back = f", asks back: {routing['ask_back']}" if routing["ask_back"] else ""
    return Told(text=f"{', '.join(routing['routes'])} — {routing['question']}{back}")


def _labels(case: RouteCase) -> Labels:
    return Labels(split=case.split, language=case.language, kind=kind_of(case), asked=case.text)


SUITE = Suite(
    name="routes",
    about="where questions go, Korean and English, alone and in conversations",
    cases=lambda: load_cases("routes"),
    id_of=lambda case: case.id,
    labels=_labels,
    opened=_opened,
    evaluators=(RouteSet(), Understood()),
    told=_told,
)
