"""Where the questions of people go who know nothing of the router, beside an index of many fields: `cases/newcomers`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from stylegraph.agent.state import Routing
from stylegraph.evals.harness.evaluators import RouteSet
from stylegraph.evals.harness.newcomers import NewcomerCase, newcomer_cases, open_router, state_of
from stylegraph.evals.harness.suite import Labels, Maker, Suite, Task, Told


@asynccontextmanager
async def _opened(maker: Maker) -> AsyncIterator[Task[NewcomerCase, Routing]]:
    async with open_router() as router:

        async def route(case: NewcomerCase) -> Routing:
            return (await router.route(state_of(case)))["routing"]

        yield route


SUITE = Suite(
    name="newcomers",
    about="where strangers' questions go beside an index of many fields: to it, to the news, to a stylist, to talk",
    cases=newcomer_cases,
    id_of=lambda case: case.id,
    labels=lambda case: Labels(split=case.split, language=case.language, kind=case.kind, asked=case.text),
    opened=_opened,
    evaluators=(RouteSet(),),
    told=lambda routing: Told(text=", ".join(routing["routes"])),
)
